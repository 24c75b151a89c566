//! The second step of a sign-in, and the page of one's own second factor.

use ballast::entity::identity::{half_session, session};
use chrono::Duration;
use poem::http::header::SET_COOKIE;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use crate::api::second_factor::{code, enrol, steps};
use crate::harness::{Answer, Identity, PASSWORD, TestApp};
use crate::web::encoded;

const LOGIN: &str = "home.factory_hr";
const STEP: &str = "/sign-in/second-factor";

/// The value of a cookie that an answer sets; none when it sets none of that name.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let mut named = all.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    named.next().map(|rest| rest.split(';').next().unwrap().to_owned())
}

/// The first step with the right password; gives the secret of the second.
async fn first_step(app: &TestApp) -> String {
    let fields = format!("login={LOGIN}&password={}&next=%2Fvacancies%3Fstatus%3Dclosed", encoded(PASSWORD));
    let answer = app.nobody().submit("/sign-in", &[], &fields).await.expect_status(303);
    assert_eq!(answer.header("location"), "/sign-in/second-factor?next=/vacancies%3Fstatus%3Dclosed");
    assert_eq!(cookie(&answer, "ballast_session"), None);
    assert!(answer.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
    cookie(&answer, "ballast_half").expect("half a session")
}

async fn second_step(app: &TestApp, half: &str, code: &str) -> Answer {
    let half = format!("ballast_half={half}");
    let fields = format!("code={}&next=%2Fvacancies%3Fstatus%3Dclosed", encoded(code));
    app.nobody().submit(STEP, &[("cookie", &half)], &fields).await
}

#[tokio::test]
async fn a_password_gets_one_to_the_code_and_the_code_gets_one_in() {
    let app = TestApp::start().await;
    let (secret, _) = enrol(&app.factory()).await;
    let before = session::Entity::find().count(app.app.db.reader()).await.unwrap();
    let half = first_step(&app).await;
    // Half a session opens nothing.
    app.nobody().with_cookie(&half).page("/account").await.expect_status(303);
    app.nobody().with_token(&half).get("/api/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(session::Entity::find().count(app.app.db.reader()).await.unwrap(), before);

    assert_eq!(app.nobody().page(STEP).await.expect_status(303).header("location"), "/sign-in");
    let wrong = second_step(&app, &half, "no code").await.expect_status(401);
    assert!(wrong.text().contains("name=\"code\"") && !wrong.text().contains("no code"), "{}", wrong.text());
    assert_eq!(cookie(&wrong, "ballast_session"), None);
    let right = code(&secret, steps(1));
    let forged = [("cookie", &*format!("ballast_half={half}")), ("sec-fetch-site", "cross-site")];
    app.nobody().submit(STEP, &forged, &format!("code={right}")).await.expect_status(403);
    let answer = second_step(&app, &half, &right).await.expect_status(303);
    assert_eq!(answer.header("location"), "/vacancies?status=closed");
    assert_eq!(cookie(&answer, "ballast_half").as_deref(), Some(""), "the half is over");
    assert!(cookie(&answer, "ballast_device").is_some());
    let opened = cookie(&answer, "ballast_session").expect("a session");
    app.nobody().with_cookie(&opened).page("/vacancies").await.expect_status(200);
    // It opens one session.
    let again = second_step(&app, &half, &code(&secret, steps(1))).await.expect_status(401);
    assert!(again.text().contains("name=\"password\""), "one begins again: {}", again.text());
}

#[tokio::test]
async fn half_a_session_is_over_after_five_tries_and_after_five_minutes() {
    let app = TestApp::start().await;
    let (secret, codes) = enrol(&app.factory()).await;
    let (tried, late) = (first_step(&app).await, first_step(&app).await);
    for _ in 0..5 {
        let wrong = second_step(&app, &tried, "no code").await.expect_status(401);
        assert!(wrong.text().contains("name=\"code\""), "{}", wrong.text());
    }
    // Whoever had to wait by now does so no longer, and it is over all the same.
    let after = app.later(Duration::seconds(61)).await;
    for code in [&code(&secret, steps(2)), &codes[0]] {
        let over = second_step(&after, &tried, code).await.expect_status(401);
        assert!(over.text().contains("name=\"password\""), "{}", over.text());
    }
    let over = app.later(Duration::seconds(300)).await;
    second_step(&over, &late, &codes[0]).await.expect_status(401);
    let still = app.later(Duration::seconds(299)).await;
    second_step(&still, &late, &codes[0]).await.expect_status(303);
    assert_eq!(half_session::Entity::find().count(app.app.db.reader()).await.unwrap(), 1);
}

#[tokio::test]
async fn the_page_shows_the_secret_and_the_recovery_codes_once() {
    let app = TestApp::start().await;
    let school = app.school();
    let csrf = school.form_token().await;
    let form = |more: &str| format!("csrf={csrf}{more}");
    let page = school.page("/account/second-factor?lang=en").await.expect_status(200).text();
    assert!(page.contains("action=\"/account/second-factor/totp\"") && !page.contains("<svg class=\"qr\""));
    school.submit("/account/second-factor/totp", &[], "").await.expect_status(403);
    let begun = school.submit("/account/second-factor/totp", &[], &form("")).await.expect_status(201).text();
    let (_, rest) = begun.split_once("<span class=\"code\">").expect("the secret in letters");
    let secret = rest.split_once('<').unwrap().0.replace(' ', "");
    assert!(begun.contains("<svg class=\"qr\"") && !begun.contains(" style="), "{begun}");
    assert!(!school.page("/account/second-factor").await.text().contains("class=\"qr\""));

    let confirm = "/account/second-factor/totp/confirmation";
    let wrong = school.submit(confirm, &[], &form("&code=1")).await.expect_status(422).text();
    assert!(wrong.contains("href=\"#code\"") && wrong.contains(confirm), "one tries again: {wrong}");
    let right = form(&format!("&code={}", code(&secret, steps(0))));
    let done = school.submit(confirm, &[], &right).await.expect_status(201).text();
    assert_eq!(done.matches("<li class=\"code\">").count(), 10, "{done}");
    let codes: Vec<String> = done
        .split("<li class=\"code\">")
        .skip(1)
        .map(|rest| rest.split_once('<').unwrap().0.to_owned())
        .collect();
    let page = school.page("/account/second-factor?lang=en").await.expect_status(200).text();
    assert!(codes.iter().all(|code| !page.contains(code)) && page.contains("10 recovery codes are left"));

    for used in &codes[..8] {
        let fields = format!("login=home.school_registrar&password={}", encoded(PASSWORD));
        let first = app.nobody().submit("/sign-in", &[], &fields).await.expect_status(303);
        let half = format!("ballast_half={}", cookie(&first, "ballast_half").unwrap());
        let fields = format!("code={}", encoded(used));
        app.nobody().submit(STEP, &[("cookie", &half)], &fields).await.expect_status(303);
    }
    let page = school.page("/account/second-factor?lang=en").await.expect_status(200).text();
    assert!(page.contains("2 recovery codes are left") && page.contains("Make new ones before"), "{page}");
    let renewed = school.submit("/account/second-factor/recovery-codes", &[], &form("")).await;
    assert_eq!(renewed.expect_status(201).text().matches("<li class=\"code\">").count(), 10);
}

#[tokio::test]
async fn who_has_to_set_one_up_is_led_there_from_every_page() {
    let app = TestApp::start_strict().await;
    let official = app.official();
    let leads = async |who: &Identity<'_>, path: &str| {
        let answer = who.page(path).await.expect_status(303);
        assert_eq!(answer.header("location"), "/account/second-factor", "{path}");
    };
    for path in ["/", "/vacancies", "/account", "/notifications", "/jobs"] {
        leads(&official, path).await;
    }
    let page = official.page("/account/second-factor?lang=en").await.expect_status(200).text();
    assert!(page.contains("Set up a second factor first."), "{page}");
    app.factory().page("/").await.expect_status(200);
    let token = page.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let fields = format!("csrf={token}&name=export&scope=read&days=30");
    assert_eq!(
        official.submit("/account/tokens", &[], &fields).await.expect_status(303).header("location"),
        "/account/second-factor"
    );
    enrol(&official).await;
    // It was set up by the token; the session has ended, and is led to no page but the first.
    assert!(official.page("/").await.expect_status(303).header("location").starts_with("/sign-in"));
    let out = app.administrator().page("/account/second-factor").await.expect_status(200).text();
    let token = out.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    app.administrator().submit("/sign-out", &[], &format!("csrf={token}")).await.expect_status(303);
}
