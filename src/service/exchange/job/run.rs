//! What a worker does with a job: claims it, goes through its steps, and says how it ended.
//!
//! A step is one bounded piece of work in one transaction. The transaction begins by holding the job's lease
//! and ends by saying how far the job is, so that a step and its progress are kept together or not at all,
//! and a worker that has lost the lease keeps nothing. A kind of work is a `step` function and a line in
//! `step`.

use std::sync::Arc;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::JobId;
use ballast_domain::exchange::job::{self as rule, AfterFailure, Claim, Kind, Standing, State};
use chrono::Duration;
use serde_json::Value;

use super::{expiry, retention, sweep};
use crate::entity::exchange::job::Model;
use crate::outside::keys::hex;
use crate::service::exchange::mail_outbox::{self, Handed};
use crate::service::{App, Ctx, Error, Field};
use crate::store::audit::audit_entry;
use crate::store::exchange::job::{self as store, Again, Lease, Progress};
use crate::store::{Tx, error::Error as StoreError};

/// How long a worker may be silent before another one takes its job over, when nobody says.
pub const LEASE_SECONDS_DEFAULT: u32 = 60;
/// Why a job failed whose workers died at it.
const WORKER_LOST: &str = "worker_lost";
/// Rows of one step, when the payload does not say.
const STEP_ROWS_DEFAULT: u64 = 500;
/// Rows of one step at most.
const STEP_ROWS_MAX: u64 = 1000;

/// Who does the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// A random name, for those who look for a fault.
    pub name: String,
    /// How long it may be silent.
    pub lease: Duration,
}

impl Worker {
    /// A worker of this process.
    #[must_use]
    pub fn new(app: &App, lease_seconds: u32) -> Self {
        Self {
            name: hex(&app.random.bytes::<6>()),
            lease: Duration::seconds(i64::from(lease_seconds.max(1))),
        }
    }
}

/// A job in a worker's hands.
#[derive(Clone, Debug)]
pub struct Claimed {
    lease: Lease,
    /// The kind.
    pub kind: Kind,
    attempts: i32,
    attempts_max: i32,
    work: Work,
}

impl Claimed {
    /// Which job.
    #[must_use]
    pub fn id(&self) -> JobId {
        JobId(self.lease.job)
    }

    /// What its step knows.
    #[must_use]
    pub fn work(&self) -> &Work {
        &self.work
    }
}

/// What a step knows of its job, and says of its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What the job was put in with.
    pub payload: Value,
    /// When it was to run: what a step compares with must not move while it goes on.
    pub as_of: Instant,
    /// What is done.
    pub done: i64,
    /// Of how much, where that is known.
    pub total: Option<i64>,
    /// Where the step before left off.
    pub checkpoint: Option<String>,
}

impl Work {
    /// How many rows one step takes: `rows` of the payload, 1 to 1000.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn rows(&self) -> Result<u64, Error> {
        let rows = self.payload.get("rows").map_or(Some(STEP_ROWS_DEFAULT), Value::as_u64);
        rows.filter(|rows| (1..=STEP_ROWS_MAX).contains(rows))
            .ok_or_else(|| Error::Invalid(vec![Field::new("/rows", "unknown_choice")]))
    }

    /// Adds to what is done; a total that turns out too small grows.
    pub fn advance(&mut self, rows: u64) {
        self.done = self.done.saturating_add(i64::try_from(rows).unwrap_or(i64::MAX));
        self.total = self.total.map(|total| total.max(self.done));
    }
}

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Another step follows.
    More,
    /// That was all.
    Done,
}

/// How one turn of a worker ended.
#[derive(Debug)]
pub enum Turn {
    /// There was nothing to do.
    Idle,
    /// A job is done.
    Done(JobId),
    /// The worker is to stop; the job waits for another one.
    PutBack(JobId),
    /// A try failed; the job is tried again, or has failed.
    Failed {
        /// Which job.
        job: JobId,
        /// Why.
        error: Error,
        /// Whether a try is left.
        again: bool,
    },
    /// Another worker has the job, or somebody took it back: what was not kept is not kept.
    Lost(JobId),
}

