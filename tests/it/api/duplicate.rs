//! Whom the database knows twice: how an official finds and settles it, what follows, and that all of it can go back.

use std::collections::BTreeMap;

use ballast::entity::person::{consent, duplicate_case, nationality, person, person_tie};
use ballast::service::audit::audit_entry::Changes;
use ballast::service::matching::catalogue;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::Action;
use chrono::NaiveDate;
use poem::http::Method;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Identity, TestApp, now, statements_of};
use crate::service::audit::{codes, verified};

const NUMBER: &str = "210603199903070045";

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

async fn register(who: &Identity<'_>, body: Value) -> Uuid {
    let made = who.post("/api/v1/people", body).await.expect_status(201).json();
    made["id"].as_str().unwrap().parse().unwrap()
}

fn with_number(name: &str) -> Value {
    json!({
        "name": name, "citizen_number": NUMBER, "home_region": "219001",
        "availability": { "from": "2026-12-01", "regions": ["2190"], "shifts": ["day"] },
    })
}

fn born(name: &str, birth: &str) -> Value {
    json!({
        "name": name, "birth_date": birth, "home_region": "219001",
        "availability": { "from": "2026-12-01", "regions": ["2190"], "shifts": ["day"] },
    })
}

/// One human being whom the school and the bureau registered.
pub(super) async fn twice(app: &TestApp) -> [Uuid; 2] {
    [
        register(&app.school(), with_number("李小梅")).await,
        register(&app.official(), with_number("李晓梅")).await,
    ]
}

async fn candidates(who: &Identity<'_>) -> Vec<Value> {
    let list = who.get("/api/v1/duplicate-candidates").await.expect_status(200).json();
    list["items"].as_array().unwrap().clone()
}

pub(super) async fn say(who: &Identity<'_>, verdict: &str, [survivor, other]: [Uuid; 2]) -> Answer {
    let body = json!({
        "verdict": verdict, "person_id": survivor, "other_id": other, "reason": "The papers were looked at",
    });
    who.post("/api/v1/duplicate-cases", body).await
}

pub(super) async fn merge(app: &TestApp, people: [Uuid; 2]) -> Uuid {
    let made = say(&app.official(), "same", people).await.expect_status(201).json();
    made["id"].as_str().unwrap().parse().unwrap()
}

pub(super) async fn take_back(app: &TestApp, case: Uuid) -> Answer {
    let path = format!("/api/v1/duplicate-cases/{case}");
    let official = app.official();
    let tag = official.get(&path).await.expect_status(200).header("etag").to_owned();
    let headers = [("if-match", tag.as_str())];
    official.send_with(Method::POST, &format!("{path}/withdrawal"), &headers, None).await
}

async fn whole(app: &TestApp) {
    let findings = codes(&verified(&app.app).await);
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test]
async fn an_official_sees_who_looks_alike_and_says_what_they_are() {
    let app = TestApp::start().await;
    let official = app.official();
    assert_eq!(candidates(&official).await, Vec::<Value>::new());
    let pair = twice(&app).await;
    let namesake = register(&app.school(), born("李小梅", "1999-03-07")).await;
    let found = candidates(&official).await;
    let causes: Vec<&str> = found.iter().map(|pair| pair["cause"].as_str().unwrap()).collect();
    assert_eq!(causes.iter().filter(|cause| **cause == "number").count(), 1, "{found:?}");
    assert_eq!(causes.len(), 2, "the number of two, the name and birth date of two: {found:?}");
    assert_eq!(candidates(&app.other_official()).await, Vec::<Value>::new(), "another region");

    let path = format!("/api/v1/duplicate-comparisons?person_id={}&other_id={}", pair[0], pair[1]);
    let compared = official.get(&path).await.expect_status(200);
    assert!(!compared.text().contains(NUMBER), "{}", compared.text());
    let fields = compared.json()["items"][0]["fields"].as_array().unwrap().clone();
    let field = |name: &str| fields.iter().find(|field| field["field"] == name).unwrap().clone();
    assert_eq!(field("citizen_number")["one"], "2106**********0045");
    assert_eq!(field("citizen_number")["agreement"], "equal");
    assert_eq!(field("name")["agreement"], "differs");
    assert_eq!(field("document_number")["agreement"], "equal", "neither has one");
    let elsewhere = app.other_official().get(&path).await.expect_status(200).json();
    assert_eq!(elsewhere["items"], json!([]));

    // That two are two needs a reason, and settles it.
    let silent = json!({ "verdict": "different", "person_id": pair[0], "other_id": namesake });
    let silent = official.post("/api/v1/duplicate-cases", silent).await.expect_problem(422, "invalid");
    assert_eq!(silent.json()["errors"][0]["pointer"], "/reason");
    say(&official, "different", [pair[0], namesake]).await.expect_status(201);
    say(&official, "different", [pair[0], namesake]).await.expect_problem(422, "invalid");
    assert_eq!(candidates(&official).await.len(), 1);
    for who in [app.school(), app.factory(), app.trainee(), app.administrator(), app.targeting_officer()] {
        say(&who, "same", pair).await.expect_problem(403, "denied");
    }
    say(&app.other_official(), "same", pair).await.expect_problem(404, "not_found");
    merge(&app, pair).await;
    whole(&app).await;
}

