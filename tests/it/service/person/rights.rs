//! What a person gets and asks for by right: all that is held, corrections, an erasure, a human who looks again.

use std::collections::{BTreeMap, BTreeSet};

use ballast::entity::person::{person, rights_request};
use ballast::service::audit::sequencer::seal_all;
use ballast::store::person::personal::{Class, Shown, TABLES};
use ballast_domain::base::id::PersonId;
use poem::http::Method;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement};
use serde_json::{Value, json};

use super::personal::known_everywhere;
use crate::harness::{Answer, Identity, TestApp, statements_of};
use crate::service::audit::{codes, verified};

fn data_path(person: PersonId) -> String {
    format!("/api/v1/people/{person}/personal-data")
}

/// Columns and values of an export.
fn values(data: &Value) -> BTreeMap<String, BTreeSet<Option<String>>> {
    let mut all: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    for table in data["tables"].as_array().unwrap() {
        for row in table["rows"].as_array().unwrap() {
            for value in row["values"].as_array().unwrap() {
                let column =
                    format!("{}.{}", table["table"].as_str().unwrap(), value["column"].as_str().unwrap());
                all.entry(column).or_default().insert(value["value"].as_str().map(str::to_owned));
            }
        }
    }
    all
}

fn withheld(data: &Value) -> BTreeMap<String, String> {
    let list = data["withheld"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.map(|one| (text(&one["column"]), text(&one["reason"]))).collect()
}

#[tokio::test]
async fn an_export_has_every_column_that_is_declared() {
    let app = TestApp::start().await;
    let (person, token) = known_everywhere(&app).await;
    let me = app.nobody().with_token(&token);
    let data = me.get(&data_path(person)).await.expect_status(200).json();
    let (held, withheld) = (values(&data), withheld(&data));
    for table in TABLES {
        for group in table.groups {
            for column in group.columns {
                let full = format!("{}.{column}", table.name);
                match group.shown {
                    // Nobody who is not erased has one.
                    Shown::AsIs if table.name == "erasure" => {}
                    Shown::AsIs | Shown::Opened => {
                        assert!(held.contains_key(&full), "{full} is not in the export");
                        assert!(!withheld.contains_key(&full), "{full} is in it, and withheld");
                    }
                    Shown::Reading => assert!(!data["readings"].as_array().unwrap().is_empty()),
                    Shown::Withheld(reason) => {
                        assert_eq!(withheld.get(&full).map(String::as_str), Some(reason.code()), "{full}");
                        assert!(!held.contains_key(&full), "{full} is withheld, and in it");
                    }
                }
            }
        }
    }
    let said = |column: &str, value: &str| held[column].contains(&Some(value.to_owned()));
    assert!(said("person.name", "欧阳鹮") && said("person.birth_date", "1999-03-07"), "{held:?}");
    assert!(
        said("person_secret.sealed", "13911112222") && said("person_secret.sealed", "210603199903070045")
    );
    assert!(said("identity_document.number_sealed", "210603199903070045"));
    assert!(said("targeting.outcome", "targeted") && said("consent.state", "asked"));
    // Who has read it: the official, for the bureau; and from now on oneself.
    let bureau = json!(app.town.home.bureau.0);
    let readings = data["readings"].as_array().unwrap();
    assert!(readings.iter().any(|one| one["organisation_id"] == bureau && one["purpose"] == "care"));
    let again = me.get(&data_path(person)).await.expect_status(200).json();
    let newest = &again["readings"][0];
    assert_eq!((&newest["purpose"], &newest["by_yourself"]), (&json!("own"), &json!(true)));
}

#[tokio::test]
async fn nobody_else_gets_it_and_nobody_elses_rows_are_in_it() {
    let app = TestApp::start().await;
    let (home, trainee) = (&app.town.home, app.trainee());
    for who in [app.school(), app.factory(), app.official(), app.administrator(), app.auditor()] {
        who.get(&data_path(home.trainee)).await.expect_problem(403, "denied");
    }
    // Somebody acts for the trainee, who is seventeen.
    app.guardian().get(&data_path(home.trainee)).await.expect_status(200);
    for who in [app.other_trainee(), app.other_guardian()] {
        who.get(&data_path(home.trainee)).await.expect_problem(404, "not_found");
    }
    let mine = trainee.get(&data_path(home.trainee)).await.expect_status(200).text();
    for other in &home.people[1..] {
        assert!(!mine.contains(&other.to_string()), "somebody else is in it");
    }
    for name in ["Cui Home", "Dou Home", "Bai Other", "H-1"] {
        assert!(!mine.contains(name), "{name} is in it");
    }
    trainee.get(&data_path(home.people[1])).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_household_is_for_grown_up_members_alone() {
    let app = TestApp::start().await;
    let (home, trainee, owner) = (&app.town.home, app.trainee(), app.owner().await);
    let path = data_path(home.trainee);
    for birth in ["'2000-01-01'", "'2010-01-01'", "NULL"] {
        let sql = format!("UPDATE \"person\" SET birth_date = {birth} WHERE id = $1");
        let backend = owner.get_database_backend();
        let younger = Statement::from_sql_and_values(backend, sql, [home.trainee.0.into()]);
        owner.execute_raw(younger).await.unwrap();
        let data = trainee.get(&path).await.expect_status(200).json();
        if birth == "'2000-01-01'" {
            assert!(values(&data).contains_key("targeting.outcome"));
            continue;
        }
        let tables = TABLES.iter().filter(|table| table.groups.iter().any(|g| g.class == Class::Poverty));
        for table in tables {
            assert!(!values(&data).keys().any(|column| column.starts_with(&format!("{}.", table.name))));
        }
        assert_eq!(withheld(&data)["targeting.outcome"], "not_adult");
    }
}

#[tokio::test]
async fn the_page_and_its_file_say_what_the_export_says() {
    let app = TestApp::start().await;
    let (home, trainee) = (&app.town.home, app.trainee());
    let export = trainee.get(&data_path(home.trainee)).await.expect_status(200).json();
    let file = trainee.page("/my-data/export").await.expect_status(200);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"my-data.json\"");
    let file: Value = file.json();
    assert_eq!((&file["person_id"], &file["withheld"]), (&export["person_id"], &export["withheld"]));
    assert_eq!(values(&file).keys().collect::<Vec<_>>(), values(&export).keys().collect::<Vec<_>>());
    let page = trainee.page("/my-data").await.expect_status(200).text();
    assert!(page.contains("Bai Home") && page.contains("School Home"), "{page}");
    assert!(!page.contains("held-"), "a word is missing");
    app.factory().page("/my-data").await.expect_status(403);
    app.other_factory().page("/my-data/export").await.expect_status(403);
}

/// Every column and table of the page has its words, in both languages.
#[test]
fn what_is_shown_has_words() {
    use ballast::words::{Locale, keys};
    for locale in Locale::ALL {
        let known = keys(locale);
        for table in TABLES {
            let heading = format!("held-table-{}", table.name);
            if !known.contains(&heading) {
                continue;
            }
            assert!(known.contains(&format!("held-basis-{}", table.basis.code())));
            for group in table.groups.iter().filter(|g| matches!(g.shown, Shown::AsIs | Shown::Opened)) {
                for column in group.columns.iter().filter(|c| !c.ends_with("_id") && **c != "version") {
                    assert!(known.contains(&format!("held-{column}")), "held-{column}");
                }
            }
        }
        for purpose in ballast::service::person::personal_data::PURPOSES {
            assert!(known.contains(&format!("held-purpose-{purpose}")), "{purpose}");
        }
    }
}

async fn ask(who: &Identity<'_>, person: PersonId, body: Value) -> Answer {
    who.post(&format!("/api/v1/people/{person}/rights-requests"), body).await
}

async fn decide(who: &Identity<'_>, id: &str, decision: &str, answer: Option<&str>) -> Answer {
    let path = format!("/api/v1/rights-requests/{id}");
    let tag = who.get(&path).await.header("etag").to_owned();
    let tag = if tag.is_empty() { "\"1-0\"".to_owned() } else { tag };
    let body = answer.map_or_else(
        || json!({ "decision": decision }),
        |answer| json!({ "decision": decision, "answer": answer }),
    );
    let headers = [("if-match", tag.as_str())];
    who.send_with(Method::POST, &format!("{path}/decision"), &headers, Some(body)).await
}

fn id_of(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

async fn row_of(app: &TestApp, person: PersonId) -> person::Model {
    person::Entity::find_by_id(person.0).one(app.app.db.reader()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_correction_is_made_by_whoever_owns_the_datum() {
    let app = TestApp::start().await;
    let (trainee, person) = (app.trainee(), app.town.home.trainee);
    let wrong =
        json!({ "kind": "correction", "field": "name", "value": "白 Bai", "reason": "My card says so" });
    let made = ask(&trainee, person, wrong.clone()).await.expect_status(201).json();
    assert_eq!((&made["state"], &made["person_name"]), (&json!("asked"), &json!("Bai Home")));
    ask(&trainee, person, wrong).await.expect_problem(409, "asked_before");
    let id = id_of(&made);
    // The person decides nothing, and neither does who is not tied to them.
    decide(&trainee, &id, "accept", None).await.expect_problem(403, "denied");
    for who in [app.other_school(), app.other_official()] {
        decide(&who, &id, "accept", None).await.expect_problem(404, "not_found");
    }
    for who in [app.factory(), app.auditor(), app.administrator()] {
        decide(&who, &id, "accept", None).await.expect_problem(403, "denied");
    }
    decide(&app.school(), &id, "refuse", None).await.expect_problem(422, "invalid");
    let before = row_of(&app, person).await;
    decide(&app.school(), &id, "accept", None).await.expect_status(204);
    let after = row_of(&app, person).await;
    assert_eq!((after.name.as_str(), after.revision), ("白 Bai", before.revision + 1));
    assert_ne!((&after.search_key, &after.name_key), (&before.search_key, &before.name_key));
    decide(&app.official(), &id, "refuse", Some("No")).await.expect_problem(409, "decided_before");
    let seen = trainee.get(&format!("/api/v1/rights-requests/{id}")).await.expect_status(200).json();
    assert_eq!(seen["state"], "accepted");
    let told = trainee.get("/api/v1/notifications").await.expect_status(200).text();
    assert!(told.contains("right_decided"), "{told}");
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_field_by_field() {
    let app = TestApp::start().await;
    let (trainee, person) = (app.trainee(), app.town.home.trainee);
    for (wrong, pointer) in [
        (json!({ "kind": "correction", "field": "birth_date", "value": "soon", "reason": "x" }), "/value"),
        (
            json!({ "kind": "correction", "field": "birth_date", "value": "2199-01-01", "reason": "x" }),
            "/value",
        ),
        (json!({ "kind": "correction", "field": "sex", "value": "x", "reason": "x" }), "/value"),
        (json!({ "kind": "correction", "field": "home_region", "value": "9", "reason": "x" }), "/value"),
        (json!({ "kind": "correction", "field": "name", "value": " ", "reason": "x" }), "/value"),
        (json!({ "kind": "correction", "field": "name", "reason": "x" }), "/value"),
        (json!({ "kind": "correction", "value": "x", "reason": "x" }), "/field"),
        (json!({ "kind": "erasure", "field": "name", "reason": "x" }), "/field"),
        (json!({ "kind": "review", "reason": "x" }), "/vacancy_id"),
        (json!({ "kind": "erasure", "reason": " " }), "/reason"),
    ] {
        let answer = ask(&trainee, person, wrong.clone()).await.expect_status(422).json();
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{wrong}");
    }
    ask(&app.other_trainee(), person, json!({ "kind": "erasure", "reason": "x" }))
        .await
        .expect_problem(404, "not_found");
    ask(&app.school(), person, json!({ "kind": "erasure", "reason": "x" }))
        .await
        .expect_problem(403, "denied");
}

#[tokio::test]
async fn what_a_citizen_number_says_is_not_corrected_past_it() {
    let app = TestApp::start().await;
    let (person, token) = known_everywhere(&app).await;
    let me = app.nobody().with_token(&token);
    let wrong = json!({ "kind": "correction", "field": "birth_date", "value": "2001-01-01", "reason": "x" });
    ask(&me, person, wrong).await.expect_problem(409, "said_by_citizen_number");
}

#[tokio::test]
async fn an_erasure_that_the_person_asks_for_is_decided_by_an_official_of_the_region() {
    let app = TestApp::start().await;
    let (trainee, person) = (app.trainee(), app.town.home.trainee);
    let made = ask(&trainee, person, json!({ "kind": "erasure", "reason": "I go away" })).await;
    let id = id_of(&made.expect_status(201).json());
    decide(&app.school(), &id, "accept", None).await.expect_problem(404, "not_found");
    let hold = format!("/api/v1/people/{person}/legal-hold");
    app.auditor().post(&format!("{hold}s"), json!({ "reason": "court" })).await.expect_status(201);
    decide(&app.official(), &id, "accept", None).await.expect_problem(409, "person_on_hold");
    let waits = trainee.get(&format!("/api/v1/rights-requests/{id}")).await.expect_status(200).json();
    assert_eq!(waits["state"], "asked", "a hold decides nothing");
    app.auditor().post(&format!("{hold}-lifting"), json!({})).await.expect_status(204);
    decide(&app.official(), &id, "accept", None).await.expect_status(204);
    trainee.get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    app.official().get(&format!("/api/v1/rights-requests/{id}")).await.expect_problem(404, "not_found");
    assert!(row_of(&app, person).await.erased_at.is_some());
    let rows = rights_request::Entity::find().all(app.app.db.reader()).await.unwrap();
    assert!(rows.iter().all(|row| row.person_id != person.0), "the requests go with the person");
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_refused_erasure_is_answered() {
    let app = TestApp::start().await;
    let (trainee, person) = (app.trainee(), app.town.home.trainee);
    let made = ask(&trainee, person, json!({ "kind": "erasure", "reason": "I go away" })).await;
    let id = id_of(&made.expect_status(201).json());
    decide(&app.official(), &id, "refuse", Some("You are in a class until June")).await.expect_status(204);
    let seen = trainee.get(&format!("/api/v1/rights-requests/{id}")).await.expect_status(200).json();
    assert_eq!(
        (&seen["state"], &seen["answer"]),
        (&json!("refused"), &json!("You are in a class until June"))
    );
    assert!(row_of(&app, person).await.erased_at.is_none());
}

#[tokio::test]
async fn a_human_answers_whoever_asks_about_a_ranking() {
    let app = TestApp::start().await;
    let (trainee, home) = (app.trainee(), &app.town.home);
    let body = json!({ "kind": "review", "vacancy_id": home.vacancy, "reason": "I can sew" });
    let id = id_of(&ask(&trainee, home.trainee, body).await.expect_status(201).json());
    let told = app.official().get("/api/v1/notifications").await.expect_status(200).text();
    assert!(told.contains("right_asked"), "{told}");
    let queue = app.official().get("/api/v1/rights-requests?kind=review&state=asked").await.json();
    assert_eq!(queue["items"][0]["id"], json!(id));
    let school = app.school().get("/api/v1/rights-requests?kind=review").await.expect_status(200).json();
    assert_eq!(school["items"], json!([]), "a school has nothing to do with it");
    for decision in ["accept", "refuse"] {
        decide(&app.official(), &id, decision, None).await.expect_problem(422, "invalid");
    }
    decide(&app.official(), &id, "accept", Some("Your class was missing; it is counted now"))
        .await
        .expect_status(204);
    let seen = trainee.get(&format!("/api/v1/rights-requests/{id}")).await.expect_status(200).json();
    assert_eq!((seen["state"].as_str(), seen["answer"].as_str().is_some()), (Some("accepted"), true));
    let page = trainee.page("/my-data").await.expect_status(200).text();
    assert!(page.contains("Your class was missing"), "{page}");
}

async fn withdraw(who: &Identity<'_>, id: &str, tag: &str) -> Answer {
    let path = format!("/api/v1/rights-requests/{id}/withdrawal");
    who.send_with(Method::POST, &path, &[("if-match", tag)], None).await
}

#[tokio::test]
async fn whoever_asked_takes_it_back_while_nobody_has_decided() {
    let app = TestApp::start().await;
    let (trainee, person) = (app.trainee(), app.town.home.trainee);
    let wrong = json!({ "kind": "correction", "field": "sex", "value": "female", "reason": "x" });
    let id = id_of(&ask(&trainee, person, wrong.clone()).await.expect_status(201).json());
    let path = format!("/api/v1/rights-requests/{id}");
    let tag = trainee.get(&path).await.expect_status(200).header("etag").to_owned();
    // Who decides takes nothing back, and nobody else sees it.
    for who in [app.school(), app.official()] {
        withdraw(&who, &id, &tag).await.expect_problem(403, "denied");
    }
    withdraw(&app.other_trainee(), &id, &tag).await.expect_problem(404, "not_found");
    trainee.post(&format!("{path}/withdrawal"), json!({})).await.expect_problem(428, "precondition_required");
    withdraw(&trainee, &id, "\"9-0\"").await.expect_problem(412, "stale");
    let page = trainee.page("/my-data").await.expect_status(200).text();
    assert!(page.contains(&format!("/rights-requests/{id}/withdrawal")), "{page}");
    withdraw(&trainee, &id, &tag).await.expect_status(204);
    let seen = trainee.get(&path).await.expect_status(200).json();
    assert_eq!((&seen["state"], seen["decided_at"].is_string()), (&json!("withdrawn"), true));
    let tag = trainee.get(&path).await.header("etag").to_owned();
    withdraw(&trainee, &id, &tag).await.expect_problem(409, "request_withdrawn");
    decide(&app.school(), &id, "accept", None).await.expect_problem(409, "request_withdrawn");
    let waits = app.school().get("/api/v1/rights-requests?state=asked").await.expect_status(200).text();
    assert!(!waits.contains(&id), "{waits}");
    let page = trainee.page("/my-data").await.expect_status(200).text();
    assert!(!page.contains(&format!("/rights-requests/{id}/withdrawal")), "{page}");
    let told = trainee.get("/api/v1/notifications").await.expect_status(200).text();
    assert!(!told.contains("right_decided"), "{told}");
    // It can be asked again, and what was decided is not taken back.
    let id = id_of(&ask(&trainee, person, wrong).await.expect_status(201).json());
    decide(&app.school(), &id, "refuse", Some("No")).await.expect_status(204);
    let tag = trainee.get(&format!("/api/v1/rights-requests/{id}")).await.header("etag").to_owned();
    withdraw(&trainee, &id, &tag).await.expect_problem(409, "decided_before");
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

/// Looking at the request and erasing are two transactions: what is taken back between them is not done.
#[tokio::test]
async fn an_erasure_that_is_taken_back_is_not_carried_out() {
    let app = TestApp::start().await;
    let (trainee, official, person) = (app.trainee(), app.official(), app.town.home.trainee);
    let made = ask(&trainee, person, json!({ "kind": "erasure", "reason": "I go away" })).await;
    let id = id_of(&made.expect_status(201).json());
    let path = format!("/api/v1/rights-requests/{id}");
    let tag = trainee.get(&path).await.header("etag").to_owned();
    let (decided, taken_back) =
        tokio::join!(decide(&official, &id, "accept", None), withdraw(&trainee, &id, &tag));
    let erased = row_of(&app, person).await.erased_at.is_some();
    let statuses = (decided.status.as_u16(), taken_back.status.as_u16());
    assert_eq!(erased, statuses.0 == 204, "{statuses:?}");
    assert_ne!(erased, statuses.1 == 204, "{statuses:?}");
}

/// Two worlds: in one the person asked for a review and was answered, in the other nothing was asked. All that a
/// factory gets is the same, and so is every statement on the way.
#[tokio::test]
async fn a_factory_does_not_see_that_somebody_asked_for_a_review() {
    let (silent, asked) = (TestApp::start().await, TestApp::start().await);
    let home = &asked.town.home;
    let body = json!({ "kind": "review", "vacancy_id": home.vacancy, "reason": "I can sew" });
    let made = ask(&asked.trainee(), home.trainee, body).await.expect_status(201);
    decide(&asked.official(), &id_of(&made.json()), "accept", Some("You are right")).await.expect_status(204);
    let vacancy = format!("/vacancies/{}", home.vacancy);
    let paths = ["", "/shortlist", "/contacts"].map(|end| format!("/api/v1{vacancy}{end}"));
    let pages = ["", "/shortlist", "/contacts"].map(|end| format!("{vacancy}{end}"));
    let more = ["/", "/notifications", "/rights-requests", "/my-data"].map(str::to_owned);
    let api = ["/api/v1/notifications", "/api/v1/rights-requests"].map(str::to_owned);
    for path in paths.into_iter().chain(pages).chain(more).chain(api) {
        let mut seen = Vec::new();
        for app in [&silent, &asked] {
            let factory = app.factory();
            let asking = async {
                if path.starts_with("/api") { factory.get(&path).await } else { factory.page(&path).await }
            };
            let (answer, statements) = statements_of(asking).await;
            let text = answer.without_request_id();
            let lines = text.lines().filter(|line| !line.starts_with("ballast-receipt")).map(str::to_owned);
            seen.push((answer.status, lines.collect::<Vec<_>>(), statements));
        }
        assert_eq!(seen[0], seen[1], "{path}");
    }
}

#[tokio::test]
async fn an_auditor_lists_the_holds_of_the_region() {
    let app = TestApp::start().await;
    let (auditor, person) = (app.auditor(), app.town.home.trainee);
    let none = auditor.get("/api/v1/legal-holds").await.expect_status(200).json();
    assert_eq!(none["items"], json!([]));
    let hold = format!("/api/v1/people/{person}/legal-hold");
    auditor.post(&format!("{hold}s"), json!({ "reason": "court" })).await.expect_status(201);
    let open = auditor.get("/api/v1/legal-holds").await.expect_status(200).json();
    assert_eq!(
        (&open["items"][0]["person_name"], &open["items"][0]["reason"]),
        (&json!("Bai Home"), &json!("court"))
    );
    let page = auditor.page("/legal-holds").await.expect_status(200).text();
    assert!(page.contains("Bai Home") && page.contains("/lifting"), "{page}");
    for who in [app.official(), app.school(), app.factory(), app.trainee(), app.administrator()] {
        who.get("/api/v1/legal-holds").await.expect_problem(403, "denied");
        who.page("/legal-holds").await.expect_status(403);
    }
    auditor.post(&format!("{hold}-lifting"), json!({})).await.expect_status(204);
    assert_eq!(auditor.get("/api/v1/legal-holds").await.json()["items"], json!([]));
    let all = auditor.get("/api/v1/legal-holds?with_lifted=true").await.expect_status(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
}
