//! The loops of a process: workers, the scheduler, the sequencer of the log and the follower of its feed. It knows when to start, wait and stop; what is done in
//! a turn is the use cases' to say.
//!
//! A loop is one async function that ends when [`Stopping`] says so, and one line in [`Runtime::start`].

mod follower;
mod scheduler;
mod sequencer;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::service::exchange::job::run::LEASE_SECONDS_DEFAULT;
use crate::service::exchange::job_schedule::put_in_due;
use crate::service::{App, Ctx, Error};

/// Workers of a process when nobody says: SQLite has one writer, and a step is short.
pub const WORKERS_DEFAULT: u32 = 2;
/// The most workers of one process: each may hold a connection.
pub const WORKERS_MAX: u32 = 6;
/// How long a loop may take to end. A step that takes longer is cut off, and rolled back.
const STOP_TIME_MAX: Duration = Duration::from_secs(20);

/// How a process works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many workers.
    pub workers: u32,
    /// How long a worker may be silent before another one takes its job over.
    pub lease_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { workers: WORKERS_DEFAULT, lease_seconds: LEASE_SECONDS_DEFAULT }
    }
}

/// Whether the process is to stop. Each loop has one.
#[derive(Clone, Debug)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Whether it is.
    #[must_use]
    pub fn now(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is.
    pub async fn wait(&mut self) {
        // A sender that is gone stops the loops as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

/// The loops that run.
#[derive(Debug)]
pub struct Runtime {
    stop: watch::Sender<bool>,
    loops: Vec<(&'static str, JoinHandle<()>)>,
}

impl Runtime {
    /// Starts the loops of a process. In a demonstration, whose clock stands still, nothing comes round.
    #[must_use]
    pub fn start(app: &Arc<App>, settings: Settings) -> Self {
        let mut runtime = Self { stop: watch::Sender::new(false), loops: Vec::new() };
        runtime.spawn("sequencer", sequencer::run(Arc::clone(app), runtime.stopping()));
        runtime.spawn("follower", follower::run(Arc::clone(app), runtime.stopping()));
        for _ in 0..settings.workers.clamp(1, WORKERS_MAX) {
            let work = worker::run(Arc::clone(app), settings.lease_seconds, runtime.stopping());
            runtime.spawn("worker", work);
        }
        if !app.demonstration {
            runtime.spawn("scheduler", scheduler::run(Arc::clone(app), runtime.stopping()));
        }
        runtime
    }

    fn stopping(&self) -> Stopping {
        Stopping(self.stop.subscribe())
    }

    fn spawn(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        #[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
        let handle = tokio::spawn(work);
        self.loops.push((name, handle));
    }

    /// Does what is due, the jobs that come round among it, and nothing that becomes due later: for cron.
    /// Gives how many turns that took.
    ///
    /// # Errors
    /// What the database says about what comes round.
    pub async fn run_once(app: &Arc<App>, settings: Settings) -> Result<u64, Error> {
        if !app.demonstration {
            put_in_due(&Ctx::of_machinery(Arc::clone(app))).await?;
        }
        let never = watch::Sender::new(false);
        let stopping = Stopping(never.subscribe());
        Ok(worker::run_dry(Arc::clone(app), settings.lease_seconds, stopping).await)
    }

    /// Tells the loops to stop and waits for them: each ends its step first.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let deadline = tokio::time::Instant::now() + STOP_TIME_MAX;
        for (name, mut handle) in self.loops {
            match tokio::time::timeout_at(deadline, &mut handle).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(name, %error, "a loop had ended badly"),
                Err(_elapsed) => {
                    handle.abort();
                    tracing::warn!(name, "a loop was cut off");
                }
            }
        }
    }
}
