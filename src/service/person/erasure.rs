//! Erasing people. A stub stays, so that households, classes and the log still hold together; nothing that says
//! who it was.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{AuditEntryId, PersonId};
use ballast_domain::identity::policy::{Act as _, Grant, act};

use crate::entity::person::{erasure, person as person_row};
use crate::outside::erasure_journal::JournalLine;
use crate::service::audit::audit_entry::{Changes, Event};
use crate::service::audit::audit_erasure::erase_values_in;
use crate::service::{Ctx, Error, Seen};
use crate::store::Tx;
use crate::store::audit::audit_entry::Touch;
use crate::store::person::{erasure as store, person};
use crate::words::Arg;

/// Erases a person: the name, everything that was recorded, the keys of what was sealed, the values in the log, the
/// login. The journal outside the database has a line before the database does.
///
/// # Errors
/// [`Error::NotFound`]; a refusal while a legal hold is open or a permit is on record that is not withdrawn;
/// [`Error::Stale`]; [`Error::Internal`] when the journal cannot be written: nothing is erased then.
pub async fn erase_person(ctx: &Ctx, id: PersonId, seen: &Seen) -> Result<AuditEntryId, Error> {
    ctx.require(act::ErasePerson::ACTION)?;
    let tx = ctx.write_tx().await?;
    let (grant, row) = judge(ctx, &tx, id).await?;
    seen.check(grant.revision())?;
    if let Some(reason) = store::find_hold(tx.conn(), id, ctx.today()).await? {
        return Err(Error::refused_with("person_on_hold", vec![("reason", Arg::from(reason))]));
    }
    if let Some(reference) = store::find_permit(tx.conn(), id).await? {
        return Err(Error::refused_with("person_has_permit", vec![("reference", Arg::from(reference))]));
    }
    let now = ctx.now();
    let entry = erase_in(ctx, &tx, &grant, &row, now).await?;
    let line = JournalLine { person: id.0, entry: entry.0, requested_at: now, void: false };
    let journal = &ctx.app.erasures;
    let unwritten = |error: std::io::Error| Error::Internal(format!("the journal of erasures: {error}"));
    journal.append(&line).map_err(unwritten)?;
    if let Err(error) = tx.commit().await {
        journal.append(&JournalLine { void: true, ..line }).map_err(unwritten)?;
        return Err(error.into());
    }
    empty_log_of_writes(ctx).await;
    Ok(entry)
}

/// Erases again whom the journal names and a backup brought back; says how many. Holds and permits of before the
/// erasure do not count: it was decided.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator; [`Error::Internal`] when the journal cannot be read.
pub async fn replay_erasures(ctx: &Ctx) -> Result<u64, Error> {
    if !ctx.actor.is_operator() {
        return Err(Error::Denied);
    }
    let lines = ctx.app.erasures.read();
    let lines = lines.map_err(|error| Error::Internal(format!("the journal of erasures: {error}")))?;
    let mut replayed = 0;
    for line in lines {
        let tx = ctx.write_tx().await?;
        let (grant, row) = match judge(ctx, &tx, PersonId(line.person)).await {
            Ok(judged) => judged,
            // Not registered yet when the backup was made, or erased in it already.
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
        erase_in(ctx, &tx, &grant, &row, line.requested_at).await?;
        tx.commit().await?;
        replayed += 1;
    }
    if replayed > 0 {
        empty_log_of_writes(ctx).await;
    }
    Ok(replayed)
}

async fn judge(
    ctx: &Ctx,
    tx: &Tx,
    id: PersonId,
) -> Result<(Grant<act::ErasePerson>, person_row::Model), Error> {
    let row = store::lock_person(tx, id).await?;
    let targets = person::targets(tx.conn(), &[id], ctx.today()).await?;
    Ok((ctx.authorise(targets.first().ok_or(Error::NotFound)?)?, row))
}

async fn erase_in(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Grant<act::ErasePerson>,
    row: &person_row::Model,
    requested_at: Instant,
) -> Result<AuditEntryId, Error> {
    let (id, now) = (PersonId(row.id), ctx.now());
    let logins = store::list_logins(tx.conn(), id).await?;
    let (mut subjects, mut changes) = (vec![id.0], Changes::new());
    changes.touched(Touch { kind: "person", id: id.0, revision: grant.revision() + 1 });
    store::reduce_if_unchanged(tx, grant, now, ctx.today()).await?;
    for login in &logins {
        store::empty_login(tx, grant, login.id).await?;
        subjects.push(login.id);
        changes.touched(Touch { kind: "user", id: login.id, revision: login.revision + 1 });
    }
    store::delete_traces(tx, grant, &names_of(row, logins.iter().map(|login| &login.display_name))).await?;
    let event = Event::new(act::ErasePerson::ACTION, ("person", id.0)).changing(&changes);
    let entry = erase_values_in(ctx, tx, event, &subjects).await?;
    let said = erasure::Model { person_id: id.0, requested_at, erased_at: now, entry_id: entry.0 };
    store::delete_all_of(tx, grant, said).await?;
    Ok(entry)
}

/// The names by which somebody may be called in what machinery keeps.
fn names_of<'n>(row: &'n person_row::Model, others: impl Iterator<Item = &'n String>) -> Vec<String> {
    let mut names: Vec<String> =
        std::iter::once(&row.name).chain(&row.name_latin).chain(others).cloned().collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    names
}

/// What was erased stands in SQLite's log of writes until that is emptied. A reader may be in the way for long; the
/// next checkpoint does it then.
async fn empty_log_of_writes(ctx: &Ctx) {
    match ctx.app.db.empty_log_of_writes().await {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!("what was erased is still in the write-ahead log: a reader is in the way")
        }
        Err(error) => tracing::warn!(?error, "the write-ahead log could not be emptied"),
    }
}
