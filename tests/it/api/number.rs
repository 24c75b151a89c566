//! Whether somebody's number is known already is not to be learnt: not from an answer, not from its headers, not
//! from what the database is asked. How often one may come with a number is bounded.

use std::num::NonZeroU32;

use ballast::service::Limits;
use ballast::service::batch::Mode;
use ballast::service::person::foreign_worker::{
    NewForeignWorker, NewNationality, NewTravelDocument, register_foreign_workers,
};
use ballast::service::person::person::{NewPerson, register_people};
use ballast_domain::base::id::PortId;
use chrono::Duration;
use poem::Body;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Identity, TestApp, operations, statements_of};

/// What everybody comes with, and what nobody does.
const ASKED: (&str, &str) = ("210604200803170024", "N7654321");
const ANOTHER: (&str, &str) = ("210603199903070045", "N1234567");

/// A town whose other side knows somebody by these numbers.
async fn town_that_knows((citizen, passport): (&str, &str)) -> TestApp {
    let app = TestApp::start_watched().await;
    let (place, ctx) = (&app.town.other, app.operator());
    let person = NewPerson {
        name: "Known".to_owned(),
        citizen_number: Some(citizen.to_owned()),
        home_region: Some("229001".to_owned()),
        ..NewPerson::default()
    };
    register_people(&ctx, place.school, vec![person], Mode::Commit).await.unwrap();
    let worker = NewForeignWorker {
        name: "Known too".to_owned(),
        travel_document: Some(NewTravelDocument {
            kind: "passport".to_owned(),
            country: "VN".to_owned(),
            number: passport.to_owned(),
            verification: "sighted".to_owned(),
            ..NewTravelDocument::default()
        }),
        nationality: Some(NewNationality { country: "VN".to_owned(), evidence: "document".to_owned() }),
        ..NewForeignWorker::default()
    };
    let port = PortId(place.port);
    register_foreign_workers(&ctx, place.bureau, port, vec![worker], Mode::Commit).await.unwrap();
    app
}

fn person() -> Value {
    json!({ "name": "林小满", "citizen_number": ASKED.0, "home_region": "219001" })
}

fn worker(app: &TestApp) -> Value {
    json!({
        "port_id": app.town.home.port, "name": "Linh", "birth_country": "VN",
        "travel_document": { "kind": "passport", "country": "VN", "number": ASKED.1, "verification": "sighted" },
        "nationality": { "country": "VN", "evidence": "document" },
    })
}

const TRAINEES: &str = "name,name_latin,citizen_number,birth_date,sex,phone,home_region,available_from,\
    available_until,regions,wage_min,shifts,dormitory\n";

async fn file(who: &Identity<'_>, kind: &str, mode: &str, port: Option<String>, text: String) -> Answer {
    let port = port.map(|port| format!("&port_id={port}")).unwrap_or_default();
    let path = format!("/api/v1/imports/{kind}?mode={mode}{port}");
    who.send_raw(Method::POST, &path, &[("content-type", "text/csv")], Body::from_string(text)).await
}

/// Every way in which somebody can come with a number, in order, as each who might.
async fn walk(app: &TestApp) -> Vec<(String, String, Vec<String>)> {
    let mut seen = Vec::new();
    let trainees = || format!("{TRAINEES}林小满,,{},,,,219001,,,,,,\n", ASKED.0);
    let workers = || {
        format!(
            "name,document_kind,document_country,document_number,document_verification,nationality,\
             nationality_evidence\nLinh,passport,VN,{},sighted,VN,document\n",
            ASKED.1
        )
    };
    let port = app.town.home.port.to_string();
    for who in app.tenants(crate::harness::Side::Home) {
        let mut answers = Vec::new();
        for mode in ["validate", "commit"] {
            answers.push(statements_of(file(&who, "trainees", mode, None, trainees())).await);
            let port = Some(port.clone());
            answers.push(statements_of(file(&who, "foreign-workers", mode, port, workers())).await);
        }
        // What one has registered oneself one knows: these are told so now, in either town.
        answers.push(statements_of(who.post("/api/v1/people", person())).await);
        answers.push(statements_of(who.post("/api/v1/foreign-workers", worker(app))).await);
        for (answer, statements) in answers {
            let text = answer.without_request_id();
            let lines = text.lines().filter(|line| !line.starts_with("ballast-receipt"));
            let text = lines.collect::<Vec<_>>().join("\n");
            seen.push((answer.asked, text, statements));
        }
    }
    seen
}

#[tokio::test]
async fn a_number_that_is_known_elsewhere_is_answered_like_one_that_is_not() {
    let known = walk(&town_that_knows(ASKED).await).await;
    let unknown = walk(&town_that_knows(ANOTHER).await).await;
    assert_eq!(known.len(), unknown.len());
    let made = known.iter().filter(|(_, answer, _)| answer.contains("\"accepted\"")).count();
    assert!(made >= 4, "nobody came through: {known:?}");
    for ((asked, known, known_asks), (_, unknown, unknown_asks)) in known.iter().zip(&unknown) {
        assert_eq!(known, unknown, "{asked}");
        assert_eq!(known_asks, unknown_asks, "{asked} asks the database otherwise");
        assert!(!known_asks.is_empty(), "{asked}: no statement was collected");
    }
}

