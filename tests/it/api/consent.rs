//! A factory asks people to know who they are, and they answer.

use serde_json::{Value, json};

use crate::harness::{Answer, Identity, TestApp, statements_of};
use crate::service::audit::{codes, verified};

/// The pseudonyms of the people whom the factory's shortlist shows.
async fn shown(app: &TestApp) -> Vec<String> {
    let path = format!("/api/v1/vacancies/{}/shortlist", app.town.home.vacancy);
    let list = app.factory().get(&path).await.expect_status(200).json();
    let rows = ["qualified", "to_verify"]
        .into_iter()
        .flat_map(|part| list[part]["items"].as_array().unwrap().clone());
    rows.map(|row| row["pseudonym"].as_str().unwrap().to_owned()).collect()
}

fn contacts_path(app: &TestApp) -> String {
    format!("/api/v1/vacancies/{}/contacts", app.town.home.vacancy)
}

async fn contacts(app: &TestApp) -> Vec<Value> {
    let list = app.factory().get(&contacts_path(app)).await.expect_status(200).json();
    list["items"].as_array().unwrap().clone()
}

/// The trainee's own question, and an answer to it.
async fn answer(app: &TestApp, who: &Identity<'_>, word: &str) -> Answer {
    let path = format!("/api/v1/consents/{}", app.town.home.consent);
    let seen = who.get(&path).await.expect_status(200);
    let tag = seen.header("etag").to_owned();
    let body = Some(json!({ "answer": word }));
    let headers = [("if-match", tag.as_str())];
    who.send_with(poem::http::Method::POST, &format!("{path}/answer"), &headers, body).await
}

#[tokio::test]
async fn a_name_opens_with_consent_to_that_factory_and_closes_again() {
    let app = TestApp::start().await;
    let named = |list: &[Value]| list.iter().filter(|contact| contact.get("person").is_some()).count();
    let before = contacts(&app).await;
    assert_eq!((before.len(), named(&before)), (1, 0), "{before:?}");
    let given = answer(&app, &app.trainee(), "give").await.expect_status(200).json();
    assert_eq!((&given["state"], &given["revision"]), (&json!("given"), &json!(2)));
    let open = contacts(&app).await;
    assert_eq!(open[0]["person"]["id"], json!(app.town.home.trainee.0));
    assert_eq!(open[0]["pseudonym"], before[0]["pseudonym"], "the code stays");
    assert_eq!(open[0]["person"]["phone"], "138219000000");
    let page = format!("/vacancies/{}/contacts", app.town.home.vacancy);
    let shown = app.factory().page(&page).await.expect_status(200).text();
    assert!(shown.contains("138219000000"), "{shown}");
    // What the reading showed is in the log under its subject; nobody else's factory sees anything.
    let other = app.other_factory().get(&contacts_path(&app)).await;
    other.expect_problem(404, "not_found");
    // Another word of the same kind changes nothing.
    let again = answer(&app, &app.trainee(), "give").await.expect_status(200).json();
    assert_eq!(again["revision"], json!(2));
    let back = answer(&app, &app.trainee(), "refuse").await.expect_status(200).json();
    assert_eq!(back["state"], "withdrawn");
    assert_eq!(contacts(&app).await, before, "to the factory it is as before");
    let given = answer(&app, &app.trainee(), "give").await.expect_status(200).json();
    assert_eq!(given["state"], "given", "on the same day again");
    assert_eq!(named(&contacts(&app).await), 1);
    let findings = codes(&verified(&app.app).await);
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test]
async fn the_tie_to_the_factory_opens_and_closes_with_the_consent() {
    use ballast::entity::person::person_tie::{Column, Entity};
    use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

    let app = TestApp::start().await;
    let open = async || {
        let ties = Entity::find()
            .filter(Column::PersonId.eq(app.town.home.trainee.0))
            .filter(Column::OrganisationId.eq(app.town.home.factory.0))
            .filter(
                Column::ValidUntil.gte(ballast_domain::base::civil_time::shanghai_date(app.app.clock.now())),
            )
            .all(app.app.db.reader())
            .await;
        ties.unwrap().len()
    };
    assert_eq!(open().await, 0);
    answer(&app, &app.trainee(), "give").await.expect_status(200);
    assert_eq!(open().await, 1);
    answer(&app, &app.trainee(), "refuse").await.expect_status(200);
    assert_eq!(open().await, 0);
    answer(&app, &app.trainee(), "give").await.expect_status(200);
    assert_eq!(open().await, 1);
}

