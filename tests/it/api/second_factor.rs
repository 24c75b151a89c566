//! The second factor over the API: setting it up, signing in with it, and losing it.

use ballast::entity::audit::audit_entry;
use ballast::entity::identity::{half_session, recovery_code, totp};
use ballast::outside::keys::Unsealable;
use chrono::Duration;
use poem::http::Method;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::harness::{Answer, Identity, PASSWORD, Side, TestApp, now};

const FACTORS: &str = "/api/v1/me/second-factors";
const LOGIN: &str = "home.factory_hr";

/// The code of an app that has this secret, so much after the town's clock.
pub fn code(secret: &str, later: Duration) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    totp.generate(u64::try_from((now() + later).timestamp()).unwrap()).to_string()
}

/// Steps of a code, from the town's clock on.
pub fn steps(count: i32) -> Duration {
    Duration::seconds(30) * count
}

/// A code that is neither of these.
fn another(than: &[&str]) -> String {
    let mut all = (0..1_000_000).map(|n| format!("{n:06}"));
    all.find(|code| !than.contains(&code.as_str())).unwrap()
}

/// Sets somebody's second factor up; gives its secret and the recovery codes. The code of now is used up by it.
pub async fn enrol(who: &Identity<'_>) -> (String, Vec<String>) {
    let begun = who.send(Method::POST, &format!("{FACTORS}/totp-enrolments"), None).await;
    let secret = begun.expect_status(201).json()["secret"].as_str().unwrap().to_owned();
    let body = json!({ "code": code(&secret, steps(0)) });
    let done = who.post(&format!("{FACTORS}/totp-confirmations"), body).await.expect_status(201).json();
    let codes = done["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, codes.collect())
}

async fn sign_in(app: &TestApp, login: &str, code: Option<&str>) -> Answer {
    let mut body = json!({ "login": login, "password": PASSWORD });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    app.nobody().post("/api/v1/tokens", body).await
}

async fn standing(who: &Identity<'_>) -> Value {
    who.get(FACTORS).await.expect_status(200).json()
}

#[tokio::test]
async fn from_the_first_code_on_one_is_asked_for_and_none_counts_twice() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let begun = factory.send(Method::POST, &format!("{FACTORS}/totp-enrolments"), None).await;
    let begun = begun.expect_status(201);
    assert_eq!(begun.header("cache-control"), "no-store");
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let uri = begun.json()["uri"].as_str().unwrap().to_owned();
    assert_eq!(uri, format!("otpauth://totp/Ballast:{LOGIN}?secret={secret}&issuer=Ballast"));
    // Not confirmed, it counts for nothing.
    sign_in(&app, LOGIN, None).await.expect_status(201);
    let confirm = format!("{FACTORS}/totp-confirmations");
    let near: Vec<String> = (-1..=1).map(|n| code(&secret, steps(n))).collect();
    let wrong = another(&near.iter().map(String::as_str).collect::<Vec<_>>());
    let refused =
        factory.post(&confirm, json!({ "code": wrong })).await.expect_problem(422, "invalid").json();
    assert_eq!(refused["errors"][0]["pointer"], "/code");
    assert_eq!(
        standing(&factory).await,
        json!({ "required": false, "passkeys": 0, "recovery_codes_left": 0 })
    );

    let done = factory.post(&confirm, json!({ "code": near[1] })).await.expect_status(201).json();
    assert_eq!(done["codes"].as_array().unwrap().len(), 10);
    factory.post(&confirm, json!({ "code": near[2] })).await.expect_problem(409, "totp_there");
    let begin = factory.send(Method::POST, &format!("{FACTORS}/totp-enrolments"), None).await;
    begin.expect_problem(409, "totp_there");
    let standing = standing(&factory).await;
    assert_eq!((&standing["recovery_codes_left"], standing["totp_since"].is_string()), (&json!(10), true));
    factory.page("/").await.expect_status(303);

    sign_in(&app, LOGIN, None).await.expect_problem(401, "second_factor_required");
    sign_in(&app, LOGIN, Some(&wrong)).await.expect_problem(401, "wrong_second_factor");
    // The code that confirmed is used up, and so is what came before it.
    for used in [&near[1], &near[0]] {
        sign_in(&app, LOGIN, Some(used)).await.expect_problem(401, "wrong_second_factor");
    }
    // An app that is half a minute ahead; with the space that it shows.
    let (ahead, spaced) = (&near[2], format!("{} {}", &near[2][..3], &near[2][3..]));
    sign_in(&app, LOGIN, Some(&spaced)).await.expect_status(201);
    sign_in(&app, LOGIN, Some(ahead)).await.expect_problem(401, "wrong_second_factor");
    let later = app.later(steps(4)).await;
    for (n, status) in [(2, 401), (6, 401), (3, 201), (5, 201), (4, 401)] {
        let answer = sign_in(&later, LOGIN, Some(&code(&secret, steps(n)))).await;
        assert_eq!(answer.status.as_u16(), status, "a code of {n} steps on, four steps on");
    }
    // A wrong password is told as ever, whatever the code.
    let body = json!({ "login": LOGIN, "password": "not this one", "code": code(&secret, steps(5)) });
    later.nobody().post("/api/v1/tokens", body).await.expect_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn of_two_who_show_the_same_code_at_once_one_gets_in() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let (secret, recovery) = enrol(&app.factory()).await;
    for shown in [code(&secret, steps(1)), recovery[0].clone()] {
        let (one, two) =
            tokio::join!(sign_in(&app, LOGIN, Some(&shown)), sign_in(&beside, LOGIN, Some(&shown)));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 401], "{} {}", one.text(), two.text());
    }
}

