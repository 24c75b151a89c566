//! For how long data of people are kept, and what goes when that is over. What machinery keeps has its own sweeps;
//! this is about people's records: somebody to whom nobody is tied any more is erased once the period that the
//! installation has set is over. Until it sets one, nobody is.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::person::retention::{Class, Period, ended_before};
use chrono::Duration;
use uuid::Uuid;

use super::erasure::erase_person_in;
use crate::entity::person::retention::Model;
use crate::service::audit::audit_entry::Changes;
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::exchange::{idempotency_key, job, notification};
use crate::store::identity::session;
use crate::store::person::{erasure, person_link, retention as store};

/// The most days that can be set: a hundred years.
pub const DAYS_MAX: i32 = 36_500;
/// People of one reading.
const CHUNK: u64 = 500;
/// People whom one step of the work looks at.
const PEOPLE_OF_A_TURN: u64 = 20;

/// What a class keeps past its period today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassReport {
    /// Which.
    pub class: Class,
    /// For how many days it is kept; none for something else than a number, or what is kept.
    pub days: Option<i64>,
    /// What would go now.
    pub due: u64,
    /// What would go and is under a legal hold.
    pub held: u64,
    /// What would go and has a permit that is not withdrawn.
    pub permits: u64,
}

/// Whether a person whose time is over may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Yes.
    Goes,
    /// A legal hold is open.
    Held,
    /// A permit is on record that is not withdrawn.
    HasPermit,
}

/// Sets for how many days people's records are kept after the last tie has ended; none to keep them.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator; [`Error::Invalid`] for a number that cannot be meant.
pub async fn set_record_days(ctx: &Ctx, days: Option<i32>) -> Result<(), Error> {
    ctx.require(act::SetRetention::ACTION)?;
    if days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        return Err(Error::field("/days", "days_out_of_range"));
    }
    let tx = ctx.write_tx().await?;
    let before = store::find(tx.conn(), Class::Record.code()).await?;
    let id = before.as_ref().map_or_else(|| ctx.app.random.timed_id(ctx.now()), |row| row.id);
    let revision = before.as_ref().map_or(0, |row| row.revision);
    let grant = ctx.authorise::<act::SetRetention>(&Target { id, revision, ..Target::default() })?;
    let row = Model { id, class: Class::Record.code().to_owned(), days, revision: revision + 1 };
    let mut changes = Changes::new();
    match &before {
        None => {
            store::insert(&tx, &grant, row.clone()).await?;
            changes.created(id, &row);
        }
        Some(before) => {
            store::update_if_unchanged(&tx, &grant, row.clone()).await?;
            changes.updated(id, before, &row);
        }
    }
    ctx.record_changes(&tx, act::SetRetention::ACTION, ("retention", id), &changes).await?;
    Ok(tx.commit().await?)
}

/// What is past its period today, class by class. Changes nothing.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator.
pub async fn report(ctx: &Ctx) -> Result<Vec<ClassReport>, Error> {
    ctx.require(act::SetRetention::ACTION)?;
    let (db, now) = (ctx.app.db.reader(), ctx.now());
    let mut reports = Vec::with_capacity(Class::ALL.len());
    for class in Class::ALL {
        let days = match class.period() {
            Period::Days(days) => Some(days),
            Period::AfterLastTie => record_days(ctx).await?.map(i64::from),
            Period::WithPerson | Period::UntilEnded | Period::ForGood => None,
        };
        let old = days.map(|days| now - Duration::days(days));
        let (mut due, mut held, mut permits) = (0, 0, 0);
        match (class, old) {
            (Class::Session, _) => due = session::find_ended_count(db, now).await?,
            (Class::Notice, Some(old)) => due = notification::find_old_count(db, old).await?,
            (Class::Retry, Some(old)) => due = idempotency_key::find_old_count(db, old).await?,
            (Class::Job, Some(old)) => due = job::find_over_count(db, old).await?,
            (Class::Record, Some(_)) => (due, held, permits) = count_records(ctx).await?,
            _ => {}
        }
        reports.push(ClassReport { class, days, due, held, permits });
    }
    Ok(reports)
}

async fn record_days(ctx: &Ctx) -> Result<Option<u32>, Error> {
    let set = store::find(ctx.app.db.reader(), Class::Record.code()).await?;
    Ok(set.and_then(|row| row.days).and_then(|days| u32::try_from(days).ok()))
}

/// The day by which a last tie must have ended for its person's time to be over; none while people are kept.
pub(crate) async fn over_since(ctx: &Ctx, today: CivilDate) -> Result<Option<CivilDate>, Error> {
    Ok(record_days(ctx).await?.and_then(|days| ended_before(today, days)))
}

async fn count_records(ctx: &Ctx) -> Result<(u64, u64, u64), Error> {
    let (mut due, mut held, mut permits, mut after) = (0, 0, 0, None);
    let Some(ended) = over_since(ctx, ctx.today()).await? else { return Ok((0, 0, 0)) };
    let db = ctx.app.db.reader();
    loop {
        let people = store::list_over(db, ended, after, CHUNK).await?;
        let Some(last) = people.last() else { return Ok((due, held, permits)) };
        after = Some(*last);
        for person in people {
            match fate(db, PersonId(person), ctx.today()).await? {
                Fate::Goes => due += 1,
                Fate::Held => held += 1,
                Fate::HasPermit => permits += 1,
            }
        }
    }
}

/// What becomes of a person whose time is over.
pub(crate) async fn fate(
    db: &impl crate::store::Connection,
    person: PersonId,
    day: CivilDate,
) -> Result<Fate, Error> {
    if erasure::find_hold(db, person, day).await?.is_some() {
        return Ok(Fate::Held);
    }
    let permit = erasure::find_permit(db, person).await?;
    Ok(if permit.is_some() { Fate::HasPermit } else { Fate::Goes })
}

/// What a turn through the people whose time is over came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    /// How many were erased.
    pub erased: u64,
    /// The last who may not go; the next turn begins behind them.
    pub skipped: Option<Uuid>,
    /// Whether there may be more.
    pub more: bool,
}

/// Erases some people whose time is over, in the caller's transaction. Whoever is under a hold or has a permit stays,
/// and is looked at again the next day.
///
/// # Errors
/// As [`erase_person_in`].
pub(crate) async fn erase_over_in(ctx: &Ctx, tx: &Tx, after: Option<Uuid>) -> Result<Turn, Error> {
    let mut turn = Turn { skipped: after, ..Turn::default() };
    let Some(ended) = over_since(ctx, ctx.today()).await? else { return Ok(turn) };
    let people = store::list_over(tx.conn(), ended, after, PEOPLE_OF_A_TURN).await?;
    turn.more = !people.is_empty();
    for person in people {
        person_link::lock_groups(tx, &[PersonId(person)]).await?;
        if fate(tx.conn(), PersonId(person), ctx.today()).await? != Fate::Goes {
            turn.skipped = Some(person);
            continue;
        }
        // Somebody may have been tied anew between the list and the lock.
        if store::is_over(tx.conn(), ended, person).await? {
            erase_person_in(ctx, tx, PersonId(person)).await?;
            turn.erased += 1;
        }
    }
    Ok(turn)
}
