//! Readings of personal data, written together: every request that shows somebody waits until its entry is
//! there, and requests that wait at the same time share one transaction.
//!
//! There is no loop behind it. Whoever's turn it is writes for all who wait; the others find theirs written
//! when the turn comes to them. A batch goes on by itself when one of its callers hangs up.

use std::sync::{Arc, Mutex, PoisonError};

use ballast_domain::base::id::PersonId;
use tokio::sync::oneshot;

use super::audit_entry::{self, Event};
use crate::service::{App, Ctx, Error};
use crate::store::audit::audit_entry::{self as store, NewEntry};

/// Readings of one transaction.
const BATCH_MAX: usize = 64;
/// Readings that may wait; more are refused.
const WAITING_MAX: usize = 4096;

/// Readings that wait, and whose turn it is to write.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Vec<Waiting>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct Waiting {
    entry: NewEntry,
    subjects: Vec<PersonId>,
    answer: oneshot::Sender<bool>,
}

/// Writes the entry of a reading and waits until it is there.
///
/// # Errors
/// [`Error::Unavailable`] when too many wait or the batch could not be written.
pub(in crate::service) async fn write(ctx: &Ctx, event: &Event<'_>) -> Result<(), Error> {
    let entry = audit_entry::reading(ctx, event)?;
    let receipt = (entry.id, entry.leaf_hash);
    let (answer, mut written) = oneshot::channel();
    let queue = &ctx.app.log.readings;
    {
        let mut waiting = queue.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX {
            return Err(Error::Unavailable);
        }
        waiting.push(Waiting { entry, subjects: event.subjects.to_vec(), answer });
    }
    loop {
        let turn = queue.turn.clone().lock_owned().await;
        match written.try_recv() {
            Ok(true) => {
                ctx.receipts.extend([receipt]);
                return Ok(());
            }
            Ok(false) | Err(oneshot::error::TryRecvError::Closed) => return Err(Error::Unavailable),
            Err(oneshot::error::TryRecvError::Empty) => {}
        }
        let app = ctx.app.clone();
        #[expect(
            clippy::disallowed_methods,
            reason = "a batch is for many callers: it goes on when the one whose turn it is hangs up"
        )]
        let batch = tokio::spawn(async move {
            let _turn = turn;
            write_waiting(&app).await;
        });
        batch.await.map_err(|error| Error::Internal(error.to_string()))?;
    }
}

/// Writes the first that wait and tells each.
async fn write_waiting(app: &App) {
    let batch: Vec<Waiting> = {
        let mut waiting = app.log.readings.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(BATCH_MAX);
        waiting.drain(..count).collect()
    };
    if batch.is_empty() {
        return;
    }
    let (mut rows, mut answers) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
    for Waiting { entry, subjects, answer } in batch {
        rows.push((entry, subjects));
        answers.push(answer);
    }
    let written = write_batch(app, rows).await;
    if let Err(error) = &written {
        tracing::error!(%error, "readings could not be written to the log");
    }
    for answer in answers {
        // Nobody may wait for it any more.
        let _gone = answer.send(written.is_ok());
    }
}

async fn write_batch(app: &App, rows: Vec<(NewEntry, Vec<PersonId>)>) -> Result<(), crate::store::Error> {
    let tx = app.db.write_tx().await?;
    store::insert_readings(&tx, rows).await?;
    tx.commit().await
}