/// Claims the next job and does it, until it is over, the lease is lost or `stopping` says so.
///
/// # Errors
/// What the database says about claiming. An error of the work itself is [`Turn::Failed`].
pub async fn run_next(app: &Arc<App>, worker: &Worker, stopping: impl Fn() -> bool) -> Result<Turn, Error> {
    match claim_next(app, worker).await? {
        Some(claimed) => run_claimed(app, worker, claimed, stopping).await,
        None => Ok(Turn::Idle),
    }
}

/// Claims the next job whose time has come.
///
/// # Errors
/// What the database says.
pub async fn claim_next(app: &Arc<App>, worker: &Worker) -> Result<Option<Claimed>, Error> {
    // Idle workers take no lock.
    while store::find_due(app.db.reader(), app.clock.now()).await?.is_some() {
        let tx = app.db.write_tx().await?;
        audit_entry::exempt(&tx);
        let now = app.clock.now();
        let Some(seen) = store::lock_due(&tx, now).await? else { return Ok(None) };
        let claimed = match rule::claim(&standing(&seen)?, now) {
            Claim::Take => {
                let until = now + worker.lease;
                let lease = store::claim_if_unchanged(&tx, &seen, &worker.name, now, until).await?;
                lease.map(|lease| claimed(seen, lease)).transpose()?
            }
            Claim::GiveUp => {
                store::give_up_if_unchanged(&tx, &seen, WORKER_LOST, now).await?;
                None
            }
            Claim::Leave => None,
        };
        tx.commit().await?;
        if claimed.is_some() {
            return Ok(claimed);
        }
    }
    Ok(None)
}

fn standing(row: &Model) -> Result<Standing, StoreError> {
    Ok(Standing {
        state: State::parse(&row.state).ok_or(StoreError::Corrupt("job.state"))?,
        run_at: row.run_at,
        lease_until: row.lease_until,
        attempts: row.attempts,
        attempts_max: row.attempts_max,
    })
}

fn claimed(row: Model, lease: Lease) -> Result<Claimed, StoreError> {
    Ok(Claimed {
        lease,
        kind: Kind::parse(&row.kind).ok_or(StoreError::Corrupt("job.kind"))?,
        attempts: row.attempts + 1,
        attempts_max: row.attempts_max,
        work: Work {
            payload: serde_json::from_str(&row.payload)
                .map_err(|_syntax| StoreError::Corrupt("job.payload"))?,
            as_of: row.created_at.max(row.run_at),
            done: row.progress_done,
            total: row.progress_total,
            checkpoint: row.checkpoint,
        },
    })
}

/// Does a claimed job, a step at a time.
///
/// # Errors
/// What the database says about writing down how a try ended.
pub async fn run_claimed(
    app: &Arc<App>,
    worker: &Worker,
    mut claimed: Claimed,
    stopping: impl Fn() -> bool,
) -> Result<Turn, Error> {
    let (job, ctx) = (claimed.id(), Ctx::of_job(Arc::clone(app), claimed.id()));
    loop {
        if stopping() {
            return put_back(&ctx, &claimed).await;
        }
        // What waits for somebody else is done before the transaction, which keeps others from writing.
        let handed = match claimed.kind {
            Kind::SendMail => mail_outbox::hand_over(&ctx, &claimed.work).await,
            _ => Ok(Handed::Nothing),
        };
        let stepped = match handed {
            Ok(handed) => one_step(&ctx, worker, &mut claimed, handed).await,
            Err(error) => Err(error),
        };
        match stepped {
            Ok(Some(Step::More)) => {}
            Ok(Some(Step::Done)) => return Ok(Turn::Done(job)),
            Ok(None) => return Ok(Turn::Lost(job)),
            Err(error) => return settle_failure(&ctx, &claimed, error).await,
        }
    }
}