#[tokio::test]
async fn a_recovery_code_takes_the_place_of_the_app_once_and_new_ones_end_the_old() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let (_, codes) = enrol(&factory).await;
    let mut different = codes.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 10);
    let typed = codes[0].to_lowercase().replace('-', " ");
    sign_in(&app, LOGIN, Some(&typed)).await.expect_status(201);
    sign_in(&app, LOGIN, Some(&codes[0])).await.expect_problem(401, "wrong_second_factor");
    assert_eq!(standing(&factory).await["recovery_codes_left"], 9);
    // Another login's is worth nothing.
    let (_, others) = enrol(&app.school()).await;
    sign_in(&app, LOGIN, Some(&others[0])).await.expect_problem(401, "wrong_second_factor");
    let renewed = factory.send(Method::POST, &format!("{FACTORS}/recovery-codes"), None).await;
    let renewed = renewed.expect_status(201).json();
    sign_in(&app, LOGIN, Some(&codes[1])).await.expect_problem(401, "wrong_second_factor");
    sign_in(&app, LOGIN, renewed["codes"][0].as_str()).await.expect_status(201);
    let none = app.trainee().send(Method::POST, &format!("{FACTORS}/recovery-codes"), None).await;
    none.expect_problem(409, "no_second_factor");
    for code in codes.iter().chain(&others) {
        let kept = recovery_code::Entity::find().all(app.app.db.reader()).await.unwrap();
        let folded = code.replace('-', "");
        assert!(kept.iter().all(|row| !row.code_hash.windows(12).any(|part| part == folded.as_bytes())));
    }
}

#[tokio::test]
async fn who_tries_codes_has_to_wait_and_is_told_the_same() {
    let app = TestApp::start().await;
    let (secret, _) = enrol(&app.factory()).await;
    let right = code(&secret, steps(1));
    let wrong = another(&[&code(&secret, steps(-1)), &code(&secret, steps(0)), &right]);
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(sign_in(&app, LOGIN, Some(&wrong)).await.expect_status(401).without_request_id());
    }
    told.push(sign_in(&app, LOGIN, Some(&right)).await.expect_status(401).without_request_id());
    assert!(told.iter().all(|answer| *answer == told[0]), "who waits cannot be told from who is wrong");
    let entries = audit_entry::Entity::find();
    let entries = entries.filter(audit_entry::Column::ResourceKind.eq("sign_in_failure"));
    assert_eq!(entries.count(app.app.db.reader()).await.unwrap(), 1);
    let after = app.later(Duration::seconds(61)).await;
    sign_in(&after, LOGIN, Some(&code(&secret, steps(2)))).await.expect_status(201);
    sign_in(&after, LOGIN, Some(&wrong)).await.expect_status(401);
    sign_in(&after, LOGIN, Some(&code(&secret, steps(3)))).await.expect_status(201);
}

#[tokio::test]
async fn one_does_without_the_app_only_with_a_code_of_it() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let removal = format!("{FACTORS}/totp-removals");
    factory.post(&removal, json!({ "code": "123456" })).await.expect_problem(409, "no_second_factor");
    let (secret, codes) = enrol(&factory).await;
    let wrong = another(&[&code(&secret, steps(0)), &code(&secret, steps(1)), &code(&secret, steps(-1))]);
    let refused =
        factory.post(&removal, json!({ "code": wrong })).await.expect_problem(422, "invalid").json();
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/code"), &json!("wrong_code"))
    );
    factory.post(&removal, json!({ "code": codes[3] })).await.expect_status(204);
    sign_in(&app, LOGIN, None).await.expect_status(201);
    assert_eq!(
        standing(&factory).await,
        json!({ "required": false, "passkeys": 0, "recovery_codes_left": 0 })
    );
    enrol(&factory).await;
}