#[tokio::test]
async fn two_who_are_different_come_back_when_a_fact_changes() {
    let app = TestApp::start().await;
    let pair = [
        register(&app.school(), born("王芳", "2003-05-06")).await,
        register(&app.official(), born("王芳", "2003-05-06")).await,
    ];
    say(&app.official(), "different", pair).await.expect_status(201);
    assert_eq!(candidates(&app.official()).await.len(), 0);
    let changed = person::ActiveModel {
        id: sea_orm::Set(pair[0]),
        sex: sea_orm::Set(Some("male".to_owned())),
        revision: sea_orm::Set(2),
        ..Default::default()
    };
    person::Entity::update(changed).exec(&app.owner().await).await.unwrap();
    assert_eq!(candidates(&app.official()).await.len(), 1);
    say(&app.official(), "different", pair).await.expect_status(201);
    assert_eq!(candidates(&app.official()).await.len(), 0, "until the next");
    let stands = duplicate_case::Entity::find().filter(duplicate_case::Column::State.eq("different"));
    let stands = stands.filter(duplicate_case::Column::PersonAId.eq(pair[0].min(pair[1])));
    assert_eq!(stands.all(app.app.db.reader()).await.unwrap().len(), 1, "one word stands");
}

#[tokio::test]
async fn whoever_registered_somebody_reads_what_they_recorded_as_before() {
    let app = TestApp::start().await;
    let pair = twice(&app).await;
    let [stub, survivor] = pair;
    let read = async |who: &Identity<'_>| {
        let mut seen = Vec::new();
        for path in ["", "/availability", "/skill-claims"] {
            let answer = who.get(&format!("/api/v1/people/{stub}{path}")).await.expect_status(200);
            seen.push(answer.without_request_id());
        }
        seen.push(who.get("/api/v1/people?limit=200").await.expect_status(200).without_request_id());
        seen
    };
    let plain = |seen: Vec<String>| -> Vec<String> {
        let kept = |text: &String| -> String {
            text.lines().filter(|line| !line.starts_with("ballast-receipt")).collect()
        };
        seen.iter().map(kept).collect()
    };
    let before = plain(read(&app.school()).await);
    merge(&app, [survivor, stub]).await;
    assert_eq!(plain(read(&app.school()).await), before);
    let listed = app.official().get("/api/v1/people?limit=200").await.expect_status(200).text();
    assert!(listed.contains(&survivor.to_string()), "{listed}");
    assert!(!listed.contains(&stub.to_string()), "a bureau sees one human being once: {listed}");
    app.official().get(&format!("/api/v1/people/{stub}")).await.expect_status(200);
    whole(&app).await;
}

async fn ranked(app: &TestApp) -> Vec<PersonId> {
    let people = catalogue::current(&app.operator()).await.unwrap();
    people.candidates.iter().map(|candidate| candidate.id).collect()
}

