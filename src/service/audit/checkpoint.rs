//! Signing the head of the log, and the refusal to sign a rewrite.
//!
//! What was signed before and is kept outside of the database must be the beginning of what is signed now: a
//! signer that signs whatever it finds would launder whatever somebody did to the database.

use ballast_domain::audit::merkle::{consistency_ranges, verify_consistency};
use ballast_domain::audit::verify::Finding;
use ballast_domain::base::digest::Digest;

use crate::entity::audit::checkpoint as row;
use crate::format::audit::checkpoint::{Checkpoint, NoteError, verifier_key};
use crate::service::{App, Error};
use crate::store::Connection;
use crate::store::audit::audit_leaf::{self, Head};
use crate::store::audit::audit_origin::{self, Origin};
use crate::store::audit::checkpoint as store;

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
