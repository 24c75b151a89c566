//! What the log costs a write: the statements by which a vacancy is posted, from 32 writers at once, with what
//! the log inserts and without it. Store functions are called directly, since the product has no switch for it.
//!
//! `ballast-log-bench DATA_DIR [DATABASE_URL or -] [SECONDS] [ROUNDS]`, on a demonstration's folder.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ballast::cli::config::Config;
use ballast::cli::open;
use ballast::entity::hiring::{vacancy, vacancy_requirement};
use ballast::service::audit::audit_entry::Changes;
use ballast::service::audit::sequencer;
use ballast::service::context::Receipts;
use ballast::service::{App, Ctx};
use ballast::store::audit::audit_entry::{Touch, exempt};
use ballast::store::hiring::vacancy as store;
use ballast::store::identity::user;
use ballast::store::organisation::site;
use ballast::store::taxonomy::{occupation, skill};
use ballast::words::Locale;
use ballast_domain::base::id::OrganisationId;
use ballast_domain::identity::policy::{Action, Target, act};
use chrono::NaiveDate;
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const WRITERS: usize = 32;
/// As the server's own loop has it.
const TURN: Duration = Duration::from_millis(150);

/// What ends the run, as it prints itself: the product's errors have no words of their own.
struct Failure(String);

impl<E: std::fmt::Debug> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(format!("{error:?}"))
    }
}

type Result<T> = std::result::Result<T, Failure>;

/// How much of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Log {
    Nothing,
    /// The entry, what it touched, and that it waits to be sealed.
    Entry,
    /// The values besides, sealed under their subject's key.
    Details,
}

/// How much of a use case surrounds the inserts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    /// The transaction alone.
    Nothing,
    /// The checks before it and the reading of the row after it, as `POST /vacancies` does.
    UseCase,
}

