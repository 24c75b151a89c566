//! A worker: does one job after the other, and waits when there is none.

use std::sync::Arc;
use std::time::Duration;

use super::Stopping;
use crate::service::exchange::job;
use crate::service::exchange::job::run::{Turn, Worker, run_next};
use crate::service::{App, Error};

/// How often a worker looks for jobs of other processes, and for those whose time has come.
const POLL: Duration = Duration::from_secs(2);

/// Works until the process is to stop.
pub async fn run(app: Arc<App>, lease_seconds: u32, mut stopping: Stopping) {
    let worker = Worker::new(&app, lease_seconds);
    while !stopping.now() {
        let turn = guarded(&app, &worker, stopping.clone()).await;
        if told(&worker, turn) {
            continue;
        }
        tokio::select! {
            () = job::waits(&app).notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = stopping.wait() => {}
        }
    }
}

/// Does what is due and stops when there is nothing left: for `worker --once`.
pub async fn run_dry(app: Arc<App>, lease_seconds: u32, stopping: Stopping) -> u64 {
    let (worker, mut turns) = (Worker::new(&app, lease_seconds), 0);
    while !stopping.now() && told(&worker, guarded(&app, &worker, stopping.clone()).await) {
        turns += 1;
    }
    turns
}

/// One turn in a task of its own: a panic loses the lease of one job and not the worker.
async fn guarded(app: &Arc<App>, worker: &Worker, stopping: Stopping) -> Result<Turn, Error> {
    let (app, worker) = (Arc::clone(app), worker.clone());
    #[expect(clippy::disallowed_methods, reason = "awaited at once, so that it cannot outlive its worker")]
    let task = tokio::spawn(async move { run_next(&app, &worker, || stopping.now()).await });
    task.await.unwrap_or_else(|panic| Err(Error::Internal(panic.to_string())))
}

/// Says in the log how a turn ended; whether there may be more to do at once.
fn told(worker: &Worker, turn: Result<Turn, Error>) -> bool {
    let worker = worker.name.as_str();
    match turn {
        Ok(Turn::Idle) => return false,
        Ok(Turn::Done(job)) => tracing::info!(worker, %job, "job done"),
        Ok(Turn::PutBack(job)) => tracing::info!(worker, %job, "job put back"),
        Ok(Turn::Lost(job)) => tracing::warn!(worker, %job, "job lost to another worker, or cancelled"),
        Ok(Turn::Failed { job, error, again }) => {
            tracing::error!(worker, %job, ?error, again, "job failed");
        }
        Err(error) => {
            tracing::error!(worker, ?error, "no job could be claimed");
            return false;
        }
    }
    true
}
