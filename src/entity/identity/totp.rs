//! Codes by time.

use sea_orm::entity::prelude::*;

/// The secret from which a login's codes by time are made (RFC 6238), sealed by the key of the installation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The key that sealed it.
    pub key_id: String,
    /// XChaCha20-Poly1305: nonce, then cipher text with its tag.
    pub sealed: Vec<u8>,
    /// The last step of 30 seconds whose code was taken; none of it or before it is taken again.
    pub last_step: i64,
    pub created_at: DateTimeUtc,
    /// When a first code showed that it works; null while it counts for nothing.
    pub confirmed_at: Option<DateTimeUtc>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "key_id", to = "key_id")]
    pub master_key: BelongsTo<crate::entity::organisation::master_key::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
