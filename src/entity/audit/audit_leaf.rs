//! The leaves of the log's tree.

use sea_orm::entity::prelude::*;

/// An entry's place in the tree. Append-only; the indices are dense.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_leaf")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub index: i64,
    #[sea_orm(unique)]
    /// The entry.
    pub seq: i64,
    pub hash: Vec<u8>,
    #[sea_orm(belongs_to, from = "seq", to = "seq")]
    pub entry: BelongsTo<super::audit_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
