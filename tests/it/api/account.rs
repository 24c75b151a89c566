//! One's own password, sessions and tokens.

use ballast::entity::identity::{api_token, session};
use chrono::Duration;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::harness::{Identity, PASSWORD, TestApp};

const CHANGES: &str = "/api/v1/me/password-changes";
const TOKENS: &str = "/api/v1/me/tokens";
const SESSIONS: &str = "/api/v1/me/sessions";

async fn signed_in<'a>(app: &'a TestApp, login: &str, password: &str) -> Identity<'a> {
    let made = app.nobody().post("/api/v1/tokens", json!({ "login": login, "password": password })).await;
    app.nobody().with_token(made.expect_status(201).json()["token"].as_str().unwrap())
}

/// A token of the factory's HR for a program.
async fn token_for(app: &TestApp, scopes: &[&str], days: i64) -> Value {
    let new = json!({ "name": "export", "scopes": scopes, "days": days });
    app.factory().post(TOKENS, new).await.expect_status(201).json()
}

#[tokio::test]
async fn another_password_ends_every_other_session_and_sign_in_but_no_token_of_a_program() {
    let app = TestApp::start().await;
    let (factory, program) = (app.factory(), token_for(&app, &["read"], 30).await);
    let program = app.nobody().with_token(program["token"].as_str().unwrap());
    let other = signed_in(&app, "home.factory_hr", PASSWORD).await;
    let asking = signed_in(&app, "home.factory_hr", PASSWORD).await;
    let new = "silk on the slipway";
    let body = json!({ "current_password": PASSWORD, "new_password": new });
    asking.post(CHANGES, body).await.expect_status(204);
    asking.get("/api/v1/me").await.expect_status(200);
    other.get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    factory.page("/").await.expect_status(303);
    program.get("/api/v1/me").await.expect_status(200);
    app.school().get("/api/v1/me").await.expect_status(200);
    signed_in(&app, "home.factory_hr", new).await;
    let old = json!({ "login": "home.factory_hr", "password": PASSWORD });
    app.nobody().post("/api/v1/tokens", old).await.expect_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn a_password_that_is_short_common_or_named_after_its_owner_is_refused() {
    let app = TestApp::start().await;
    let factory = app.factory();
    for (current, new, pointer, code) in [
        (PASSWORD, "short", "/new_password", "too_short"),
        (PASSWORD, "Password2026!", "/new_password", "password_common"),
        (PASSWORD, "the factory gates at dawn", "/new_password", "password_contains_name"),
        ("not this one", "silk on the slipway", "/current_password", "wrong_password"),
    ] {
        let body = json!({ "current_password": current, "new_password": new });
        let answer = factory.post(CHANGES, body).await.expect_problem(422, "invalid").json();
        assert_eq!(
            (&answer["errors"][0]["pointer"], &answer["errors"][0]["code"]),
            (&pointer.into(), &code.into())
        );
    }
    let user = json!({ "login": "zhou.peilin", "display_name": "Zhou", "password": "only peilin knows", "role": "guardian" });
    let made = app.administrator().post("/api/v1/users", user).await.expect_problem(422, "invalid").json();
    assert_eq!(made["errors"][0]["code"], "password_contains_name");
    // Whoever found an open session cannot try passwords at it for ever.
    for _ in 0..4 {
        let body = json!({ "current_password": "not this one", "new_password": "silk on the slipway" });
        factory.post(CHANGES, body).await.expect_status(422);
    }
    let body = json!({ "current_password": PASSWORD, "new_password": "silk on the slipway" });
    factory.post(CHANGES, body).await.expect_problem(422, "invalid");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_nothing_about_signing_in() {
    let app = TestApp::start().await;
    let closure = format!("/api/v1/vacancies/{}/closure", app.town.home.vacancy);
    let made = token_for(&app, &["hiring:read", "exchange:write"], 30).await;
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("blst_"));
    let program = app.nobody().with_token(token);
    program.get("/api/v1/vacancies").await.expect_status(200);
    program.get("/api/v1/notifications").await.expect_status(200);
    program.post(&closure, Value::Null).await.expect_problem(403, "insufficient_scope");
    program.get("/api/v1/me").await.expect_problem(403, "insufficient_scope");
    // More than its user it may never do.
    let all = token_for(&app, &["write"], 30).await;
    let all = app.nobody().with_token(all["token"].as_str().unwrap());
    all.get("/api/v1/people").await.expect_problem(403, "denied");
    all.get(TOKENS).await.expect_status(200);
    let new = json!({ "name": "heir", "scopes": ["read"], "days": 1 });
    all.post(TOKENS, new).await.expect_problem(403, "insufficient_scope");
    all.delete(SESSIONS).await.expect_problem(403, "insufficient_scope");
    let body = json!({ "current_password": PASSWORD, "new_password": "silk on the slipway" });
    all.post(CHANGES, body).await.expect_problem(403, "insufficient_scope");
    program.delete("/api/v1/tokens/current").await.expect_status(204);
    program.get("/api/v1/vacancies").await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_is_shown_once_kept_as_a_hash_and_ends() {
    let app = TestApp::start().await;
    let factory = app.factory();
    for (scopes, days, pointer) in [
        (json!(["pets:read"]), 30, "/scopes"),
        (json!(["read"]), 366, "/days"),
        (json!(["read"]), 0, "/days"),
    ] {
        let new = json!({ "name": "export", "scopes": scopes, "days": days });
        let refused = factory.post(TOKENS, new).await.expect_problem(422, "invalid").json();
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let made = token_for(&app, &["read"], 365).await;
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let list = factory.get(TOKENS).await.expect_status(200);
    assert!(!list.text().contains(token), "never again");
    let found = list.json()["items"].as_array().unwrap().iter().find(|row| row["id"] == id).cloned().unwrap();
    assert_eq!((&found["name"], &found["scopes"]), (&json!("export"), &json!(["read"])));
    assert!(token.starts_with(found["prefix"].as_str().unwrap()) && found["last_used_on"].is_null());
    let rows = api_token::Entity::find().all(app.app.db.reader()).await.unwrap();
    assert!(rows.iter().all(|row| row.token_hash != token.as_bytes()));
    let program = app.nobody().with_token(token);
    program.get("/api/v1/me").await.expect_status(200);
    let used = factory.get(TOKENS).await.json();
    let used = used["items"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(used["last_used_on"], "2026-11-24");
    let year = app.later(Duration::days(365)).await;
    year.nobody().with_token(token).get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    let path = format!("{TOKENS}/{id}");
    app.other_factory().delete(&path).await.expect_problem(404, "not_found");
    factory.delete(&path).await.expect_status(204);
    program.get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    factory.delete(&path).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn ones_own_sessions_are_listed_and_ended_and_nobody_elses() {
    let app = TestApp::start().await;
    let (factory, own) = (app.factory(), app.town.home.session.to_string());
    let list = factory.get(SESSIONS).await.expect_status(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(
        (&list["items"][0]["id"], &list["items"][0]["device"]),
        (&json!(own), &json!("firefox/linux"))
    );
    app.other_factory().delete(&format!("{SESSIONS}/{own}")).await.expect_problem(404, "not_found");
    factory.page("/").await.expect_status(200);
    factory.delete(&format!("{SESSIONS}/{own}")).await.expect_status(204);
    factory.page("/").await.expect_status(303);
    let other = signed_in(&app, "home.factory_hr", PASSWORD).await;
    factory.delete(SESSIONS).await.expect_status(204);
    factory.get("/api/v1/me").await.expect_status(200);
    other.get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    app.school().page("/").await.expect_status(200);
}

#[tokio::test]
async fn of_a_sessions_use_the_day_is_kept_and_nothing_finer() {
    let app = TestApp::start().await;
    let stored = async || {
        let row = session::Entity::find_by_id(app.town.home.session).one(app.app.db.reader()).await;
        row.unwrap().unwrap()
    };
    let db = app.owner().await;
    let before = session::ActiveModel { last_used_on: Set(None), ..stored().await.into() };
    before.update(&db).await.unwrap();
    app.factory().page("/").await.expect_status(200);
    assert_eq!(stored().await.last_used_on.unwrap().to_string(), "2026-11-24");
}
