//! Tags of rows, and what may be changed by whom has seen which. Driven by the document, so that a new operation is
//! held to it without being named.

use std::collections::BTreeSet;

use ballast::entity::audit::audit_entry;
use poem::http::Method;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::harness::{Answer, Identity, Operation, TestApp, document, operations};

/// A tag of a revision that no row of the town has.
const STALE: &str = "\"77-0\"";

/// Operations that change or remove something and have no revision to compare, and why.
const WITHOUT_REVISION: [(&str, &str); 6] = [
    ("delete_current_token", "a token is ended by who holds it, whatever became of it meanwhile"),
    ("delete_own_token", "likewise by whose it is"),
    ("delete_own_open_id_link", "likewise"),
    ("delete_own_passkey", "likewise"),
    ("delete_session", "likewise"),
    ("delete_other_sessions", "likewise"),
];

/// Readings whose body shows a row's revision and is no row, and why.
const WITHOUT_TAG: [(&str, &str); 1] =
    [("get_me", "the organisation's revision stands in it, and says nothing of the login")];

fn everyone(app: &TestApp) -> Vec<Identity<'_>> {
    app.everyone().collect()
}

/// Whether a schema shows one row at a revision: itself, or as one of its parts.
fn shows_revision(schema: &Value, depth: usize) -> bool {
    let document = document();
    let schema =
        schema["$ref"].as_str().map_or(Some(schema), |r| document.pointer(r.trim_start_matches('#')));
    let Some(properties) = schema.and_then(|schema| schema["properties"].as_object()) else { return false };
    properties.contains_key("revision")
        || (depth > 0
            && properties.values().any(|part| {
                let part = part["allOf"].as_array().and_then(|all| all.first()).unwrap_or(part);
                shows_revision(part, depth - 1)
            }))
}

async fn get_with(who: &Identity<'_>, path: &str, tag: &str) -> Answer {
    who.send_with(Method::GET, path, &[("if-none-match", tag)], None).await
}

#[tokio::test]
async fn every_reading_of_one_row_has_a_tag_and_is_not_sent_twice() {
    let app = TestApp::start().await;
    let mut tagged = BTreeSet::new();
    for operation in operations().into_iter().filter(|operation| operation.method == Method::GET) {
        let responses = &operation.said["responses"];
        let body = &responses["200"]["content"]["application/json; charset=utf-8"];
        let mut row = shows_revision(&body["schema"], 1);
        if let Some((known, _)) = WITHOUT_TAG.iter().find(|(known, _)| *known == operation.id) {
            assert!(row, "{known} needs no exemption");
            row = false;
        }
        let said = responses["200"]["headers"]["ETag"].is_object();
        assert_eq!(row, said, "{}: a body with a revision has a tag", operation.id);
        assert_eq!(row, responses["304"].is_object(), "{}", operation.id);
        assert_eq!(row, operation.header("If-None-Match").is_some(), "{}", operation.id);
        if !row {
            continue;
        }
        let path = operation.path_in(&app.town.home);
        for who in everyone(&app) {
            let shown = who.get(&path).await;
            if shown.status != 200 {
                continue;
            }
            let tag = shown.header("etag");
            let (revision, view) = tag.trim_matches('"').split_once('-').expect("a revision and a view");
            assert!(shown.text().contains(&format!("\"revision\":{revision}")), "{tag} {}", shown.text());
            assert!(view.len() == 16 && view.bytes().all(|b| b.is_ascii_hexdigit()), "{tag}");
            let known = get_with(&who, &path, tag).await.expect_status(304);
            assert_eq!((known.header("etag"), known.body.len()), (tag, 0), "{}", known.asked);
            get_with(&who, &path, &format!("\"0-0\", W/{tag}")).await.expect_status(304);
            let other = get_with(&who, &path, &format!("\"{revision}-0000000000000000\"")).await;
            assert_eq!(other.expect_status(200).body, shown.body);
            tagged.insert(operation.id.clone());
        }
        assert!(tagged.contains(&operation.id), "{} is shown to nobody", operation.id);
    }
    assert!(tagged.len() >= 8, "{tagged:?}");
}

