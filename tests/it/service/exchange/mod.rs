//! Files of rows, work that is done later, and what people are told.

mod import_run;
mod job;
mod notification;

use std::sync::Arc;

use ballast::cli::open;
use ballast::outside::clock::Clock;
use ballast::outside::keys::Keys;
use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
use ballast::service::App;
use ballast::service::exchange::job::run::{Turn, Worker, run_next};
use ballast_domain::base::civil_time::Instant;
use chrono::Duration;

use crate::harness::TestApp;

/// The same installation when so much time has passed, as another process sees it.
pub async fn later(app: &TestApp, passed: Duration) -> Arc<App> {
    at(app, app.app.clock.now() + passed).await
}

/// The same installation at an instant.
async fn at(app: &TestApp, instant: Instant) -> Arc<App> {
    let (db, random) = (app.app.db.clone(), Random::System);
    let made =
        open::assemble(db, Keys::ephemeral(&random), random, Clock::Fixed(instant), Witness::default()).await;
    made.unwrap_or_else(|_| panic!("the installation cannot be put together"))
}

fn worker(app: &App) -> Worker {
    Worker::new(app, 60)
}

/// One turn of a worker that nobody stops.
async fn turn(app: &Arc<App>) -> Turn {
    run_next(app, &worker(app), || false).await.unwrap()
}

/// Does everything that is due; says how many turns that took.
async fn drain(app: &Arc<App>) -> usize {
    for turns in 0..100 {
        match turn(app).await {
            Turn::Idle => return turns,
            Turn::Done(_) => {}
            other => panic!("a job was not done: {other:?}"),
        }
    }
    panic!("there is always more to do")
}