#[tokio::test]
async fn only_people_on_the_shortlist_are_asked_and_each_once() {
    let app = TestApp::start().await;
    let (factory, path) = (app.factory(), contacts_path(&app));
    let codes = shown(&app).await;
    assert!(!codes.is_empty());
    let wrong =
        factory.post(&path, json!({ "pseudonyms": ["NOBODY", codes[0]] })).await.expect_status(422).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/pseudonyms/0");
    assert_eq!(contacts(&app).await.len(), 1, "nobody was asked");
    factory.post(&path, json!({ "pseudonyms": [] })).await.expect_status(422);
    for _ in 0..2 {
        factory.post(&path, json!({ "pseudonyms": [codes[0], codes[0]] })).await.expect_status(200);
    }
    let asked = contacts(&app).await;
    let of_first = asked.iter().filter(|contact| contact["pseudonym"] == json!(codes[0])).count();
    assert_eq!(of_first, 1, "{asked:?}");
    for who in [app.school(), app.official(), app.trainee(), app.administrator()] {
        who.post(&path, json!({ "pseudonyms": [codes[0]] })).await.expect_problem(403, "denied");
    }
    app.other_factory()
        .post(&path, json!({ "pseudonyms": [codes[0]] }))
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn only_the_person_and_their_guardian_answer() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/consents/{}/answer", app.town.home.consent);
    for who in [app.other_trainee(), app.other_guardian()] {
        let headers = [("if-match", "\"1-0\"")];
        let body = Some(json!({ "answer": "give" }));
        let answer = who.send_with(poem::http::Method::POST, &path, &headers, body).await;
        answer.expect_problem(404, "not_found");
    }
    assert!(contacts(&app).await[0].get("person").is_none());
    let given = answer(&app, &app.guardian(), "give").await.expect_status(200).json();
    assert_eq!((&given["state"], &given["person_id"]), (&json!("given"), &json!(app.town.home.trainee.0)));
    assert!(contacts(&app).await[0].get("person").is_some());
}

/// Two worlds: in one the person refused, in the other they have not answered. All that the factory gets is the same,
/// and so is every statement on the way.
#[tokio::test]
async fn refused_and_not_answered_look_the_same() {
    let (silent, refused) = (TestApp::start_watched().await, TestApp::start_watched().await);
    answer(&refused, &refused.trainee(), "refuse").await.expect_status(200);
    let page = format!("/vacancies/{}/contacts", silent.town.home.vacancy);
    let shortlist = format!("/api/v1/vacancies/{}/shortlist", silent.town.home.vacancy);
    // The matcher follows the log, whatever is in it: in both worlds it has caught up.
    for app in [&silent, &refused] {
        app.factory().get(&shortlist).await.expect_status(200);
    }
    for path in [contacts_path(&silent), shortlist, page] {
        let mut seen = Vec::new();
        for app in [&silent, &refused] {
            let factory = app.factory();
            let asked = async {
                if path.starts_with("/api") { factory.get(&path).await } else { factory.page(&path).await }
            };
            let (answer, statements) = statements_of(asked).await;
            assert_eq!(answer.status, 200, "{path}");
            // A receipt names the factory's own entry by a random id.
            let text = answer.without_request_id();
            let lines = text.lines().filter(|line| !line.starts_with("ballast-receipt")).map(str::to_owned);
            // How the log is sealed depends on how many entries it has, whoever wrote them.
            let of_log = |sql: &String| sql.contains("audit_");
            let asked: Vec<String> = statements.into_iter().filter(|sql| !of_log(sql)).collect();
            seen.push((lines.collect::<Vec<_>>(), asked));
        }
        assert!(!seen[0].1.is_empty(), "no statement was collected");
        assert_eq!(seen[0], seen[1], "{path}");
    }
}