#[tokio::test]
async fn officials_and_administrators_set_one_up_before_anything_else_where_the_installation_says_so() {
    let app = TestApp::start_strict().await;
    for who in [app.official(), app.administrator(), app.auditor()] {
        for path in ["/api/v1/me", "/api/v1/people", "/api/v1/me/tokens", "/api/v1/no-such-thing"] {
            let answer = who.get(path).await;
            let unknown = path.ends_with("thing");
            let (status, code) = if unknown { (404, "not_found") } else { (403, "second_factor_missing") };
            answer.expect_problem(status, code);
        }
        let new = json!({ "name": "export", "scopes": ["read"], "days": 30 });
        who.post("/api/v1/me/tokens", new).await.expect_problem(403, "second_factor_missing");
        assert_eq!(
            standing(&who).await,
            json!({ "required": true, "passkeys": 0, "recovery_codes_left": 0 })
        );
    }
    for who in [app.factory(), app.school(), app.trainee()] {
        who.get("/api/v1/me").await.expect_status(200);
        assert_eq!(standing(&who).await["required"], false);
    }
    // A token of a sign-in does as much, and can end itself.
    let got = sign_in(&app, "home.labour_official", None).await.expect_status(201).json();
    let got = app.nobody().with_token(got["token"].as_str().unwrap());
    got.get("/api/v1/people").await.expect_problem(403, "second_factor_missing");
    got.delete("/api/v1/tokens/current").await.expect_status(204);
    got.get(FACTORS).await.expect_problem(401, "unauthenticated");

    let official = app.official();
    let (_, codes) = enrol(&official).await;
    official.get("/api/v1/people").await.expect_status(200);
    app.administrator().get("/api/v1/me").await.expect_problem(403, "second_factor_missing");
    let body = json!({ "code": codes[0] });
    official.post(&format!("{FACTORS}/totp-removals"), body).await.expect_status(204);
    official.get("/api/v1/people").await.expect_problem(403, "second_factor_missing");
    // The same database where nobody is asked.
    app.later(Duration::zero()).await.official().get("/api/v1/people").await.expect_status(200);
}

#[tokio::test]
async fn an_administrator_takes_a_lost_one_away_and_its_owner_is_signed_out_and_told() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/users/{}/second-factor-resets", app.town.home.user);
    let post = async |who: &Identity<'_>| who.send(Method::POST, &path, None).await;
    post(&app.administrator()).await.expect_problem(409, "no_second_factor");
    let (_, codes) = enrol(&app.factory()).await;
    let token = sign_in(&app, LOGIN, Some(&codes[0])).await.expect_status(201).json();
    let signed_in = app.nobody().with_token(token["token"].as_str().unwrap());
    for (who, status, code) in [
        (app.official(), 403, "denied"),
        (app.factory(), 403, "denied"),
        (app.organisation_administrator(Side::Other), 404, "not_found"),
    ] {
        post(&who).await.expect_problem(status, code);
    }
    post(&app.organisation_administrator(Side::Home)).await.expect_status(204);
    signed_in.get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    let db = app.app.db.reader();
    assert_eq!(totp::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(recovery_code::Entity::find().count(db).await.unwrap(), 0);
    sign_in(&app, LOGIN, None).await.expect_status(201);
    let told = app.factory().get("/api/v1/notifications").await.expect_status(200).json();
    assert_eq!(told["items"][0]["kind"], "second_factor_reset", "{told}");
    let entries = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("ResetSecondFactor"));
    assert_eq!(entries.count(db).await.unwrap(), 1);

    let me = app.administrator().get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    enrol(&app.administrator()).await;
    let own = format!("/api/v1/users/{me}/second-factor-resets");
    app.administrator().send(Method::POST, &own, None).await.expect_problem(409, "own_second_factor");
    app.organisation_administrator(Side::Home)
        .send(Method::POST, &own, None)
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn the_secret_opens_only_where_it_was_sealed_for_and_goes_with_its_owner() {
    let app = TestApp::start().await;
    enrol(&app.trainee()).await;
    let db = app.app.db.reader();
    let row = totp::Entity::find().one(db).await.unwrap().unwrap();
    let open =
        |user: &str| app.app.keys.open_own_key(&format!("totp|sealed|{user}"), &row.key_id, &row.sealed);
    assert_eq!(open(&row.user_id.to_string()).unwrap().len(), 20);
    assert_eq!(open(&app.town.home.user.to_string()), Err(Unsealable));
    let person = format!("/api/v1/people/{}/erasure", app.town.home.trainee);
    app.official().post(&person, json!({})).await.expect_status(204);
    assert_eq!(totp::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(recovery_code::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(half_session::Entity::find().count(db).await.unwrap(), 0);
}
