//! Sign-ins that lack the second factor.

use sea_orm::entity::prelude::*;

/// A browser whose password was right and whose second factor is still to come. It opens nothing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "half_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// SHA-256 of the cookie's token; the token itself is not kept.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    /// The family of browser and system, `firefox/linux`.
    pub label: String,
    /// How often a code was tried, up to five.
    pub tries: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