/// The new person is the organisation's own, with a tie of its own: it reads what it registered and nothing more.
#[tokio::test]
async fn who_registers_a_known_number_gets_a_person_of_its_own() {
    let app = town_that_knows(ASKED).await;
    let made = app.school().post("/api/v1/people", person()).await.expect_status(201).json();
    let path = format!("/api/v1/people/{}", made["id"].as_str().unwrap());
    assert_eq!(app.school().get(&path).await.expect_status(200).json()["name"], "林小满");
    app.other_school().get(&path).await.expect_problem(404, "not_found");
    let again = app.school().post("/api/v1/people", person()).await.expect_problem(422, "invalid").json();
    assert_eq!(again["errors"][0]["code"], "registered_before", "its own it may know");
}

fn few() -> Limits {
    Limits { numbers_per_day: NonZeroU32::new(3) }
}

#[tokio::test]
async fn beyond_the_days_budget_no_number_is_looked_at() {
    let app = TestApp::start_limited(few()).await;
    let beside = app.beside().await;
    let try_one = async |app: &TestApp| {
        let rows = format!("{TRAINEES}林小满,,{},,,,219001,,,,,,\n", ASKED.0);
        file(&app.school(), "trainees", "validate", None, rows).await
    };
    try_one(&app).await.expect_status(200);
    try_one(&beside).await.expect_status(200);
    // A refused one counts like any other; one without a number does not count.
    let wrong = json!({ "name": "x", "citizen_number": "210604200803170025" });
    app.school().post("/api/v1/people", wrong).await.expect_problem(422, "invalid");
    app.school()
        .post("/api/v1/people", json!({ "name": "Lu", "home_region": "219001" }))
        .await
        .expect_status(201);
    for (node, other) in [(&app, &beside), (&beside, &app)] {
        let spent = node.school().post("/api/v1/people", person()).await;
        let spent = spent.expect_problem(429, "number_budget_spent");
        // Midnight in Shanghai is 14:47:53 away.
        assert_eq!(spent.header("retry-after"), "53274");
        assert_eq!(spent.header("ratelimit-policy"), "\"numbers\";q=3;w=86400");
        try_one(other).await.expect_problem(429, "number_budget_spent");
    }
    // Each organisation has a budget of its own, and each day.
    app.other_school()
        .post(
            "/api/v1/people",
            json!({
                "name": "Mo", "citizen_number": ASKED.0, "home_region": "229001",
            }),
        )
        .await
        .expect_status(201);
    let tomorrow = app.later(Duration::hours(15)).await;
    let ctx = ballast::service::Ctx::operator(tomorrow.app.clone(), ballast::words::Locale::En);
    let new = NewPerson {
        name: "Nie".to_owned(),
        citizen_number: Some(ASKED.0.to_owned()),
        ..NewPerson::default()
    };
    register_people(&ctx, app.town.home.school, vec![new], Mode::Commit).await.unwrap();
}

#[tokio::test]
async fn of_many_who_come_at_once_no_more_than_the_budget_are_answered() {
    let app = TestApp::start_limited(few()).await;
    let beside = app.beside().await;
    let wrong = json!({ "name": "x", "citizen_number": "210604200803170025" });
    let come =
        async |node: &TestApp| node.school().post("/api/v1/people", wrong.clone()).await.status.as_u16();
    let (one, two, three, four, five) =
        tokio::join!(come(&app), come(&beside), come(&app), come(&beside), come(&app));
    let mut statuses = [one, two, three, four, five];
    statuses.sort_unstable();
    assert_eq!(statuses, [422, 422, 422, 429, 429]);
}

/// A door that takes a number and is not walked through above would not be seen.
#[test]
fn every_operation_that_takes_a_number_is_known() {
    let takes = |operation: &crate::harness::Operation| {
        let body = operation.said["requestBody"].to_string();
        let schema = body.split("#/components/schemas/").nth(1).and_then(|rest| rest.split('"').next());
        let Some(schema) = schema else { return operation.id == "import_rows" };
        let all = &crate::harness::document()["components"]["schemas"];
        let said = all[schema]["properties"].to_string();
        said.contains("\"citizen_number\"") || said.contains("\"travel_document\"")
    };
    let doors: Vec<String> = operations().into_iter().filter(takes).map(|operation| operation.id).collect();
    let known = ["create_foreign_worker", "create_person", "import_rows"];
    let mut sorted = doors;
    sorted.sort();
    assert_eq!(sorted, known, "walk through it in this file");
}
