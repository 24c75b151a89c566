//! Fills an empty installation with the city, step by step and through the use cases, as the operator.
//!
//! Nothing here looks at a clock, at the system's randomness or at the order of a hash table, so the city is
//! the same whenever and wherever it is made. Its history is recorded when it happens: each chapter has an
//! installation of its own over the same database, whose clock stands at that day.

use std::sync::Arc;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{EnrolmentId, PersonId, UserId};
use chrono::DateTime;
use sha2::{Digest as _, Sha256};

use super::people::{self, Registrar, Trainee};
use super::places::{self, Town};
use super::trades::Trades;
use super::work::{self, Class};
use super::workers;
use crate::cli::config::Config;
use crate::cli::open;
use crate::cli::output::{Failure, Progress};
use crate::format::taxonomy::house;
use crate::outside::clock::Clock;
use crate::outside::keys::Keys;
use crate::outside::random::Random;
use crate::service::identity::demonstration::{LOGINS, PASSWORD};
use crate::service::identity::user::{NewUser, create_demonstration_user};
use crate::service::organisation::installation;
use crate::service::taxonomy::framework::import_framework;
use crate::service::{Ctx, Error};
use crate::store::Db;
use crate::words::Locale;

/// What the choices, the ids and the keys are drawn from: three seeds, so that no id shows a key.
const CHOICES_SEED: u64 = 0x6C69_6E67;
const IDS_SEED: u64 = 0x6A69_616E;
const KEYS_SEED: u64 = 0x6261_6C6C;
/// How many trainees there are.
const TRAINEES: usize = 2_000;

/// The days on which the history is recorded, in seconds since 1970: the school year begins, the running
/// classes begin, the summer, and the day on which the clock stands still, 2026-11-24 at 01:12:07 UTC.
const CHAPTERS: [i64; 4] = [1_756_688_400, 1_772_413_200, 1_783_040_400, 1_795_482_727];

/// The keys of a demonstration: the same in every folder.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn keys(config: &Config) -> Result<Keys, Failure> {
    Keys::open(&config.key_file(), &Random::seeded(KEYS_SEED)).map_err(|e| Failure::new(e.to_string()))
}

fn at(chapter: usize) -> Instant {
    DateTime::from_timestamp(CHAPTERS[chapter], 0).unwrap_or_default()
}

async fn operator(config: &Config, db: &Db, locale: Locale, chapter: usize) -> Result<Ctx, Failure> {
    let ids = Random::seeded(IDS_SEED + u64::try_from(chapter).unwrap_or_default());
    let app =
        open::assemble(db.clone(), keys(config)?, ids, Clock::Fixed(at(chapter)), config.witness()).await?;
    Ok(Ctx::operator(Arc::clone(&app), locale))
}

/// Makes the city, and declares the demonstration when all of it is there.
///
/// # Errors
/// [`Failure`] with what a use case answered.
pub async fn seed(config: &Config, db: &Db, locale: Locale, progress: &Progress) -> Result<(), Failure> {
    let failed = |error: Error| Failure::of(&error, locale);
    let mut registrar = Registrar::new(CHOICES_SEED);

    progress.say("organisations and occupations");
    let ctx = operator(config, db, locale, 0).await?;
    let town = places::build(&ctx).await.map_err(failed)?;
    let parsed = house::parse(house::EMBEDDED).map_err(|e| Failure::new(e.to_string()))?;
    let digest = Sha256::digest(house::EMBEDDED.as_bytes()).into();
    import_framework(&ctx, &parsed, digest).await.map_err(failed)?;
    let trades = Trades::of(&parsed);

    progress.say("joint classes");
    let opened = work::open_classes(&ctx, &town, &trades).await.map_err(failed)?;
    let classes: Vec<(Class, _)> = work::classes().into_iter().zip(opened).collect();
    let mut trainees = Vec::with_capacity(TRAINEES);
    let mut over = Vec::new();
    let running = operator(config, db, locale, 1).await?;
    for (class, id) in &classes {
        let ctx = if class.is_over() { &ctx } else { &running };
        let (people, enrolments) = fill(ctx, &town, &mut registrar, class, *id).await.map_err(failed)?;
        trainees.extend(people);
        over.extend(class.is_over().then_some(enrolments));
    }
    let ctx = operator(config, db, locale, 2).await?;
    for enrolments in over {
        work::finish(&ctx, enrolments).await.map_err(failed)?;
    }

    let ctx = operator(config, db, locale, 3).await?;
    now(&ctx, &town, &mut registrar, &trades, trainees, progress).await.map_err(failed)?;
    progress.done();
    Ok(())
}

