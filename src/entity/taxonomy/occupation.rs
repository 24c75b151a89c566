//! Occupations.

use sea_orm::entity::prelude::*;

/// An occupation of one framework.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "occupation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub framework_id: Uuid,
    /// What the framework itself calls it.
    pub uri: String,
    pub code: Option<String>,
    /// ISCO-08 group, up to 4 digits.
    pub isco_group: Option<String>,
    /// ISCO skill level, 1 to 4.
    pub skill_level: Option<i32>,
    /// The nearest occupation of ESCO.
    pub esco_uri: Option<String>,
    /// The nearest Chinese occupation code.
    pub csco_code: Option<String>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "framework_id", to = "id")]
    pub framework: BelongsTo<super::framework::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
