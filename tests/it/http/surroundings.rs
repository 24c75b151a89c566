//! Proxies, other origins, rates, limits of headers, cookies, measurements.

use std::num::NonZeroU32;
use std::time::Duration;

use ballast::http::limits::{HEADERS_MAX, URL_BYTES_MAX};
use ballast::http::metrics;
use ballast::http::rate::Ticks;
use ballast::http::settings::{HttpSettings, Rates};
use governor::clock::FakeRelativeClock;
use poem::Body;
use poem::http::Method;
use poem::test::TestClient;
use serde_json::json;

use super::socket::{ask, served};
use crate::harness::{PASSWORD, TestApp};

const TOKENS: &str = "/api/v1/tokens";
const APP: &str = "https://app.example";

fn rated(rates: Rates) -> (HttpSettings, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    (HttpSettings { rates, ticks: Ticks::Fake(clock.clone()), ..HttpSettings::default() }, clock)
}

#[tokio::test]
async fn too_many_attempts_to_sign_in_have_to_wait() {
    let (settings, clock) = rated(Rates { sign_in: NonZeroU32::new(2), ..Rates::default() });
    let app = TestApp::start_with(settings).await;
    let credentials = json!({ "login": "nobody.at_all", "password": "wrong" });
    for _ in 0..2 {
        app.nobody().post(TOKENS, credentials.clone()).await.expect_problem(401, "wrong_credentials");
    }
    let answer = app.nobody().post(TOKENS, credentials.clone()).await.expect_problem(429, "rate_limited");
    assert_eq!(answer.header("retry-after"), "30");
    assert_eq!(answer.header("ratelimit-policy"), "\"sign-in\";q=2;w=60");
    assert_eq!(answer.header("ratelimit"), "\"sign-in\";r=0;t=30");
    let page = app.nobody().submit("/sign-in", &[], "login=x&password=y").await.expect_status(429);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("retry-after"), "30");
    app.school().get("/api/v1/people").await.expect_status(200);
    clock.advance(Duration::from_secs(30));
    app.nobody().post(TOKENS, credentials).await.expect_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn each_token_and_each_session_has_a_rate_of_its_own() {
    let (settings, clock) = rated(Rates { credential: NonZeroU32::new(2), ..Rates::default() });
    let app = TestApp::start_with(settings).await;
    for _ in 0..2 {
        app.school().get("/api/v1/people").await.expect_status(200);
        app.factory().page("/").await.expect_status(200);
    }
    app.school().get("/api/v1/people").await.expect_problem(429, "rate_limited");
    app.factory().page("/").await.expect_status(429);
    app.official().get("/api/v1/people").await.expect_status(200);
    // A token that is worth nothing is nobody's, however often it comes.
    for _ in 0..4 {
        app.nobody().with_token("blst_0").get("/api/v1/people").await.expect_status(401);
    }
    clock.advance(Duration::from_secs(30));
    app.school().get("/api/v1/people").await.expect_status(200);
}

