//! The key of one person's secrets.

use sea_orm::entity::prelude::*;

/// A person's key, sealed by the key of the installation. Without it nothing sealed of the person opens.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// The key that sealed it.
    pub key_id: String,
    /// XChaCha20-Poly1305: nonce, then cipher text with its tag.
    pub sealed: Vec<u8>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "key_id", to = "key_id")]
    pub master_key: BelongsTo<crate::entity::organisation::master_key::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
