//! Regions, from the province to the village.

use sea_orm::entity::prelude::*;

/// A region.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    /// GB/T 2260 code, or the statistical one of a township or village: 2, 4, 6, 9 or 12 digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    /// The region that this one lies in; null for a province.
    pub parent_code: Option<String>,
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_code", to = "code")]
    pub parent: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
