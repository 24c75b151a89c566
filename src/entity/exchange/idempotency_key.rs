//! Keys under which requests were carried out.

use sea_orm::entity::prelude::*;

/// A request that had an effect and a key: the same request under the same key has it only once. Never changed,
/// and removed by age alone.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// SHA-256 of the key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: Vec<u8>,
    /// SHA-256 of what was asked: method, path, query and body.
    pub fingerprint: Vec<u8>,
    /// Method and path.
    pub operation: String,
    /// JSON: the ids of the rows that were made or raised, by kind, in order. Nothing else of them.
    pub outcome: String,
    /// The entry of the log that tells of the effect.
    pub entry_id: Uuid,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::entity::identity::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
