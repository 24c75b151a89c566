//! After a backup was put back: the log goes on under a new name, whose first entry says where the old one
//! stood.
//!
//! What the old name signed beyond that point is lost, and is said to be. Witnesses see a new name, so that
//! nobody can pass a lost stretch off as never written.

use ballast_domain::audit::merkle::leaf_hash;
use ballast_domain::identity::policy::{Act as _, Target, act};
use uuid::Uuid;

use super::audit_entry::{self, Event};
use super::checkpoint::open_note;
use super::sequencer;
use crate::format::audit::header::Restored;
use crate::service::{Ctx, Error};
use crate::store::audit::audit_leaf::{self, Growth, Head};
use crate::store::audit::audit_origin::{self, Origin};

/// What was put back, and under which name the log goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// The name before.
    pub before: String,
    /// The new name.
    pub origin: String,
    /// How many entries there were.
    pub size: u64,
    /// The size that a checkpoint outside knows of the name before, where it is larger: the rest is lost.
    pub lost_up_to: Option<u64>,
}

/// Begins a new name of the log. Its first leaf is the entry that names the old head.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator; a refusal for an empty log; [`Error::Internal`] when a witness
/// cannot be read.
pub async fn adopt_log(ctx: &Ctx) -> Result<Adopted, Error> {
    ctx.authorise::<act::AdoptLog>(&Target::default())?;
    let app = &ctx.app;
    sequencer::seal_all(app).await?;
    let kept = app.log.witness.latest();
    let notes = kept.map_err(|error| Error::Internal(format!("a witness of the log: {error}")))?;
    let tx = ctx.write_tx().await?;
    let head = audit_leaf::lock_head(&tx, &sequencer::first_origin(app), ctx.now()).await?;
    let origins = audit_origin::list(tx.conn()).await?;
    let Some(before) = origins.last().filter(|_| head.size > 0) else {
        return Err(Error::refused("log_empty"));
    };
    let known = notes.iter().filter_map(|note| open_note(app, &origins, note).ok());
    let known = known.filter(|checkpoint| checkpoint.origin == before.name).map(|c| c.size).max();
    let first = origins.first().map_or(before.name.as_str(), |origin| origin.name.as_str());
    let origin = format!("{first}/{}", origins.len() + 1);
    let lost_up_to = known.filter(|known| *known > head.size);
    let restored = Restored {
        known_size: lost_up_to,
        origin: before.name.clone(),
        root: head.root.to_string(),
        size: head.size,
    };
    let event = Event {
        restored: Some(restored),
        ..Event::new(act::AdoptLog::ACTION, ("audit_origin", Uuid::nil()))
    };
    let (_, seq) = audit_entry::write(ctx, &tx, event).await?;
    let name = Origin { from_index: head.size, name: origin.clone() };
    audit_origin::insert(&tx, &name, ctx.now()).await?;
    // It gets its leaf at once: whatever waits beside it comes after.
    let entry = audit_leaf::get_waiting(tx.conn(), seq).await?;
    let mut tree = audit_leaf::find_frontier(tx.conn(), head.size).await?;
    let hash = leaf_hash(entry.header.as_bytes());
    let growth = Growth { leaves: vec![(head.size, seq, hash)], nodes: tree.append(hash) };
    let grown = Head { size: tree.size(), root: tree.root() };
    audit_leaf::append(&tx, head, growth, grown).await?;
    let before = before.name.clone();
    tx.commit().await?;
    app.log.saw(grown.size);
    Ok(Adopted { before, origin, size: head.size, lost_up_to })
}
