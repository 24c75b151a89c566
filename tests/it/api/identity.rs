//! Nationalities and papers of somebody who is registered: what is learnt later, what is corrected, and who may.

use ballast::entity::person::{identity_document, nationality};
use ballast::service::audit::sequencer::seal_all;
use ballast::service::matching::catalogue;
use ballast_domain::base::id::PersonId;
use ballast_domain::permit::bundle::Part;
use ballast_domain::person::nationality::{Country, Evidence, Record};
use poem::http::Method;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::duplicate;
use super::one_human::name_person;
use crate::harness::{Answer, Identity, Side, TestApp};
use crate::service::audit::{codes, verified};

const UNKNOWN: &str = "00000000-0000-4000-8000-00000000ffff";

async fn say(who: &Identity<'_>, person: PersonId, body: Value) -> Answer {
    who.post(&format!("/api/v1/people/{person}/nationalities"), body).await
}

async fn paper(who: &Identity<'_>, person: PersonId, body: Value) -> Answer {
    who.post(&format!("/api/v1/people/{person}/identity-documents"), body).await
}

fn passport(country: &str, number: &str) -> Value {
    json!({ "kind": "passport", "country": country, "number": number, "verification": "sighted",
        "valid_from": "2025-01-01", "valid_until": "2034-12-31" })
}

fn with(mut body: Value, key: &str, value: impl serde::Serialize) -> Value {
    body[key] = serde_json::to_value(value).unwrap();
    body
}

async fn rows(app: &TestApp, person: PersonId) -> Vec<nationality::Model> {
    let of = nationality::Entity::find().filter(nationality::Column::PersonId.eq(person.0));
    of.order_by_asc(nationality::Column::RecordedAt)
        .order_by_asc(nationality::Column::Id)
        .all(app.app.db.reader())
        .await
        .unwrap()
}

async fn papers(app: &TestApp, person: PersonId) -> Vec<identity_document::Model> {
    let of = identity_document::Entity::find().filter(identity_document::Column::PersonId.eq(person.0));
    of.all(app.app.db.reader()).await.unwrap()
}

/// What the matcher weighs of somebody now.
async fn weighed(app: &TestApp, person: PersonId) -> Vec<Record> {
    seal_all(&app.app).await.unwrap();
    let people = catalogue::current(&app.operator()).await.unwrap();
    people.find(person).unwrap().nationalities.clone()
}

fn record(code: &str, evidence: Evidence) -> Record {
    Record { country: Country::parse(code).unwrap(), evidence }
}

fn port_desk(app: &TestApp, side: Side) -> Identity<'_> {
    app.tenants(side).into_iter().find(|who| who.role == "port_desk").expect("the town has one")
}

fn code(answer: &Answer) -> Value {
    answer.json()["errors"][0]["code"].clone()
}