#[tokio::test]
async fn who_sees_other_bytes_has_another_tag_at_the_same_revision() {
    let app = TestApp::start().await;
    let place = &app.town.home;
    // The factory would learn of whom the permit is; without the tie it does not.
    let permit = format!("/api/v1/permits/{}", place.permit);
    let (official, factory) = (app.official().get(&permit).await, app.factory().get(&permit).await);
    assert_eq!(official.json()["revision"], factory.json()["revision"]);
    assert_eq!(official.body == factory.body, official.header("etag") == factory.header("etag"));
    // A document changes the bundle that a permit shows, not the permit.
    let papers = format!("/api/v1/people/{}/permit-documents", place.worker.0);
    let paper = json!({
        "kind": "health_certificate", "issuer": "Clinic", "valid_until": "2027-06-30", "verification": "confirmed",
    });
    app.official().post(&papers, paper).await.expect_status(201);
    let later = get_with(&app.official(), &permit, official.header("etag")).await.expect_status(200);
    assert_eq!(later.json()["revision"], official.json()["revision"]);
    let skill = format!("/api/v1/skills/{}", place.skill);
    let (zh, en) = (
        app.factory().get(&format!("{skill}?lang=zh-CN")).await,
        app.factory().get(&format!("{skill}?lang=en")).await,
    );
    assert_ne!(zh.header("etag"), en.header("etag"));
}

async fn ask(who: &Identity<'_>, operation: &Operation, path: &str, tag: Option<&str>) -> Answer {
    let header = tag.map(|tag| ("if-match", tag));
    who.send_with(operation.method.clone(), path, header.as_slice(), operation.body()).await
}

#[tokio::test]
async fn every_change_of_a_row_says_which_revision_was_seen() {
    let app = TestApp::start().await;
    let changes = [Method::PUT, Method::PATCH, Method::DELETE];
    let mut exempt = BTreeSet::new();
    for operation in operations() {
        let required = operation.header("If-Match") == Some(true);
        if let Some((known, _)) = WITHOUT_REVISION.iter().find(|(known, _)| *known == operation.id) {
            assert!(!required, "{known} needs no exemption");
            exempt.insert(*known);
            continue;
        }
        let changes = changes.contains(&operation.method);
        assert!(
            !changes || required,
            "{}: If-Match is required (or say why in WITHOUT_REVISION)",
            operation.id
        );
        if operation.header("If-Match").is_none() {
            continue;
        }
        let path = operation.path_in(&app.town.home);
        let mut compared = false;
        for who in everyone(&app) {
            if required {
                ask(&who, &operation, &path, None).await.expect_problem(428, "precondition_required");
            }
            for bad in ["*", "1", "\"1\"", "\"one-0\"", "\"1-0\", x"] {
                let bad = ask(&who, &operation, &path, Some(bad)).await.expect_problem(400, "bad_parameter");
                assert_eq!(bad.json()["errors"][0]["pointer"], "If-Match", "{}", operation.id);
            }
            // A weak tag may not stand for the row, even with its own revision.
            for stale in [STALE, "W/\"1-0\"", "\"76-0\", \"77-0\""] {
                let stale = ask(&who, &operation, &path, Some(stale)).await;
                if !matches!(stale.status.as_u16(), 403 | 404) {
                    stale.expect_problem(412, "stale");
                    compared = true;
                }
            }
        }
        assert!(compared, "{} is in nobody's reach", operation.id);
    }
    let named: BTreeSet<&str> = WITHOUT_REVISION.iter().map(|(known, _)| *known).collect();
    assert_eq!(named, exempt, "WITHOUT_REVISION names what is not there");
}

async fn entries(app: &TestApp) -> u64 {
    audit_entry::Entity::find().count(app.app.db.reader()).await.unwrap()
}

