//! Agreements of a school and a factory.

use sea_orm::entity::prelude::*;

/// An agreement under which joint classes run; both sides reach it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub factory_id: Uuid,
    pub title_zh: String,
    pub title_en: String,
    pub valid_from: Date,
    /// The last day, included; null means without end.
    pub valid_until: Option<Date>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, relation_enum = "School", from = "school_id", to = "id")]
    pub school: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Factory", from = "factory_id", to = "id")]
    pub factory: BelongsTo<crate::entity::organisation::organisation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
