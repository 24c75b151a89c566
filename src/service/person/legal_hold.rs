//! Legal holds: while one is open, nobody erases the person.

use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Act as _, Grant, act};
use uuid::Uuid;

use crate::entity::person::legal_hold;
use crate::service::audit::audit_entry::Changes;
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::told::Told as _;
use crate::store::person::{erasure, legal_hold as store, person};

/// Why somebody is held.
const REASONS: [&str; 4] = ["court", "investigation", "complaint", "audit"];

/// Places a hold on a person from today on.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a reason that is none.
pub async fn place_hold(ctx: &Ctx, id: PersonId, reason: &str) -> Result<Uuid, Error> {
    ctx.require(act::HoldPerson::ACTION)?;
    if !REASONS.contains(&reason) {
        return Err(Error::field("/reason", "unknown_choice"));
    }
    let tx = ctx.write_tx().await?;
    let grant = judge(ctx, &tx, id).await?;
    let row = legal_hold::Model {
        id: ctx.app.random.secret_id(),
        person_id: id.0,
        reason: reason.to_owned(),
        placed_by: ctx.actor.user_id().map(|user| user.0),
        valid_from: ctx.today(),
        valid_until: None,
        revision: 1,
    };
    store::insert(&tx, &grant, row.clone()).await?;
    let mut changes = Changes::new();
    changes.created(id.0, &row);
    ctx.record_changes(&tx, act::HoldPerson::ACTION, ("person", id.0), &changes).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// Lifts every open hold on a person; gives their ids.
///
/// # Errors
/// [`Error::NotFound`]; a refusal when there is none.
pub async fn lift_holds(ctx: &Ctx, id: PersonId) -> Result<Vec<Uuid>, Error> {
    ctx.require(act::HoldPerson::ACTION)?;
    let tx = ctx.write_tx().await?;
    let grant = judge(ctx, &tx, id).await?;
    let open = store::list_open(tx.conn(), id).await?;
    if open.is_empty() {
        return Err(Error::refused("no_hold_open"));
    }
    // It does not hold today any more.
    let last = ctx.today().pred_opt().unwrap_or_else(|| ctx.today());
    let mut changes = Changes::new();
    for row in &open {
        store::end_if_unchanged(&tx, &grant, row, last).await?;
        let ended = legal_hold::Model { valid_until: Some(last), revision: row.revision + 1, ..row.clone() };
        changes.updated(id.0, row, &ended);
    }
    ctx.record_changes(&tx, act::HoldPerson::ACTION, ("person", id.0), &changes).await?;
    tx.commit().await?;
    Ok(open.iter().map(|row| row.id()).collect())
}

async fn judge(ctx: &Ctx, tx: &Tx, id: PersonId) -> Result<Grant<act::HoldPerson>, Error> {
    erasure::lock_person(tx, id).await?;
    let targets = person::targets(tx.conn(), &[id], ctx.today()).await?;
    ctx.authorise(targets.first().ok_or(Error::NotFound)?)
}
