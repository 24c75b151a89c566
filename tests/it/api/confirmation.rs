//! The password is asked for again before something is done that outlives a session.

use ballast::entity::identity::passkey;
use chrono::Duration;
use poem::http::Method;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use super::second_factor::{code, enrol, steps};
use crate::harness::{Answer, Identity, PASSWORD, TestApp, now};

const CONFIRM: &str = "/api/v1/me/password-confirmations";
const FACTORS: &str = "/api/v1/me/second-factors";

async fn new_token(who: &Identity<'_>) -> Answer {
    let new = json!({ "name": "export", "scopes": ["read", "write"], "days": 30 });
    who.post("/api/v1/me/tokens", new).await
}

async fn confirm(who: &Identity<'_>, password: &str) -> Answer {
    who.post(CONFIRM, json!({ "password": password })).await
}

#[tokio::test]
async fn what_outlives_a_session_is_done_only_soon_after_the_password() {
    let app = TestApp::start().await;
    let (secret, codes) = enrol(&app.factory()).await;
    let key = passkey::Model {
        id: app.town.home.passkey,
        user_id: app.town.home.user,
        name: "Phone".to_owned(),
        credential_id: vec![11; 32],
        credential: "{}".to_owned(),
        counter: 0,
        created_at: now(),
        last_used_on: None,
    };
    passkey::Entity::insert(key.into_active_model().reset_all()).exec(&app.owner().await).await.unwrap();
    let later = app.later(Duration::minutes(10)).await;
    let (factory, school) = (later.factory(), later.school());
    let passkey = format!("{FACTORS}/passkeys/{}", app.town.home.passkey);
    let enrolments = format!("{FACTORS}/totp-enrolments");
    let asked: [(&Identity<'_>, Method, &str, Option<Value>); 6] = [
        (&school, Method::POST, &enrolments, None),
        (&factory, Method::POST, &format!("{FACTORS}/totp-removals"), Some(json!({ "code": codes[0] }))),
        (&factory, Method::POST, &format!("{FACTORS}/recovery-codes"), None),
        (&factory, Method::DELETE, &passkey, None),
        (
            &factory,
            Method::POST,
            "/api/v1/me/tokens",
            Some(json!({ "name": "export", "scopes": ["read"], "days": 30 })),
        ),
        (
            &factory,
            Method::POST,
            "/api/v1/me/mail-address-changes",
            Some(json!({ "mail_address": "zhou@example.com" })),
        ),
    ];
    for (who, method, path, body) in &asked {
        let refused = who.send(method.clone(), path, body.clone()).await;
        refused.expect_problem(403, "confirmation_needed");
    }
    for who in [&factory, &school] {
        let wrong = confirm(who, "not this one").await.expect_problem(422, "invalid").json();
        assert_eq!(wrong["errors"][0]["code"], "wrong_password");
        new_token(who).await.expect_problem(403, "confirmation_needed");
        confirm(who, PASSWORD).await.expect_status(204);
    }
    // What takes the second factor away comes last; the recovery codes are new ones by then.
    for (who, method, path, body) in asked.iter().rev() {
        let removal = path.ends_with("totp-removals");
        let body = if removal { Some(json!({ "code": code(&secret, steps(20)) })) } else { body.clone() };
        let answer = who.send(method.clone(), path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
    }
    let after = app.later(Duration::minutes(20)).await;
    new_token(&after.factory()).await.expect_problem(403, "confirmation_needed");
}

#[tokio::test]
async fn a_token_of_a_program_makes_no_other_whoever_tells_it_the_password() {
    let app = TestApp::start().await;
    let made = new_token(&app.factory()).await.expect_status(201).json();
    let program = app.nobody().with_token(made["token"].as_str().unwrap());
    new_token(&program).await.expect_problem(403, "insufficient_scope");
    confirm(&program, PASSWORD).await.expect_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn who_found_an_open_session_cannot_try_passwords_for_ever() {
    let app = TestApp::start().await;
    let later = app.later(Duration::minutes(11)).await;
    for _ in 0..5 {
        confirm(&later.factory(), "not this one").await.expect_problem(422, "invalid");
    }
    confirm(&later.factory(), PASSWORD).await.expect_problem(422, "invalid");
    let after = app.later(Duration::minutes(13)).await;
    confirm(&after.factory(), PASSWORD).await.expect_status(204);
}

#[tokio::test]
async fn a_page_asks_for_the_password_and_goes_on() {
    let app = TestApp::start().await;
    let later = app.later(Duration::minutes(11)).await;
    let me = later.factory();
    let csrf = me.form_token().await;
    let begin = format!("csrf={csrf}");
    let sent = me.submit("/account/second-factor/totp", &[], &begin).await.expect_status(303);
    let ask = "/account/confirmation?next=/account/second-factor";
    assert_eq!(sent.header("location"), ask);
    let form = me.page(ask).await.expect_status(200).text();
    assert!(form.contains("name=\"next\" value=\"/account/second-factor\""), "{form}");
    let fields = |password: &str| format!("csrf={csrf}&next=/account/second-factor&password={password}");
    me.submit("/account/confirmation", &[], &fields("wrong")).await.expect_status(422);
    me.submit("/account/confirmation", &[], "password=x").await.expect_status(403);
    let done = me.submit("/account/confirmation", &[], &fields(&PASSWORD.replace(' ', "+"))).await;
    assert_eq!(done.expect_status(303).header("location"), "/account/second-factor");
    me.submit("/account/second-factor/totp", &[], &begin).await.expect_status(201);
    // The token beside it has not shown anything.
    new_token(&me).await.expect_problem(403, "confirmation_needed");
    let elsewhere = format!("csrf={csrf}&next=//evil.example&password={}", PASSWORD.replace(' ', "+"));
    let done = me.submit("/account/confirmation", &[], &elsewhere).await.expect_status(303);
    assert_eq!(done.header("location"), "/");
}
