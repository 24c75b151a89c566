//! Signing in and out.

use crate::harness::{Answer, Identity, PASSWORD, TestApp};
use crate::web::encoded;

const LOGIN: &str = "home.factory_hr";

/// Sends the form of the sign-in page.
async fn sign_in(app: &TestApp, login: &str, password: &str, next: Option<&str>) -> Answer {
    let mut fields = format!("login={}&password={}", encoded(login), encoded(password));
    if let Some(next) = next {
        fields = format!("{fields}&next={}", encoded(next));
    }
    app.nobody().submit("/sign-in", &[], &fields).await
}

/// The session that an answer opens.
fn secret(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    let value = cookie.strip_prefix("ballast_session=").unwrap_or_else(|| panic!("no session in {cookie:?}"));
    value.split(';').next().unwrap().to_owned()
}

fn with<'a>(app: &'a TestApp, answer: &Answer) -> Identity<'a> {
    app.nobody().with_cookie(&secret(answer))
}

#[tokio::test]
async fn the_sign_in_page_is_for_everybody_and_has_no_script() {
    let app = TestApp::start().await;
    let page = app.nobody().page("/sign-in").await.expect_status(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let text = page.text();
    assert!(text.contains("action=\"/sign-in\"") && text.contains("name=\"password\""), "{text}");
    assert!(!text.contains("<script") && !text.contains(PASSWORD), "{text}");
    let policy = page.header("content-security-policy");
    for part in ["default-src 'self'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!((page.header("cache-control"), page.header("set-cookie")), ("no-store", ""));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_told_in_the_same_words() {
    let app = TestApp::start().await;
    let known = sign_in(&app, LOGIN, "correct horse buttery", None).await.expect_status(401);
    let unknown = sign_in(&app, "nobody.at_all", PASSWORD, None).await.expect_status(401);
    let told = |answer: &Answer, login: &str| {
        let (text, whole) = (answer.text(), answer.without_request_id());
        assert!(text.contains(login), "what was typed is kept: {text}");
        assert_eq!(answer.header("set-cookie"), "");
        whole.replace(login, "LOGIN")
    };
    assert_eq!(told(&known, LOGIN), told(&unknown, "nobody.at_all"));
    let english = app.nobody().submit("/sign-in?lang=en", &[], "login=x&password=y").await.expect_status(401);
    assert!(english.text().contains("sign-in name or the password is not right"), "{}", english.text());
}

#[tokio::test]
async fn the_right_password_opens_a_session_that_scripts_and_other_sites_do_not_get() {
    let app = TestApp::start().await;
    let answer = sign_in(&app, LOGIN, PASSWORD, None).await.expect_status(303);
    assert_eq!(answer.header("location"), "/");
    let cookie = answer.header("set-cookie");
    let attributes: Vec<&str> = cookie.split(';').skip(1).map(str::trim).collect();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(&attribute), "{cookie}");
    }
    with(&app, &answer).page("/vacancies").await.expect_status(200);
    // One kind of secret does not do for the other.
    let bearer = app.nobody().with_token(&secret(&answer));
    bearer.get("/api/v1/vacancies").await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn one_goes_on_to_a_page_of_ours_and_nowhere_else() {
    let app = TestApp::start().await;
    for (next, to) in [
        ("/vacancies?status=closed", "/vacancies?status=closed"),
        ("//evil", "/"),
        ("//evil.example/vacancies", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("evil", "/"),
    ] {
        let answer = sign_in(&app, LOGIN, PASSWORD, Some(next)).await.expect_status(303);
        assert_eq!(answer.header("location"), to, "{next}");
        // The same for somebody who is signed in already.
        let again = app.factory().page(&format!("/sign-in?next={}", encoded(next))).await.expect_status(303);
        assert_eq!(again.header("location"), to, "{next}");
    }
}

#[tokio::test]
async fn a_page_asks_to_sign_in_and_remembers_where_one_wanted_to_go() {
    let app = TestApp::start().await;
    let vacancy = format!("/vacancies/{}", app.town.home.vacancy);
    let asked = |path: &str| format!("/sign-in?next={}", path.replace('?', "%3F").replace('=', "%3D"));
    for path in [
        "/",
        "/vacancies",
        "/vacancies?status=closed",
        &vacancy,
        &format!("{vacancy}/shortlist?top=5"),
        &format!("{vacancy}/shortlist/people/{}", app.town.home.trainee),
        &format!("/permits/{}", app.town.home.permit),
        &format!("/joint-classes/{}", app.town.home.joint_class),
    ] {
        for nobody in [app.nobody(), app.nobody().with_cookie("0badc0de")] {
            let answer = nobody.page(path).await.expect_status(303);
            assert_eq!(answer.header("location"), asked(path));
            assert_eq!(answer.text(), "", "nothing is shown on the way");
        }
        // A token of the API is no page session.
        let bearer = app.official().get(path).await.expect_status(303);
        assert_eq!(bearer.header("location"), asked(path));
    }
    let there = app.nobody().page(&asked(&vacancy)).await.expect_status(200).text();
    assert!(
        there.contains(&format!("name=\"next\" value=\"{vacancy}\"")),
        "the form takes it along: {there}"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_itself() {
    let app = TestApp::start().await;
    let first = sign_in(&app, LOGIN, PASSWORD, None).await.expect_status(303);
    let second = sign_in(&app, LOGIN, PASSWORD, None).await.expect_status(303);
    let (first, second) = (with(&app, &first), with(&app, &second));
    let token = first.form_token().await;
    let out = first.submit("/sign-out", &[], &format!("csrf={token}")).await.expect_status(303);
    assert_eq!(out.header("location"), "/sign-in");
    assert!(out.header("set-cookie").starts_with("ballast_session=; Path=/; Max-Age=0"), "{out:?}");
    // The browser forgets the cookie; the server has forgotten it too.
    assert_eq!(first.page("/").await.expect_status(303).header("location"), "/sign-in?next=/");
    second.page("/").await.expect_status(200);
}
