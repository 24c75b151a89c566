//! What a joint class teaches.

use sea_orm::entity::prelude::*;

/// A skill that a joint class teaches, and the level that finishing it proves.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "class_module")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub joint_class_id: Uuid,
    pub skill_id: Uuid,
    /// 1 to 7.
    pub level: i32,
    /// Taught hours.
    pub hours: i32,
    #[sea_orm(belongs_to, from = "joint_class_id", to = "id")]
    pub joint_class: BelongsTo<super::joint_class::Entity>,
    #[sea_orm(belongs_to, from = "skill_id", to = "id")]
    pub skill: BelongsTo<crate::entity::taxonomy::skill::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
