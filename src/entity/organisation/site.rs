//! Places of an organisation.

use sea_orm::entity::prelude::*;

/// A plant, an idle plant, a campus, a dormitory or an office.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "site")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// `plant`, `idle_plant`, `campus`, `dormitory` or `office`.
    pub kind: String,
    pub name_zh: String,
    pub name_en: String,
    pub region_code: String,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<super::organisation::Entity>,
    #[sea_orm(belongs_to, from = "region_code", to = "code")]
    pub region: BelongsTo<super::region::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
