//! Whose values were erased.

use sea_orm::entity::prelude::*;

/// The values about somebody were erased by an entry. Append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// The entry that says so.
    pub seq: i64,
    #[sea_orm(belongs_to, from = "seq", to = "seq")]
    pub entry: BelongsTo<super::audit_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
