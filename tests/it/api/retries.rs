//! What a key is good for, what it is not, and what happens when two requests with it meet.

use ballast::entity::exchange::idempotency_key;
use ballast::entity::hiring::vacancy;
use poem::http::Method;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use serde_json::{Value, json};

use super::idempotency::vacancy as sample;
use crate::harness::{Answer, Identity, TestApp};

const VACANCIES: &str = "/api/v1/vacancies";

/// One trainee with no more than a name.
const TRAINEES: &str = "name,name_latin,citizen_number,birth_date,sex,phone,home_region,available_from,available_until,\
    regions,wage_min,shifts,dormitory\nHe,,,2004-01-02,,,219001,,,,,,\n";

async fn post(who: &Identity<'_>, path: &str, key: &str, body: Value) -> Answer {
    who.send_with(Method::POST, path, &[("idempotency-key", key)], Some(body)).await
}

async fn rows(app: &TestApp, reference: &str) -> u64 {
    let query = vacancy::Entity::find().filter(vacancy::Column::Reference.eq(reference));
    query.count(app.app.db.reader()).await.unwrap()
}

async fn kept(app: &TestApp) -> Vec<idempotency_key::Model> {
    idempotency_key::Entity::find().all(app.app.db.reader()).await.unwrap()
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let made = post(&factory, VACANCIES, "key-00001", sample(&app, "V-2")).await.expect_status(201);
    let reused = |answer: Answer| answer.expect_problem(422, "idempotency_key_reused");
    reused(post(&factory, VACANCIES, "key-00001", sample(&app, "V-3")).await);
    reused(post(&factory, &format!("{VACANCIES}?lang=en"), "key-00001", sample(&app, "V-2")).await);
    let closure = format!("{VACANCIES}/{}/closure", app.town.home.vacancy);
    reused(post(&factory, &closure, "key-00001", sample(&app, "V-2")).await);
    assert_eq!((rows(&app, "V-2").await, rows(&app, "V-3").await), (1, 0));
    assert_eq!(factory.get(&closure.replace("/closure", "")).await.json()["status"], "open");

    // Somebody else's key is another key, and what is kept of one tells nothing but ids.
    let port = json!({
        "name_zh": "口岸", "name_en": "Port", "region": "219001", "bureau_id": app.town.home.bureau.0,
    });
    post(&app.administrator(), "/api/v1/ports", "key-00001", port).await.expect_status(201);
    let kept = kept(&app).await;
    assert_eq!(kept.len(), 2);
    let mine = kept.iter().find(|row| row.operation.ends_with("vacancies")).unwrap();
    assert_eq!(mine.outcome, format!("{{\"vacancy\":[{}]}}", made.json()["id"]));
    assert_eq!(mine.operation, format!("POST {VACANCIES}"));
}

#[tokio::test]
async fn what_was_refused_can_be_corrected_under_the_same_key() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let mut wrong = sample(&app, "V-2");
    wrong["headcount"] = json!(0);
    post(&factory, VACANCIES, "key-00001", wrong).await.expect_problem(422, "invalid");
    post(&factory, VACANCIES, "key-00001", sample(&app, "V-1")).await.expect_problem(409, "reference_taken");
    post(&app.official(), VACANCIES, "key-00001", sample(&app, "V-2")).await.expect_problem(403, "denied");
    assert!(kept(&app).await.is_empty());
    post(&factory, VACANCIES, "key-00001", sample(&app, "V-2")).await.expect_status(201);
    assert_eq!((rows(&app, "V-2").await, kept(&app).await.len()), (1, 1));
}

#[tokio::test]
async fn a_trial_leaves_no_key() {
    let app = TestApp::start().await;
    let file = TRAINEES;
    for _ in 0..2 {
        let headers = [("content-type", "text/csv"), ("idempotency-key", "key-00001")];
        let path = "/api/v1/imports/trainees?mode=validate";
        let tried = app.school().send_raw(Method::POST, path, &headers, poem::Body::from(file)).await;
        let tried = tried.expect_status(200);
        assert_eq!(
            (tried.header("idempotency-replayed"), &tried.json()["outcome"]),
            ("", &json!("accepted"))
        );
    }
    assert!(kept(&app).await.is_empty());
}

