//! Entries that wait to be sealed.

use sea_orm::entity::prelude::*;

/// An entry without a leaf yet. A trigger puts it here and lets it go when the leaf is there.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_pending")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    #[sea_orm(belongs_to, from = "seq", to = "seq")]
    pub entry: BelongsTo<super::audit_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
