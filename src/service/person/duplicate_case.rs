//! Whom the database knows twice. An official of the region looks at two who look like one and says what they are.
//!
//! Of one human being each registration stays what its organisation recorded, under its own id and with its own ties: so
//! nothing tells an organisation that somebody was found to be known elsewhere, and nothing is lost when it is taken back.
//! What is known of the human being is the union, which the matcher, the bars, a person's own reading, holds and erasure
//! go by.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{DuplicateCaseId, PersonId, UserId};
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::person::duplicate_case::{CaseState, Cause, Conflicts, Refusal, may_merge};
use serde_json::{Value, json};
use uuid::Uuid;

use super::duplicate_move::{narrow, widen};
use super::rights_request::check_text;
use crate::entity::person::{duplicate_case, person_link};
use crate::service::audit::audit_entry::{Changes, Event};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Seen};
use crate::store::Tx;
use crate::store::audit::told::Told as _;
use crate::store::person::duplicate_case::Candidate;
use crate::store::person::person_link::Groups;
use crate::store::person::{duplicate_case as store, erasure, person, person_link as links};
use crate::store::poverty::household;

/// The most pairs that are shown at once. Whoever decides sees the next.
pub const CANDIDATES_MAX: usize = 100;

/// Two who look like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateView {
    /// The two, the lower id first, with their names.
    pub people: [(PersonId, String); 2],
    /// Why they look like one.
    pub cause: Cause,
}

/// What was said of two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseView {
    /// Which.
    pub id: DuplicateCaseId,
    /// The two, the lower id first, with their names as far as they can be read.
    pub people: [(PersonId, Option<String>); 2],
    /// Why they were looked at.
    pub cause: Cause,
    /// What was said.
    pub state: CaseState,
    /// Who stands for both.
    pub survivor: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// Who said so; none for the operator.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Instant,
    /// When it was taken back.
    pub undone_at: Option<Instant>,
    /// The revision.
    pub revision: i64,
}

/// What an official says of two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Who stands for both, if they are one; either of them if they are two.
    pub survivor: PersonId,
    /// The other.
    pub other: PersonId,
    /// Whether they are one.
    pub same: bool,
    /// Why. That they are two needs one.
    pub reason: String,
}

/// Pairs that look like one and wait for a word, both in reach; those of one person where one is named. The reading is
/// logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_candidates(ctx: &Ctx, of: Option<PersonId>) -> Result<Vec<CandidateView>, Error> {
    let (scope, db, today) = (ctx.scope::<act::SettleDuplicate>()?, ctx.app.db.reader(), ctx.today());
    let found = store::list_candidates(db, &scope, of, today, CANDIDATES_MAX).await?;
    let mut people: Vec<PersonId> = found.iter().flat_map(|pair| [pair.one, pair.two]).collect();
    people.sort_unstable();
    people.dedup();
    let rows = person::list_of(db, &scope, &people, today).await?;
    let names: BTreeMap<Uuid, String> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    let named = |id: PersonId| (id, names.get(&id.0).cloned().unwrap_or_default());
    let view =
        |pair: &Candidate| CandidateView { people: [named(pair.one), named(pair.two)], cause: pair.cause };
    let views = found.iter().map(view).collect();
    ctx.record_reading(act::SettleDuplicate::ACTION, ("person", Uuid::nil()), &people).await?;
    Ok(views)
}

/// Two people who are to be settled, with all their registrations locked.
struct Two {
    survivor: Grant<act::SettleDuplicate>,
    other: Grant<act::SettleDuplicate>,
    groups: Groups,
    pair: Candidate,
}