#[tokio::test]
async fn the_matcher_knows_one_with_the_skills_and_papers_of_both() {
    let app = TestApp::start().await;
    let [stub, survivor] = twice(&app).await;
    let claim = json!({ "skill": app.town.home.skill, "level": 5, "evidence": "assessed", "achieved_on": "2026-10-01" });
    let path = format!("/api/v1/people/{stub}/skill-claims");
    app.school().post(&path, claim.clone()).await.expect_status(201);
    assert!(ranked(&app).await.contains(&PersonId(stub)));
    let case = merge(&app, [survivor, stub]).await;
    let people = catalogue::current(&app.operator()).await.unwrap();
    assert!(people.find(PersonId(stub)).is_none());
    let one = people.find(PersonId(survivor)).unwrap();
    assert_eq!((one.claims.len(), one.nationalities.len()), (1, 2));
    // A claim that the school records afterwards, under the id that it knows, counts for the one.
    app.school().post(&path, claim).await.expect_status(201);
    let people = catalogue::current(&app.operator()).await.unwrap();
    assert_eq!(people.find(PersonId(survivor)).unwrap().claims.len(), 2);
    // What follows the log and what is read afresh are one.
    let fresh = app.beside().await;
    assert_eq!(ranked(&app).await, ranked(&fresh).await);
    take_back(&app, case).await.expect_status(200);
    let people = catalogue::current(&app.operator()).await.unwrap();
    assert_eq!(people.find(PersonId(stub)).unwrap().claims.len(), 2, "each keeps what was recorded of them");
    assert_eq!(people.find(PersonId(survivor)).unwrap().claims.len(), 0);
    whole(&app).await;
}

async fn says(app: &TestApp, person: Uuid, country: &str) {
    let row = nationality::Model {
        id: Uuid::new_v5_like(person, country),
        person_id: person,
        country_code: country.to_owned(),
        evidence: "authority".to_owned(),
        document_id: None,
        recorded_at: now(),
        supersedes_id: None,
    };
    nationality::Entity::insert(row.into_active_model().reset_all()).exec(&app.owner().await).await.unwrap();
}

/// An id that follows from a person and a word.
trait Named {
    fn new_v5_like(person: Uuid, word: &str) -> Uuid;
}

impl Named for Uuid {
    fn new_v5_like(person: Uuid, word: &str) -> Uuid {
        let sum = word.bytes().fold(7_u128, |sum, byte| sum * 131 + u128::from(byte));
        Uuid::from_u128(person.as_u128() ^ sum)
    }
}

/// Whoever survives, and whether the record comes before or after: nobody loses a nationality that bars them.
#[tokio::test]
async fn no_nationality_is_laundered() {
    for (of_stub, before) in [(true, true), (true, false), (false, true), (false, false)] {
        let app = TestApp::start().await;
        let worker = app.town.home.worker.0;
        let name = person::Entity::find_by_id(worker).one(app.app.db.reader()).await.unwrap().unwrap();
        let birth = name.birth_date.unwrap().to_string();
        let again = register(&app.school(), born(&name.name, &birth)).await;
        let barred = if of_stub { again } else { worker };
        let pair = if of_stub { [worker, again] } else { [again, worker] };
        if before {
            says(&app, barred, "KP").await;
        }
        merge(&app, pair).await;
        if !before {
            says(&app, barred, "KP").await;
        }
        let permit = format!("/api/v1/permits/{}", app.town.home.permit);
        let seen = app.official().get(&permit).await.expect_status(200).text();
        assert!(seen.contains("\"dprk\""), "{of_stub} {before}: {seen}");
    }
}

#[tokio::test]
async fn of_two_birth_dates_the_younger_counts_and_a_birthplace_is_not_lost() {
    let app = TestApp::start().await;
    let [survivor, stub] = twice(&app).await;
    let young = person::ActiveModel {
        id: sea_orm::Set(stub),
        birth_date: sea_orm::Set(Some(day(2009, 3, 1))),
        birth_country_code: sea_orm::Set(Some("KP".to_owned())),
        ..Default::default()
    };
    person::Entity::update(young).exec(&app.owner().await).await.unwrap();
    merge(&app, [survivor, stub]).await;
    let people = catalogue::current(&app.operator()).await.unwrap();
    let one = people.find(PersonId(survivor)).unwrap();
    assert_eq!(one.birth_date, Some(day(2009, 3, 1)));
    assert_eq!(one.birthplace.map(|country| country.as_str().to_owned()).as_deref(), Some("KP"));
}

