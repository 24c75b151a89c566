//! Passkeys.

use sea_orm::entity::prelude::*;

/// A key that a device of the user keeps; the public half is here.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// What the user calls it.
    pub name: String,
    /// What the device calls it.
    #[sea_orm(unique)]
    pub credential_id: Vec<u8>,
    /// Public key and what was said of it, as JSON.
    pub credential: String,
    /// What the device counted at the last use; 0 for one that does not count.
    pub counter: i64,
    pub created_at: DateTimeUtc,
    /// The last day on which it was used; no finer, so that nobody's hours can be read off it.
    pub last_used_on: Option<Date>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