/// A bar that is learnt counts for whoever looks next: in the matcher, which follows the log, and at a permit.
#[tokio::test]
async fn a_nationality_that_is_learnt_bars_at_once() {
    let app = TestApp::start().await;
    let (official, worker) = (app.official(), app.town.home.worker);
    assert_eq!(weighed(&app, worker).await, [record("VN", Evidence::Document)]);
    let permit = format!("/api/v1/permits/{}", app.town.home.permit);
    assert!(!official.get(&permit).await.expect_status(200).text().contains("\"dprk\""));
    say(&official, worker, json!({ "country": "KP", "evidence": "self_declared" })).await.expect_status(204);
    let mut found = weighed(&app, worker).await;
    found.sort_by_key(|record| record.country);
    assert_eq!(found, [record("KP", Evidence::Declared), record("VN", Evidence::Document)]);
    assert!(official.get(&permit).await.expect_status(200).text().contains("\"dprk\""));
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

/// Neither another record nor another paper talks a bar away; the word of an authority does, by an official.
#[tokio::test]
async fn a_bar_is_lifted_by_an_authority_alone() {
    let app = TestApp::start().await;
    let (official, worker, desk) = (app.official(), app.town.home.worker, port_desk(&app, Side::Home));
    paper(&desk, worker, passport("KP", "K1")).await.expect_status(204);
    assert!(weighed(&app, worker).await.contains(&record("KP", Evidence::Declared)), "a paper is a claim");
    let barring = rows(&app, worker).await.into_iter().find(|row| row.country_code == "KP").unwrap();
    let instead =
        |evidence: &str| json!({ "country": "VN", "evidence": evidence, "supersedes_id": barring.id });
    for who in [&desk, &official] {
        let refused = say(who, worker, instead("self_declared")).await.expect_problem(422, "invalid");
        assert_eq!(code(&refused), "needs_authority");
    }
    say(&desk, worker, instead("authority")).await.expect_problem(403, "denied");
    let further = json!({ "country": "VN", "evidence": "authority" });
    say(&desk, worker, further).await.expect_problem(403, "denied");
    // The paper that brought the bar is replaced: the claim stays, on the new paper now.
    let wrong = barring.document_id.unwrap();
    paper(&desk, worker, with(passport("VN", "V9"), "supersedes_id", wrong)).await.expect_status(204);
    assert!(weighed(&app, worker).await.contains(&record("KP", Evidence::Declared)));
    let standing = rows(&app, worker).await;
    let barring = standing.iter().find(|row| row.supersedes_id == Some(barring.id)).unwrap();
    let lifted = json!({ "country": "VN", "evidence": "authority", "supersedes_id": barring.id });
    say(&official, worker, lifted.clone()).await.expect_status(204);
    assert!(weighed(&app, worker).await.iter().all(|record| record.country != Country::KP));
    assert_eq!(rows(&app, worker).await.len(), standing.len() + 1, "nothing is overwritten");
    let refused = say(&official, worker, lifted).await.expect_problem(422, "invalid");
    assert_eq!(code(&refused), "record_superseded_before");
    // What the authority said is not replaced by less.
    let said = rows(&app, worker).await.into_iter().find(|row| row.evidence == "authority").unwrap();
    let less = json!({ "country": "CN", "evidence": "self_declared", "supersedes_id": said.id });
    assert_eq!(code(&say(&official, worker, less).await.expect_problem(422, "invalid")), "needs_authority");
}

#[tokio::test]
async fn a_paper_is_renewed_and_what_rests_on_it_follows() {
    let app = TestApp::start().await;
    let (official, worker) = (app.official(), app.town.home.worker);
    let old = papers(&app, worker).await.pop().unwrap();
    let page = format!("/people/{worker}/identity");
    assert!(official.page(&page).await.expect_status(200).text().contains("VN"));
    let renewed = with(passport("VN", "B7654321"), "supersedes_id", old.id);
    paper(&official, worker, renewed.clone()).await.expect_status(204);
    let refused = paper(&official, worker, renewed).await.expect_problem(422, "invalid");
    assert_eq!(code(&refused), "record_superseded_before");
    assert_eq!(weighed(&app, worker).await, [record("VN", Evidence::Document)], "one, on the new paper");
    let people = catalogue::current(&app.operator()).await.unwrap();
    let travel = people.find(worker).unwrap().documents.iter().filter(|doc| doc.part == Part::TravelDocument);
    let until: Vec<_> = travel.map(|doc| doc.valid_until.unwrap().to_string()).collect();
    assert_eq!(until, ["2034-12-31"], "the old one stands no more");
    let numbers = official.get(&format!("/api/v1/people/{worker}/numbers")).await.expect_status(200).text();
    assert!(numbers.contains("2034-12-31") && !numbers.contains("B7654321"), "{numbers}");
    // A paper that nobody has seen proves nothing, and neither does what rests on it.
    let new = papers(&app, worker).await.into_iter().find(|row| row.supersedes_id == Some(old.id)).unwrap();
    let unseen = with(passport("VN", "B7"), "supersedes_id", new.id);
    paper(&official, worker, with(unseen, "verification", "unverified")).await.expect_status(204);
    assert_eq!(weighed(&app, worker).await, [record("VN", Evidence::Declared)]);
    let claimed = json!({ "country": "VN", "evidence": "document" });
    assert_eq!(code(&say(&official, worker, claimed).await), "evidence_not_seen");
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn who_keeps_the_record_records_and_nobody_about_themself() {
    let app = TestApp::start().await;
    let (worker, trainee) = (app.town.home.worker, app.town.home.trainee);
    let claim = json!({ "country": "VN", "evidence": "self_declared" });
    for who in [app.factory(), app.trainee(), app.guardian(), app.administrator(), app.targeting_officer()] {
        say(&who, trainee, claim.clone()).await.expect_problem(403, "denied");
        paper(&who, trainee, passport("VN", "V1")).await.expect_problem(403, "denied");
        who.get(&format!("/api/v1/people/{trainee}/nationalities")).await.expect_problem(403, "denied");
    }
    for who in [app.other_school(), app.other_official(), port_desk(&app, Side::Other), app.school()] {
        say(&who, worker, claim.clone()).await.expect_problem(404, "not_found");
        paper(&who, worker, passport("VN", "V1")).await.expect_problem(404, "not_found");
        who.get(&format!("/api/v1/people/{worker}/nationalities")).await.expect_problem(404, "not_found");
    }
    say(&app.school(), trainee, claim.clone()).await.expect_status(204);
    paper(&app.school(), trainee, passport("VN", "V1")).await.expect_status(204);
    name_person(&app, "home.school_registrar", trainee).await;
    say(&app.school(), trainee, claim).await.expect_problem(409, "about_oneself");
    paper(&app.school(), trainee, passport("VN", "V2")).await.expect_problem(409, "about_oneself");
}

/// A row of somebody else is as unknown as one that nobody has.
#[tokio::test]
async fn a_record_of_somebody_else_is_neither_named_nor_replaced() {
    let app = TestApp::start().await;
    let (official, worker) = (app.official(), app.town.home.worker);
    let foreign = rows(&app, app.town.other.worker).await.pop().unwrap();
    let claim = json!({ "country": "VN", "evidence": "self_declared" });
    let answers = async |body: &Value, key: &str, id: Value, is_paper: bool| {
        let body = with(body.clone(), key, id);
        if is_paper { paper(&official, worker, body).await } else { say(&official, worker, body).await }
    };
    let document = foreign.document_id.unwrap();
    for (body, key, row, is_paper) in [
        (claim.clone(), "supersedes_id", foreign.id, false),
        (claim, "document_id", document, false),
        (passport("VN", "V3"), "supersedes_id", document, true),
    ] {
        let theirs = answers(&body, key, json!(row), is_paper).await.expect_problem(422, "invalid");
        let nobodys = answers(&body, key, json!(UNKNOWN), is_paper).await;
        assert_eq!(theirs.without_request_id(), nobodys.without_request_id(), "{key}");
    }
    for (body, pointer) in [
        (json!({ "country": "ZZ", "evidence": "self_declared" }), "/country"),
        (json!({ "country": "VN", "evidence": "rumour" }), "/evidence"),
    ] {
        let refused = say(&official, worker, body).await.expect_problem(422, "invalid").json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

/// A person who has no number yet gets a key with the first paper, and erasing them takes all of it along.
#[tokio::test]
async fn a_request_for_a_correction_is_accepted_once_it_is_recorded() {
    let app = TestApp::start().await;
    let (trainee, person) = (app.trainee(), app.town.home.trainee);
    let asked =
        json!({ "kind": "correction", "field": "nationality", "value": "I am from Viet Nam", "reason": "x" });
    let made = trainee.post(&format!("/api/v1/people/{person}/rights-requests"), asked).await;
    let id = made.expect_status(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/rights-requests/{id}");
    let decide = async || {
        let tag = app.school().get(&path).await.expect_status(200).header("etag").to_owned();
        let headers = [("if-match", tag.as_str())];
        let body = json!({ "decision": "accept" });
        app.school().send_with(Method::POST, &format!("{path}/decision"), &headers, Some(body)).await
    };
    decide().await.expect_problem(409, "not_corrected_yet");
    let seen = json!({ "country": "VN", "evidence": "self_declared" });
    say(&app.school(), person, seen).await.expect_status(204);
    decide().await.expect_status(204);
    assert_eq!(trainee.get(&path).await.json()["state"], "accepted");
    let own = trainee.get(&format!("/api/v1/people/{person}/personal-data")).await.expect_status(200).text();
    assert!(own.contains("\"nationality\""), "{own}");
}

/// What is recorded of one registration counts for the human being.
#[tokio::test]
async fn what_is_learnt_of_one_registration_counts_for_all() {
    let app = TestApp::start().await;
    let pair = duplicate::twice(&app).await;
    duplicate::merge(&app, pair).await;
    let claim = json!({ "country": "KP", "evidence": "self_declared" });
    say(&app.official(), PersonId(pair[1]), claim).await.expect_status(204);
    assert!(weighed(&app, PersonId(pair[0])).await.contains(&record("KP", Evidence::Declared)));
}

/// Two who replace the same record at once: one of them does.
#[tokio::test]
async fn a_record_is_replaced_once() {
    let app = TestApp::start().await;
    let (official, worker) = (app.official(), app.town.home.worker);
    let old: Uuid = rows(&app, worker).await.pop().unwrap().id;
    let body = json!({ "country": "VN", "evidence": "self_declared", "supersedes_id": old });
    let (one, other) =
        tokio::join!(say(&official, worker, body.clone()), say(&official, worker, body.clone()));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 204);
    assert!(statuses[1] >= 409, "{statuses:?}");
    assert_eq!(rows(&app, worker).await.len(), 2);
}
