//! The values before and after a change.

use sea_orm::entity::prelude::*;

/// The values of one entry about one subject, under that subject's key. Goes only by an erasure.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_detail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// The entry.
    pub seq: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// 32 random bytes, without which the commitment tells nothing.
    pub salt: Vec<u8>,
    pub sealed: Vec<u8>,
    #[sea_orm(belongs_to, from = "seq", to = "seq")]
    pub entry: BelongsTo<super::audit_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
