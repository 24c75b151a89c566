//! Doing once what a client sends twice. A request with a key leaves the key in the transaction of its effect,
//! so that the two are there together or not at all; the same request again is answered from what it made.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ballast_domain::base::id::{AuditEntryId, UserId};
use uuid::Uuid;

use crate::entity::exchange::idempotency_key;
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry::{self, Touch};
use crate::store::exchange::idempotency_key as store;

/// How long a key is kept. A client that has not heard for longer has to look what is there.
pub const KEPT_DAYS: i64 = 7;

/// The key of a request, and what the request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// SHA-256 of the key.
    pub key_hash: [u8; 32],
    /// SHA-256 of method, path, query and body.
    pub fingerprint: [u8; 32],
    /// Method and path, for whoever looks at the table.
    pub operation: String,
}

/// The requests with a key that this process is at work on.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashSet<(UserId, [u8; 32])>>);

/// A place among the running; given back when it is dropped.
struct Place<'r> {
    running: &'r Running,
    key: (UserId, [u8; 32]),
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, HashSet<(UserId, [u8; 32])>> {
        // Nothing can be half done while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, key: (UserId, [u8; 32])) -> Result<Place<'_>, Error> {
        if self.lock().insert(key) { Ok(Place { running: self, key }) } else { Err(Error::InFlight) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.running.lock().remove(&self.key);
    }
}

/// What a request made, now or when it was sent before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The ids of the rows, in the order in which they were asked for.
    pub ids: Vec<Uuid>,
    /// Whether it was made by an earlier request with the same key.
    pub replayed: bool,
}

impl Made {
    /// The one row that was made.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none was.
    pub fn one<I: From<Uuid>>(&self) -> Result<I, Error> {
        self.ids.first().copied().map(I::from).ok_or(Error::NotFound)
    }
}

/// Does the work, unless it was done before under the request's key: then says what it made. `kind` is the noun
/// of the ids that the work gives, as the log's touches call it.
///
/// # Errors
/// The work's own, of which nothing is kept; [`Error::KeyReused`] for another request under the same key;
/// [`Error::InFlight`] while the first is still at work.
pub async fn once<I: Into<Uuid>>(
    ctx: &Ctx,
    kind: &'static str,
    work: impl Future<Output = Result<Vec<I>, Error>>,
) -> Result<Made, Error> {
    let fresh = |ids: Vec<I>| Made { ids: ids.into_iter().map(Into::into).collect(), replayed: false };
    let Some((retry, user)) = ctx.retry.as_deref().zip(ctx.actor.user_id()) else {
        return Ok(fresh(work.await?));
    };
    let _place = ctx.app.running.enter((user, retry.key_hash))?;
    if let Some(made) = replay(ctx, user, retry, kind).await? {
        return Ok(made);
    }
    match work.await {
        Ok(ids) => Ok(fresh(ids)),
        // Another process may have been quicker. What its request made is then in this one's way, as a reference
        // that is taken or as the key itself.
        Err(error) => replay(ctx, user, retry, kind).await?.ok_or(error),
    }
}

/// What was made under a key, if something was. Its receipt is given out again.
async fn replay(ctx: &Ctx, user: UserId, retry: &Retry, kind: &str) -> Result<Option<Made>, Error> {
    let Some(row) = store::find(ctx.app.db.reader(), user, &retry.key_hash).await? else { return Ok(None) };
    if row.fingerprint != retry.fingerprint {
        return Err(Error::KeyReused);
    }
    let outcome: BTreeMap<String, Vec<Uuid>> = serde_json::from_str(&row.outcome)
        .map_err(|error| Error::Internal(format!("the outcome of entry {}: {error}", row.entry_id)))?;
    let ids = outcome.get(kind).cloned().unwrap_or_default();
    ctx.receipts.extend(audit_entry::find_receipt(ctx.app.db.reader(), AuditEntryId(row.entry_id)).await?);
    Ok(Some(Made { ids, replayed: true }))
}

/// Keeps the key of a request in the transaction of its effect. Called where the effect is told to the log, so
/// that no use case can forget it. A request has one effect: a second one under its key is refused.
///
/// # Errors
/// [`Error::InFlight`] when another process did it meanwhile: the transaction has to go.
pub(crate) async fn keep(ctx: &Ctx, tx: &Tx, entry: AuditEntryId, touches: &[Touch]) -> Result<(), Error> {
    let Some((retry, user)) = ctx.retry.as_deref().zip(ctx.actor.user_id()) else { return Ok(()) };
    let mut outcome: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for touch in touches {
        outcome.entry(touch.kind).or_default().push(touch.id);
    }
    let outcome = serde_json::to_string(&outcome).map_err(|error| Error::Internal(error.to_string()))?;
    let row = idempotency_key::Model {
        user_id: user.0,
        key_hash: retry.key_hash.to_vec(),
        fingerprint: retry.fingerprint.to_vec(),
        operation: retry.operation.clone(),
        outcome,
        entry_id: entry.0,
        created_at: ctx.now(),
    };
    Ok(store::insert(tx, row).await?)
}
