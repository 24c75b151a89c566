//! Jobs and their tries. A worker's write is guarded by its lease: the job runs, and under the worker's own
//! token. Row locks of PostgreSQL only spare workers a wait; the guard is what decides, on both databases.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::JobId;
use ballast_domain::exchange::job::{Kind, State};
use ballast_domain::identity::policy::{Grant, Scope, Target, act};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, UpdateMany,
};
use uuid::Uuid;

use crate::entity::exchange::job::{ActiveModel, Column, Entity, Model};
use crate::entity::exchange::job_attempt;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// A worker's hold on a job: good only while the job runs under this token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: Uuid,
    /// The token of the claim.
    pub token: i64,
}

/// Puts a job in unless one with its unique key is standing; says whether it did. Workers are woken when the
/// transaction is committed.
///
/// # Errors
/// What the database says.
pub async fn insert_unless_standing(tx: &Tx, row: Model) -> Result<bool, Error> {
    let row: ActiveModel = row.into_active_model().reset_all();
    let insert = Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    let inserted = tx_rows(insert.try_insert().exec_without_returning(tx.conn()).await?);
    if inserted {
        tx.wake_workers();
    }
    Ok(inserted)
}

fn tx_rows(result: sea_orm::TryInsertResult<u64>) -> bool {
    matches!(result, sea_orm::TryInsertResult::Inserted(rows) if rows > 0)
}

/// The job with a unique key that is not over.
///
/// # Errors
/// What the database says.
pub async fn find_standing(db: &impl ConnectionTrait, unique_key: &str) -> Result<Option<JobId>, Error> {
    let standing = [State::Queued.code(), State::Running.code()];
    let query = Entity::find().filter(Column::UniqueKey.eq(unique_key)).filter(Column::State.is_in(standing));
    Ok(query.one(db).await?.map(|row| JobId(row.id)))
}

/// Jobs of the kinds that this program knows whose time has come, or whose worker has let its lease run out.
fn due(now: Instant) -> Select<Entity> {
    let waiting = Condition::all().add(Column::State.eq(State::Queued.code())).add(Column::RunAt.lte(now));
    let lost = Condition::all().add(Column::State.eq(State::Running.code())).add(Column::LeaseUntil.lte(now));
    Entity::find()
        .filter(Column::Kind.is_in(Kind::ALL.map(Kind::code)))
        .filter(Condition::any().add(waiting).add(lost))
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::Id)
        .limit(1)
}

/// Whether there is anything to claim: asked outside a transaction, so that idle workers take no lock.
///
/// # Errors
/// What the database says.
pub async fn find_due(db: &impl ConnectionTrait, now: Instant) -> Result<Option<Model>, Error> {
    Ok(due(now).one(db).await?)
}

/// The first job to claim that no other worker is claiming at the moment.
///
/// # Errors
/// What the database says.
pub async fn lock_due(tx: &Tx, now: Instant) -> Result<Option<Model>, Error> {
    let query = due(now).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    Ok(query.one(tx.conn()).await?)
}

/// Takes a job as it was read: raises its token and opens a try. The try of a lease that is over is closed as
/// lost. None when another worker was first.
///
/// # Errors
/// What the database says.
pub async fn claim_if_unchanged(
    tx: &Tx,
    seen: &Model,
    worker: &str,
    now: Instant,
    until: Instant,
) -> Result<Option<Lease>, Error> {
    let token = seen.lease_token + 1;
    let taken = Entity::update_many()
        .col_expr(Column::State, Expr::val(State::Running.code()))
        .col_expr(Column::LeaseToken, Expr::val(token))
        .col_expr(Column::LeaseUntil, Expr::val(until))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(as_seen(seen))
        .exec(tx.conn())
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    close_attempt(tx, Lease { job: seen.id, token: seen.lease_token }, "lost", now).await?;
    let attempt = job_attempt::Model {
        job_id: seen.id,
        lease_token: token,
        worker: worker.to_owned(),
        started_at: now,
        seen_at: now,
        ended_at: None,
        outcome: None,
    };
    let attempt: job_attempt::ActiveModel = attempt.into_active_model().reset_all();
    job_attempt::Entity::insert(attempt).exec_without_returning(tx.conn()).await?;
    Ok(Some(Lease { job: seen.id, token }))
}

/// Ends a job whose last try was lost with its worker. Says whether it was still so.
///
/// # Errors
/// What the database says.
pub async fn give_up_if_unchanged(tx: &Tx, seen: &Model, failure: &str, now: Instant) -> Result<bool, Error> {
    let ended = ending(State::Failed, Some(failure), now).filter(as_seen(seen)).exec(tx.conn()).await?;
    if ended.rows_affected == 0 {
        return Ok(false);
    }
    close_attempt(tx, Lease { job: seen.id, token: seen.lease_token }, "lost", now).await?;
    Ok(true)
}

