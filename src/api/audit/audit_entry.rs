//! Entries of the log.

use ballast_domain::base::id::AuditEntryId;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Reference};
use crate::api::{Tag, page};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::audit::audit_entry::{self as entries, AuditEntryView, AuditFilter};
use crate::service::audit::export::{self, Proof};

/// The log.
pub struct AuditEntryApi;

/// An entry of the log: pseudonymous ids only.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct AuditEntry {
    /// Id.
    id: Uuid,
    /// When (UTC).
    recorded_at: chrono::DateTime<chrono::Utc>,
    /// Id of the user who did it; absent for the operator at the command line.
    user_id: Option<Uuid>,
    /// In which roles.
    role: String,
    /// What was done, by the policy's name.
    action: String,
    /// To which noun.
    resource_kind: String,
    /// To which row.
    resource_id: Uuid,
    /// In which request.
    request_id: String,
}

/// A page of the log.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct AuditEntryList {
    /// The entries, the newest first.
    items: Vec<AuditEntry>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// The proof that an entry is in the log: what `ballast audit verify --file` checks without any database.
#[derive(Debug, Object)]
struct AuditEntryProof {
    /// `ballast-log-proof-1`.
    format: String,
    /// The signed checkpoint that the proof leads to (C2SP signed note).
    checkpoint: String,
    /// The key that it is checked with. Compare it with one that you got on another way.
    key: String,
    /// The entry's place in the log, from 0.
    index: u64,
    /// The entry's header, byte for byte as it was hashed.
    header: String,
    /// SHA-256 of a zero byte and the header, in hexadecimal digits.
    leaf_hash: String,
    /// The hashes from the leaf to the checkpoint's root (RFC 9162, 2.1.3), in hexadecimal digits.
    path: Vec<String>,
}

#[OpenApi(prefix_path = "/audit-entries", tag = "Tag::Audit")]
impl AuditEntryApi {
    /// List the newest entries of the log
    ///
    /// An administrator sees all, an official those of the own bureau.
    #[oai(path = "/", method = "get", operation_id = "list_audit_entries")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// Only those about rows of this noun.
        resource_kind: Query<Option<Reference>>,
        /// Only those about this row.
        resource_id: Query<Option<Uuid>>,
        /// Only what this user did.
        user_id: Query<Option<Uuid>>,
        /// Only those from this moment on.
        recorded_from: Query<Option<chrono::DateTime<chrono::Utc>>>,
        /// Only those before this moment.
        recorded_until: Query<Option<chrono::DateTime<chrono::Utc>>>,
    ) -> Result<Json<AuditEntryList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let filter = AuditFilter {
            resource_kind: resource_kind.0.as_ref().map(Reference::as_str),
            resource: resource_id.0,
            user: user_id.0,
            from: recorded_from.0,
            until: recorded_until.0,
        };
        let page = entries::list_audit_entries(caller.ctx(), &filter, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(AuditEntryList {
            items: page.items.into_iter().map(AuditEntry::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Prove that an entry is in the log
    ///
    /// Up to the newest checkpoint. An entry that is younger than that is refused with `Retry-After`: it is sealed within a
    /// second, and a checkpoint is signed every 15 seconds.
    #[oai(path = "/:id/proof", method = "get", operation_id = "get_audit_entry_proof")]
    async fn proof(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<AuditEntryProof>, Problem> {
        Ok(Json(export::find_proof(caller.ctx(), AuditEntryId(id.0)).await?.into()))
    }
}

impl From<Proof> for AuditEntryProof {
    fn from(proof: Proof) -> Self {
        let Proof { format, checkpoint, key, index, header, leaf_hash, path } = proof;
        Self { format, checkpoint, key, index, header, leaf_hash, path }
    }
}

impl From<AuditEntryView> for AuditEntry {
    fn from(view: AuditEntryView) -> Self {
        Self {
            id: view.id,
            recorded_at: view.recorded_at,
            user_id: view.user_id,
            role: view.role,
            action: view.action,
            resource_kind: view.resource_kind,
            resource_id: view.resource_id,
            request_id: view.request_id,
        }
    }
}
