//! Where a login is written to.

use sea_orm::entity::prelude::*;

/// The mail address of a login, sealed by the key of the installation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_address")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The key that sealed it.
    pub key_id: String,
    /// XChaCha20-Poly1305: nonce, then cipher text with its tag.
    pub sealed: Vec<u8>,
    /// Since when it is this one.
    pub created_at: DateTimeUtc,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "key_id", to = "key_id")]
    pub master_key: BelongsTo<crate::entity::organisation::master_key::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
