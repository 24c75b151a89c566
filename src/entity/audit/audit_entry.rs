//! The log.

use sea_orm::entity::prelude::*;

/// One change, or one reading of personal data. Append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    /// Counted by the database; gaps do not matter.
    #[sea_orm(primary_key)]
    pub seq: i64,
    #[sea_orm(unique)]
    pub id: Uuid,
    pub recorded_at: DateTimeUtc,
    /// Null where the system itself acted; no foreign key, so that the log outlives the user.
    pub actor_user_id: Option<Uuid>,
    pub actor_role: String,
    /// For whom the actor acted.
    pub organisation_id: Option<Uuid>,
    pub action: String,
    pub resource_kind: String,
    pub resource_id: Uuid,
    pub request_id: String,
    /// What was done, in canonical JSON (RFC 8785); pseudonymous ids only.
    pub header: String,
    /// The hash of the header as a leaf of the log's tree (RFC 9162).
    pub leaf_hash: Vec<u8>,
    /// HMAC-SHA-256 over the leaf hash, with the key of the log: who has only the database cannot write one.
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
