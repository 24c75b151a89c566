//! Passwords, what they cost, and who has to wait after wrong ones.

use ballast::cli::open;
use ballast::entity::audit::audit_entry;
use ballast::entity::identity::{sign_in_failure, user};
use ballast::outside::clock::Clock;
use ballast::outside::erasure_journal::ErasureJournal;
use ballast::outside::keys::Keys;
use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
use ballast::service::identity::password::{Cost, Passwords};
use ballast::service::identity::session::{Attempt, Purpose, sign_in};
use chrono::Duration;
use poem::http::header::SET_COOKIE;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::json;

use crate::harness::{Answer, PASSWORD, Template, TestApp, TestDatabase};
use crate::web::encoded;

const LOGIN: &str = "home.factory_hr";
const WRONG: &str = "not the password";

/// Sends the form of the sign-in page from a browser that has this cookie.
async fn try_from(app: &TestApp, cookie: &str, password: &str) -> Answer {
    let fields = format!("login={LOGIN}&password={}", encoded(password));
    app.nobody().submit("/sign-in", &[("cookie", cookie)], &fields).await
}

/// The cookie by which a browser that signed in is known.
fn device(answer: &Answer) -> String {
    let all = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let mut own = all.filter(|cookie| cookie.starts_with("ballast_device="));
    own.next().expect("a device is remembered").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn after_five_wrong_passwords_the_right_one_has_to_wait_and_is_told_the_same() {
    let app = TestApp::start().await;
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(try_from(&app, "", WRONG).await.expect_status(401).without_request_id());
    }
    told.push(try_from(&app, "", PASSWORD).await.expect_status(401).without_request_id());
    assert!(told.iter().all(|answer| *answer == told[0]), "who waits cannot be told from who is wrong");
    let tokens = json!({ "login": LOGIN, "password": PASSWORD });
    app.nobody().post("/api/v1/tokens", tokens.clone()).await.expect_problem(401, "wrong_credentials");
    // What is tried while one waits does not make it longer.
    let almost = app.later(Duration::seconds(59)).await;
    try_from(&almost, "", PASSWORD).await.expect_status(401);
    let after = app.later(Duration::seconds(61)).await;
    after.nobody().post("/api/v1/tokens", tokens).await.expect_status(201);
    let left = sign_in_failure::Entity::find().count(app.app.db.reader()).await.unwrap();
    assert_eq!(left, 0, "who got in has no failures");
}

#[tokio::test]
async fn each_further_failure_doubles_the_wait_until_a_day_has_passed() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        try_from(&app, "", WRONG).await.expect_status(401);
    }
    let sixth = app.later(Duration::seconds(61)).await;
    try_from(&sixth, "", WRONG).await.expect_status(401);
    try_from(&app.later(Duration::seconds(61 + 119)).await, "", PASSWORD).await.expect_status(401);
    try_from(&app.later(Duration::seconds(61 + 121)).await, "", PASSWORD).await.expect_status(303);
    for _ in 0..4 {
        try_from(&app, "", WRONG).await.expect_status(401);
    }
    let forgotten = app.later(Duration::hours(25)).await;
    for _ in 0..4 {
        try_from(&forgotten, "", WRONG).await.expect_status(401);
    }
    try_from(&forgotten, "", PASSWORD).await.expect_status(303);
}

#[tokio::test]
async fn strangers_cannot_lock_an_owner_out_of_the_device_that_they_use() {
    let app = TestApp::start().await;
    let own = device(&try_from(&app, "", PASSWORD).await.expect_status(303));
    for _ in 0..6 {
        try_from(&app, "", WRONG).await.expect_status(401);
    }
    try_from(&app, "", PASSWORD).await.expect_status(401);
    try_from(&app, &own, PASSWORD).await.expect_status(303);
    // A signature of another login, or of nobody, is worth nothing.
    let forged = format!("{}0", &own[..own.len() - 1]);
    let forged = if forged == own { format!("{}1", &own[..own.len() - 1]) } else { forged };
    try_from(&app, &forged, PASSWORD).await.expect_status(401);
    let fields = format!("login=home.school_registrar&password={}", encoded(PASSWORD));
    let other = app.nobody().submit("/sign-in", &[("cookie", &own)], &fields).await.expect_status(303);
    let both = device(&other);
    assert!(both.contains(own.trim_start_matches("ballast_device=")), "a browser may be of several: {both}");
    try_from(&app, &both, PASSWORD).await.expect_status(303);
    // Whoever holds the device has five tries of their own.
    for _ in 0..5 {
        try_from(&app, &own, WRONG).await.expect_status(401);
    }
    try_from(&app, &own, PASSWORD).await.expect_status(401);
}

#[tokio::test]
async fn that_somebody_has_to_wait_is_in_the_log_whether_the_login_exists_or_not() {
    let app = TestApp::start().await;
    for login in [LOGIN, "nobody.at_all"] {
        let told = async || {
            let entries = audit_entry::Entity::find();
            let entries = entries.filter(audit_entry::Column::ResourceKind.eq("sign_in_failure"));
            entries.count(app.app.db.reader()).await.unwrap()
        };
        let before = told().await;
        for nth in 1..=5 {
            assert_eq!(told().await, before, "{login} {nth}");
            let tokens = json!({ "login": login, "password": WRONG });
            app.nobody().post("/api/v1/tokens", tokens).await.expect_problem(401, "wrong_credentials");
        }
        assert_eq!(told().await, before + 1, "{login}");
    }
}

#[tokio::test]
async fn a_hash_that_cost_less_than_it_should_is_made_anew_at_the_next_sign_in() {
    let database = TestDatabase::create(Template::Town).await;
    let at = |cost: Cost| {
        // Each draws its own secrets.
        let (keys, random) = (Keys::ephemeral(&Random::seeded(11)), Random::System);
        let database = &database;
        async move {
            let (clock, passwords) = (Clock::Fixed(crate::harness::now()), Passwords::new(cost));
            let db = database.open(None).await;
            let made = open::assemble_with(
                db,
                keys,
                random,
                clock,
                Witness::default(),
                ErasureJournal::default(),
                passwords,
            )
            .await;
            made.unwrap_or_else(|_| panic!("the installation cannot be put together"))
        }
    };
    let attempt = || Attempt {
        request_id: "test",
        login: LOGIN,
        password: PASSWORD.to_owned(),
        purpose: Purpose::Pages,
        devices: "",
        label: "",
    };
    let dear = at(Cost { passes: 3, ..Cost::default() }).await;
    let stored = async || {
        let row = user::Entity::find().filter(user::Column::Login.eq(LOGIN)).one(dear.db.reader()).await;
        row.unwrap().unwrap().password_hash.unwrap()
    };
    let before = stored().await;
    assert!(before.contains("m=19456,t=2,p=1"), "{before}");
    sign_in(&at(Cost::default()).await, attempt()).await.unwrap();
    assert_eq!(stored().await, before, "one that costs as much stays");
    sign_in(&dear, attempt()).await.unwrap();
    let after = stored().await;
    assert!(after.contains("m=19456,t=3,p=1"), "{after}");
    sign_in(&at(Cost::default()).await, attempt()).await.unwrap();
    assert_eq!(stored().await, after, "the cost falls for nobody");
}
