//! Workers as processes of their own, and what becomes of their work when they are killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ballast::cli::open;
use ballast::entity::exchange::{job, job_attempt, job_schedule};
use ballast::entity::identity::{session, user};
use ballast::outside::clock::Clock;
use ballast::outside::keys::Keys;
use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
use ballast::service::exchange::job::{NewJob, enqueue};
use ballast::service::{App, Ctx};
use ballast::store::audit::audit_entry;
use ballast_domain::exchange::job::Kind;
use ballast_domain::exchange::job_schedule::SCHEDULES;
use chrono::DateTime;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::harness::{Template, TestDatabase};

/// Sessions that have ended, which the jobs delete a few at a time.
const SESSIONS: i64 = 1500;
/// Jobs that do it, each at its own pace.
const JOBS: usize = 4;
/// Processes at once.
const PROCESSES: usize = 3;
/// How many of them are killed.
const KILLS: usize = 24;
/// What is done between one kill and the next.
const ROWS_BETWEEN_KILLS: i64 = 40;

/// Processes on one database, each with a folder of its own, as on machines of their own.
struct Nodes {
    folder: TempDir,
    url: String,
}

impl Nodes {
    async fn on(database: &TestDatabase) -> (Arc<App>, Self) {
        let folder = tempfile::Builder::new().prefix("ballast-nodes-").tempdir().unwrap();
        (installation(database).await, Self { folder, url: database.url() })
    }