/// Says of two people who look like one what they are. Of one human being `survivor` stands for both.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for another who is out of reach or no candidate, and for a reason that is
/// missing; a refusal for oneself and for what another desk settles first.
pub async fn decide(ctx: &Ctx, verdict: &Verdict) -> Result<DuplicateCaseId, Error> {
    ctx.require(act::SettleDuplicate::ACTION)?;
    let mut problems = Vec::new();
    if !verdict.same || !verdict.reason.trim().is_empty() {
        check_text(&mut problems, "/reason", &verdict.reason);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let tx = ctx.write_tx().await?;
    let two = judge(ctx, &tx, verdict).await?;
    let mut changes = Changes::new();
    if let Some(before) = store::find_standing(&tx, &two.survivor, &two.other).await? {
        // What was said of them does not stand any more as they are now.
        end(ctx, &tx, &two.survivor, &before, &mut changes).await?;
    }
    let people = two.groups.all(&[verdict.survivor.0, verdict.other.0]);
    let step = if verdict.same { store::find_last_step(&tx, &people).await? + 1 } else { 0 };
    let case = case(ctx, verdict, &two, step);
    store::insert(&tx, [&two.survivor, &two.other], case.clone()).await?;
    if verdict.same {
        check(ctx, &tx, &two).await?;
        let link = person_link::Model {
            person_id: verdict.other.0,
            survivor_id: verdict.survivor.0,
            case_id: case.id,
        };
        links::insert(&tx, &two.survivor, &two.other, link).await?;
        let people = people.into_iter().collect();
        narrow(ctx, &tx, &two.survivor, case.id, &people, &mut changes).await?;
    }
    tell(&mut changes, None, &case);
    record(ctx, &tx, &case, &changes).await?;
    tx.commit().await?;
    Ok(DuplicateCaseId(case.id))
}

fn case(ctx: &Ctx, verdict: &Verdict, two: &Two, step: i32) -> duplicate_case::Model {
    let revisions: BTreeMap<Uuid, i64> =
        [&two.survivor, &two.other].map(|grant| (grant.id(), grant.revision())).into_iter().collect();
    let revision = |id: PersonId| revisions.get(&id.0).copied().unwrap_or_default();
    let state = if verdict.same { CaseState::Same } else { CaseState::Different };
    duplicate_case::Model {
        id: ctx.app.random.secret_id(),
        person_a_id: two.pair.one.0,
        person_b_id: two.pair.two.0,
        cause: two.pair.cause.code().to_owned(),
        state: state.code().to_owned(),
        survivor_id: verdict.same.then_some(verdict.survivor.0),
        reason: verdict.reason.trim().to_owned(),
        revision_a: revision(two.pair.one),
        revision_b: revision(two.pair.two),
        step,
        decided_by: ctx.actor.user_id().map(|user| user.0),
        decided_at: ctx.now(),
        undone_by: None,
        undone_at: None,
        revision: 1,
    }
}

/// What the log keeps of a case, under both: no reason, which may name the other.
fn values(case: &duplicate_case::Model) -> Value {
    json!({ "cause": case.cause, "state": case.state, "survivor_id": case.survivor_id, "step": case.step })
}

fn tell(changes: &mut Changes, before: Option<&duplicate_case::Model>, after: &duplicate_case::Model) {
    let before = before.map_or(Value::Null, values);
    changes.described_of_each(
        &[after.person_a_id, after.person_b_id],
        after.touch(),
        &before,
        &values(after),
    );
}

/// The entry, which both people find among those about them.
async fn record(ctx: &Ctx, tx: &Tx, case: &duplicate_case::Model, changes: &Changes) -> Result<(), Error> {
    let subjects = [PersonId(case.person_a_id), PersonId(case.person_b_id)];
    let event = Event::new(act::SettleDuplicate::ACTION, ("duplicate_case", case.id)).changing(changes);
    ctx.record_event(tx, Event { subjects: &subjects, ..event }).await?;
    Ok(())
}

async fn judge(ctx: &Ctx, tx: &Tx, verdict: &Verdict) -> Result<Two, Error> {
    let (scope, today) = (ctx.scope::<act::SettleDuplicate>()?, ctx.today());
    let Verdict { survivor, other, .. } = *verdict;
    let unknown = || Error::field("/other_id", "unknown_person");
    // Both are judged before anything is locked: of whom is out of reach nobody learns that they are there.
    grant(ctx, tx, survivor).await?;
    grant(ctx, tx, other).await.map_err(|_denied| unknown())?;
    if survivor == other {
        return Err(unknown());
    }
    // Whoever was settled by somebody else in between is no candidate any more.
    let settled = |error| match error {
        crate::store::Error::Stale => Error::field("/other_id", "no_candidate"),
        error => error.into(),
    };
    let (groups, _) = links::lock_groups(tx, &[survivor, other]).await.map_err(settled)?;
    let pairs = store::list_candidates(tx.conn(), &scope, Some(survivor), today, CANDIDATES_MAX).await?;
    let pair = pairs.into_iter().find(|pair| pair.one == other || pair.two == other);
    let pair = pair.ok_or_else(|| Error::field("/other_id", "no_candidate"))?;
    let people = groups.all(&[survivor.0, other.0]);
    if people.iter().any(|person| ctx.actor.is_or_guards(PersonId(*person))) {
        return Err(Error::refused("about_oneself"));
    }
    let (survivor, other) = (grant(ctx, tx, survivor).await?, grant(ctx, tx, other).await?);
    Ok(Two { survivor, other, groups, pair })
}

async fn grant(ctx: &Ctx, tx: &Tx, id: PersonId) -> Result<Grant<act::SettleDuplicate>, Error> {
    let found = person::targets(tx.conn(), &[id], ctx.today()).await?;
    ctx.authorise(found.first().ok_or(Error::NotFound)?)
}

/// What the rules have to know of two before they become one.
async fn check(ctx: &Ctx, tx: &Tx, two: &Two) -> Result<(), Error> {
    let (access, today) = (ctx.poverty()?, ctx.today());
    let scope = ctx.scope::<act::ReadHousehold>()?;
    let mut conflicts = Conflicts { households_in_reach: true, households: true, permits: true };
    for one in [two.survivor.id(), two.other.id()] {
        let own = two.groups.members(one);
        conflicts.households &= household::is_any_member(tx.conn(), &access, &own, today).await?;
        let people: Vec<PersonId> = own.into_iter().map(PersonId).collect();
        let read = household::members_among(tx.conn(), &access, &scope, &people, today).await?;
        conflicts.households_in_reach &= !read.is_empty();
        conflicts.permits &= erasure::find_permit(tx.conn(), PersonId(one)).await?.is_some();
    }
    may_merge(conflicts).map_err(|refusal| match refusal {
        Refusal::Households => Error::refused("merge_households"),
        Refusal::Elsewhere => Error::refused("merge_elsewhere"),
    })
}

/// Takes back what was said.
async fn end(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Grant<act::SettleDuplicate>,
    before: &duplicate_case::Model,
    changes: &mut Changes,
) -> Result<(), Error> {
    let after = duplicate_case::Model {
        state: CaseState::Undone.code().to_owned(),
        undone_by: ctx.actor.user_id().map(|user| user.0),
        undone_at: Some(ctx.now()),
        revision: before.revision + 1,
        ..before.clone()
    };
    store::undo_if_unchanged(tx, grant, &after).await?;
    tell(changes, Some(before), &after);
    Ok(())
}

/// Takes back what was said of two people: each stands for themself again, what it narrowed is as it was, and the two are
/// candidates again. What was recorded since stays with the registration under which it was recorded.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; a refusal where it was taken back, and where the same people have become one
/// with others since: that is taken back first.
pub async fn undo(ctx: &Ctx, id: DuplicateCaseId, seen: &Seen) -> Result<(), Error> {
    let scope = ctx.scope::<act::SettleDuplicate>()?;
    let tx = ctx.write_tx().await?;
    let before = store::get(tx.conn(), &scope, id, ctx.today()).await?;
    seen.check(before.revision)?;
    if before.state == CaseState::Undone.code() {
        return Err(Error::refused("case_undone"));
    }
    let both = [PersonId(before.person_a_id), PersonId(before.person_b_id)];
    let (groups, rows) = links::lock_groups(&tx, &both).await?;
    let targets = person::targets(tx.conn(), &both, ctx.today()).await?;
    // Whoever reaches one of the two takes back what was said of both.
    let reached = targets.iter().find(|target| ctx.authorise::<act::SettleDuplicate>(target).is_ok());
    let reached = reached.ok_or(Error::NotFound)?;
    if rows.values().any(|row| ctx.actor.is_or_guards(PersonId(row.id))) {
        return Err(Error::refused("about_oneself"));
    }
    let grant = ctx.authorise(&Target { ..reached.clone() })?;
    let mut changes = Changes::new();
    if before.state == CaseState::Same.code() {
        let people = groups.all(&both.map(|id| id.0));
        if store::find_last_step(&tx, &people).await? > before.step {
            return Err(Error::refused("case_not_last"));
        }
        links::delete_of_case(&tx, &grant, before.id).await?;
        widen(ctx, &tx, &grant, before.id, &people.into_iter().collect(), &mut changes).await?;
    }
    end(ctx, &tx, &grant, &before, &mut changes).await?;
    record(ctx, &tx, &before, &changes).await?;
    Ok(tx.commit().await?)
}

/// What was said of people in reach. The reading is logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_cases(ctx: &Ctx, request: PageRequest) -> Result<Page<CaseView>, Error> {
    let scope = ctx.scope::<act::SettleDuplicate>()?;
    let page = store::list(ctx.app.db.reader(), &scope, ctx.today(), request).await?;
    let items = views(ctx, &page.items).await?;
    Ok(Page { items, next: page.next, total: page.total })
}

