//! Deciding whether a household is targeted, and reading what was decided.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::{HouseholdId, PersonId, TargetingId, UserId};
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::poverty::targeting::{self as rules, Outcome, Refusal};
use uuid::Uuid;

use crate::entity::poverty::targeting;
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::{Ctx, Error, Field};
use crate::store::audit::audit_entry::Touch;
use crate::store::identity::user;
use crate::store::poverty::{household, targeting as store};
use crate::words::Arg;

/// A decision about a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTargeting {
    /// About which.
    pub household: HouseholdId,
    /// `targeted`, `not_targeted` or `exited`.
    pub outcome: String,
    /// `income`, `illness`, `disability`, `schooling`, `disaster` or `relocation`.
    pub cause: String,
    /// When it was decided.
    pub decided_on: CivilDate,
}

/// A decision, as a bureau sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetingView {
    /// Which.
    pub id: TargetingId,
    /// `targeted`, `not_targeted` or `exited`.
    pub outcome: String,
    /// `income`, `illness`, `disability`, `schooling`, `disaster` or `relocation`.
    pub cause: String,
    /// When it was decided.
    pub decided_on: CivilDate,
    /// Who decided.
    pub decided_by: UserId,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The decision whose place it took.
    pub supersedes: Option<TargetingId>,
}

/// Records decisions, at most one a household; each supersedes the one that stands. Whoever is signed in has
/// decided; the operator at the command line names who has.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row; `needs_a_user` when nobody has decided; a refusal for
/// one's own household; [`Error::Stale`] when somebody else decided at the same time.
pub async fn decide_targeting(
    ctx: &Ctx,
    new: Vec<NewTargeting>,
    decided_by: Option<UserId>,
    mode: Mode,
) -> Result<Vec<TargetingId>, Error> {
    let access = ctx.poverty()?;
    ctx.require(act::DecideTargeting::ACTION)?;
    batch::check_size(new.len())?;
    let decided_by = who_decides(ctx, decided_by).await?;
    let tx = ctx.write_tx().await?;
    let ids: BTreeSet<HouseholdId> = new.iter().map(|new| new.household).collect();
    let ids: Vec<HouseholdId> = ids.into_iter().collect();
    let targets = household::targets(tx.conn(), &access, &ids).await?;
    let targets: BTreeMap<HouseholdId, Target> =
        targets.into_iter().map(|target| (HouseholdId(target.id), target)).collect();
    let standing = store::standing(tx.conn(), &access, &ids).await?;
    let (mut problems, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut grants, mut rows) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    for (n, decision) in new.iter().enumerate() {
        let target = targets.get(&decision.household).ok_or(Error::NotFound);
        let granted: Result<Grant<act::DecideTargeting>, Error> =
            target.and_then(|target| ctx.authorise(target));
        let grant = match granted {
            Ok(grant) => grant,
            Err(refused @ Error::Refused(_)) => return Err(refused),
            Err(_out_of_reach) => {
                problems.push(Field::new(format!("/{n}/household_id"), "unknown_household"));
                continue;
            }
        };
        if !seen.insert(decision.household) {
            problems.push(Field::new(format!("/{n}/household_id"), "doubled"));
        }
        let standing = standing.get(&decision.household);
        problems.extend(check(n, decision, standing, ctx.today())?);
        grants.push(grant);
        rows.push(row(ctx, decision, decided_by, standing));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let made: Vec<TargetingId> = rows.iter().map(|row| TargetingId(row.id)).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.household_id, row));
    for grant in &grants {
        let revision = grant.revision() + 1;
        changes.touched(Touch { kind: "household", id: grant.id(), revision });
    }
    let first = rows.first().map(|row| row.household_id).unwrap_or_default();
    store::insert_all(&tx, &access, &grants, rows).await?;
    ctx.record_changes(&tx, act::DecideTargeting::ACTION, ("household", first), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(made)
}

