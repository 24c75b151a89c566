//! What work a person wants.

use sea_orm::entity::prelude::*;

/// What a person wants, one row a version. Versioned: the highest one counts.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "availability")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// From 1, without gaps, per person.
    pub version: i32,
    pub available_from: Date,
    /// The last day, included; null means without end.
    pub available_until: Option<Date>,
    /// The least monthly wage accepted, in minor units (fen); null means not said.
    pub wage_min_minor: Option<i64>,
    pub shift_day: bool,
    pub shift_evening: bool,
    pub shift_night: bool,
    /// Whether a bed is needed; null means not said.
    pub dormitory: Option<bool>,
    pub recorded_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