/// An answer of a person to the factory's vacancy, with the tie that a yes opens.
async fn answered(app: &TestApp, id: u128, person: Uuid, state: &str) {
    let (place, owner) = (&app.town.home, app.owner().await);
    let row = consent::Model {
        id: Uuid::from_u128(id),
        person_id: person,
        organisation_id: place.factory.0,
        vacancy_id: place.vacancy,
        purpose: "contact".to_owned(),
        state: state.to_owned(),
        asked_at: now(),
        answered_at: (state != "asked").then(now),
        revision: 1,
    };
    let (ctx, mut changes) = (app.operator(), Changes::new());
    let tx = ctx.write_tx().await.unwrap();
    changes.created(person, &row);
    consent::Entity::insert(row.into_active_model().reset_all()).exec(tx.conn()).await.unwrap();
    ctx.record_changes(&tx, Action::AskConsent, ("vacancy", place.vacancy), &changes).await.unwrap();
    tx.commit().await.unwrap();
    if state == "given" {
        let tie = person_tie::Model {
            id: Uuid::from_u128(id + 1000),
            organisation_id: place.factory.0,
            person_id: person,
            basis: "application".to_owned(),
            valid_from: day(2026, 11, 1),
            valid_until: day(9999, 12, 31),
            revision: 1,
        };
        person_tie::Entity::insert(tie.into_active_model().reset_all()).exec(&owner).await.unwrap();
    }
}

async fn state(app: &TestApp, id: u128) -> String {
    let row = consent::Entity::find_by_id(Uuid::from_u128(id)).one(app.app.db.reader()).await.unwrap();
    row.unwrap().state
}

