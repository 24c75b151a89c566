//! Registered households.

use sea_orm::entity::prelude::*;

/// A household that a bureau registered. The id is random, as a person's is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "household")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bureau_id: Uuid,
    /// The bureau's own name for it, unique within the bureau.
    pub reference: String,
    pub region_code: String,
    pub registered_on: Date,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "bureau_id", to = "id")]
    pub bureau: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, from = "region_code", to = "code")]
    pub region: BelongsTo<crate::entity::organisation::region::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
