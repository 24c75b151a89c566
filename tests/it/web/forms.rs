//! A form counts only when it was sent from one of our own pages.

use ballast_domain::base::id::VacancyId;

use crate::harness::{Identity, PASSWORD, TestApp};
use crate::web::encoded;

const ELSEWHERE: [&[(&str, &str)]; 5] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("host", "ballast.example"), ("origin", "https://evil.example")],
    &[("host", "ballast.example"), ("origin", "null")],
    // What the browser says of the site weighs more than an origin that looks right.
    &[("sec-fetch-site", "cross-site"), ("host", "ballast.example"), ("origin", "https://ballast.example")],
];

/// The status and the revision of the home vacancy.
async fn vacancy(app: &TestApp) -> (String, i64) {
    let id = VacancyId(app.town.home.vacancy);
    let seen = ballast::service::hiring::vacancy::get_vacancy(&app.operator(), id).await.unwrap();
    (seen.status, seen.revision)
}

async fn refused(from: &Identity<'_>, path: &str, headers: &[(&str, &str)], fields: &str) {
    let answer = from.submit(path, headers, fields).await.expect_status(403);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path} {headers:?}");
    assert_eq!((answer.header("set-cookie"), answer.header("location")), ("", ""), "{path} {headers:?}");
}

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let app = TestApp::start().await;
    let (factory, closure) = (app.factory(), format!("/vacancies/{}/closure", app.town.home.vacancy));
    let of_another = app.official().form_token().await;
    let good = factory.form_token().await;
    assert_ne!(good, of_another);
    for fields in [
        String::new(),
        "csrf=".to_owned(),
        format!("csrf={of_another}"),
        format!("csrf={}", &good[1..]),
        format!("token={good}"),
    ] {
        refused(&factory, &closure, &[], &fields).await;
        refused(&factory, "/sign-out", &[], &fields).await;
    }
    assert_eq!(vacancy(&app).await, ("open".to_owned(), 1));
    factory.page("/").await.expect_status(200);
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing_even_with_the_token() {
    let app = TestApp::start().await;
    let (factory, closure) = (app.factory(), format!("/vacancies/{}/closure", app.town.home.vacancy));
    let good = format!("csrf={}", factory.form_token().await);
    for headers in ELSEWHERE {
        refused(&factory, &closure, headers, &good).await;
        refused(&factory, "/sign-out", headers, &good).await;
        let credentials = format!("login=home.factory_hr&password={}", encoded(PASSWORD));
        refused(&app.nobody(), "/sign-in", headers, &credentials).await;
    }
    assert_eq!(vacancy(&app).await, ("open".to_owned(), 1));
    factory.page("/").await.expect_status(200);
}

#[tokio::test]
async fn a_form_of_our_own_page_does_what_it_says_once() {
    let app = TestApp::start().await;
    let (factory, page) = (app.factory(), format!("/vacancies/{}", app.town.home.vacancy));
    let good = format!("csrf={}", factory.form_token().await);
    let own = [("sec-fetch-site", "same-origin"), ("host", "b.example"), ("origin", "http://b.example")];
    let closure = format!("{page}/closure");
    let done = factory.submit(&closure, &own, &good).await.expect_status(303);
    assert_eq!(done.header("location"), page);
    assert_eq!(vacancy(&app).await, ("closed".to_owned(), 2));
    assert!(!factory.page(&page).await.expect_status(200).text().contains(&closure), "it is offered no more");
    let again = factory.submit(&closure, &own[1..], &good).await.expect_status(409);
    assert!(again.text().contains("href=\"/\""), "with a way back");
    assert_eq!(vacancy(&app).await, ("closed".to_owned(), 2));
}

#[tokio::test]
async fn a_form_of_somebody_who_may_not_changes_nothing() {
    let app = TestApp::start().await;
    let closure = format!("/vacancies/{}/closure", app.town.home.vacancy);
    for (identity, status) in
        [(app.official(), 403), (app.school(), 403), (app.trainee(), 403), (app.other_factory(), 404)]
    {
        let good = format!("csrf={}", identity.form_token().await);
        identity.submit(&closure, &[], &good).await.expect_status(status);
    }
    app.nobody().submit(&closure, &[], "csrf=x").await.expect_status(303);
    assert_eq!(vacancy(&app).await, ("open".to_owned(), 1));
}
