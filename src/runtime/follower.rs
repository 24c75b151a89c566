//! The follower: keeps what this process holds in memory up with the feed.

use std::sync::Arc;
use std::time::Duration;

use super::Stopping;
use crate::service::matching::catalogue;
use crate::service::{App, Ctx};

/// How often it looks for what other processes have sealed. What this process seals wakes it.
const POLL: Duration = Duration::from_millis(250);

/// Follows until the process is to stop.
pub async fn run(app: Arc<App>, mut stopping: Stopping) {
    let mut grown = app.log.watch();
    while !stopping.now() {
        if let Err(error) = catalogue::follow(&Ctx::of_machinery(Arc::clone(&app))).await {
            tracing::error!(?error, "the people in memory could not be kept up with the log");
        }
        tokio::select! {
            // A log that is gone ends with its process.
            _grew = grown.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            () = stopping.wait() => {}
        }
    }
}
