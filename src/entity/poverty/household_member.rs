//! Who belongs to a household.

use sea_orm::entity::prelude::*;

/// A person in a household. Versioned by its dates.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "household_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub household_id: Uuid,
    pub person_id: Uuid,
    /// To the head: `head`, `spouse`, `child`, `parent` or `other`.
    pub relation: String,
    pub valid_from: Date,
    /// The last day, included; null means without end.
    pub valid_until: Option<Date>,
    pub recorded_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "household_id", to = "id")]
    pub household: BelongsTo<super::household::Entity>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<crate::entity::person::person::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