/// The row as it was read: every change of who holds it raises the token or leaves the state.
fn as_seen(seen: &Model) -> Condition {
    let condition = Condition::all()
        .add(Column::Id.eq(seen.id))
        .add(Column::State.eq(seen.state.as_str()))
        .add(Column::LeaseToken.eq(seen.lease_token));
    match seen.lease_until {
        // A lease that was extended meanwhile is not over.
        Some(until) => condition.add(Column::LeaseUntil.eq(until)),
        None => condition,
    }
}

/// The job runs, and under this lease.
fn held(lease: Lease) -> Condition {
    Condition::all()
        .add(Column::Id.eq(lease.job))
        .add(Column::LeaseToken.eq(lease.token))
        .add(Column::State.eq(State::Running.code()))
}

/// Extends a lease and locks its job until the transaction ends. False when the lease is lost: whatever the
/// transaction would do must not be done.
///
/// # Errors
/// What the database says.
pub async fn hold_if_mine(tx: &Tx, lease: Lease, until: Instant) -> Result<bool, Error> {
    let update = Entity::update_many().col_expr(Column::LeaseUntil, Expr::val(until)).filter(held(lease));
    Ok(update.exec(tx.conn()).await?.rows_affected == 1)
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is done, in units of the kind.
    pub done: i64,
    /// Of how much, where that is known.
    pub total: Option<i64>,
    /// Where the next step begins.
    pub checkpoint: Option<String>,
    /// Tries since the job last came forward.
    pub attempts: i32,
}

/// Says how far a job is. False when the lease is lost.
///
/// # Errors
/// What the database says.
pub async fn record_progress_if_mine(
    tx: &Tx,
    lease: Lease,
    progress: Progress,
    now: Instant,
) -> Result<bool, Error> {
    let recorded = Entity::update_many()
        .col_expr(Column::ProgressDone, Expr::val(progress.done))
        .col_expr(Column::ProgressTotal, Expr::val(progress.total))
        .col_expr(Column::Checkpoint, Expr::val(progress.checkpoint))
        .col_expr(Column::Attempts, Expr::val(progress.attempts))
        .filter(held(lease))
        .exec(tx.conn())
        .await?;
    if recorded.rows_affected == 0 {
        return Ok(false);
    }
    job_attempt::Entity::update_many()
        .col_expr(job_attempt::Column::SeenAt, Expr::val(now))
        .filter(job_attempt::Column::JobId.eq(lease.job))
        .filter(job_attempt::Column::LeaseToken.eq(lease.token))
        .exec(tx.conn())
        .await?;
    Ok(true)
}

/// Ends a job as done or failed. False when the lease is lost.
///
/// # Errors
/// What the database says.
pub async fn finish_if_mine(
    tx: &Tx,
    lease: Lease,
    state: State,
    failure: Option<&str>,
    now: Instant,
) -> Result<bool, Error> {
    let ended = ending(state, failure, now).filter(held(lease)).exec(tx.conn()).await?;
    if ended.rows_affected == 0 {
        return Ok(false);
    }
    close_attempt(tx, lease, if state == State::Done { "done" } else { "failed" }, now).await?;
    Ok(true)
}

fn ending(state: State, failure: Option<&str>, now: Instant) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, Expr::val(state.code()))
        .col_expr(Column::LeaseUntil, Expr::val(None::<Instant>))
        .col_expr(Column::Failure, Expr::val(failure.map(str::to_owned)))
        .col_expr(Column::FinishedAt, Expr::val(now))
}

/// When a job that is put back may run, and why it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again<'a> {
    /// Not before.
    pub run_at: Instant,
    /// Tries so far.
    pub attempts: i32,
    /// Why the try failed; none where it was only interrupted.
    pub failure: Option<&'a str>,
}

/// Puts a job back among those that wait. False when the lease is lost.
///
/// # Errors
/// What the database says.
pub async fn queue_again_if_mine(
    tx: &Tx,
    lease: Lease,
    again: Again<'_>,
    now: Instant,
) -> Result<bool, Error> {
    let queued = Entity::update_many()
        .col_expr(Column::State, Expr::val(State::Queued.code()))
        .col_expr(Column::LeaseUntil, Expr::val(None::<Instant>))
        .col_expr(Column::RunAt, Expr::val(again.run_at))
        .col_expr(Column::Attempts, Expr::val(again.attempts))
        .col_expr(Column::Failure, Expr::val(again.failure.map(str::to_owned)))
        .filter(held(lease))
        .exec(tx.conn())
        .await?;
    if queued.rows_affected == 0 {
        return Ok(false);
    }
    tx.wake_workers();
    close_attempt(tx, lease, if again.failure.is_some() { "failed" } else { "put_back" }, now).await?;
    Ok(true)
}

