//! How often an organisation came with a number.

use sea_orm::entity::prelude::*;

/// The numbers of people with which an organisation came on one day, known or not.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "number_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    /// The civil day in Asia/Shanghai.
    #[sea_orm(primary_key, auto_increment = false)]
    pub on_day: Date,
    pub attempts: i32,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<crate::entity::organisation::organisation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
