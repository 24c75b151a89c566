//! Which skill belongs under which.

use sea_orm::entity::prelude::*;

/// A skill and a broader one that it belongs under.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skill_broader")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub skill_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub broader_id: Uuid,
    #[sea_orm(belongs_to, relation_enum = "Skill", from = "skill_id", to = "id")]
    pub skill: BelongsTo<super::skill::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Broader", from = "broader_id", to = "id")]
    pub broader: BelongsTo<super::skill::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
