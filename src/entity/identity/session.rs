//! Browser sessions.

use sea_orm::entity::prelude::*;

/// A signed-in browser.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// SHA-256 of the cookie's token; the token itself is not kept.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// The family of browser and system, `firefox/linux`; null for a session of before.
    pub label: Option<String>,
    /// The last day on which it was used; no finer, so that nobody's hours can be read off it.
    pub last_used_on: Option<Date>,
    /// When the password was shown again with it; null while it was not.
    pub confirmed_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