#[tokio::test]
async fn what_is_no_key_is_refused_by_name() {
    let app = TestApp::start().await;
    for bad in ["", "short", "with a space", "schlüssel", &"k".repeat(129)] {
        let refused = post(&app.factory(), VACANCIES, bad, sample(&app, "V-2")).await;
        let refused = refused.expect_problem(400, "bad_parameter").json();
        assert_eq!(refused["errors"][0]["pointer"], "Idempotency-Key", "{bad}");
        assert_eq!(refused["errors"][0]["code"], "bad_idempotency_key", "{bad}");
    }
    let two = [("idempotency-key", "key-00001"), ("idempotency-key", "key-00002")];
    let two = app.factory().send_with(Method::POST, VACANCIES, &two, Some(sample(&app, "V-2"))).await;
    two.expect_problem(400, "bad_parameter");
    assert_eq!(rows(&app, "V-2").await, 0);
    post(&app.nobody(), VACANCIES, "short", sample(&app, "V-2")).await.expect_problem(401, "unauthenticated");
}

/// Two at once on one node: the second is told to wait, or comes late enough to be answered.
#[tokio::test]
async fn two_at_once_on_one_node_make_one_row() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let mut waited = 0;
    for n in 0..8 {
        let (key, reference) = (format!("key-0000{n}"), format!("V-2{n}"));
        let send = || post(&factory, VACANCIES, &key, sample(&app, &reference));
        let (one, two) = tokio::join!(send(), send());
        for answer in [one, two] {
            if answer.status == 409 {
                assert_eq!(answer.header("retry-after"), "1");
                answer.expect_problem(409, "idempotency_in_flight");
                waited += 1;
            } else {
                answer.expect_status(201);
            }
        }
        assert_eq!(rows(&app, &reference).await, 1);
        assert_eq!(send().await.expect_status(201).header("idempotency-replayed"), "true");
    }
    assert!(waited > 0, "the two never met");
}

/// On two nodes the database decides: the loser's work is taken back, and it answers with the winner's.
#[tokio::test]
async fn two_at_once_on_two_nodes_make_one_row() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let (here, there) = (app.factory(), beside.factory());
    for n in 0..8 {
        let (key, reference) = (format!("key-0000{n}"), format!("V-2{n}"));
        let (one, two) = tokio::join!(
            post(&here, VACANCIES, &key, sample(&app, &reference)),
            post(&there, VACANCIES, &key, sample(&app, &reference)),
        );
        let (one, two) = (one.expect_status(201), two.expect_status(201));
        assert_eq!(one.text(), two.text());
        let replayed = [one.header("idempotency-replayed"), two.header("idempotency-replayed")];
        assert_eq!(replayed.iter().filter(|replayed| **replayed == "true").count(), 1, "{replayed:?}");
        assert_eq!(rows(&app, &reference).await, 1);
    }
    assert_eq!(kept(&app).await.len(), 8);
}

/// Where nothing else is unique, the key alone keeps the second out.
#[tokio::test]
async fn two_at_once_on_two_nodes_make_one_of_what_has_no_reference() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let (here, there) = (app.administrator(), beside.administrator());
    let port = |n: usize| {
        json!({
            "name_zh": format!("口岸{n}"), "name_en": format!("Port {n}"), "region": "219001",
            "bureau_id": app.town.home.bureau.0,
        })
    };
    for n in 0..8 {
        let key = format!("key-0000{n}");
        let (one, two) = tokio::join!(
            post(&here, "/api/v1/ports", &key, port(n)),
            post(&there, "/api/v1/ports", &key, port(n)),
        );
        assert_eq!(one.expect_status(201).text(), two.expect_status(201).text());
    }
    let ports = here.get("/api/v1/ports?limit=200").await.expect_status(200).json();
    assert_eq!(ports["items"].as_array().unwrap().len(), 2 + 8, "two of the town, and eight");
}

#[tokio::test]
async fn a_key_is_never_changed() {
    let app = TestApp::start().await;
    post(&app.factory(), VACANCIES, "key-00001", sample(&app, "V-2")).await.expect_status(201);
    let change = "UPDATE \"idempotency_key\" SET \"operation\" = \"operation\"";
    assert!(app.app.db.owner().execute_unprepared(change).await.is_err());
}

#[tokio::test]
async fn a_replay_brings_the_receipt_of_what_was_done() {
    let app = TestApp::start().await;
    let receipts = async || {
        let answer =
            post(&app.factory(), VACANCIES, "key-00001", sample(&app, "V-2")).await.expect_status(201);
        let all = answer.headers.get_all("ballast-receipt").iter();
        all.map(|receipt| receipt.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = receipts().await;
    assert_eq!(first.len(), 1);
    assert_eq!(receipts().await, first);
}