    fn command(&self, node: usize, arguments: &[&str]) -> Command {
        let data_dir: PathBuf = self.folder.path().join(format!("node-{node}"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
        command.args(arguments).arg("--data-dir").arg(data_dir);
        command.args(["--database-url", &self.url]).env_clear().current_dir(self.folder.path());
        command.stdin(Stdio::null());
        command
    }

    fn once(&self, node: usize) -> String {
        let said = self.command(node, &["worker", "--once"]).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    }

    fn start(&self, node: usize) -> Child {
        self.spawn(node, &["worker", "--workers", "1", "--lease-seconds", "1"])
    }

    fn spawn(&self, node: usize, arguments: &[&str]) -> Child {
        self.command(node, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// The installation as this process sees it, by the machine's clock.
async fn installation(database: &TestDatabase) -> Arc<App> {
    let (db, random) = (database.open(None).await, Random::System);
    let made = open::assemble(db, Keys::ephemeral(&random), random, Clock::System, Witness::default()).await;
    made.unwrap_or_else(|_| panic!("the installation cannot be put together"))
}

async fn seed_sessions(app: &App) {
    let long_ago = DateTime::from_timestamp(1_600_000_000, 0).unwrap();
    let somebody = user::Model {
        id: Uuid::from_u128(1),
        login: "somebody".to_owned(),
        display_name: "Somebody".to_owned(),
        password_hash: None,
        person_id: None,
        status: "active".to_owned(),
        locale: None,
        revision: 1,
    };
    let db = app.db.owner();
    user::Entity::insert(somebody.into_active_model().reset_all()).exec_without_returning(db).await.unwrap();
    let row = |n: i64| session::Model {
        id: Uuid::from_u128(n.unsigned_abs().into()),
        user_id: Uuid::from_u128(1),
        token_hash: n.to_be_bytes().to_vec(),
        created_at: long_ago,
        expires_at: long_ago,
        label: None,
        last_used_on: None,
        confirmed_at: None,
    };
    let rows = (1..=SESSIONS).map(|n| row(n).into_active_model().reset_all());
    session::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
}

async fn put_in(app: &Arc<App>) {
    let ctx = Ctx::of_machinery(app.clone());
    let tx = ctx.write_tx().await.unwrap();
    for _ in 0..JOBS {
        let new = NewJob { payload: json!({ "rows": 3 }), ..NewJob::of(Kind::SweepSessions) };
        enqueue(&ctx, &tx, new).await.unwrap();
    }
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
}

async fn sweeps(app: &App) -> Vec<job::Model> {
    let query = job::Entity::find().filter(job::Column::Kind.eq("sweep_sessions"));
    query.order_by_asc(job::Column::Id).all(app.db.reader()).await.unwrap()
}

/// Waits until the jobs are so far.
async fn wait_until(app: &App, so_far: impl Fn(&[job::Model]) -> bool) -> Vec<job::Model> {
    let mut look_again = tokio::time::interval(Duration::from_millis(5));
    loop {
        look_again.tick().await;
        let jobs = sweeps(app).await;
        if so_far(&jobs) {
            return jobs;
        }
    }
}

fn done(jobs: &[job::Model]) -> i64 {
    jobs.iter().map(|job| job.progress_done).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_lose_no_job_and_do_nothing_twice() {
    let database = TestDatabase::create(Template::Empty).await;
    let (app, nodes) = Nodes::on(&database).await;
    for node in 0..PROCESSES {
        assert_eq!(nodes.once(node), "0\n", "nothing is due yet");
    }
    seed_sessions(&app).await;
    put_in(&app).await;

    let mut processes: Vec<Child> = (0..PROCESSES).map(|node| nodes.start(node)).collect();
    let mut reached = 0;
    for _ in 0..KILLS {
        let jobs = wait_until(&app, |jobs| done(jobs) >= reached + ROWS_BETWEEN_KILLS).await;
        reached = done(&jobs);
        let node = usize::from(app.random.bytes::<1>()[0]) % PROCESSES;
        let ended = processes[node].try_wait().unwrap();
        assert!(ended.is_none(), "a worker ended by itself: {ended:?}");
        processes[node].kill().unwrap();
        processes[node].wait().unwrap();
        processes[node] = nodes.start(node);
    }
    let jobs = wait_until(&app, |jobs| jobs.iter().all(|job| job.finished_at.is_some())).await;
    processes.iter_mut().for_each(tell_to_stop);

    assert!(jobs.len() == JOBS && jobs.iter().all(|job| job.state == "done"), "{jobs:?}");
    assert_eq!(done(&jobs), SESSIONS, "each session is counted once, by the step that deleted it");
    assert_eq!(session::Entity::find().count(app.db.reader()).await.unwrap(), 0);
    let mut lost = 0;
    for job in &jobs {
        lost += assert_one_at_a_time(&app, job).await;
    }
    assert!(lost > 0, "the kills hit workers at work");
}

/// SIGTERM ends a process well.
fn tell_to_stop(process: &mut Child) {
    let told = Command::new("kill").arg(process.id().to_string()).status().unwrap();
    assert!(told.success() && process.wait().unwrap().success(), "it stops when it is told to");
}

#[tokio::test]
async fn the_server_works_too_and_remembers_what_comes_round() {
    let database = TestDatabase::create(Template::Empty).await;
    let (app, nodes) = Nodes::on(&database).await;
    seed_sessions(&app).await;
    let mut server = nodes.spawn(0, &["serve", "--listen", "127.0.0.1:0"]);
    put_in(&app).await;
    let jobs = wait_until(&app, |jobs| jobs.iter().all(|job| job.finished_at.is_some())).await;
    assert_eq!((jobs.len(), done(&jobs)), (JOBS, SESSIONS));
    let mut look_again = tokio::time::interval(Duration::from_millis(5));
    while job_schedule::Entity::find().count(app.db.reader()).await.unwrap() < SCHEDULES.len() as u64 {
        look_again.tick().await;
    }
    tell_to_stop(&mut server);
}

/// No worker kept anything of a job after the next one had begun; gives how many were lost on the way.
async fn assert_one_at_a_time(app: &App, job: &job::Model) -> usize {
    let tries = job_attempt::Entity::find()
        .filter(job_attempt::Column::JobId.eq(job.id))
        .order_by_asc(job_attempt::Column::LeaseToken)
        .all(app.db.reader())
        .await
        .unwrap();
    for pair in tries.windows(2) {
        assert_eq!(pair[0].lease_token + 1, pair[1].lease_token);
        assert!(pair[0].seen_at <= pair[1].started_at, "{pair:?}");
        assert!(pair[0].ended_at.is_some_and(|ended| ended <= pair[1].started_at), "{pair:?}");
    }
    let outcomes: Vec<&str> = tries.iter().map(|row| row.outcome.as_deref().unwrap_or("none")).collect();
    let (last, before) = outcomes.split_last().expect("a try");
    assert_eq!(*last, "done", "{outcomes:?}");
    assert!(before.iter().all(|outcome| *outcome == "lost"), "{outcomes:?}");
    before.len()
}
