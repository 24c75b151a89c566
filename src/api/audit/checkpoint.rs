//! Signed heads of the log, and the proofs that each continues those before it.

use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::scalar::{Cursor, Limit, Reference};
use crate::api::{Tag, page};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::audit::checkpoint::{self as checkpoints, CheckpointView, ConsistencyProof};

/// Signed heads of the log.
pub struct AuditCheckpointApi;

/// A signed head of the log.
#[derive(Debug, Object)]
struct AuditCheckpoint {
    /// Which log.
    origin: String,
    /// How many entries it has.
    size: u64,
    /// The root of the hash tree over them, in hexadecimal digits.
    root: String,
    /// When it was signed (UTC).
    signed_at: chrono::DateTime<chrono::Utc>,
    /// The signed note (C2SP), byte for byte: origin, size and root with an Ed25519 signature.
    note: String,
    /// The key that it is checked with. Compare it with one that you got on another way.
    key: String,
}

/// A page of checkpoints.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct AuditCheckpointList {
    /// The checkpoints, the newest first.
    items: Vec<AuditCheckpoint>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// The proof that the log at a checkpoint continues what it was before.
#[derive(Debug, Object)]
struct AuditConsistencyProof {
    /// How many entries the log had before.
    from: u64,
    /// The checkpoint.
    checkpoint: AuditCheckpoint,
    /// The hashes that lead from the root before to the checkpoint's root (RFC 9162, 2.1.4), in hexadecimal digits.
    path: Vec<String>,
}

#[OpenApi(prefix_path = "/audit-checkpoints", tag = "Tag::Audit")]
impl AuditCheckpointApi {
    /// List the signed heads of the log
    #[oai(path = "/", method = "get", operation_id = "list_audit_checkpoints")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// Those under this name of the log, which is another one after a backup was put back; without it, the present name.
        origin: Query<Option<Reference>>,
    ) -> Result<Json<AuditCheckpointList>, Problem> {
        let ctx = caller.ctx();
        let request = page::request(ctx, limit.0, cursor.0, with_total.0)?;
        let origin = origin.0.as_ref().map(Reference::as_str);
        let page = checkpoints::list_checkpoints(ctx, origin, request).await?;
        let (total, next_cursor) = (page.total, page::cursor(ctx, &page));
        let items = page.items.into_iter().map(AuditCheckpoint::from).collect();
        Ok(Json(AuditCheckpointList { items, next_cursor, total }))
    }

    /// Read the newest signed head of the log
    #[oai(path = "/latest", method = "get", operation_id = "get_latest_audit_checkpoint")]
    async fn latest(&self, caller: Caller) -> Result<Json<AuditCheckpoint>, Problem> {
        Ok(Json(checkpoints::get_latest_checkpoint(caller.ctx()).await?.into()))
    }

    /// Prove that the log continues what it was
    ///
    /// Nothing that was in the log at the size `from` was changed or removed up to the checkpoint. A log that was never of
    /// that size is not found.
    #[oai(path = "/consistency", method = "get", operation_id = "get_audit_consistency_proof")]
    async fn consistency(
        &self,
        caller: Caller,
        /// The size of the log before, for example that of a checkpoint that you kept; 0 when nobody says.
        #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
        from: Query<Option<u64>>,
        /// The size of the checkpoint; the newest when nobody says.
        #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
        size: Query<Option<u64>>,
    ) -> Result<Json<AuditConsistencyProof>, Problem> {
        let proof = checkpoints::prove_consistency(caller.ctx(), from.0.unwrap_or(0), size.0).await?;
        Ok(Json(proof.into()))
    }
}

impl From<CheckpointView> for AuditCheckpoint {
    fn from(view: CheckpointView) -> Self {
        Self {
            origin: view.checkpoint.origin,
            size: view.checkpoint.size,
            root: view.checkpoint.root.to_string(),
            signed_at: view.signed_at,
            note: view.note,
            key: view.key,
        }
    }
}

impl From<ConsistencyProof> for AuditConsistencyProof {
    fn from(proof: ConsistencyProof) -> Self {
        Self {
            from: proof.from,
            checkpoint: proof.to.into(),
            path: proof.path.iter().map(ToString::to_string).collect(),
        }
    }
}
