//! Border ports.

use sea_orm::entity::prelude::*;

/// A border port and the bureau that keeps its desk.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "port")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name_zh: String,
    pub name_en: String,
    pub region_code: String,
    /// The organisation that registers foreign workers here.
    pub bureau_id: Uuid,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "region_code", to = "code")]
    pub region: BelongsTo<super::region::Entity>,
    #[sea_orm(belongs_to, from = "bureau_id", to = "id")]
    pub bureau: BelongsTo<super::organisation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
