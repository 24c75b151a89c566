//! Erasing people: nothing of them is left anywhere but a stub, and nobody brings them back.

use std::collections::BTreeSet;

use ballast::entity;
use ballast::entity::identity::user;
use ballast::entity::person::consent;
use ballast::service::audit::sequencer::seal_all;
use ballast::service::batch::Mode;
use ballast::service::matching::catalogue;
use ballast::service::person::availability::NewAvailability;
use ballast::service::person::person::{NewPerson, register_people};
use ballast_domain::base::id::PersonId;
use ballast_domain::base::name_key::name_key;
use ballast_domain::matching::candidate::Shifts;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _,
    QueryFilter as _, Statement,
};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Identity, TestApp};
use crate::service::audit::{codes, verified};
use crate::service::day;

/// A name that nobody else has, in Chinese and in Latin letters.
const NAME: &str = "欧阳鹮";
const LATIN: &str = "Ouyang Zhuhuan";

/// A person of whom much is known.
pub async fn unique(app: &TestApp) -> PersonId {
    let wishes = NewAvailability {
        from: day(2026, 12, 1),
        until: None,
        regions: vec!["2190".to_owned()],
        wage_min_minor: Some(400_000),
        shifts: Shifts { day: true, evening: false, night: false },
        dormitory: None,
    };
    let new = NewPerson {
        name: NAME.to_owned(),
        name_latin: Some(LATIN.to_owned()),
        citizen_number: Some("210603199903070045".to_owned()),
        phone: Some("13911112222".to_owned()),
        home_region: Some("219001".to_owned()),
        availability: Some(wishes),
        ..NewPerson::default()
    };
    let (ctx, school) = (app.school().ctx().await, app.town.home.school);
    register_people(&ctx, school, vec![new], Mode::Commit).await.unwrap()[0]
}

/// Whoever is asked to erase a person, and the answer.
async fn erase(who: &Identity<'_>, person: PersonId) -> crate::harness::Answer {
    who.post(&format!("/api/v1/people/{person}/erasure"), json!({})).await
}

/// What must not be found any more, as bytes.
fn traces() -> Vec<Vec<u8>> {
    let folded = ballast::service::text::search_key(NAME);
    let texts =
        [NAME, LATIN, &folded, &LATIN.to_lowercase(), &name_key(NAME), "13911112222", "210603199903070045"];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[tokio::test]
async fn of_an_erased_person_nothing_is_found_in_any_table_or_file() {
    let app = TestApp::start().await;
    let person = unique(&app).await;
    let path = format!("/api/v1/people/{person}");
    let claim = json!({
        "skill": app.town.home.skill, "level": 5, "evidence": "assessed", "achieved_on": "2026-10-01",
    });
    app.school().post(&format!("{path}/skill-claims"), claim).await.expect_status(201);
    let class = format!("/api/v1/joint-classes/{}/enrolments", app.town.home.joint_class);
    app.school().post(&class, json!({ "person": person.0 })).await.expect_status(201);
    seal_all(&app.app).await.unwrap();
    assert!(catalogue::current(&app.operator()).await.unwrap().find(person).is_some());

    app.official().get(&path).await.expect_status(200);
    erase(&app.official(), person).await.expect_status(204);

    for who in [app.official(), app.school()] {
        who.get(&path).await.expect_problem(404, "not_found");
        who.get(&format!("{path}/availability")).await.expect_problem(404, "not_found");
        who.get(&format!("{path}/skill-claims")).await.expect_problem(404, "not_found");
    }
    erase(&app.official(), person).await.expect_problem(404, "not_found");
    let roster = app.school().get(&class).await.expect_status(200);
    assert!(!roster.text().contains(&person.to_string()), "{}", roster.text());
    assert!(catalogue::current(&app.operator()).await.unwrap().find(person).is_none());
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
    assert_in_no_table(&app, person).await;
    app.assert_gone(&traces()).await;
}

/// Looks at every column of text or bytes of every table.
async fn assert_in_no_table(app: &TestApp, person: PersonId) {
    let owner = app.owner().await;
    let backend = owner.get_database_backend();
    let mut about = BTreeSet::new();
    for table in entity::tables() {
        let rows = owner
            .query_all_raw(Statement::from_string(backend, dump(&table.name, &table.columns, backend)))
            .await
            .unwrap();
        for row in rows {
            let said: String = row.try_get_by_index(0).unwrap();
            for trace in traces() {
                let (text, hex) =
                    (String::from_utf8(trace.clone()).unwrap(), ballast::outside::keys::hex(&trace));
                assert!(
                    !said.contains(&text) && !said.to_lowercase().contains(&hex),
                    "{}: {said}",
                    table.name
                );
            }
            if said.contains(&person.to_string())
                || said.to_lowercase().contains(&person.0.simple().to_string())
            {
                about.insert(table.name.clone());
            }
        }
    }
    // The stub and what points at it; the log, which has ids alone; the key of the request that erased.
    for gone in [
        "person_key",
        "person_secret",
        "blind_index",
        "identity_document",
        "nationality",
        "availability",
        "skill_claim",
        "audit_key",
        "audit_detail",
        "permit_document",
        "guardian",
        "duplicate_case",
        "duplicate_move",
        "person_link",
    ] {
        assert!(!about.contains(gone), "{gone}");
    }
    for left in ["person", "person_tie", "enrolment", "erasure", "audit_erasure"] {
        assert!(about.contains(left), "{left}");
    }
}

/// A query for each row as one text.
fn dump(table: &str, columns: &[entity::ColumnShape], backend: sea_orm::DbBackend) -> String {
    if backend == sea_orm::DbBackend::Postgres {
        return format!("SELECT t::text FROM \"{table}\" t");
    }
    let columns: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = &column.name;
            format!(
                "coalesce(CASE typeof(\"{name}\") WHEN 'blob' THEN hex(\"{name}\") ELSE \"{name}\" END, '')"
            )
        })
        .collect();
    format!("SELECT {} FROM \"{table}\"", columns.join(" || '|' || "))
}