async fn contacts(app: &TestApp) -> Vec<Value> {
    let path = format!("/api/v1/vacancies/{}/contacts", app.town.home.vacancy);
    let list = app.factory().get(&path).await.expect_status(200).json();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_no_by_either_is_a_no_by_both_and_comes_back_as_it_was() {
    let app = TestApp::start().await;
    let [survivor, stub] = twice(&app).await;
    answered(&app, 801, survivor, "given").await;
    answered(&app, 802, stub, "refused").await;
    let named = |list: &[Value]| list.iter().filter(|one| one.get("person").is_some()).count();
    let before = contacts(&app).await;
    assert_eq!(named(&before), 1, "{before:?}");
    let case = merge(&app, [survivor, stub]).await;
    assert_eq!((state(&app, 801).await.as_str(), state(&app, 802).await.as_str()), ("withdrawn", "refused"));
    let after = contacts(&app).await;
    assert_eq!((after.len(), named(&after)), (before.len(), 0), "the codes stay, the name closes");
    let tie = person_tie::Entity::find_by_id(Uuid::from_u128(1801)).one(app.app.db.reader()).await.unwrap();
    assert!(tie.unwrap().valid_until < day(2026, 11, 24), "and the factory's tie with it");
    take_back(&app, case).await.expect_status(200);
    assert_eq!(contacts(&app).await, before);
    let tie = person_tie::Entity::find_by_id(Uuid::from_u128(1801)).one(app.app.db.reader()).await.unwrap();
    assert_eq!(tie.unwrap().valid_until, day(9999, 12, 31));
    whole(&app).await;
}

#[tokio::test]
async fn who_is_asked_after_saying_no_elsewhere_is_not_asked_and_the_factory_sees_no_difference() {
    let app = TestApp::start().await;
    let [survivor, stub] = twice(&app).await;
    let claim = json!({ "skill": app.town.home.skill, "level": 5, "evidence": "assessed", "achieved_on": "2026-10-01" });
    app.school().post(&format!("/api/v1/people/{survivor}/skill-claims"), claim).await.expect_status(201);
    answered(&app, 802, stub, "refused").await;
    merge(&app, [survivor, stub]).await;
    let shortlist = format!("/api/v1/vacancies/{}/shortlist", app.town.home.vacancy);
    let list = app.factory().get(&shortlist).await.expect_status(200).json();
    let rows =
        ["qualified", "to_verify"].map(|part| list[part]["items"].as_array().unwrap().clone()).concat();
    let codes: Vec<Value> = rows.iter().map(|row| row["pseudonym"].clone()).collect();
    let path = format!("/api/v1/vacancies/{}/contacts", app.town.home.vacancy);
    app.factory().post(&path, json!({ "pseudonyms": codes })).await.expect_status(200);
    let asked = consent::Entity::find().filter(consent::Column::PersonId.eq(survivor));
    let asked = asked.one(app.app.db.reader()).await.unwrap().unwrap();
    assert_eq!(asked.state, "refused");
    assert!(contacts(&app).await.iter().all(|one| one.get("person").is_none()));
}

/// Two worlds: in one the bureau found two registrations to be one, in the other it did not. The factory knows both by
/// their codes, and what it gets of them is the same, and so is every statement.
#[tokio::test]
async fn a_factory_that_asked_both_does_not_see_that_they_are_one() {
    let (apart, one) = (TestApp::start_watched().await, TestApp::start_watched().await);
    let vacancy = apart.town.home.vacancy;
    let shortlist = format!("/api/v1/vacancies/{vacancy}/shortlist");
    for app in [&apart, &one] {
        // Of whom nothing about work is known: no candidate, so that no shortlist loses one.
        let quiet = |name: &str| json!({ "name": name, "birth_date": "2001-02-03", "home_region": "219001" });
        let pair =
            [register(&app.school(), quiet("Twice")).await, register(&app.official(), quiet("Twice")).await];
        answered(app, 801, pair[0], "given").await;
        answered(app, 802, pair[1], "asked").await;
        let verdict = if std::ptr::eq(app, &one) { "same" } else { "different" };
        say(&app.official(), verdict, pair).await.expect_status(201);
        app.factory().get(&shortlist).await.expect_status(200);
    }
    let page = format!("/vacancies/{vacancy}/contacts");
    let permit = format!("/api/v1/permits/{}", apart.town.home.permit);
    for path in [format!("/api/v1{page}"), shortlist, page, permit, "/api/v1/permits".to_owned()] {
        let mut seen = Vec::new();
        for app in [&apart, &one] {
            let factory = app.factory();
            let asked = async {
                if path.starts_with("/api") { factory.get(&path).await } else { factory.page(&path).await }
            };
            let (answer, statements) = statements_of(asked).await;
            assert_eq!(answer.status, 200, "{path}");
            let text = answer.without_request_id();
            let lines = text.lines().filter(|line| !line.starts_with("ballast-receipt")).map(str::to_owned);
            let asked: Vec<String> = statements.into_iter().filter(|sql| !sql.contains("audit_")).collect();
            seen.push((lines.collect::<Vec<_>>(), asked));
        }
        assert!(!seen[0].1.is_empty(), "no statement was collected");
        assert_eq!(seen[0], seen[1], "{path}");
    }
}

/// Every row of every table as a text, but for what counts changes, the log, and what says that the two are one.
async fn dump(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let (owner, mut tables) = (app.owner().await, BTreeMap::new());
    let backend = owner.get_database_backend();
    for table in ballast::entity::tables() {
        let own = ["duplicate_case", "person_link", "duplicate_move", "idempotency_key", "checkpoint"];
        if table.name.starts_with("audit_") || own.contains(&table.name.as_str()) {
            continue;
        }
        let told = ["consent", "person_tie"].contains(&table.name.as_str());
        let columns = table.columns.iter().filter(|column| !told || column.name != "revision");
        let columns: Vec<String> = columns
            .map(|column| match backend {
                DbBackend::Sqlite => format!("quote(\"{}\")", column.name),
                _ => format!("coalesce(\"{}\"::text, '-')", column.name),
            })
            .collect();
        let sql = format!("SELECT {} FROM \"{}\"", columns.join(" || '|' || "), table.name);
        let rows = owner.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        let mut rows: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        rows.sort();
        tables.insert(table.name, rows);
    }
    tables
}

/// A small generator, so that each run draws the same.
struct Draw(u64);

impl Draw {
    fn of<T: Copy>(&mut self, from: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from[usize::try_from(self.0 >> 33).unwrap() % from.len()]
    }
}

/// Whatever is recorded of two, one of whom stands for the other and then does not: every table is as it was.
#[tokio::test]
async fn to_be_found_one_and_two_again_changes_nothing() {
    let mut draw = Draw(24);
    let app = TestApp::start().await;
    for round in 0..12_u128 {
        let name = format!("Round {round}");
        let mut pair = [
            register(&app.school(), born(&name, "2003-05-06")).await,
            register(&app.official(), born(&name, "2003-05-06")).await,
        ];
        if draw.of(&[true, false]) {
            pair.reverse();
        }
        for (n, person) in (0_u128..).zip(pair) {
            let state = draw.of(&["none", "asked", "given", "given", "refused", "withdrawn"]);
            if state != "none" {
                answered(&app, 9000 + 2 * round + n, person, state).await;
            }
            if draw.of(&[true, false]) {
                let claim = json!({
                    "skill": app.town.home.skill, "level": draw.of(&[3, 4, 5]), "evidence": "assessed",
                    "achieved_on": "2026-10-01",
                });
                let path = format!("/api/v1/people/{person}/skill-claims");
                // Of those whom the bureau registered the school knows nothing, and records nothing.
                app.school().post(&path, claim).await;
            }
        }
        let before = dump(&app).await;
        let case = merge(&app, pair).await;
        take_back(&app, case).await.expect_status(200);
        let after = dump(&app).await;
        for (table, rows) in &before {
            assert_eq!(Some(rows), after.get(table), "round {round}: {table}");
        }
    }
    whole(&app).await;
}

#[tokio::test]
async fn what_a_person_says_in_between_stays() {
    let app = TestApp::start().await;
    let [survivor, stub] = twice(&app).await;
    answered(&app, 801, survivor, "given").await;
    answered(&app, 802, stub, "refused").await;
    let case = merge(&app, [survivor, stub]).await;
    let owner = app.owner().await;
    let said = consent::ActiveModel {
        id: sea_orm::Set(Uuid::from_u128(801)),
        state: sea_orm::Set("refused".to_owned()),
        revision: sea_orm::Set(3),
        ..Default::default()
    };
    consent::Entity::update(said).exec(&owner).await.unwrap();
    take_back(&app, case).await.expect_status(200);
    assert_eq!(state(&app, 801).await, "refused");
    let tie = person_tie::Entity::find_by_id(Uuid::from_u128(1801)).one(&owner).await.unwrap().unwrap();
    assert!(tie.valid_until < day(2026, 11, 24), "no yes, no tie");
}

#[tokio::test]
async fn a_chain_is_taken_back_from_its_end() {
    let app = TestApp::start().await;
    let [a, b] = twice(&app).await;
    let c = register(&app.official(), born("李晓梅", "1999-03-07")).await;
    let before = dump(&app).await;
    let first = merge(&app, [b, a]).await;
    let second = merge(&app, [c, b]).await;
    let people = catalogue::current(&app.operator()).await.unwrap();
    assert!(people.find(PersonId(c)).is_some());
    assert!([a, b].iter().all(|one| people.find(PersonId(*one)).is_none()), "one stands for all three");
    take_back(&app, first).await.expect_problem(409, "case_not_last");
    take_back(&app, second).await.expect_status(200);
    let people = catalogue::current(&app.operator()).await.unwrap();
    let there: Vec<bool> = [a, b, c].iter().map(|one| people.find(PersonId(*one)).is_some()).collect();
    assert_eq!(there, [false, true, true], "the first two are still one");
    take_back(&app, second).await.expect_problem(409, "case_undone");
    take_back(&app, first).await.expect_status(200);
    assert!(ranked(&app).await.contains(&PersonId(a)));
    assert_eq!(dump(&app).await, before);
    whole(&app).await;
}

#[tokio::test]
async fn two_officials_who_say_the_same_at_once_say_it_once() {
    let app = TestApp::start().await;
    let [one, two] = twice(&app).await;
    let (official, beside) = (app.official(), app.official());
    let (first, second) = tokio::join!(say(&official, "same", [one, two]), say(&beside, "same", [two, one]));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
    let same = duplicate_case::Entity::find().filter(duplicate_case::Column::State.eq("same"));
    assert_eq!(same.all(app.app.db.reader()).await.unwrap().len(), 1);
    whole(&app).await;
}

#[tokio::test]
async fn an_enrolment_that_comes_in_between_is_the_registrations_own() {
    let app = TestApp::start().await;
    let [stub, survivor] = twice(&app).await;
    let class = format!("/api/v1/joint-classes/{}/enrolments", app.town.home.joint_class);
    let (school, official) = (app.school(), app.official());
    let (enrolled, settled) = tokio::join!(
        school.post(&class, json!({ "person": stub })),
        say(&official, "same", [survivor, stub])
    );
    enrolled.expect_status(201);
    let case: Uuid = settled.expect_status(201).json()["id"].as_str().unwrap().parse().unwrap();
    let people = catalogue::current(&app.operator()).await.unwrap();
    assert_eq!(people.find(PersonId(survivor)).unwrap().classes.len(), 1);
    take_back(&app, case).await.expect_status(200);
    let roster = app.school().get(&class).await.expect_status(200).text();
    assert!(roster.contains(&stub.to_string()) && !roster.contains(&survivor.to_string()), "{roster}");
}

#[tokio::test]
async fn two_households_are_settled_first_and_of_those_elsewhere_nothing_is_told() {
    let app = TestApp::start().await;
    let pair = twice(&app).await;
    let household = |reference: &str, region: &str, person: Uuid| {
        json!({
            "reference": reference, "region": region, "registered_on": "2026-11-01",
            "members": [{ "person_id": person, "relation": "head", "valid_from": "2026-11-01" }],
        })
    };
    let official = app.official();
    official.post("/api/v1/households", household("H-81", "219001", pair[0])).await.expect_status(201);
    official.post("/api/v1/households", household("H-82", "219001", pair[1])).await.expect_status(201);
    say(&official, "same", pair).await.expect_problem(409, "merge_households");
    // The household of the second is another bureau's now, which this official does not read.
    let elsewhere =
        "UPDATE \"household\" SET region_code = '229001', bureau_id = $1 WHERE reference = 'H-82'";
    let owner = app.owner().await;
    let bureau = app.town.other.bureau.0.into();
    let moved = Statement::from_sql_and_values(owner.get_database_backend(), elsewhere, [bureau]);
    owner.execute_raw(moved).await.unwrap();
    say(&official, "same", pair).await.expect_problem(409, "merge_elsewhere");
    say(&official, "different", pair).await.expect_status(201);
}

#[tokio::test]
async fn a_hold_on_either_holds_both_and_who_is_erased_is_erased_by_every_registration() {
    let app = TestApp::start().await;
    let [stub, survivor] = twice(&app).await;
    merge(&app, [survivor, stub]).await;
    let hold = format!("/api/v1/people/{stub}/legal-holds");
    app.auditor().post(&hold, json!({ "reason": "court" })).await.expect_status(201);
    let erase = format!("/api/v1/people/{survivor}/erasure");
    app.official().post(&erase, json!({})).await.expect_problem(409, "person_on_hold");
    let lift = format!("/api/v1/people/{stub}/legal-hold-lifting");
    app.auditor().post(&lift, json!({})).await.expect_status(204);
    app.official().post(&erase, json!({})).await.expect_status(204);
    for person in [stub, survivor] {
        app.official().get(&format!("/api/v1/people/{person}")).await.expect_problem(404, "not_found");
    }
    app.school().get(&format!("/api/v1/people/{stub}")).await.expect_problem(404, "not_found");
    whole(&app).await;
    let gone = ["李小梅", "李晓梅", NUMBER, "The papers were looked at"];
    app.assert_gone(&gone.map(|text| text.as_bytes().to_vec())).await;
}

#[tokio::test]
async fn a_person_reads_and_answers_by_every_registration_of_theirs() {
    let app = TestApp::start().await;
    let trainee = app.town.home.trainee.0;
    let row = person::Entity::find_by_id(trainee).one(app.app.db.reader()).await.unwrap().unwrap();
    let birth = row.birth_date.unwrap().to_string();
    let again = register(&app.official(), born(&row.name, &birth)).await;
    answered(&app, 801, again, "asked").await;
    let path = format!("/api/v1/people/{again}");
    for who in [app.trainee(), app.guardian()] {
        who.get(&path).await.expect_problem(404, "not_found");
    }
    let case = merge(&app, [again, trainee]).await;
    for who in [app.trainee(), app.guardian()] {
        who.get(&path).await.expect_status(200);
        who.get(&format!("{path}/personal-data")).await.expect_status(200);
        who.get(&format!("/api/v1/consents/{}", Uuid::from_u128(801))).await.expect_status(200);
    }
    app.other_trainee().get(&path).await.expect_problem(404, "not_found");
    take_back(&app, case).await.expect_status(200);
    app.trainee().get(&path).await.expect_problem(404, "not_found");
}
