//! Signing the head of the log, and the refusal to sign a rewrite.
//!
//! What was signed before and is kept outside of the database must be the beginning of what is signed now: a
//! signer that signs whatever it finds would launder whatever somebody did to the database.

use ballast_domain::audit::merkle::{consistency_ranges, verify_consistency};
use ballast_domain::audit::verify::Finding;
use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::digest::Digest;
use ballast_domain::identity::policy::act;

use crate::entity::audit::checkpoint as row;
pub use crate::format::audit::checkpoint::Checkpoint;
use crate::format::audit::checkpoint::{NoteError, verifier_key};
use crate::service::page::{Page, PageRequest};
use crate::service::{App, Ctx, Error};
use crate::store::Connection;
use crate::store::audit::audit_leaf::{self, Head};
use crate::store::audit::audit_origin::{self, Origin};
use crate::store::audit::checkpoint as store;

/// The head is signed this often, if the log has grown.
pub const SIGNED_EVERY_SECONDS: u32 = 15;

/// A signed head, as it was given out.
#[derive(Clone, Debug)]
pub struct CheckpointView {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// When it was signed.
    pub signed_at: Instant,
    /// The signed note.
    pub note: String,
    /// The key that it is checked with, as a witness is given it.
    pub key: String,
}

/// The proof that the log at a checkpoint continues the log as it was at a smaller size.
#[derive(Clone, Debug)]
pub struct ConsistencyProof {
    /// The smaller size.
    pub from: u64,
    /// The checkpoint.
    pub to: CheckpointView,
    /// The hashes (RFC 9162, 2.1.4).
    pub path: Vec<Digest>,
}

/// What became of an attempt to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signing {
    /// Nothing is sealed yet.
    Empty,
    /// The head was signed before.
    Known(String),
    /// The head is signed now and was offered to every witness.
    Signed(String),
    /// The head contradicts a checkpoint that was given out: nothing is signed.
    Refused(Finding),
}

/// Signs the head of the log if it continues every checkpoint that was given out.
///
/// # Errors
/// [`Error::Internal`] when a witness cannot be read or none takes the checkpoint.
pub async fn sign_head(app: &App) -> Result<Signing, Error> {
    let db = app.db.snapshot().await?;
    let Some(head) = audit_leaf::find_head(&db).await?.filter(|head| head.size > 0) else {
        return Ok(Signing::Empty);
    };
    let origins = audit_origin::list(&db).await?;
    let internal = |error: std::io::Error| Error::Internal(format!("a witness of the log: {error}"));
    let notes = app.log.witness.latest().map_err(internal)?;
    if let Some(finding) = contradiction(app, &db, head, &origins, &notes).await? {
        return Ok(Signing::Refused(finding));
    }
    let tree = audit_leaf::find_frontier(&db, head.size).await?;
    if tree.root() != head.root {
        return Ok(Signing::Refused(Finding::HeadChanged { size: head.size }));
    }
    let origin = origins.last().ok_or_else(|| Error::Internal("the log has no name".to_owned()))?;
    let checkpoint = Checkpoint { origin: origin.name.clone(), size: head.size, root: head.root };
    let note =
        checkpoint.note(&app.keys.checkpoint_public_key(), &app.keys.sign_checkpoint(&checkpoint.text()));
    if notes.contains(&note) && store::find_latest(&db, &origin.name).await?.is_some_and(|l| l.note == note) {
        return Ok(Signing::Known(note));
    }
    drop(db);
    app.log.witness.offer(&note).map_err(internal)?;
    remember(app, &checkpoint, &note).await?;
    Ok(Signing::Signed(note))
}

async fn remember(app: &App, checkpoint: &Checkpoint, note: &str) -> Result<(), Error> {
    let size = i64::try_from(checkpoint.size).map_err(|error| Error::Internal(error.to_string()))?;
    let tx = app.db.write_tx().await?;
    let row = row::Model {
        origin: checkpoint.origin.clone(),
        size,
        signed_at: app.clock.now(),
        note: note.to_owned(),
    };
    store::insert_if_new(&tx, row).await?;
    Ok(tx.commit().await?)
}

/// What a head has against it among checkpoints that were given out.
async fn contradiction(
    app: &App,
    db: &impl Connection,
    head: Head,
    origins: &[Origin],
    notes: &[String],
) -> Result<Option<Finding>, Error> {
    for note in notes {
        let checkpoint = match open_note(app, origins, note) {
            Ok(checkpoint) => checkpoint,
            Err(finding) => return Ok(Some(finding)),
        };
        let Some(end) = reach(origins, head.size, &checkpoint.origin) else { continue };
        if checkpoint.size > end {
            if end < head.size {
                // An earlier name's log went further; the restore that began the new name said so.
                continue;
            }
            let (size, checkpoint) = (head.size, checkpoint.size);
            return Ok(Some(Finding::OlderThanCheckpoint { size, checkpoint }));
        }
        let ranges = consistency_ranges(checkpoint.size, head.size).unwrap_or_default();
        let proof: Vec<Digest> = audit_leaf::list_range_hashes(db, &ranges).await?;
        if !verify_consistency((checkpoint.size, checkpoint.root), (head.size, head.root), &proof) {
            return Ok(Some(Finding::Rewritten { good: 0, bad: checkpoint.size }));
        }
    }
    Ok(None)
}

