//! The sequencer: seals what waits, tells this process that the log has grown, and signs its head.

use std::sync::Arc;
use std::time::Duration;

use super::Stopping;
use crate::service::audit::checkpoint::{self, SIGNED_EVERY_SECONDS, Signing};
use crate::service::audit::sequencer::seal_all;
use crate::service::{App, Error};

/// Milliseconds that an entry may wait: a batch this often.
const TURN_MS: u32 = 150;
const TURN: Duration = Duration::from_millis(TURN_MS as u64);
/// Turns from one signed head to the next, if the log has grown.
const TURNS_TO_SIGN: u32 = SIGNED_EVERY_SECONDS * 1000 / TURN_MS;

/// Seals and signs until the process is to stop, and once more then.
pub async fn run(app: Arc<App>, mut stopping: Stopping) {
    let mut turns = 0;
    while !stopping.now() {
        if let Err(error) = seal_all(&app).await {
            tracing::error!(?error, "entries of the log could not be sealed");
        }
        if turns == 0 {
            sign(&app).await;
        }
        turns = (turns + 1) % TURNS_TO_SIGN;
        tokio::select! {
            () = tokio::time::sleep(TURN) => {}
            () = stopping.wait() => {}
        }
    }
    if let Err(error) = seal_all(&app).await {
        tracing::error!(?error, "entries of the log could not be sealed");
    }
    sign(&app).await;
}

async fn sign(app: &App) {
    match checkpoint::sign_head(app).await {
        Ok(Signing::Empty | Signing::Known(_) | Signing::Signed(_)) => {}
        Ok(Signing::Refused(finding)) => {
            tracing::error!(
                code = finding.code(),
                ?finding,
                "the log is not signed: run ballast audit verify"
            );
        }
        Err(Error::Unavailable) => tracing::warn!("the log could not be signed now"),
        Err(error) => tracing::error!(?error, "the log could not be signed"),
    }
}