/// Registers the trainees of a class and enrols them.
async fn fill(
    ctx: &Ctx,
    town: &Town,
    registrar: &mut Registrar,
    class: &Class,
    id: ballast_domain::base::id::JointClassId,
) -> Result<(Vec<Trainee>, Vec<EnrolmentId>), Error> {
    let today = at(3).date_naive();
    let holder = LOGINS.iter().find(|login| login.role == "trainee" && class.reference == "2501");
    let holder = holder.map(|login| {
        let name = (login.holder_zh, login.holder_en);
        registrar.holder(town, class.school, class.trade, name, today)
    });
    let others = class.trainees - usize::from(holder.is_some());
    let mut drawn: Vec<_> = holder.into_iter().collect();
    for _ in 0..others {
        drawn.push(registrar.trainee(town, class.school, Some(class.trade), class.is_over(), today));
    }
    let trainees = people::register(ctx, town, drawn).await?;
    let enrolments = work::enrol(ctx, town.schools[class.school], id, &trainees).await?;
    Ok((trainees, enrolments))
}

/// What is recorded on the day on which the clock stands still.
async fn now(
    ctx: &Ctx,
    town: &Town,
    registrar: &mut Registrar,
    trades: &Trades,
    mut trainees: Vec<Trainee>,
    progress: &Progress,
) -> Result<(), Error> {
    progress.say("trainees and their records");
    let drawn = (trainees.len()..TRAINEES)
        .map(|_| {
            let school = registrar.choices.weighted(&[(44, 0), (26, 1), (22, 2), (8, 3)]);
            registrar.trainee(town, school, None, false, ctx.today())
        })
        .collect();
    trainees.extend(people::register(ctx, town, drawn).await?);
    people::record_claims(ctx, town, registrar, trades, &trainees).await?;

    progress.say("logins");
    let trainee = trainees.first().map(|trainee| trainee.id).ok_or(Error::NotFound)?;
    let official = logins(ctx, town, trainee).await?;

    progress.say("households");
    people::register_families(ctx, town, registrar, &trainees, official).await?;

    progress.say("vacancies and foreign workers");
    let posted = work::post(ctx, town, trades).await?;
    workers::register(ctx, town, &mut registrar.choices, trades, &posted).await?;

    people::register_twice(ctx, town, registrar).await?;
    installation::declare_demonstration(ctx).await
}

/// Makes one login a role; gives the official's.
async fn logins(ctx: &Ctx, town: &Town, trainee: PersonId) -> Result<UserId, Error> {
    let mut official = None;
    for login in LOGINS {
        let organisation = match login.role {
            "school_registrar" => town.schools.first(),
            "factory_hr" => town.factories.first(),
            "labour_official" | "targeting_officer" => town.bureaus.first(),
            _ => None,
        };
        let user = NewUser {
            login: login.login.to_owned(),
            display_name: login.holder_zh.to_owned(),
            password: PASSWORD.to_owned(),
            role: login.role.to_owned(),
            organisation: organisation.copied(),
            person: (login.role == "trainee").then_some(trainee),
        };
        let id = create_demonstration_user(ctx, user).await?;
        official = official.or((login.role == "labour_official").then_some(id));
    }
    official.ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chapters_follow_each_other_up_to_the_fixed_clock() {
        assert!(CHAPTERS.is_sorted());
        assert_eq!(at(3).to_rfc3339(), "2026-11-24T01:12:07+00:00");
        assert_eq!(at(0).date_naive(), work::FINISHED.0);
        assert_eq!(at(1).date_naive(), work::RUNNING.0);
        assert_eq!(at(2).date_naive(), work::FINISHED.1);
    }

    #[test]
    fn drawing_people_twice_gives_the_same_people() {
        let town = Town {
            villages: vec![places::Village { code: "219003100201".to_owned(), of_neighbour: false }],
            schools: Vec::new(),
            factories: Vec::new(),
            bureaus: Vec::new(),
            plants: Vec::new(),
            port: ballast_domain::base::id::PortId(uuid::Uuid::nil()),
        };
        let draw = || {
            let mut registrar = Registrar::new(CHOICES_SEED);
            (0..200).map(|_| registrar.trainee(&town, 0, None, false, at(3).date_naive())).collect::<Vec<_>>()
        };
        assert_eq!(format!("{:?}", draw()), format!("{:?}", draw()));
    }
}
