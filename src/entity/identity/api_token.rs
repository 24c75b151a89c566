//! Bearer tokens.

use sea_orm::entity::prelude::*;

/// A bearer token of a user, shown once when made.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// What the user calls it.
    pub name: String,
    /// The first characters, by which a person recognises it.
    pub prefix: String,
    /// SHA-256 of the token; the token itself is not kept.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    /// What it may be used for, parted by spaces; null means whatever its user may.
    pub scopes: Option<String>,
    /// The last day on which it was used.
    pub last_used_on: Option<Date>,
    /// When the password was shown again with it; null while it was not.
    pub confirmed_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
