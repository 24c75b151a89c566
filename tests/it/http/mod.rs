//! Every answer of the server, also to what no client should send.

mod gate;
mod list;
mod patience;
mod sign_in;
mod socket;
mod surroundings;
#[cfg(feature = "tls")]
mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream;
use poem::Body;
use poem::http::Method;
use serde_json::json;

use crate::harness::{PANIC, PASSWORD, TestApp};

const JSON: (&str, &str) = ("content-type", "application/json");
const TOKENS: &str = "/api/v1/tokens";
/// 100 MB, of which nobody should read more than the limit.
const HUGE: usize = 100 * 1024 * 1024;
/// What the server reads at most.
const LIMIT: usize = ballast::http::limits::BODY_BYTES_MAX;

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_a_page_for_people() {
    let app = TestApp::start().await;
    app.nobody().get("/api/v1/nothing").await.expect_problem(404, "not_found");
    app.school().get("/api/v1/people/x/y/z").await.expect_problem(404, "not_found");
    let page = app.nobody().get("/nothing").await.expect_status(404);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_method_that_is_not_there_is_a_problem() {
    let app = TestApp::start().await;
    app.nobody().delete(TOKENS).await.expect_problem(405, "method_not_allowed");
    app.school()
        .send(Method::PUT, "/api/v1/people", Some(json!({})))
        .await
        .expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_problem_that_says_so() {
    let app = TestApp::start().await;
    for body in ["", "{", "[]", "null", "{\"login\": 3}", "{\"login\": \"a\"}", "\u{0}"] {
        let answer =
            app.nobody().send_raw(Method::POST, TOKENS, &[JSON], Body::from_string(body.to_owned())).await;
        let answer = answer.expect_problem(400, "bad_body").json();
        assert!(answer["errors"].as_array().is_some_and(|all| !all.is_empty()), "{body}: {answer}");
    }
    let more = json!({ "login": "a", "password": "b", "role": "administrator" });
    app.nobody().post(TOKENS, more).await.expect_problem(400, "bad_body");
    let not_utf8 = Body::from_vec(vec![b'"', 0xff, 0xfe, b'"']);
    app.nobody().send_raw(Method::POST, TOKENS, &[JSON], not_utf8).await.expect_problem(400, "bad_body");
}

#[tokio::test]
async fn a_body_of_another_type_is_a_problem() {
    let app = TestApp::start().await;
    for headers in
        [&[][..], &[("content-type", "text/plain")], &[("content-type", "application/x-www-form-urlencoded")]]
    {
        let body = Body::from_string("{\"login\": \"a\", \"password\": \"b\"}".to_owned());
        let answer = app.nobody().send_raw(Method::POST, TOKENS, headers, body).await;
        answer.expect_problem(415, "unsupported_media_type");
    }
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_is_named() {
    let app = TestApp::start().await;
    let answer =
        app.school().get("/api/v1/people?limit=many").await.expect_problem(400, "bad_parameter").json();
    assert_eq!(answer["errors"][0]["pointer"], "limit", "{answer}");
    let answer = app
        .school()
        .get("/api/v1/people?limit=201&cursor=X")
        .await
        .expect_problem(400, "bad_parameter")
        .json();
    let named: Vec<&str> =
        answer["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(named, ["limit", "cursor"], "all at once");
}

/// A stream of 100 MB, and how many bytes of it were taken.
fn huge() -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let chunks = (0..HUGE / 65_536).map(move |_| {
        count.fetch_add(65_536, Ordering::Relaxed);
        Ok::<_, std::io::Error>(vec![b' '; 65_536])
    });
    (Body::from_bytes_stream(stream::iter(chunks)), taken)
}

#[tokio::test]
async fn a_body_of_100_mb_is_refused_by_its_declared_length_without_reading_it() {
    let app = TestApp::start().await;
    let (body, taken) = huge();
    let length = HUGE.to_string();
    let headers = [JSON, ("content-length", length.as_str())];
    let answer = app.nobody().send_raw(Method::POST, TOKENS, &headers, body).await;
    answer.expect_problem(413, "body_too_large");
    assert_eq!(taken.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_body_of_100_mb_in_chunks_is_refused_as_soon_as_it_is_too_large() {
    let app = TestApp::start().await;
    for declared in [&[JSON][..], &[JSON, ("content-length", "2")]] {
        let (body, taken) = huge();
        let answer = app.nobody().send_raw(Method::POST, TOKENS, declared, body).await;
        answer.expect_problem(413, "body_too_large");
        let taken = taken.load(Ordering::Relaxed);
        assert!((LIMIT..LIMIT + 200_000).contains(&taken), "{taken} bytes were read");
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing() {
    let app = TestApp::start().await;
    let answer = app.nobody().get(PANIC).await.expect_problem(500, "internal");
    let text = format!("{:?} {}", answer.headers, answer.text());
    for internal in ["secret of the house", "panic", "routes.rs"] {
        assert!(!text.contains(internal), "{text}");
    }
    app.nobody().get("/livez").await.expect_status(200);
}

#[tokio::test]
async fn every_answer_has_an_id_and_the_security_headers() {
    let app = TestApp::start().await;
    let answers = [
        app.nobody().get("/livez").await.expect_status(200),
        app.nobody().get("/readyz").await.expect_status(200),
        app.nobody().get("/nothing").await.expect_status(404),
        app.nobody().get("/api/v1/people").await.expect_status(401),
        app.school().get("/api/v1/people").await.expect_status(200),
        app.factory().get("/api/v1/people").await.expect_status(403),
        app.nobody().get(PANIC).await.expect_status(500),
        app.nobody().post(TOKENS, json!([])).await.expect_status(400),
    ];
    let mut ids = Vec::new();
    for answer in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{}: {name}", answer.asked);
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{}", answer.asked);
        assert!(answer.header("permissions-policy").contains("camera=()"), "{}", answer.asked);
        ids.push(answer.header("x-request-id").to_owned());
    }
    assert!(ids.iter().all(|id| !id.is_empty()));
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "each request has an id of its own");
}

#[tokio::test]
async fn a_caller_may_name_the_request_if_the_name_is_short_and_plain() {
    let app = TestApp::start().await;
    let named = |id: &'static str| {
        let nobody = app.nobody();
        async move {
            let answer =
                nobody.send_raw(Method::GET, "/api/v1/people", &[("x-request-id", id)], Body::empty()).await;
            answer.expect_problem(401, "unauthenticated").header("x-request-id").to_owned()
        }
    };
    assert_eq!(named("abc-123").await, "abc-123");
    let long = "a".repeat(65);
    for odd in ["a b", "<script>", "a\"b", "é"] {
        assert_ne!(named(odd).await, odd);
    }
    let headers = [("x-request-id", long.as_str())];
    let answer = app.nobody().send_raw(Method::GET, "/livez", &headers, Body::empty()).await;
    assert_ne!(answer.header("x-request-id"), long);
}

#[tokio::test]
async fn a_problem_speaks_the_language_that_was_asked_for() {
    let app = TestApp::start().await;
    let mut details = Vec::new();
    for language in ["en", "en-GB,en;q=0.9,zh;q=0.1", "zh-CN", "zh;q=1, en;q=0.5", "fr", ""] {
        let headers = [("accept-language", language)];
        let answer = app.school().send_raw(Method::GET, "/api/v1/nothing", &headers, Body::empty()).await;
        details.push(answer.expect_problem(404, "not_found").json()["detail"].as_str().unwrap().to_owned());
    }
    let [english, also, chinese, by_weight, unknown, none] = <[String; 6]>::try_from(details).unwrap();
    assert!(english.is_ascii() && english == also, "{english}");
    assert!(
        !chinese.is_ascii() && chinese == by_weight && chinese == unknown && chinese == none,
        "{chinese}"
    );
}

/// Neither the bytes nor, by an order of magnitude, the time of the answer say whether a login exists.
#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_cannot_be_told_apart() {
    let app = TestApp::start().await;
    let sign_in = |login: &str, password: &str| json!({ "login": login, "password": password });
    app.nobody().post(TOKENS, sign_in("home.school_registrar", PASSWORD)).await.expect_status(201);
    let start = Instant::now();
    let wrong = app.nobody().post(TOKENS, sign_in("home.school_registrar", "not the password")).await;
    let wrong_time = start.elapsed();
    let start = Instant::now();
    let unknown = app.nobody().post(TOKENS, sign_in("nobody.at_all", PASSWORD)).await;
    let unknown_time = start.elapsed();
    let wrong = wrong.expect_problem(401, "wrong_credentials");
    assert_eq!(wrong.without_request_id(), unknown.without_request_id());
    assert!(unknown_time > Duration::from_millis(2) && unknown_time * 10 > wrong_time, "{unknown_time:?}");
}

#[tokio::test]
async fn a_token_works_until_it_is_ended() {
    let app = TestApp::start().await;
    let body = json!({ "login": " HOME.school_registrar ", "password": PASSWORD });
    let answer = app.nobody().post(TOKENS, body).await.expect_status(201).json();
    let caller = app.nobody().with_token(answer["token"].as_str().unwrap());
    assert_eq!(answer["expires_at"], "2026-11-24T13:12:07+00:00");
    caller.get("/api/v1/people").await.expect_status(200);
    caller.delete("/api/v1/tokens/current").await.expect_status(204);
    caller.get("/api/v1/people").await.expect_problem(401, "unauthenticated");
}
