//! The page of one's own sessions, tokens and password.

use crate::harness::{PASSWORD, TestApp};
use crate::web::encoded;

#[tokio::test]
async fn the_page_shows_ones_sessions_and_a_new_token_once() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let csrf = factory.form_token().await;
    let page = factory.page("/account?lang=en").await.expect_status(200).text();
    assert!(page.contains("Firefox on Linux") && page.contains("this one"), "{page}");
    let fields = format!("csrf={csrf}&name=export&scope=hiring%3Aread&days=30");
    factory.submit("/account/tokens", &[], "name=export&scope=read&days=30").await.expect_status(403);
    let made = factory.submit("/account/tokens", &[], &fields).await.expect_status(201);
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.text();
    let (_, secret) = made.split_once("<span class=\"code\">blst_").expect("it is shown");
    let secret = format!("blst_{}", secret.split_once('<').unwrap().0);
    app.nobody().with_token(&secret).get("/api/v1/vacancies").await.expect_status(200);
    assert!(!factory.page("/account").await.text().contains(&secret));
    let nameless = format!("csrf={csrf}&name=&scope=read&days=30");
    let refused = factory.submit("/account/tokens", &[], &nameless).await.expect_status(422).text();
    assert!(refused.contains("href=\"#name\""), "the fault leads to its field: {refused}");
}

#[tokio::test]
async fn another_password_leaves_only_the_session_that_asked() {
    let app = TestApp::start().await;
    let fields = format!("login=home.factory_hr&password={}", encoded(PASSWORD));
    let answer = app.nobody().submit("/sign-in", &[], &fields).await.expect_status(303);
    let secret =
        answer.header("set-cookie").trim_start_matches("ballast_session=").split(';').next().unwrap();
    let (own, other) = (app.nobody().with_cookie(secret), app.factory());
    let csrf = own.form_token().await;
    let new = "silk on the slipway";
    let body = |new: &str| {
        format!("csrf={csrf}&current_password={}&new_password={}", encoded(PASSWORD), encoded(new))
    };
    let refused = own.submit("/account/password", &[], &body("short")).await.expect_status(422).text();
    assert!(!refused.contains(&format!("value=\"{PASSWORD}\"")), "a password is never shown");
    other.page("/").await.expect_status(200);
    own.submit("/account/password", &[], &body(new)).await.expect_status(200);
    own.page("/").await.expect_status(200);
    other.page("/").await.expect_status(303);
}