#[tokio::test]
async fn a_login_of_the_person_is_locked_and_emptied() {
    let app = TestApp::start().await;
    let trainee = app.town.home.trainee;
    app.trainee().get("/api/v1/me").await.expect_status(200);
    erase(&app.official(), trainee).await.expect_status(204);
    app.trainee().get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    let row = user::Entity::find().filter(user::Column::PersonId.eq(trainee.0));
    let row = row.one(app.app.db.reader()).await.unwrap().unwrap();
    assert_eq!((row.status.as_str(), row.display_name.as_str(), row.password_hash), ("locked", "", None));
    assert_eq!(row.login, format!("erased-{}", row.id.simple()));
    // The factory's question to them went too, and the log does not miss it.
    let asked = consent::Entity::find().filter(consent::Column::PersonId.eq(app.town.home.trainee.0));
    assert!(asked.one(app.app.db.reader()).await.unwrap().is_none());
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_legal_hold_refuses_until_it_is_lifted() {
    let app = TestApp::start().await;
    let person = unique(&app).await;
    let (auditor, path) = (app.auditor(), format!("/api/v1/people/{person}"));
    auditor.post(&format!("{path}/legal-hold-lifting"), json!({})).await.expect_problem(409, "no_hold_open");
    auditor.post(&format!("{path}/legal-holds"), json!({ "reason": "court" })).await.expect_status(201);
    app.official()
        .post(&format!("{path}/legal-holds"), json!({ "reason": "court" }))
        .await
        .expect_problem(403, "denied");
    erase(&app.official(), person).await.expect_problem(409, "person_on_hold");
    erase(&auditor, person).await.expect_problem(403, "denied");
    auditor.post(&format!("{path}/legal-hold-lifting"), json!({})).await.expect_status(204);
    erase(&app.official(), person).await.expect_status(204);
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_permit_refuses_until_it_is_withdrawn() {
    let app = TestApp::start().await;
    let worker = app.town.home.worker;
    erase(&app.official(), worker).await.expect_problem(409, "person_has_permit");
    let permit = format!("/api/v1/permits/{}", app.town.home.permit);
    let tag = app.factory().get(&permit).await.expect_status(200).header("etag").to_owned();
    app.factory().step(&format!("{permit}/withdrawal"), &tag).await.expect_status(200);
    erase(&app.official(), worker).await.expect_status(204);
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
    app.official().get(&permit).await.expect_status(200);
}

#[tokio::test]
async fn nobody_else_erases_and_whoever_saw_another_revision_is_told() {
    let app = TestApp::start().await;
    let person = unique(&app).await;
    for who in [app.school(), app.factory(), app.trainee(), app.administrator()] {
        erase(&who, person).await.expect_problem(403, "denied");
    }
    erase(&app.other_official(), person).await.expect_problem(404, "not_found");
    let path = format!("/api/v1/people/{person}/erasure");
    let official = app.official();
    let send =
        official.send_with(poem::http::Method::POST, &path, &[("if-match", "\"77-0\"")], Some(json!({})));
    send.await.expect_problem(412, "stale");
    app.official().get(&format!("/api/v1/people/{person}")).await.expect_status(200);
}

#[tokio::test]
async fn what_machinery_keeps_of_the_person_goes_too() {
    let app = TestApp::start().await;
    let person = unique(&app).await;
    let owner = app.owner().await;
    let notice = entity::exchange::notification::Entity::find_by_id(app.town.home.notification);
    let notice = notice.one(&owner).await.unwrap().unwrap();
    let args = json!({ "name": NAME }).to_string();
    let named = entity::exchange::notification::ActiveModel {
        id: Set(Uuid::from_u128(7)),
        args: Set(args),
        dedupe_key: Set("7".to_owned()),
        ..notice.clone().into()
    };
    named.reset_all().insert(&owner).await.unwrap();
    let job =
        entity::exchange::job::Entity::find_by_id(app.town.home.job).one(&owner).await.unwrap().unwrap();
    let payload = json!({ "person": person.0 }).to_string();
    let named = entity::exchange::job::ActiveModel {
        id: Set(Uuid::from_u128(7)),
        payload: Set(payload),
        unique_key: Set(None),
        ..job.clone().into()
    };
    named.reset_all().insert(&owner).await.unwrap();
    erase(&app.official(), person).await.expect_status(204);
    let notices = entity::exchange::notification::Entity::find().all(&owner).await.unwrap();
    assert!(notices.contains(&notice) && notices.iter().all(|row| row.id != Uuid::from_u128(7)));
    let jobs = entity::exchange::job::Entity::find().all(&owner).await.unwrap();
    assert!(jobs.contains(&job) && jobs.iter().all(|row| row.id != Uuid::from_u128(7)));
}
