//! Work that is done later: putting it in inside the caller's transaction, and looking at it. What becomes of
//! it is in [`run`].

pub mod expiry;
pub mod retention;
pub mod run;
pub mod sweep;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{JobId, UserId};
use ballast_domain::exchange::job::{Kind, PAYLOAD_BYTES_MAX, State, UNIQUE_KEY_BYTES_MAX};
use ballast_domain::identity::policy::{Act as _, act};
use serde_json::Value;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::entity::exchange::{job, job_attempt};
use crate::service::page::{Page, PageRequest};
use crate::service::{App, Ctx, Error};
use crate::store::Tx;
use crate::store::exchange::job as store;

/// Tries that are shown of one job.
const ATTEMPTS_SHOWN: u64 = 50;
/// How often a unique key is looked up whose job ends at the same moment.
const LOOKS_MAX: u32 = 3;

/// Work to be done later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What kind.
    pub kind: Kind,
    /// No second job with this key is put in while one is not over.
    pub unique_key: Option<String>,
    /// What the kind needs to know: codes and pseudonymous ids only. At most 8 KiB as JSON.
    pub payload: Value,
    /// Not before; now when none.
    pub run_at: Option<Instant>,
}

impl NewJob {
    /// A job of a kind, to be done at once.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self { kind, unique_key: None, payload: Value::Object(serde_json::Map::new()), run_at: None }
    }
}

/// Puts a job in, inside the caller's transaction and in the name of the actor: it is there when the
/// transaction is committed, and never was when it is not. Where a job with the same unique key is standing,
/// nothing is put in, and its id is given back.
///
/// # Errors
/// [`Error::Internal`] for a payload or key that is too long; what the database says.
pub async fn enqueue(ctx: &Ctx, tx: &Tx, new: NewJob) -> Result<JobId, Error> {
    let payload = new.payload.to_string();
    let too_long = new.unique_key.as_ref().is_some_and(|key| key.len() > UNIQUE_KEY_BYTES_MAX);
    if payload.len() > PAYLOAD_BYTES_MAX || too_long {
        return Err(Error::Internal(format!("a job of the kind {} is too long", new.kind.code())));
    }
    let now = ctx.now();
    let row = job::Model {
        id: ctx.app.random.timed_id(now),
        kind: new.kind.code().to_owned(),
        unique_key: new.unique_key.clone(),
        payload,
        user_id: ctx.actor.user_id().map(Uuid::from),
        state: State::Queued.code().to_owned(),
        run_at: new.run_at.unwrap_or(now),
        attempts: 0,
        attempts_max: new.kind.attempts_max(),
        lease_token: 0,
        lease_until: None,
        progress_done: 0,
        progress_total: None,
        checkpoint: None,
        failure: None,
        created_at: now,
        finished_at: None,
    };
    let id = JobId(row.id);
    let Some(key) = new.unique_key else {
        store::insert_unless_standing(tx, row).await?;
        return Ok(id);
    };
    for _ in 0..LOOKS_MAX {
        if store::insert_unless_standing(tx, row.clone()).await? {
            return Ok(id);
        }
        if let Some(standing) = store::find_standing(tx.conn(), &key).await? {
            return Ok(standing);
        }
        // It ended between the two statements.
    }
    Err(Error::Unavailable)
}

/// What wakes a worker of this process when a job was put in.
#[must_use]
pub fn waits(app: &App) -> &Notify {
    app.db.work_waits()
}

/// A job, for those who run the installation or asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    /// Which.
    pub id: JobId,
    /// Its kind's code.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// In whose name; none for the machinery's own.
    pub user: Option<UserId>,
    /// When it was put in.
    pub created_at: Instant,
    /// Not before.
    pub run_at: Instant,
    /// When it was over.
    pub finished_at: Option<Instant>,
    /// What is done, in units of the kind.
    pub progress_done: i64,
    /// Of how much, where that is known.
    pub progress_total: Option<i64>,
    /// Tries since it last came forward.
    pub attempts: i32,
    /// How many it has.
    pub attempts_max: i32,
    /// Why the last try failed, as a code.
    pub failure: Option<String>,
}

/// One try of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptView {
    /// Counted from 1.
    pub number: i64,
    /// A random name of the worker.
    pub worker: String,
    /// When it began.
    pub started_at: Instant,
    /// When the worker last wrote.
    pub seen_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// `done`, `failed`, `put_back`, `lost` or `cancelled`; none while it goes on.
    pub outcome: Option<String>,
}

fn view(row: job::Model) -> Result<JobView, Error> {
    Ok(JobView {
        id: JobId(row.id),
        state: State::parse(&row.state)
            .ok_or_else(|| Error::Internal("a job has no state that we know".to_owned()))?,
        kind: row.kind,
        user: row.user_id.map(UserId),
        created_at: row.created_at,
        run_at: row.run_at,
        finished_at: row.finished_at,
        progress_done: row.progress_done,
        progress_total: row.progress_total,
        attempts: row.attempts,
        attempts_max: row.attempts_max,
        failure: row.failure,
    })
}

/// Jobs in reach, newest first: all for an administrator, one's own for others.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_jobs(
    ctx: &Ctx,
    state: Option<State>,
    request: PageRequest,
) -> Result<Page<JobView>, Error> {
    let scope = ctx.scope::<act::ReadJob>()?;
    let page = store::list(ctx.app.db.reader(), &scope, state, request).await?;
    Ok(Page {
        items: page.items.into_iter().map(view).collect::<Result<_, _>>()?,
        next: page.next,
        total: page.total,
    })
}

/// A job in reach with its latest tries, the last first.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_job(ctx: &Ctx, id: JobId) -> Result<(JobView, Vec<AttemptView>), Error> {
    let (scope, db) = (ctx.scope::<act::ReadJob>()?, ctx.app.db.reader());
    let row = store::get(db, &scope, id).await?;
    let attempt = |row: job_attempt::Model| AttemptView {
        number: row.lease_token,
        worker: row.worker,
        started_at: row.started_at,
        seen_at: row.seen_at,
        ended_at: row.ended_at,
        outcome: row.outcome,
    };
    let attempts = store::list_attempts(db, id, ATTEMPTS_SHOWN).await?;
    Ok((view(row)?, attempts.into_iter().map(attempt).collect()))
}

/// Takes a job back that is not over. A worker that is at it keeps nothing of the step that it is at; steps
/// that are done stay done.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] (`job_over`).
pub async fn cancel_job(ctx: &Ctx, id: JobId) -> Result<(JobView, Vec<AttemptView>), Error> {
    let scope = ctx.scope::<act::CancelJob>()?;
    let tx = ctx.write_tx().await?;
    let target = store::get_target(tx.conn(), &scope, id).await?;
    let grant = ctx.authorise::<act::CancelJob>(&target)?;
    if !store::cancel_if_standing(&tx, &grant, ctx.now()).await? {
        return Err(Error::refused("job_over"));
    }
    ctx.record(&tx, act::CancelJob::ACTION, ("job", id.0), &[]).await?;
    tx.commit().await?;
    get_job(ctx, id).await
}
