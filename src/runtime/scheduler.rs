//! The scheduler: puts in what comes round, and waits for what comes round next.

use std::sync::Arc;
use std::time::Duration;

use super::Stopping;
use crate::service::exchange::job_schedule::put_in_due;
use crate::service::{App, Ctx};

/// It looks at least this often: the machine may have slept, or its clock been set.
const LOOK: Duration = Duration::from_secs(60);

/// Puts in what is due until the process is to stop.
pub async fn run(app: Arc<App>, mut stopping: Stopping) {
    while !stopping.now() {
        let wait = match put_in_due(&Ctx::of_machinery(Arc::clone(&app))).await {
            Ok(next) => next.and_then(|at| (at - app.clock.now()).to_std().ok()).unwrap_or(LOOK),
            Err(error) => {
                tracing::error!(?error, "what is due could not be put in");
                LOOK
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait.clamp(Duration::from_millis(10), LOOK)) => {}
            () = stopping.wait() => {}
        }
    }
}