#[tokio::test]
async fn a_vacancy_is_changed_where_it_is_said_and_nowhere_else() {
    let app = TestApp::start().await;
    let (factory, path) = (app.factory(), format!("/api/v1/vacancies/{}", app.town.home.vacancy));
    let shown = factory.get(&path).await.expect_status(200);
    let (tag, before) = (shown.header("etag"), shown.json());
    let (asked, told) =
        (json!({ "headcount": 5, "shifts": ["day", "night"], "age_min": 21 }), entries(&app).await);
    let changed = factory.patch(&path, tag, asked).await.expect_status(200);
    let mut wanted = before.clone();
    wanted["headcount"] = json!(5);
    wanted["shifts"] = json!(["day", "night"]);
    wanted["age_min"] = json!(21);
    wanted["revision"] = json!(2);
    assert_eq!(changed.json(), wanted);
    assert_eq!(factory.get(&path).await.header("etag"), changed.header("etag"));
    assert_eq!(entries(&app).await, told + 1);
    factory.patch(&path, tag, json!({ "headcount": 6 })).await.expect_problem(412, "stale");

    // What changes nothing leaves nothing behind, and a null age is the law's again.
    let tag = changed.header("etag");
    let same =
        factory.patch(&path, tag, json!({ "headcount": 5, "title_en": " Sewing machine operator " })).await;
    assert_eq!((same.expect_status(200).json(), entries(&app).await), (wanted.clone(), told + 1));
    let law = factory.patch(&path, tag, json!({ "age_min": null })).await.expect_status(200);
    assert!(law.json().get("age_min").is_none());
    let tag = law.header("etag");
    // What the document can tell comes first, and once that is right what the rules tell.
    for (wrong, expected) in [
        (
            json!({ "title_zh": "", "headcount": 0, "wage_min_minor": -1, "shifts": [], "age_min": 99 }),
            &["/age_min", "/headcount", "/shifts", "/title_zh", "/wage_min_minor"][..],
        ),
        (json!({ "title_zh": " ", "wage_min_minor": 600_000 }), &["/title_zh", "/wage_max_minor"]),
    ] {
        let wrong = factory.patch(&path, tag, wrong).await.expect_problem(422, "invalid").json();
        let errors = wrong["errors"].as_array().unwrap().iter();
        let pointers: Vec<&str> = errors.map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, expected);
    }
    for unknown in ["reference", "site_id", "status", "requirements", "revision"] {
        factory.patch(&path, tag, json!({ unknown: "x" })).await.expect_problem(400, "bad_body");
    }
    app.other_factory().patch(&path, tag, json!({})).await.expect_problem(404, "not_found");
    app.official().patch(&path, tag, json!({})).await.expect_problem(403, "denied");

    let closure = format!("{path}/closure");
    factory.step(&closure, STALE).await.expect_problem(412, "stale");
    let closed = factory.step(&closure, tag).await.expect_status(200);
    let edited = factory.patch(&path, closed.header("etag"), json!({ "headcount": 7 })).await;
    edited.expect_problem(409, "vacancy_closed");
}

#[tokio::test]
async fn of_two_changes_of_the_same_revision_one_is_told_that_it_came_too_late() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let path = format!("/api/v1/vacancies/{}", app.town.home.vacancy);
    let tag = app.factory().get(&path).await.header("etag").to_owned();
    let (here, there) = (app.factory(), beside.factory());
    let (one, two) = tokio::join!(
        here.patch(&path, &tag, json!({ "headcount": 11 })),
        there.patch(&path, &tag, json!({ "headcount": 12 })),
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{} {}", one.text(), two.text());
    let winner = if one.status == 200 { one } else { two };
    assert_eq!(app.factory().get(&path).await.json(), winner.json());
}

#[tokio::test]
async fn an_organisation_is_renamed_by_the_administrator() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/organisations/{}", app.town.home.factory);
    let tag = app.administrator().get(&path).await.header("etag").to_owned();
    let renamed = app.administrator().patch(&path, &tag, json!({ "name_en": "Ya Lu Apparel" })).await;
    let renamed = renamed.expect_status(200).json();
    assert_eq!((&renamed["name_en"], &renamed["revision"]), (&json!("Ya Lu Apparel"), &json!(2)));
    assert_eq!(app.trainee().get(&path).await.json(), renamed);
    let wrong = app.administrator().patch(&path, "\"2-0\"", json!({ "name_zh": "" })).await;
    assert_eq!(wrong.expect_problem(422, "invalid").json()["errors"][0]["pointer"], "/name_zh");
    app.factory().patch(&path, "\"2-0\"", json!({ "name_en": "Mine" })).await.expect_problem(403, "denied");
}