async fn who_decides(ctx: &Ctx, named: Option<UserId>) -> Result<UserId, Error> {
    match (ctx.actor.user_id(), named) {
        (Some(user), _) => Ok(user),
        (None, None) => Err(Error::refused("needs_a_user")),
        (None, Some(user)) => match user::get(ctx.app.db.reader(), user).await {
            Ok(row) => Ok(UserId(row.id)),
            Err(crate::store::Error::Missing) => Err(Error::field("/decided_by", "unknown_user")),
            Err(err) => Err(err.into()),
        },
    }
}

fn check(
    n: usize,
    new: &NewTargeting,
    standing: Option<&targeting::Model>,
    today: CivilDate,
) -> Result<Vec<Field>, Error> {
    let mut problems = Vec::new();
    if !rules::is_cause(&new.cause) {
        problems.push(Field::new(format!("/{n}/cause"), "unknown_choice"));
    }
    let Some(outcome) = Outcome::parse(&new.outcome) else {
        problems.push(Field::new(format!("/{n}/outcome"), "unknown_choice"));
        return Ok(problems);
    };
    let unknown = || Error::Internal("targeting.outcome holds something unexpected".to_owned());
    let standing = match standing {
        Some(row) => Some((Outcome::parse(&row.outcome).ok_or_else(unknown)?, row.decided_on)),
        None => None,
    };
    match rules::decide(standing, outcome, new.decided_on, today) {
        Ok(()) => {}
        Err(Refusal::InFuture) => {
            problems.push(Field::new(format!("/{n}/decided_on"), "date_out_of_range"));
        }
        Err(Refusal::BeforeStanding { standing }) => {
            let standing = Arg::Text(standing.to_string());
            let problem = Field::new(format!("/{n}/decided_on"), "before_standing");
            problems.push(problem.with("standing", standing));
        }
        Err(Refusal::NotTargeted) => {
            problems.push(Field::new(format!("/{n}/outcome"), "exit_without_targeting"));
        }
    }
    Ok(problems)
}

fn row(
    ctx: &Ctx,
    new: &NewTargeting,
    decided_by: UserId,
    standing: Option<&targeting::Model>,
) -> targeting::Model {
    targeting::Model {
        id: ctx.app.random.secret_id(),
        household_id: new.household.0,
        outcome: new.outcome.clone(),
        cause: new.cause.clone(),
        decided_on: new.decided_on,
        decided_by: decided_by.0,
        recorded_at: ctx.now(),
        supersedes_id: standing.map(|row| row.id),
    }
}

pub(super) fn view(row: targeting::Model) -> TargetingView {
    TargetingView {
        id: TargetingId(row.id),
        outcome: row.outcome,
        cause: row.cause,
        decided_on: row.decided_on,
        decided_by: UserId(row.decided_by),
        recorded_at: row.recorded_at,
        supersedes: row.supersedes_id.map(TargetingId),
    }
}

/// All decisions about a household, the newest first. The reading is logged with everyone who belongs to it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list_targetings(ctx: &Ctx, id: HouseholdId) -> Result<Vec<TargetingView>, Error> {
    let (access, scope) = (ctx.poverty()?, ctx.scope::<act::ReadHousehold>()?);
    let db = ctx.app.db.reader();
    household::get(db, &access, &scope, id).await?;
    let rows = store::list(db, &access, id).await?;
    let members = household::members(db, &access, &scope, &[id], ctx.today()).await?;
    let people: BTreeSet<PersonId> = members.into_iter().map(|row| PersonId(row.person_id)).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    ctx.record_reading(act::ReadHousehold::ACTION, ("household", id.0), &people).await?;
    Ok(newest_first(rows).into_iter().map(view).collect())
}

/// Decisions in the order in which they superseded each other: days and clocks may be equal.
fn newest_first(rows: Vec<targeting::Model>) -> Vec<targeting::Model> {
    let superseded: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.supersedes_id).collect();
    let mut next = rows.iter().map(|row| row.id).find(|id| !superseded.contains(id));
    let mut by_id: BTreeMap<Uuid, targeting::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut ordered = Vec::with_capacity(by_id.len());
    while let Some(row) = next.and_then(|id| by_id.remove(&id)) {
        next = row.supersedes_id;
        ordered.push(row);
    }
    ordered
}
