//! Who was erased.

use sea_orm::entity::prelude::*;

/// A person was erased: from then on only a stub is there. Append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    pub requested_at: DateTimeUtc,
    pub erased_at: DateTimeUtc,
    /// The entry of the log that says so.
    pub entry_id: Uuid,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
