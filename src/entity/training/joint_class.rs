//! Joint classes.

use sea_orm::entity::prelude::*;

/// A class that a school and a factory run together; both sides reach it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "joint_class")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agreement_id: Uuid,
    /// The agreement's school.
    pub school_id: Uuid,
    /// The agreement's factory.
    pub factory_id: Uuid,
    /// What the class trains for.
    pub occupation_id: Uuid,
    /// The school's own name for it, unique within the school.
    pub reference: String,
    pub title_zh: String,
    pub title_en: String,
    pub starts_on: Date,
    /// The last day, included.
    pub ends_on: Date,
    /// 1 to 500.
    pub seats: i32,
    /// `planned`, `running` or `finished`.
    pub status: String,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "agreement_id", to = "id")]
    pub agreement: BelongsTo<super::agreement::Entity>,
    #[sea_orm(belongs_to, relation_enum = "School", from = "school_id", to = "id")]
    pub school: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Factory", from = "factory_id", to = "id")]
    pub factory: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, from = "occupation_id", to = "id")]
    pub occupation: BelongsTo<crate::entity::taxonomy::occupation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
