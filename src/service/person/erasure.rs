//! Erasing people. A stub stays, so that households, classes and the log still hold together; nothing that says
//! who it was.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{AuditEntryId, PersonId};
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use uuid::Uuid;

use super::guardian;
use crate::entity::person::{erasure, person as person_row, rights_request};
use crate::outside::erasure_journal::JournalLine;
use crate::service::audit::audit_entry::{Changes, Event};
use crate::service::audit::audit_erasure::erase_values_in;
use crate::service::{Ctx, Error, Seen};
use crate::store::Tx;
use crate::store::audit::audit_entry::Touch;
use crate::store::audit::told::Told as _;
use crate::store::person::{
    erasure as store, guardian as guardians, person, person_link, rights_request as requests,
};
use crate::words::Arg;

/// Erases a person: the name, everything that was recorded, the keys of what was sealed, the values in the log, the
/// login. The journal outside the database has a line before the database does.
///
/// # Errors
/// [`Error::NotFound`]; a refusal while a legal hold is open or a permit is on record that is not withdrawn;
/// [`Error::Stale`]; [`Error::Internal`] when the journal cannot be written: nothing is erased then.
pub async fn erase_person(ctx: &Ctx, id: PersonId, seen: &Seen) -> Result<AuditEntryId, Error> {
    erase(ctx, id, seen, None).await
}

/// The same because the person asked for it, unless they have taken that back.
///
/// # Errors
/// As [`erase_person`]; [`Error::Stale`] when the request does not wait any more.
pub(super) async fn erase_as_asked(
    ctx: &Ctx,
    id: PersonId,
    asked: &rights_request::Model,
) -> Result<(), Error> {
    erase(ctx, id, &Seen::Whatever, Some(asked)).await.map(|_entry| ())
}

async fn erase(
    ctx: &Ctx,
    id: PersonId,
    seen: &Seen,
    asked: Option<&rights_request::Model>,
) -> Result<AuditEntryId, Error> {
    ctx.require(act::ErasePerson::ACTION)?;
    let tx = ctx.write_tx().await?;
    let people = judge(ctx, &tx, id).await?;
    let own = people.iter().find(|(_, row)| row.id == id.0).ok_or(Error::NotFound)?;
    seen.check(own.0.revision())?;
    if let Some(asked) = asked
        && !requests::is_waiting(tx.conn(), asked).await?
    {
        return Err(Error::Stale);
    }
    if let Some(reason) = store::find_hold(tx.conn(), id, ctx.today()).await? {
        return Err(Error::refused_with("person_on_hold", vec![("reason", Arg::from(reason))]));
    }
    if let Some(reference) = store::find_permit(tx.conn(), id).await? {
        return Err(Error::refused_with("person_has_permit", vec![("reference", Arg::from(reference))]));
    }
    let lines = erase_all_in(ctx, &tx, &people).await?;
    let entry = lines.iter().find(|line| line.person == id.0).map(|line| AuditEntryId(line.entry));
    if let Err(error) = journal(ctx, &lines) {
        void(ctx, lines)?;
        return Err(error);
    }
    if let Err(error) = tx.commit().await {
        void(ctx, lines)?;
        return Err(error.into());
    }
    empty_log_of_writes(ctx).await;
    entry.ok_or(Error::NotFound)
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
        let people = match judge(ctx, &tx, PersonId(line.person)).await {
            Ok(judged) => judged,
            // Not registered yet when the backup was made, or erased in it already.
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
        // Whoever was found to be the same human being has a line of their own, if that was so then.
        for (grant, row) in people.iter().filter(|(_, row)| row.id == line.person) {
            erase_in(ctx, &tx, grant, row, line.requested_at).await?;
            replayed += 1;
        }
        tx.commit().await?;
    }
    if replayed > 0 {
        empty_log_of_writes(ctx).await;
    }
    Ok(replayed)
}

/// Erases somebody in the caller's transaction, with the line of the journal before it is kept. A line whose
/// transaction is not kept after all would erase the person when a backup is put back: so only what decided it by a
/// rule, and would again, calls this.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Internal`] when the journal cannot be written.
pub(crate) async fn erase_person_in(ctx: &Ctx, tx: &Tx, id: PersonId) -> Result<AuditEntryId, Error> {
    let people = judge(ctx, tx, id).await?;
    let lines = erase_all_in(ctx, tx, &people).await?;
    journal(ctx, &lines)?;
    let own = lines.iter().find(|line| line.person == id.0);
    own.map(|line| AuditEntryId(line.entry)).ok_or(Error::NotFound)
}

/// A registration of whom is to be erased.
type Judged = (Grant<act::ErasePerson>, person_row::Model);

/// A person by every registration, locked. Whoever may erase one of them may erase them all: an official found them to be
/// one human being, of whom nothing may stay.
async fn judge(ctx: &Ctx, tx: &Tx, id: PersonId) -> Result<Vec<Judged>, Error> {
    let (_, rows) = person_link::lock_groups(tx, &[id]).await?;
    let targets = person::targets(tx.conn(), &[id], ctx.today()).await?;
    let target = targets.first().ok_or(Error::NotFound)?;
    let granted = |row: person_row::Model| {
        let target = Target { id: row.id, revision: row.revision, ..target.clone() };
        Ok((ctx.authorise(&target)?, row))
    };
    rows.into_values().map(granted).collect()
}

async fn erase_all_in(ctx: &Ctx, tx: &Tx, people: &[Judged]) -> Result<Vec<JournalLine>, Error> {
    let (requested_at, mut lines) = (ctx.now(), Vec::with_capacity(people.len()));
    for (grant, row) in people {
        let entry = erase_in(ctx, tx, grant, row, requested_at).await?;
        lines.push(JournalLine { person: row.id, entry: entry.0, requested_at, void: false });
    }
    Ok(lines)
}

fn journal(ctx: &Ctx, lines: &[JournalLine]) -> Result<(), Error> {
    let written = lines.iter().try_for_each(|line| ctx.app.erasures.append(line));
    written.map_err(|error| Error::Internal(format!("the journal of erasures: {error}")))
}

/// What the journal says did not come about.
fn void(ctx: &Ctx, lines: Vec<JournalLine>) -> Result<(), Error> {
    let void: Vec<_> = lines.into_iter().map(|line| JournalLine { void: true, ..line }).collect();
    journal(ctx, &void)
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
        end_guardianships(ctx, tx, grant, login.id, &mut changes).await?;
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

/// Nobody acts for anybody with a login that is empty. The guardianships of the person's own as a ward go as rows.
async fn end_guardianships(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Grant<act::ErasePerson>,
    login: Uuid,
    changes: &mut Changes,
) -> Result<(), Error> {
    let open = guardians::list_open_of_login(tx.conn(), login, ctx.today()).await?;
    let ended: Vec<_> = open.iter().map(|row| guardian::ending(ctx, row)).collect();
    ended.iter().for_each(|row| changes.touched(row.touch()));
    Ok(guardians::insert_endings(tx, grant, ended).await?)
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
