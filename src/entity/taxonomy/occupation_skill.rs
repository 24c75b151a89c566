//! Which skills an occupation asks for.

use sea_orm::entity::prelude::*;

/// A skill that an occupation asks for.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "occupation_skill")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub occupation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub skill_id: Uuid,
    /// `essential` or `optional`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub relation: String,
    /// The level asked for, 1 to 7; null where the framework names none.
    pub level: Option<i32>,
    #[sea_orm(belongs_to, from = "occupation_id", to = "id")]
    pub occupation: BelongsTo<super::occupation::Entity>,
    #[sea_orm(belongs_to, from = "skill_id", to = "id")]
    pub skill: BelongsTo<super::skill::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
