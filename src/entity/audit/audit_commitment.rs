//! What an entry commits to of the values before and after.

use sea_orm::entity::prelude::*;

/// The digest of a salt and of the values about one subject. Append-only; it stays when the values are erased.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_commitment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// The entry.
    pub seq: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    pub digest: Vec<u8>,
    #[sea_orm(belongs_to, from = "seq", to = "seq")]
    pub entry: BelongsTo<super::audit_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