/// Ends the try of a lease if it goes on.
async fn close_attempt(tx: &Tx, lease: Lease, outcome: &str, now: Instant) -> Result<(), Error> {
    job_attempt::Entity::update_many()
        .col_expr(job_attempt::Column::EndedAt, Expr::val(now))
        .col_expr(job_attempt::Column::Outcome, Expr::val(outcome))
        .filter(job_attempt::Column::JobId.eq(lease.job))
        .filter(job_attempt::Column::LeaseToken.eq(lease.token))
        .filter(job_attempt::Column::EndedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Takes a job back that is not over. A worker that has it finds its lease lost and keeps nothing of the step
/// that it was at. False when the job is over.
///
/// # Errors
/// What the database says.
pub async fn cancel_if_standing(tx: &Tx, grant: &Grant<act::CancelJob>, now: Instant) -> Result<bool, Error> {
    let standing = [State::Queued.code(), State::Running.code()];
    let cancelled = ending(State::Cancelled, None, now)
        .filter(Column::Id.eq(grant.id()))
        .filter(Column::State.is_in(standing))
        .exec(tx.conn())
        .await?;
    if cancelled.rows_affected == 0 {
        return Ok(false);
    }
    let row = Entity::find_by_id(grant.id()).one(tx.conn()).await?.ok_or(Error::Missing)?;
    close_attempt(tx, Lease { job: row.id, token: row.lease_token }, "cancelled", now).await?;
    Ok(true)
}

fn in_reach<A: ballast_domain::identity::policy::Act>(reach: &Scope<A>) -> Select<Entity> {
    Entity::find().filter(scope::login(scope::start(reach), reach, (Entity, Column::UserId)))
}

/// A job in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(db: &impl ConnectionTrait, reach: &Scope<act::ReadJob>, id: JobId) -> Result<Model, Error> {
    in_reach(reach).filter(Column::Id.eq(id.0)).one(db).await?.ok_or(Error::Missing)
}

/// What the policy has to know of a job in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get_target(
    db: &impl ConnectionTrait,
    reach: &Scope<act::CancelJob>,
    id: JobId,
) -> Result<Target, Error> {
    let row = in_reach(reach).filter(Column::Id.eq(id.0)).one(db).await?.ok_or(Error::Missing)?;
    Ok(Target { id: row.id, user: row.user_id.map(Into::into), ..Target::default() })
}

/// Jobs in reach, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadJob>,
    state: Option<State>,
    request: PageRequest,
) -> Result<Page<Model>, Error> {
    let mut query = in_reach(reach);
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.code()));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("job").reversed(), db.get_database_backend());
    Ok(Page::cut(query.all(db).await?, request, |row| row.id).of(total))
}

/// The latest tries of a job that the caller has read in reach, the last first.
///
/// # Errors
/// What the database says.
pub async fn list_attempts(
    db: &impl ConnectionTrait,
    job: JobId,
    limit: u64,
) -> Result<Vec<job_attempt::Model>, Error> {
    Ok(job_attempt::Entity::find()
        .filter(job_attempt::Column::JobId.eq(job.0))
        .order_by_desc(job_attempt::Column::LeaseToken)
        .limit(limit)
        .all(db)
        .await?)
}

fn over(before: Instant) -> Condition {
    Condition::all().add(Column::FinishedAt.lt(before))
}

/// How many jobs are over since before an instant.
///
/// # Errors
/// What the database says.
pub async fn find_over_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    batch::find_count::<Entity>(db, over(before)).await
}

/// Deletes some jobs that are over since before an instant, with their tries; says how many, or none when
/// there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_over(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    let ids = batch::list_ids::<Entity>(tx.conn(), Column::Id, over(before), rows).await?;
    if ids.is_empty() {
        return Ok(None);
    }
    let attempts = job_attempt::Entity::delete_many();
    attempts.filter(job_attempt::Column::JobId.is_in(ids.clone())).exec(tx.conn()).await?;
    let jobs = Entity::delete_many().filter(Column::Id.is_in(ids));
    Ok(Some(jobs.exec(tx.conn()).await?.rows_affected))
}