#[tokio::test]
async fn an_address_or_headers_without_end_are_refused() {
    let app = TestApp::start().await;
    let long = format!("/api/v1/people?name={}", "a".repeat(URL_BYTES_MAX));
    app.school().get(&long).await.expect_problem(414, "url_too_long");
    let names: Vec<String> = (0..=HEADERS_MAX).map(|n| format!("x-{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let answer = app.school().send_raw(Method::GET, "/api/v1/people", &many, Body::empty()).await;
    answer.expect_problem(431, "headers_too_large");
    let wide = "a".repeat(17_000);
    let answer = app
        .school()
        .send_raw(Method::GET, "/api/v1/people", &[("x-wide", wide.as_str())], Body::empty())
        .await;
    answer.expect_problem(431, "headers_too_large");
}

#[tokio::test]
async fn only_the_origins_of_the_settings_may_call_from_their_pages() {
    let settings = HttpSettings { cors_origins: vec![APP.to_owned()], ..HttpSettings::default() };
    let app = TestApp::start_with(settings).await;
    let preflight = async |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        let answer = app.nobody().send_raw(Method::OPTIONS, "/api/v1/people", &headers, Body::empty()).await;
        answer.expect_status(204)
    };
    let allowed = preflight(APP).await;
    assert_eq!(allowed.header("access-control-allow-origin"), APP);
    assert!(allowed.header("access-control-allow-methods").contains("POST"));
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    for other in ["https://app.example.evil", "http://app.example", "null", "https://APP.example"] {
        assert_eq!(preflight(other).await.header("access-control-allow-origin"), "", "{other}");
    }
    let read = async |origin: &str| {
        let headers = [("origin", origin)];
        app.school().send_raw(Method::GET, "/api/v1/people", &headers, Body::empty()).await.expect_status(200)
    };
    assert_eq!(read(APP).await.header("access-control-allow-origin"), APP);
    assert_eq!(read(APP).await.header("vary"), "origin");
    assert_eq!(read("https://evil.example").await.header("access-control-allow-origin"), "");
    let page = app.school().send_raw(Method::GET, "/sign-in", &[("origin", APP)], Body::empty()).await;
    assert_eq!(page.header("access-control-allow-origin"), "", "pages are nobody else's");
    let refused =
        app.nobody().send_raw(Method::GET, "/api/v1/people", &[("origin", APP)], Body::empty()).await;
    let refused = refused.expect_problem(401, "unauthenticated");
    assert_eq!(refused.header("access-control-allow-origin"), APP, "a page can read why it was refused");
}

#[tokio::test]
async fn what_comes_with_a_cookie_from_elsewhere_is_refused_whatever_it_asks_for() {
    let app = TestApp::start().await;
    let from_elsewhere =
        [("sec-fetch-site", "cross-site"), ("cookie", "a=b"), ("content-type", "application/json")];
    let body = || Body::from_string(json!({ "login": "x", "password": "y" }).to_string());
    let answer = app.nobody().send_raw(Method::POST, TOKENS, &from_elsewhere, body()).await;
    answer.expect_problem(403, "cross_origin");
    let page = app.factory().submit("/sign-out", &from_elsewhere[..1], "csrf=x").await.expect_status(403);
    assert!(page.text().contains("另一") || page.text().contains("本站"), "{}", page.text());
    let without_cookie = [from_elsewhere[0], from_elsewhere[2]];
    app.nobody().send_raw(Method::POST, TOKENS, &without_cookie, body()).await.expect_status(401);
}

#[tokio::test]
async fn a_session_behind_a_trusted_proxy_that_speaks_tls_is_secure() {
    let sign_in = |proto: &str| {
        format!(
            "POST /sign-in HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             x-forwarded-for: 203.0.113.9\r\nx-forwarded-proto: {proto}"
        )
    };
    let fields = format!("login=home.factory_hr&password={}", PASSWORD.replace(' ', "+"));
    let trusting =
        HttpSettings { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..HttpSettings::default() };
    served(trusting, async |_, address| {
        let answer = ask(address, &sign_in("https"), &fields).await;
        let cookie = answer.lines().find(|line| line.starts_with("set-cookie: __Host-ballast_session=")).expect(&answer);
        assert!(cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let secret = cookie.trim_start_matches("set-cookie: ").split(';').next().unwrap();
        let home = |proto: &str| {
            format!("GET / HTTP/1.1\r\nx-forwarded-for: 203.0.113.9\r\nx-forwarded-proto: {proto}\r\ncookie: {secret}")
        };
        assert!(ask(address, &home("https"), "").await.starts_with("HTTP/1.1 200"));
        assert!(ask(address, &home("http"), "").await.starts_with("HTTP/1.1 303"), "not over plain HTTP");
        let plain = ask(address, &sign_in("http"), &fields).await;
        assert!(plain.contains("set-cookie: ballast_session=") && !plain.contains("; Secure"), "{plain}");
    })
    .await;
    served(HttpSettings::default(), async |_, address| {
        let answer = ask(address, &sign_in("https"), &fields).await;
        assert!(answer.contains("set-cookie: ballast_session=") && !answer.contains("; Secure"), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn the_clients_of_a_trusted_proxy_are_counted_apart() {
    let asked = |client: &str| format!("GET /sign-in HTTP/1.1\r\nx-forwarded-for: {client}");
    let rates = Rates { address: NonZeroU32::new(2), ..Rates::default() };
    let (strange, _) = rated(rates);
    let trusting = HttpSettings { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..strange.clone() };
    served(trusting, async |_, address| {
        for (client, status) in [
            ("192.0.2.1", 200),
            ("192.0.2.1", 200),
            ("192.0.2.1", 429),
            ("9.9.9.9, 192.0.2.1", 429),
            ("192.0.2.2", 200),
        ] {
            let answer = ask(address, &asked(client), "").await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{client}: {answer}");
        }
    })
    .await;
    served(strange, async |_, address| {
        for (client, status) in [("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.3", 429)] {
            let answer = ask(address, &asked(client), "").await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{client}: {answer}");
        }
        assert!(ask(address, "GET /livez HTTP/1.1", "").await.starts_with("HTTP/1.1 200"), "it still lives");
    })
    .await;
}

#[tokio::test]
async fn the_measurements_name_no_id_and_no_person() {
    let (settings, _) = rated(Rates { credential: NonZeroU32::new(1), ..Rates::default() });
    let app = TestApp::start_with(settings).await;
    let vacancy = app.town.home.vacancy;
    app.factory().get(&format!("/api/v1/vacancies/{vacancy}")).await.expect_status(200);
    app.factory().get(&format!("/api/v1/vacancies/{vacancy}")).await.expect_status(429);
    app.nobody().get(&format!("/nothing/{vacancy}")).await.expect_status(404);
    let made_up = Method::from_bytes(b"MADEUP").unwrap();
    app.nobody().send_raw(made_up, "/livez", &[], Body::empty()).await;
    let answer = TestClient::new(metrics::endpoint(app.app.clone())).get("/metrics").send().await;
    answer.assert_status_is_ok();
    let text = answer.0.into_body().into_string().await.unwrap();
    for line in [
        "ballast_http_requests_total{route=\"/api/v1/vacancies/{id}\",method=\"GET\",status=\"2xx\"} 1",
        "ballast_http_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"} 1",
        "ballast_http_rate_limited_total{route=\"/api/v1/vacancies/{id}\"} 1",
        "ballast_http_request_duration_seconds_count{route=\"/api/v1/vacancies/{id}\",method=\"GET\"} 2",
        "ballast_http_requests_total{route=\"/livez\",method=\"other\",status=\"4xx\"} 1",
        "ballast_db_connections{pool=",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains(&vacancy.to_string()) && !text.contains("MADEUP"), "{text}");
    app.administrator().get("/metrics").await.expect_status(404);
}
