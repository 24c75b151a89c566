//! Work that is done later.

use ballast_domain::base::id::JobId;
use ballast_domain::exchange::job::State;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit};
use crate::api::{Tag, page};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::exchange::job::{self as jobs, AttemptView, JobView};

/// Jobs.
pub struct JobApi;

/// Where a job stands.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum JobState {
    /// Waits for its time and for a worker.
    Queued,
    /// A worker is at it.
    Running,
    /// Done.
    Done,
    /// Its tries are used up.
    Failed,
    /// Somebody took it back.
    Cancelled,
}

/// A job and how far it is.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Job {
    /// Id.
    id: Uuid,
    /// What is done: `sweep_sessions`, `sweep_jobs`, `sweep_idempotency_keys` or `expiry_notices`; others may come.
    kind: String,
    /// Where it stands.
    state: JobState,
    /// Id of the user in whose name it was put in; absent for what comes round by itself.
    user_id: Option<Uuid>,
    /// When it was put in (UTC).
    created_at: chrono::DateTime<chrono::Utc>,
    /// It runs not before (UTC).
    run_at: chrono::DateTime<chrono::Utc>,
    /// When it was over (UTC).
    finished_at: Option<chrono::DateTime<chrono::Utc>>,
    /// What is done, in units of the kind.
    progress_done: i64,
    /// Of how much, where that is known.
    progress_total: Option<i64>,
    /// Tries since it last came forward.
    attempts: i32,
    /// How many such tries it has.
    attempts_max: i32,
    /// Why the last try failed, as a code.
    failure: Option<String>,
}

/// One try of a job.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct JobAttempt {
    /// Counted from 1.
    number: i64,
    /// A random name of the worker, as in its log lines.
    worker: String,
    /// When it began (UTC).
    started_at: chrono::DateTime<chrono::Utc>,
    /// When the worker last kept something (UTC).
    seen_at: chrono::DateTime<chrono::Utc>,
    /// When it ended (UTC).
    ended_at: Option<chrono::DateTime<chrono::Utc>>,
    /// `done`, `failed`, `put_back`, `lost` or `cancelled`; absent while it goes on.
    outcome: Option<String>,
}

/// A job with its tries.
#[derive(Debug, Object)]
struct JobDetail {
    /// The job.
    job: Job,
    /// Its latest tries, at most 50, the last first.
    attempts: Vec<JobAttempt>,
}

/// A page of jobs.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct JobList {
    /// The jobs, newest first.
    items: Vec<Job>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/jobs", tag = "Tag::Exchange")]
impl JobApi {
    /// List jobs
    ///
    /// An administrator sees all, others those that were put in in their name.
    #[oai(path = "/", method = "get", operation_id = "list_jobs")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// Only those that are so.
        state: Query<Option<JobState>>,
    ) -> Result<Json<JobList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let page = jobs::list_jobs(caller.ctx(), state.0.map(State::from), request).await?;
        let next_cursor = page::cursor(caller.ctx(), &page);
        let total = page.total;
        Ok(Json(JobList { items: page.items.into_iter().map(Job::from).collect(), next_cursor, total }))
    }

    /// Read a job with its tries
    #[oai(path = "/:id", method = "get", operation_id = "get_job")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<JobDetail>, Problem> {
        Ok(Json(jobs::get_job(caller.ctx(), JobId(id.0)).await?.into()))
    }

    /// Take a job back that is not over
    ///
    /// Steps that are done stay done.
    #[oai(path = "/:id/cancellation", method = "post", operation_id = "create_job_cancellation")]
    async fn cancel(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<JobDetail>, Problem> {
        Ok(Json(jobs::cancel_job(caller.ctx(), JobId(id.0)).await?.into()))
    }
}

impl From<JobState> for State {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued => Self::Queued,
            JobState::Running => Self::Running,
            JobState::Done => Self::Done,
            JobState::Failed => Self::Failed,
            JobState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Queued => Self::Queued,
            State::Running => Self::Running,
            State::Done => Self::Done,
            State::Failed => Self::Failed,
            State::Cancelled => Self::Cancelled,
        }
    }
}

impl From<JobView> for Job {
    fn from(view: JobView) -> Self {
        Self {
            id: view.id.0,
            kind: view.kind,
            state: view.state.into(),
            user_id: view.user.map(|id| id.0),
            created_at: view.created_at,
            run_at: view.run_at,
            finished_at: view.finished_at,
            progress_done: view.progress_done,
            progress_total: view.progress_total,
            attempts: view.attempts,
            attempts_max: view.attempts_max,
            failure: view.failure,
        }
    }
}

impl From<AttemptView> for JobAttempt {
    fn from(view: AttemptView) -> Self {
        Self {
            number: view.number,
            worker: view.worker,
            started_at: view.started_at,
            seen_at: view.seen_at,
            ended_at: view.ended_at,
            outcome: view.outcome,
        }
    }
}

impl From<(JobView, Vec<AttemptView>)> for JobDetail {
    fn from((job, attempts): (JobView, Vec<AttemptView>)) -> Self {
        Self { job: job.into(), attempts: attempts.into_iter().map(JobAttempt::from).collect() }
    }
}
