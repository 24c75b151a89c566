//! The key of one subject's values in the log.

use sea_orm::entity::prelude::*;

/// A subject's key, sealed by the key of the installation. Destroying it erases every value under it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// The key that sealed it.
    pub key_id: String,
    pub sealed: Vec<u8>,
    #[sea_orm(belongs_to, from = "key_id", to = "key_id")]
    pub master_key: BelongsTo<crate::entity::organisation::master_key::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
