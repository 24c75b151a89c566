//! Invitations, links for another password, codes of a desk, and the end of a role.

use ballast::entity::identity::{sign_in_link, user};
use ballast::store::audit::audit_entry;
use chrono::Duration;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::harness::{Answer, Identity, PASSWORD, Side, TestApp};
use crate::web::encoded;

pub(super) const NEW: &str = "silk on the slipway";

fn organisation_administrator(app: &TestApp) -> Identity<'_> {
    let found = app.tenants(Side::Home).into_iter().find(|who| who.role == "organisation_administrator");
    found.expect("the town has one")
}

async fn redeem(app: &TestApp, token: &str, password: &str) -> Answer {
    let fields = format!("token={token}&new_password={}", encoded(password));
    app.nobody().submit("/sign-in/link", &[], &fields).await
}

pub(super) async fn redeem_code(app: &TestApp, login: &str, code: &str) -> Answer {
    let fields = format!("login={}&code={code}&new_password={}", encoded(login), encoded(NEW));
    app.nobody().submit("/sign-in/code", &[], &fields).await
}

pub(super) async fn signs_in(app: &TestApp, login: &str, password: &str) -> bool {
    let body = json!({ "login": login, "password": password });
    app.nobody().post("/api/v1/tokens", body).await.status == 201
}

/// The organisation whose administrator the town has.
async fn own_organisation(who: &Identity<'_>) -> Value {
    who.get("/api/v1/me").await.expect_status(200).json()["organisation"].clone()
}

/// A role that fits the kind of an organisation, and one that does not.
fn roles(organisation: &Value) -> (&'static str, &'static str) {
    match organisation["kind"].as_str().unwrap() {
        "school" => ("teacher", "factory_hr"),
        "factory" => ("mentor", "teacher"),
        "bureau" => ("auditor", "teacher"),
        _ => ("organisation_administrator", "teacher"),
    }
}

#[tokio::test]
async fn who_is_invited_sets_a_password_once_and_then_signs_in() {
    let app = TestApp::start().await;
    let who = organisation_administrator(&app);
    let organisation = own_organisation(&who).await;
    let (fits, other) = roles(&organisation);
    let invite = |login: &str, role: &str, id: &Value| json!({ "login": login, "display_name": "Zhou", "role": role, "organisation_id": id });
    let path = "/api/v1/invitations";
    let wrong =
        who.post(path, invite("zhou", other, &organisation["id"])).await.expect_problem(422, "invalid");
    assert_eq!(wrong.json()["errors"][0]["code"], "other_kind_for_role");
    let foreign = json!(app.town.other.bureau.0);
    who.post(path, invite("zhou", fits, &foreign)).await.expect_problem(404, "not_found");
    let nowhere = json!({ "login": "zhou", "display_name": "Zhou", "role": "administrator" });
    who.post(path, nowhere).await.expect_problem(404, "not_found");
    app.factory().post(path, invite("zhou", fits, &organisation["id"])).await.expect_problem(403, "denied");

    let made = who.post(path, invite("zhou", fits, &organisation["id"])).await.expect_status(201).json();
    let token = made["secret"].as_str().unwrap();
    assert!(!signs_in(&app, "zhou", NEW).await, "nobody signs in without a password");
    redeem(&app, token, "short").await.expect_status(422);
    redeem(&app, &token[1..], NEW).await.expect_status(409);
    let late = app.later(Duration::hours(73)).await;
    redeem(&late, token, NEW).await.expect_status(409);
    redeem(&app, token, NEW).await.expect_status(303);
    assert!(signs_in(&app, "zhou", NEW).await);
    redeem(&app, token, "another horse entirely").await.expect_status(409);
    who.post(path, invite("zhou", fits, &organisation["id"])).await.expect_problem(409, "login_taken");
}

#[tokio::test]
async fn a_link_for_another_password_ends_the_sessions_and_the_links_before_it() {
    let app = TestApp::start().await;
    let admin = app.administrator();
    let path = format!("/api/v1/users/{}/password-resets", app.town.home.user);
    let issue = async || {
        let made = admin.post(&path, json!({})).await.expect_status(201).json();
        made["secret"].as_str().unwrap().to_owned()
    };
    let (first, second) = (issue().await, issue().await);
    redeem(&app, &first, NEW).await.expect_status(409);
    app.factory().page("/").await.expect_status(200);
    redeem(&app.later(Duration::minutes(61)).await, &second, NEW).await.expect_status(409);
    redeem(&app, &second, NEW).await.expect_status(303);
    app.factory().page("/").await.expect_status(303);
    assert!(
        signs_in(&app, "home.factory_hr", NEW).await && !signs_in(&app, "home.factory_hr", PASSWORD).await
    );
}