/// What every write of a run shares.
struct Work {
    app: Arc<App>,
    ctx: Ctx,
    factory: OrganisationId,
    pattern: vacancy::Model,
    skills: Vec<Uuid>,
    numbers: AtomicU64,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match measure().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(Failure(what)) => {
            eprintln!("{what}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("DATA_DIR is missing")?;
    let url = arguments.next().filter(|url| url.contains(':'));
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let rounds: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let config = Config::read(Some(folder.into()), url, "none")?;
    let app = open::app(&config).await?;
    let work = Arc::new(prepare(app).await?);
    for around in [Around::Nothing, Around::UseCase] {
        let mut rates: [Vec<f64>; 3] = Default::default();
        let logs = [Log::Nothing, Log::Entry, Log::Details];
        for log in logs {
            run(&work, log, around, Duration::from_secs(1)).await?;
        }
        for round in 0..rounds {
            // Each comes first as often as last.
            for n in 0..logs.len() {
                let n = (n + round) % logs.len();
                rates[n].push(run(&work, logs[n], around, Duration::from_secs(seconds)).await?);
            }
        }
        let [without, entry, details] = rates.map(median);
        println!(
            "{around:?}: without {without:.0}/s; entry and touch {entry:.0}/s = {:.0} %; with values {details:.0}/s = {:.0} %",
            entry / without * 100.0,
            details / without * 100.0,
        );
    }
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// The factory of the demonstration, and a vacancy of its as the pattern of those to come.
async fn prepare(app: Arc<App>) -> Result<Work> {
    let db = app.db.reader();
    let operator = Ctx::operator(Arc::clone(&app), Locale::En);
    let found = user::find_by_login(db, "factory").await?.ok_or("no demonstration is there")?;
    let actor = user::load_actor(db, &found, operator.today()).await?;
    let factory = actor.acting_organisation(Action::ManageVacancy).ok_or("the login is no factory's")?;
    let ctx = Ctx { actor, receipts: Receipts::default(), ..operator };
    let scope = ctx.scope::<act::ReadVacancy>()?;
    let rows = store::find_by_reference(db, &scope, "V-2026-0401").await?;
    let rows = rows.into_iter().next().ok_or("the demonstration's vacancy is not there")?;
    let skills = rows.requirements.iter().map(|row| row.skill_id).collect();
    Ok(Work {
        app: Arc::clone(&ctx.app),
        ctx,
        factory,
        pattern: rows.vacancy,
        skills,
        numbers: AtomicU64::new(0),
    })
}

/// Writes a second: committed, until all of it is sealed.
async fn run(work: &Arc<Work>, log: Log, around: Around, length: Duration) -> Result<f64> {
    let start = Instant::now();
    let deadline = start + length;
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let work = Arc::clone(work);
        writers.push(tokio::spawn(async move {
            let mut done = 0_u64;
            while Instant::now() < deadline {
                write(&work, log, around).await?;
                done += 1;
            }
            Ok::<u64, Failure>(done)
        }));
    }
    let app = Arc::clone(&work.app);
    let sealing = tokio::spawn(async move {
        while Instant::now() < deadline {
            sequencer::seal_all(&app).await?;
            tokio::time::sleep(TURN).await;
        }
        sequencer::seal_all(&app).await
    });
    let mut done = 0;
    for writer in writers {
        done += writer.await??;
    }
    sealing.await??;
    Ok(done as f64 / start.elapsed().as_secs_f64())
}

async fn write(work: &Work, log: Log, around: Around) -> Result<()> {
    let number = work.numbers.fetch_add(1, Ordering::Relaxed);
    let (row, requirements) = rows(work, &format!("L-{}-{number}", std::process::id()))?;
    // Of its own, or the receipts of all writes would pile up in one.
    let ctx = Ctx { receipts: Receipts::default(), ..work.ctx.clone() };
    let (app, factory, id) = (&work.app, work.factory, row.id);
    if around == Around::UseCase {
        let db = app.db.reader();
        site::ids_of(db, factory).await?;
        occupation::known_ids(db, BTreeSet::from([row.occupation_id])).await?;
        skill::decay_classes(db, &work.skills.iter().copied().collect()).await?;
        store::taken_references(db, factory, BTreeSet::from([row.reference.clone()])).await?;
    }
    let grant = ctx.authorise::<act::ManageVacancy>(&Target {
        id: factory.0,
        organisations: vec![factory],
        ..Target::default()
    })?;
    let tx = ctx.write_tx().await?;
    store::insert_all(&tx, &grant, vec![row.clone()], requirements).await?;
    let resource = ("organisation", factory.0);
    match log {
        Log::Nothing => exempt(&tx),
        Log::Entry => {
            let touch = Touch { kind: "vacancy", id, revision: 1 };
            ctx.record(&tx, Action::ManageVacancy, resource, &[touch]).await?;
        }
        Log::Details => {
            let mut changes = Changes::new();
            changes.created(factory.0, &row);
            ctx.record_changes(&tx, Action::ManageVacancy, resource, &changes).await?;
        }
    }
    tx.commit().await?;
    if around == Around::UseCase {
        let scope = ctx.scope::<act::ReadVacancy>()?;
        store::get(app.db.reader(), &scope, id.into()).await?;
    }
    Ok(())
}

fn rows(work: &Work, reference: &str) -> Result<(vacancy::Model, Vec<vacancy_requirement::Model>)> {
    let (app, now) = (&work.app, work.ctx.now());
    let id = app.random.timed_id(now);
    let row = vacancy::Model {
        id,
        reference: reference.to_owned(),
        seed: app.random.bytes::<16>().to_vec(),
        starts_on: NaiveDate::from_ymd_opt(2027, 1, 4).ok_or("no date")?,
        status: "open".to_owned(),
        closed_on: None,
        revision: 1,
        ..work.pattern.clone()
    };
    let mut requirements = Vec::new();
    for (n, skill) in work.skills.iter().enumerate() {
        requirements.push(vacancy_requirement::Model {
            id: app.random.timed_id(now),
            vacancy_id: id,
            skill_id: *skill,
            essential: n == 0,
            level: 3,
            floor: i32::from(n == 0),
            weight: 100,
            ordinal: i32::try_from(n)?,
        });
    }
    Ok((row, requirements))
}
