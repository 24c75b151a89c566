//! Where a person wants to work.

use sea_orm::entity::prelude::*;

/// A region in which a person would work, as part of one availability.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "availability_region")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub availability_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub region_code: String,
    #[sea_orm(belongs_to, from = "availability_id", to = "id")]
    pub availability: BelongsTo<super::availability::Entity>,
    #[sea_orm(belongs_to, from = "region_code", to = "code")]
    pub region: BelongsTo<crate::entity::organisation::region::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