/// One step in one transaction. None when the lease is lost: the transaction is rolled back.
async fn one_step(
    ctx: &Ctx,
    worker: &Worker,
    claimed: &mut Claimed,
    handed: Handed,
) -> Result<Option<Step>, Error> {
    let (tx, lease) = (ctx.write_tx().await?, claimed.lease);
    if !store::hold_if_mine(&tx, lease, ctx.now() + worker.lease).await? {
        return Ok(None);
    }
    let mut work = claimed.work.clone();
    let step = step(ctx, &tx, claimed.kind, &mut work, handed).await?;
    // A job that comes forward is no hopeless one: its tries count anew.
    let attempts = if work.done > claimed.work.done { 1 } else { claimed.attempts };
    let progress =
        Progress { done: work.done, total: work.total, checkpoint: work.checkpoint.clone(), attempts };
    let now = ctx.now();
    let mut kept = store::record_progress_if_mine(&tx, lease, progress, now).await?;
    if kept && step == Step::Done {
        kept = store::finish_if_mine(&tx, lease, State::Done, None, now).await?;
    }
    if !kept {
        return Ok(None);
    }
    tx.commit().await?;
    (claimed.work, claimed.attempts) = (work, attempts);
    Ok(Some(step))
}

/// The step of each kind. It writes its own entry in the log, or says that its rows are exempt.
async fn step(ctx: &Ctx, tx: &Tx, kind: Kind, work: &mut Work, handed: Handed) -> Result<Step, Error> {
    match kind {
        Kind::SweepSessions => sweep::sessions(tx, work).await,
        Kind::SweepJobs => sweep::jobs(tx, work).await,
        Kind::SweepIdempotencyKeys => sweep::idempotency_keys(tx, work).await,
        Kind::Retention => retention::records(ctx, tx, work).await,
        Kind::ExpiryNotices => expiry::notices(ctx, tx, work).await,
        Kind::SendMail => mail_outbox::settle(ctx, tx, work, handed).await,
    }
}

async fn put_back(ctx: &Ctx, claimed: &Claimed) -> Result<Turn, Error> {
    let tx = ctx.write_tx().await?;
    audit_entry::exempt(&tx);
    let now = ctx.now();
    // An interruption is nobody's fault and costs no try.
    let again = Again { run_at: now, attempts: (claimed.attempts - 1).max(0), failure: None };
    let kept = store::queue_again_if_mine(&tx, claimed.lease, again, now).await?;
    tx.commit().await?;
    Ok(if kept { Turn::PutBack(claimed.id()) } else { Turn::Lost(claimed.id()) })
}

async fn settle_failure(ctx: &Ctx, claimed: &Claimed, error: Error) -> Result<Turn, Error> {
    let (tx, job, code) = (ctx.write_tx().await?, claimed.id(), code(&error));
    audit_entry::exempt(&tx);
    let now = ctx.now();
    let (kept, again) = match rule::after_failure(job.0, claimed.attempts, claimed.attempts_max, now) {
        AfterFailure::Again(run_at) => {
            let again = Again { run_at, attempts: claimed.attempts, failure: Some(code) };
            (store::queue_again_if_mine(&tx, claimed.lease, again, now).await?, true)
        }
        AfterFailure::GiveUp => {
            (store::finish_if_mine(&tx, claimed.lease, State::Failed, Some(code), now).await?, false)
        }
    };
    if kept && claimed.kind == Kind::SendMail {
        mail_outbox::note_failure(ctx, &tx, &claimed.work, again).await?;
    }
    tx.commit().await?;
    Ok(if kept { Turn::Failed { job, error, again } } else { Turn::Lost(job) })
}

/// The code under which a failure is kept; what was inside is for the log.
fn code(error: &Error) -> &'static str {
    match error {
        Error::Refused(refusal) => refusal.code,
        Error::Invalid(_) => "invalid",
        Error::Stale | Error::PreconditionRequired => "stale",
        Error::KeyReused | Error::InFlight | Error::NotYet { .. } => "conflict",
        Error::Spent { .. } | Error::Unavailable | Error::Unsealed => "unavailable",
        Error::NotFound => "not_found",
        Error::Denied
        | Error::InsufficientScope
        | Error::Unauthenticated
        | Error::WrongCredentials
        | Error::SecondFactorRequired
        | Error::WrongSecondFactor
        | Error::SecondFactorMissing
        | Error::ConfirmationNeeded => "denied",
        Error::Duplicate(code) => code,
        Error::Internal(_) => "internal",
    }
}
