//! A write that begins before an erasure and would be kept after it brings nothing back, whatever it writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use ballast::entity::person::availability;
use ballast::entity::record::skill_claim;
use ballast::service::person::erasure::erase_person;
use ballast::service::{Ctx, Seen};
use ballast::store::person::personal::{TABLES, Whose};
use ballast::store::person::{availability as wishes, erasure, person};
use ballast::store::record::skill_claim as claims;
use ballast::store::{Error, Tx};
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Act, Grant, act};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use super::erasure::unique;
use crate::harness::{TestApp, is_sqlite, now};
use crate::service::day;

/// Judges a write to a person, as a use case does before its transaction.
async fn judged<A: Act>(ctx: &Ctx, id: PersonId) -> Grant<A> {
    let targets = person::targets(ctx.app.db.reader(), &[id], ctx.today()).await.unwrap();
    ctx.authorise::<A>(&targets[0]).unwrap()
}

fn claim(app: &TestApp, id: PersonId) -> skill_claim::Model {
    skill_claim::Model {
        id: Uuid::from_u128(81),
        person_id: id.0,
        skill_id: app.town.home.skill,
        level: 5,
        evidence: "assessed".to_owned(),
        achieved_on: day(2026, 10, 1),
        last_used_on: None,
        valid_until: None,
        decay_class: "mixed".to_owned(),
        status: "active".to_owned(),
        organisation_id: Some(app.town.home.school.0),
        enrolment_id: None,
        supersedes_id: None,
        recorded_at: now(),
    }
}

fn wish(id: PersonId) -> availability::Model {
    availability::Model {
        id: Uuid::from_u128(82),
        person_id: id.0,
        version: 9,
        available_from: day(2026, 12, 1),
        available_until: None,
        wage_min_minor: None,
        shift_day: true,
        shift_evening: false,
        shift_night: false,
        dormitory: None,
        recorded_at: now(),
    }
}

async fn write(
    app: &TestApp,
    tx: &Tx,
    id: PersonId,
    grant: &Grant<act::RecordSkillClaim>,
) -> Result<(), Error> {
    claims::insert_all(tx, std::slice::from_ref(grant), vec![claim(app, id)]).await
}

#[tokio::test]
async fn what_was_judged_before_an_erasure_is_not_kept_after_it() {
    let app = TestApp::start().await;
    let (ctx, id) = (app.operator(), unique(&app).await);
    let grant = judged::<act::RecordSkillClaim>(&ctx, id).await;
    let wishing = judged::<act::RecordAvailability>(&ctx, id).await;
    erase_person(&ctx, id, &Seen::Whatever).await.unwrap();
    let tx = ctx.write_tx().await.unwrap();
    assert!(matches!(write(&app, &tx, id, &grant).await, Err(Error::Missing)));
    let wished = wishes::insert_next(&tx, &wishing, wish(id), Vec::new()).await;
    assert!(matches!(wished, Err(Error::Missing)));
    tx.rollback().await.unwrap();
}

/// On SQLite the second writer waits for the first; on PostgreSQL for the row. Either way the one that was begun
/// before the erasure finds that the person is not there.
#[tokio::test]
async fn a_write_in_the_middle_of_an_erasure_waits_and_finds_nobody() {
    let app = TestApp::start().await;
    let (ctx, id) = (app.operator(), unique(&app).await);
    let grant = judged::<act::RecordSkillClaim>(&ctx, id).await;
    if is_sqlite() {
        erase_person(&ctx, id, &Seen::Whatever).await.unwrap();
        let tx = ctx.write_tx().await.unwrap();
        assert!(matches!(write(&app, &tx, id, &grant).await, Err(Error::Missing)));
        return;
    }
    // The erasure has locked the person and is not over.
    let erasing = ctx.write_tx().await.unwrap();
    erasure::lock_person(&erasing, id).await.unwrap();
    let judging = judged::<act::ErasePerson>(&ctx, id).await;
    let begun = ctx.write_tx().await.unwrap();
    let writing = async { write(&app, &begun, id, &grant).await };
    let ending = async {
        wait_for_a_lock(&app.owner().await).await;
        erasure::reduce_if_unchanged(&erasing, &judging, ctx.now(), ctx.today()).await.unwrap();
        ballast::store::audit::audit_entry::exempt(&erasing);
        erasing.commit().await.unwrap();
    };
    let (written, ()) = tokio::join!(writing, ending);
    assert!(matches!(written, Err(Error::Missing)), "{written:?}");
}

/// Until somebody waits for a row in this database.
async fn wait_for_a_lock(owner: &DatabaseConnection) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waits = async {
        loop {
            let row =
                owner.query_one_raw(Statement::from_string(DbBackend::Postgres, waiting)).await.unwrap();
            if row.unwrap().try_get_by_index::<i64>(0).unwrap() > 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waits).await.expect("the writer waits for the person");
}

/// Functions of the store that insert rows of people and lock nobody, and why.
const UNLOCKED: [(&str, &str); 10] = [
    ("permit/permit_document insert_first", "of people who are registered in the same transaction"),
    ("person/availability insert_first", "likewise"),
    ("person/blind_index insert_first", "likewise"),
    ("person/duplicate_case insert_moves", "of people whom `lock_groups` has locked"),
    ("person/erasure delete_all_of", "erases"),
    ("person/identity_document insert_all", "of people who are registered in the same transaction"),
    ("person/person insert_people", "likewise"),
    ("person/person insert_secrets", "likewise"),
    ("person/person_key insert_first", "likewise"),
    ("person/person_link insert", "of people whom `lock_groups` has locked"),
];

/// Whoever adds a table of people's rows has to lock the person too: the sources say who does.
#[test]
fn whatever_inserts_a_row_of_a_person_locks_the_person() {
    let of_people: BTreeSet<&str> = TABLES
        .iter()
        .filter(|table| matches!(table.whose, Whose::Person(_)))
        .map(|table| table.name)
        .collect();
    let (mut unlocked, mut looked) = (Vec::new(), 0);
    for area in ["exchange", "hiring", "identity", "permit", "person", "poverty", "record", "training"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store").join(area);
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let noun = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let code = fs::read_to_string(&path).unwrap();
            for function in code.split("pub async fn ").skip(1) {
                let name = function.split(['(', '<']).next().unwrap();
                let body = function.split("\n}\n").next().unwrap();
                let inserts = |table: &str| {
                    body.contains(&format!("insert_all::<{table}::Entity"))
                        || body.contains(&format!("{table}::Entity::insert"))
                };
                let own = of_people.contains(noun.as_str())
                    && (body.contains("insert_all::<Entity") || body.contains(" Entity::insert"));
                if !own && !of_people.iter().any(|table| inserts(table)) {
                    continue;
                }
                looked += 1;
                if !body.contains("lock_living(") && !body.contains("lock_those_living(") {
                    unlocked.push(format!("{area}/{noun} {name}"));
                }
            }
        }
    }
    assert!(looked > 15, "the sources were not read: {looked}");
    unlocked.sort();
    let known: Vec<&str> = UNLOCKED.iter().map(|(function, _)| *function).collect();
    assert_eq!(unlocked, known, "call lock_living first, or say why nobody can be erased meanwhile");
}
