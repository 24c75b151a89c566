//! Sealing: entries that wait get their place in the hash tree.
//!
//! Any process may seal; the head's row keeps two apart, and both would give the same tree. An entry that was
//! committed late falls into a later batch. The order is promised per resource: who brings a row to revision
//! k+1 has waited for the commit of k, so k is among the entries seen and counted before it.

use std::time::Duration;

use ballast_domain::audit::merkle::leaf_hash;
use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::AuditEntryId;
use uuid::Uuid;

use crate::outside::keys::hex;
use crate::service::{App, Ctx, Error};
use crate::store::audit::audit_leaf::{self, Growth, Head, Waiting};

/// Entries of one batch.
pub const BATCH_MAX: u64 = 4096;
/// How long an answer waits for its entries to be sealed.
pub const SEAL_WAIT_MAX: Duration = Duration::from_secs(3);
/// How often it looks meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many entries got their place.
    pub sealed: u64,
    /// How many were not written by anybody who has the key of the log, and wait for ever.
    pub refused: u64,
    /// The log after it.
    pub head: Head,
}

/// Seals up to [`BATCH_MAX`] entries that wait.
///
/// # Errors
/// What the database says.
pub async fn seal_batch(app: &App) -> Result<Batch, Error> {
    let _turn = app.log.turn.lock().await;
    seal_in_turn(app).await
}

async fn seal_in_turn(app: &App) -> Result<Batch, Error> {
    let tx = app.db.write_tx().await?;
    let from = audit_leaf::lock_head(&tx, &first_origin(app), app.clock.now()).await?;
    let waiting = audit_leaf::list_waiting(tx.conn(), BATCH_MAX).await?;
    let mut tree = audit_leaf::find_frontier(tx.conn(), from.size).await?;
    if tree.root() != from.root {
        return Err(Error::Internal("the head of the log is not the root of its tree".to_owned()));
    }
    let (mut growth, mut refused) = (Growth::default(), 0);
    for entry in waiting {
        let Some(hash) = authentic(app, &entry) else {
            tracing::error!(seq = entry.seq, "an entry of the log is forged and is not sealed");
            refused += 1;
            continue;
        };
        growth.leaves.push((tree.size(), entry.seq, hash));
        growth.nodes.extend(tree.append(hash));
    }
    let head = Head { size: tree.size(), root: tree.root() };
    let sealed = head.size - from.size;
    if sealed > 0 {
        audit_leaf::append(&tx, from, growth, head).await?;
        tx.commit().await?;
        app.log.saw(head.size);
    } else {
        tx.rollback().await?;
    }
    Ok(Batch { sealed, refused, head })
}

/// The leaf hash of an entry whose header is what was hashed and whose MAC is by our key.
fn authentic(app: &App, entry: &Waiting) -> Option<Digest> {
    let hash = leaf_hash(entry.header.as_bytes());
    (hash.0 == entry.leaf_hash.as_slice() && app.keys.log_mac(&hash) == entry.mac.as_slice()).then_some(hash)
}

/// The log's first name: `ballast/` and the beginning of the hash of the key that signs it.
pub(super) fn first_origin(app: &App) -> String {
    let digest = Digest::of(&app.keys.checkpoint_public_key());
    format!("ballast/{}", hex(&digest.0[..8]))
}

/// Seals all that waits now. Returns the size of the log.
///
/// # Errors
/// What the database says.
pub async fn seal_all(app: &App) -> Result<u64, Error> {
    loop {
        if !audit_leaf::find_any_waiting(app.db.reader()).await? {
            let head = audit_leaf::find_head(app.db.reader()).await?;
            let size = head.map_or(0, |head| head.size);
            app.log.saw(size);
            return Ok(size);
        }
        let batch = seal_batch(app).await?;
        if batch.sealed == 0 {
            return Ok(batch.head.size);
        }
    }
}

/// Waits until everything that this request has written is sealed: for answers that must not come before.
/// Whoever waits seals, so it needs no loop in the background; another process may be quicker.
///
/// # Errors
/// [`Error::Unsealed`] after [`SEAL_WAIT_MAX`]; what was done stays done.
pub async fn await_sealed(ctx: &Ctx) -> Result<(), Error> {
    let ids: Vec<Uuid> = ctx.receipts.list().into_iter().map(|(AuditEntryId(id), _)| id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let sealed = async {
        loop {
            match seal_these(&ctx.app, &ids).await {
                Ok(true) => return,
                Ok(false) => {}
                // It may be over in a moment; that the change is kept is not in doubt.
                Err(error) => tracing::warn!(?error, "entries of the log could not be sealed for an answer"),
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(SEAL_WAIT_MAX, sealed).await.map_err(|_elapsed| Error::Unsealed)
}

/// Seals a batch unless these entries are sealed; whether they are then.
async fn seal_these(app: &App, ids: &[Uuid]) -> Result<bool, Error> {
    let _turn = app.log.turn.lock().await;
    if audit_leaf::find_all_sealed(app.db.reader(), ids).await? {
        return Ok(true);
    }
    seal_in_turn(app).await?;
    Ok(audit_leaf::find_all_sealed(app.db.reader(), ids).await?)
}