#[tokio::test]
async fn an_organisations_administrator_opens_no_login_that_reaches_beyond_it() {
    let app = TestApp::start().await;
    let who = organisation_administrator(&app);
    let users = app.administrator().get("/api/v1/users?role=administrator").await.expect_status(200).json();
    for id in [users["items"][0]["id"].as_str().unwrap(), &app.town.other.user.to_string()] {
        let path = format!("/api/v1/users/{id}/password-resets");
        who.post(&path, json!({})).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_code_of_the_desk_works_for_a_quarter_of_an_hour_and_five_tries() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/people/{}/sign-in-codes", app.town.home.trainee);
    app.factory().post(&path, json!({})).await.expect_problem(403, "denied");
    app.other_school().post(&path, json!({})).await.expect_problem(404, "not_found");
    let issue = async || app.school().post(&path, json!({})).await.expect_status(201).json();
    let made = issue().await;
    let (login, code) =
        (made["login"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned());
    assert!(code.len() == 10 && login == "home.trainee", "{made}");
    let wrong = if code == "0000000000" { "1111111111" } else { "0000000000" };
    let (known, unknown) =
        (redeem_code(&app, &login, wrong).await, redeem_code(&app, "nobody.at_all", wrong).await);
    let told = |answer: &Answer, login: &str| answer.without_request_id().replace(login, "LOGIN");
    assert_eq!(told(&known.expect_status(401), &login), told(&unknown.expect_status(401), "nobody.at_all"));
    let late = app.later(Duration::minutes(16)).await;
    redeem_code(&late, &login, &code).await.expect_status(401);
    redeem_code(&app, &login, &code).await.expect_status(303);
    assert!(signs_in(&app, &login, NEW).await);
    redeem_code(&app, &login, &code).await.expect_status(401);
    let other = app.other_school();
    let path = format!("/api/v1/people/{}/sign-in-codes", app.town.other.trainee);
    let made = other.post(&path, json!({})).await.expect_status(201).json();
    let code = made["secret"].as_str().unwrap();
    for _ in 0..5 {
        redeem_code(&app, "other.trainee", if code == wrong { "2222222222" } else { wrong })
            .await
            .expect_status(401);
    }
    redeem_code(&app, "other.trainee", code).await.expect_status(401);
    redeem_code(&app.later(Duration::minutes(2)).await, "other.trainee", code).await.expect_status(401);
}

#[tokio::test]
async fn a_role_that_ended_lets_nobody_in_and_nobody_ends_their_own() {
    let app = TestApp::start().await;
    let (admin, place) = (app.administrator(), &app.town.home);
    let path = format!("/api/v1/users/{}/membership-endings", place.user);
    let body = |last_day: &str| json!({ "role": "factory_hr", "organisation_id": place.factory.0, "last_day": last_day });
    admin.post(&path, body("2026-11-01")).await.expect_problem(422, "invalid");
    app.factory().get("/api/v1/vacancies").await.expect_status(200);
    admin.post(&path, body("2026-11-23")).await.expect_status(204);
    app.factory().get("/api/v1/vacancies").await.expect_problem(403, "denied");
    admin.post(&path, body("2026-11-23")).await.expect_problem(404, "not_found");
    let me = admin.get("/api/v1/me").await.json();
    let own = format!("/api/v1/users/{}/membership-endings", me["id"].as_str().unwrap());
    let body = json!({ "role": "administrator", "last_day": "2026-12-31" });
    admin.post(&own, body).await.expect_problem(409, "own_membership");
}

#[tokio::test]
async fn the_page_of_members_shows_the_link_of_an_invitation_once() {
    let app = TestApp::start().await;
    let who = organisation_administrator(&app);
    let organisation = own_organisation(&who).await;
    let csrf = who.form_token().await;
    app.factory().page("/members").await.expect_status(403);
    who.page("/members").await.expect_status(200);
    let fields = format!(
        "csrf={csrf}&login=zhou&display_name=Zhou&role={}&organisation={}",
        roles(&organisation).0,
        organisation["id"].as_str().unwrap()
    );
    let made = who.submit("/members/invitations", &[], &fields).await.expect_status(201).text();
    let (_, token) = made.split_once("/sign-in/link?token=").expect("the link is shown");
    let token = token.split_once('<').unwrap().0.to_owned();
    assert!(!who.page("/members").await.text().contains(&token));
    app.nobody().page(&format!("/sign-in/link?token={token}")).await.expect_status(200);
    redeem(&app, &token, NEW).await.expect_status(303);
    assert!(signs_in(&app, "zhou", NEW).await);
}

#[tokio::test]
async fn a_link_opens_no_login_that_was_locked() {
    let app = TestApp::start().await;
    let id = app.town.home.user;
    let path = format!("/api/v1/users/{id}/password-resets");
    let made = app.administrator().post(&path, json!({})).await.expect_status(201).json();
    let tx = app.app.db.write_tx().await.unwrap();
    let lock = user::Entity::update_many().col_expr(user::Column::Status, Expr::value("locked"));
    lock.filter(user::Column::Id.eq(id)).exec(tx.conn()).await.unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    redeem(&app, made["secret"].as_str().unwrap(), NEW).await.expect_status(409);
}

#[tokio::test]
async fn who_set_another_password_does_not_wait_for_wrong_ones_of_before() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        assert!(!signs_in(&app, "home.factory_hr", "not this one").await);
    }
    assert!(!signs_in(&app, "home.factory_hr", PASSWORD).await, "it has to wait");
    let path = format!("/api/v1/users/{}/password-resets", app.town.home.user);
    let made = app.administrator().post(&path, json!({})).await.expect_status(201).json();
    redeem(&app, made["secret"].as_str().unwrap(), NEW).await.expect_status(303);
    assert!(signs_in(&app, "home.factory_hr", NEW).await);
}

#[tokio::test]
async fn a_code_goes_with_an_erased_person() {
    let app = TestApp::start().await;
    let person = app.town.home.trainee;
    let path = format!("/api/v1/people/{person}/sign-in-codes");
    app.school().post(&path, json!({})).await.expect_status(201);
    let left = async || sign_in_link::Entity::find().count(app.app.db.reader()).await.unwrap();
    assert_eq!(left().await, 1);
    app.official().post(&format!("/api/v1/people/{person}/erasure"), json!({})).await.expect_status(204);
    assert_eq!(left().await, 0);
}
