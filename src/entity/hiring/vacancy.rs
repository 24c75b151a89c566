//! Vacancies.

use sea_orm::entity::prelude::*;

/// A vacancy of a factory, for one or more heads.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vacancy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub site_id: Uuid,
    pub occupation_id: Uuid,
    /// The factory's own name for it, unique within the factory.
    pub reference: String,
    pub title_zh: String,
    pub title_en: String,
    /// 1 to 10,000.
    pub headcount: i32,
    /// Monthly wage, least, in minor units of `currency`.
    pub wage_min_minor: i64,
    /// Monthly wage, most, in minor units of `currency`.
    pub wage_max_minor: i64,
    /// ISO 4217.
    pub currency: String,
    pub starts_on: Date,
    /// At least one of the three shifts is worked.
    pub shift_day: bool,
    pub shift_evening: bool,
    pub shift_night: bool,
    /// Whether a bed is offered.
    pub dormitory: bool,
    /// In years, 16 to 60; null means what the law asks.
    pub age_min: Option<i32>,
    /// Decides the order among equal scores.
    pub seed: Vec<u8>,
    /// `open` or `closed`.
    pub status: String,
    pub closed_on: Option<Date>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, from = "site_id", to = "id")]
    pub site: BelongsTo<crate::entity::organisation::site::Entity>,
    #[sea_orm(belongs_to, from = "occupation_id", to = "id")]
    pub occupation: BelongsTo<crate::entity::taxonomy::occupation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
