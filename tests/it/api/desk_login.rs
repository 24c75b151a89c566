//! A login that a desk opens for a person who has none.

use ballast_domain::base::id::PersonId;
use serde_json::{Value, json};

use super::duplicate;
use super::invitation::{NEW, redeem_code, signs_in};
use super::one_human::name_person;
use crate::harness::{Answer, Identity, Side, TestApp};
use crate::service::audit::{codes, verified};

/// Somebody whom the school registered, and who has no login.
pub(super) async fn newcomer(app: &TestApp) -> PersonId {
    let made = app.school().post("/api/v1/people", json!({ "name": "Newcomer" })).await.expect_status(201);
    PersonId(made.json()["id"].as_str().unwrap().parse().unwrap())
}

async fn open(who: &Identity<'_>, person: PersonId, login: &str) -> Answer {
    who.post(&format!("/api/v1/people/{person}/logins"), json!({ "login": login })).await
}

#[tokio::test]
async fn a_person_without_a_login_gets_one_at_the_desk() {
    let app = TestApp::start().await;
    let person = newcomer(&app).await;
    for who in [app.factory(), app.trainee(), app.guardian(), app.administrator(), app.targeting_officer()] {
        open(&who, person, "li.second").await.expect_problem(403, "denied");
    }
    for who in [app.other_school(), app.other_official()] {
        open(&who, person, "li.second").await.expect_problem(404, "not_found");
    }
    open(&app.school(), person, "home.trainee").await.expect_problem(409, "login_taken");
    open(&app.school(), person, " ").await.expect_problem(422, "invalid");
    let made: Value = open(&app.school(), person, " Li.Second ").await.expect_status(201).json();
    assert_eq!((&made["login"], &made["path"]), (&json!("li.second"), &json!("/sign-in/code")));
    let code = made["secret"].as_str().unwrap();
    redeem_code(&app, "li.second", code).await.expect_status(303);
    assert!(signs_in(&app, "li.second", NEW).await, "the person chose the password");
    open(&app.school(), person, "li.third").await.expect_problem(409, "person_has_login");
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

/// The new login reaches the person's own data and no more; a worker's has the role of one.
#[tokio::test]
async fn the_login_is_the_persons_own() {
    let app = TestApp::start().await;
    let (worker, desk) = (
        app.town.home.worker,
        app.tenants(Side::Home).into_iter().find(|who| who.role == "port_desk").unwrap(),
    );
    let made = open(&desk, worker, "linh").await;
    let code = made.expect_status(201).json()["secret"].as_str().unwrap().to_owned();
    redeem_code(&app, "linh", &code).await.expect_status(303);
    let body = json!({ "login": "linh", "password": NEW });
    let token = app.nobody().post("/api/v1/tokens", body).await.expect_status(201).json();
    let me = app.nobody().with_token(token["token"].as_str().unwrap());
    let own = me.get("/api/v1/me").await.expect_status(200).json();
    assert_eq!(own["person_id"], json!(worker.0));
    assert!(own.to_string().contains("\"foreign_worker\""), "{own}");
    me.get(&format!("/api/v1/people/{worker}")).await.expect_status(200);
    me.get(&format!("/api/v1/people/{}", app.town.home.trainee)).await.expect_problem(404, "not_found");
}

/// A human being has one login, by whichever registration: neither a second desk nor the desk's own clerk gets another.
#[tokio::test]
async fn one_human_being_has_one_login() {
    let app = TestApp::start().await;
    let pair = duplicate::twice(&app).await;
    duplicate::merge(&app, pair).await;
    open(&app.school(), PersonId(pair[0]), "xiaomei").await.expect_status(201);
    open(&app.official(), PersonId(pair[1]), "xiaomei.two").await.expect_problem(409, "person_has_login");
    // Whoever holds an office has a login, and for oneself nobody opens one.
    let person = app.town.home.people[2];
    name_person(&app, "home.labour_official", person).await;
    open(&app.school(), person, "official.two").await.expect_problem(409, "person_has_login");
    let another = app.town.home.people[3];
    name_person(&app, "home.school_registrar", another).await;
    open(&app.school(), another, "registrar.two").await.expect_problem(409, "about_oneself");
}

#[tokio::test]
async fn two_desks_at_once_open_one_login() {
    let app = TestApp::start().await;
    let (school, person) = (app.school(), newcomer(&app).await);
    let (one, other) = tokio::join!(open(&school, person, "one"), open(&school, person, "other"));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

/// The desk's page shows the code once.
#[tokio::test]
async fn the_page_shows_the_code_once() {
    let app = TestApp::start().await;
    let (school, person) = (app.school(), newcomer(&app).await);
    let path = format!("/people/{person}");
    let page = school.page(&path).await.expect_status(200).text();
    assert!(page.contains(&format!("{path}/logins")) && page.contains(&format!("{path}/identity")), "{page}");
    let fields = format!("csrf={}&login=by.page", school.form_token().await);
    let made = school.submit(&format!("{path}/logins"), &[], &fields).await;
    let shown = made.expect_status(201).text();
    assert!(shown.contains("by.page"), "{shown}");
}
