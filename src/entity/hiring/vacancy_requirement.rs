//! What a vacancy asks for.

use sea_orm::entity::prelude::*;

/// A skill that a vacancy asks for. Append-only: what was asked for when people were ranked stays.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vacancy_requirement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub vacancy_id: Uuid,
    pub skill_id: Uuid,
    /// True exactly where `floor` is at least 1.
    pub essential: bool,
    /// The level at which the wish is met in full, 1 to 7.
    pub level: i32,
    /// The level below which a person is not qualified, 0 (none) to `level`.
    pub floor: i32,
    /// The share of this skill in the score, 1 to 1,000, relative to the vacancy's other skills.
    pub weight: i32,
    /// The order in which the vacancy shows them.
    pub ordinal: i32,
    #[sea_orm(belongs_to, from = "vacancy_id", to = "id")]
    pub vacancy: BelongsTo<super::vacancy::Entity>,
    #[sea_orm(belongs_to, from = "skill_id", to = "id")]
    pub skill: BelongsTo<crate::entity::taxonomy::skill::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