/// One of them. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_case(ctx: &Ctx, id: DuplicateCaseId) -> Result<CaseView, Error> {
    let scope = ctx.scope::<act::SettleDuplicate>()?;
    let row = store::get(ctx.app.db.reader(), &scope, id, ctx.today()).await?;
    views(ctx, &[row]).await?.pop().ok_or(Error::NotFound)
}

async fn views(ctx: &Ctx, rows: &[duplicate_case::Model]) -> Result<Vec<CaseView>, Error> {
    let (scope, db, today) = (ctx.scope::<act::SettleDuplicate>()?, ctx.app.db.reader(), ctx.today());
    let both = |row: &duplicate_case::Model| [PersonId(row.person_a_id), PersonId(row.person_b_id)];
    let mut people: Vec<PersonId> = rows.iter().flat_map(both).collect();
    people.sort_unstable();
    people.dedup();
    let found = person::list_of(db, &scope, &people, today).await?;
    let names: BTreeMap<Uuid, String> = found.into_iter().map(|row| (row.id, row.name)).collect();
    let views = rows.iter().map(|row| view(row, &names)).collect::<Result<_, _>>()?;
    ctx.record_reading(act::SettleDuplicate::ACTION, ("duplicate_case", Uuid::nil()), &people).await?;
    Ok(views)
}

fn view(row: &duplicate_case::Model, names: &BTreeMap<Uuid, String>) -> Result<CaseView, Error> {
    let broken = || Error::Internal(format!("duplicate case {}: a code that is none", row.id));
    let named = |id: Uuid| (PersonId(id), names.get(&id).cloned());
    Ok(CaseView {
        id: DuplicateCaseId(row.id),
        people: [named(row.person_a_id), named(row.person_b_id)],
        cause: Cause::parse(&row.cause).ok_or_else(broken)?,
        state: CaseState::parse(&row.state).ok_or_else(broken)?,
        survivor: row.survivor_id.map(PersonId),
        reason: row.reason.clone(),
        decided_by: row.decided_by.map(UserId),
        decided_at: row.decided_at,
        undone_at: row.undone_at,
        revision: row.revision,
    })
}