/// Reads a checkpoint of this log.
///
/// # Errors
/// The finding that it is of another log, or not by our key.
pub(super) fn open_note(app: &App, origins: &[Origin], note: &str) -> Result<Checkpoint, Finding> {
    let checkpoint = match Checkpoint::open(note, &app.keys.checkpoint_public_key()) {
        Ok(checkpoint) => checkpoint,
        Err(NoteError::Unsigned | NoteError::Malformed) => return Err(Finding::CheckpointUnsigned),
    };
    if origins.iter().any(|origin| origin.name == checkpoint.origin) {
        Ok(checkpoint)
    } else {
        Err(Finding::CheckpointOfAnotherLog { origin: checkpoint.origin })
    }
}

/// How far the log went under a name: up to where the next name begins, or to the head.
pub(super) fn reach(origins: &[Origin], size: u64, name: &str) -> Option<u64> {
    let at = origins.iter().position(|origin| origin.name == name)?;
    Some(origins.get(at + 1).map_or(size, |next| next.from_index))
}

/// The key with which a witness checks the checkpoints of this log.
///
/// # Errors
/// What the database says.
pub async fn find_verifier_key(app: &App) -> Result<Option<String>, Error> {
    let origins = audit_origin::list(app.db.reader()).await?;
    Ok(origins.last().map(|origin| verifier_key(&origin.name, &app.keys.checkpoint_public_key())))
}

/// Checkpoints that were given out, the newest first: under a name of the log, or under its present one.
///
/// # Errors
/// [`Error::Denied`] for those who may not read the log.
pub async fn list_checkpoints(
    ctx: &Ctx,
    origin: Option<&str>,
    request: PageRequest,
) -> Result<Page<CheckpointView>, Error> {
    ctx.scope::<act::ReadAudit>()?;
    let db = ctx.app.db.reader();
    let present = match origin {
        Some(name) => Some(name.to_owned()),
        None => audit_origin::list(db).await?.pop().map(|origin| origin.name),
    };
    // A log that nobody has written to has no name and no checkpoint; the empty name is nobody's.
    let page = store::list(db, &present.unwrap_or_default(), request).await?;
    let (next, total) = (page.next, page.total);
    let items = page.items.into_iter().map(|row| view(&ctx.app, row)).collect::<Result<_, _>>()?;
    Ok(Page { items, next, total })
}

/// The newest checkpoint.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] while nothing is signed under the log's present name.
pub async fn get_latest_checkpoint(ctx: &Ctx) -> Result<CheckpointView, Error> {
    ctx.scope::<act::ReadAudit>()?;
    find_latest(&ctx.app).await?.ok_or(Error::NotFound)
}

/// The newest checkpoint under the log's present name.
pub(super) async fn find_latest(app: &App) -> Result<Option<CheckpointView>, Error> {
    let db = app.db.reader();
    let Some(origin) = audit_origin::list(db).await?.pop() else { return Ok(None) };
    store::find_latest(db, &origin.name).await?.map(|row| view(app, row)).transpose()
}

/// The proof that the log at a checkpoint, the newest when nobody says which size, continues the log as it was at
/// `from`, which need not be that of a checkpoint.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] where no checkpoint of this log has that size, or `from` is larger.
pub async fn prove_consistency(ctx: &Ctx, from: u64, size: Option<u64>) -> Result<ConsistencyProof, Error> {
    ctx.scope::<act::ReadAudit>()?;
    let found = match size {
        None => find_latest(&ctx.app).await?,
        Some(size) => find_of_size(&ctx.app, size).await?,
    };
    let to = found.ok_or(Error::NotFound)?;
    let ranges = consistency_ranges(from, to.checkpoint.size);
    let ranges = ranges.ok_or(Error::NotFound)?;
    let path = audit_leaf::list_range_hashes(ctx.app.db.reader(), &ranges).await?;
    Ok(ConsistencyProof { from, to, path })
}

/// The checkpoint of a size whose entries are still there: where a backup was put back, an earlier name's may be of
/// entries that are lost.
async fn find_of_size(app: &App, size: u64) -> Result<Option<CheckpointView>, Error> {
    let db = app.db.reader();
    let rows = store::list_of_size(db, size).await?;
    let reached = audit_leaf::find_head(db).await?.is_some_and(|head| size <= head.size);
    if rows.is_empty() || !reached {
        return Ok(None);
    }
    let root = audit_leaf::find_frontier(db, size).await?.root();
    let views = rows.into_iter().map(|row| view(app, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(views.into_iter().find(|view| view.checkpoint.root == root))
}

fn view(app: &App, row: row::Model) -> Result<CheckpointView, Error> {
    let checkpoint = Checkpoint::read_unverified(&row.note).map_err(|e| Error::Internal(e.to_string()))?;
    let key = verifier_key(&checkpoint.origin, &app.keys.checkpoint_public_key());
    Ok(CheckpointView { checkpoint, signed_at: row.signed_at, note: row.note, key })
}
