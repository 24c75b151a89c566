//! Signing in at an organisation's own provider, against an issuer of the tests' own that can be made to lie.

use ballast::entity::identity::{open_id_link, session};
use ballast::service::Seen;
use ballast::service::identity::open_id_provider::{
    NewOpenIdProvider, OpenIdProviderChange, create_open_id_provider, update_open_id_provider,
};
use ballast_domain::base::id::OrganisationId;
use chrono::Duration;
use poem::http::header::SET_COOKIE;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use super::issuer::{CLIENT, Issuer, Signed};
use crate::api::second_factor::enrol;
use crate::harness::{
    Answer, Identity, OPEN_ID_SECRET, PASSWORD, PUBLIC_URL, Side, TestApp, is_sqlite, now, open_id_code_of,
};
use crate::web::encoded;

/// What the issuer calls somebody.
const SUBJECT: &str = "whoever-hires-at-ya-lu";

/// The town, whose factory at home has its people sign in at the issuer.
async fn town() -> (TestApp, Issuer) {
    let (app, issuer) = (TestApp::start_strict().await, Issuer::start().await);
    change(&app, OpenIdProviderChange { issuer: Some(issuer.url.clone()), ..Default::default() }).await;
    (app, issuer)
}

async fn change(app: &TestApp, change: OpenIdProviderChange) {
    let id = app.town.home.open_id_provider;
    update_open_id_provider(&app.operator(), id, &Seen::Whatever, change).await.unwrap();
}

fn home_code(app: &TestApp) -> String {
    open_id_code_of(app.town.home.region)
}

fn door(app: &TestApp) -> String {
    format!("/sign-in/open-id/{}", home_code(app))
}

/// The value of a cookie that an answer sets; none when it sets none of that name, or ends it.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let mut named = all.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    named.next().map(|rest| rest.split(';').next().unwrap().to_owned()).filter(|value| !value.is_empty())
}

/// A browser that was sent off.
struct Sent {
    address: String,
    cookie: String,
}

async fn depart(who: &Identity<'_>, path: &str) -> Sent {
    let answer = who.page(path).await.expect_status(303);
    let cookie = cookie(&answer, "ballast_open_id").expect("something is taken along");
    Sent { address: answer.header("location").to_owned(), cookie: format!("ballast_open_id={cookie}") }
}

async fn depart_to_sign_in(app: &TestApp) -> Sent {
    depart(&app.nobody(), &format!("{}/departure?next=%2Fvacancies", door(app))).await
}

async fn come_back(who: &Identity<'_>, door: &str, cookie: &str, (code, state): &(String, String)) -> Answer {
    let path = format!("{door}/answer?code={}&state={}", encoded(code), encoded(state));
    who.page_beside(&path, cookie).await
}

/// Signs in as what the issuer says.
async fn sign_in(
    app: &TestApp,
    issuer: &Issuer,
    signed: &Signed,
    otherwise: impl FnOnce(&mut Value),
) -> Answer {
    let sent = depart_to_sign_in(app).await;
    let brought = issuer.let_in(&sent.address, SUBJECT, signed, otherwise);
    come_back(&app.nobody(), &door(app), &sent.cookie, &brought).await
}

async fn sign_in_honestly(app: &TestApp, issuer: &Issuer) -> Answer {
    sign_in(app, issuer, &Signed::ByItsKey, |_| ()).await
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let (_, after) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the field is there");
    after.split_once('"').unwrap().0.to_owned()
}

/// Shows an account at the issuer; gives what one is asked to confirm.
async fn show(app: &TestApp, issuer: &Issuer, who: &Identity<'_>, subject: &str) -> String {
    let sent = depart(who, &format!("/account/open-id/doors/{}", home_code(app))).await;
    let brought = issuer.let_in(&sent.address, subject, &Signed::ByItsKey, |_| ());
    hidden(&come_back(who, &door(app), &sent.cookie, &brought).await.expect_status(200).text(), "sealed")
}

async fn confirm(who: &Identity<'_>, sealed: &str) -> Answer {
    let fields = format!("csrf={}&sealed={}", who.form_token().await, encoded(sealed));
    who.submit("/account/open-id", &[], &fields).await
}

/// Links the login of the factory's HR.
async fn link(app: &TestApp, issuer: &Issuer) {
    let sealed = show(app, issuer, &app.factory(), SUBJECT).await;
    confirm(&app.factory(), &sealed).await.expect_status(303);
}

async fn sessions(app: &TestApp) -> u64 {
    session::Entity::find().count(app.app.db.reader()).await.unwrap()
}

/// Panics unless nobody was let in, told as one tells everybody.
fn refused(what: &str, answer: Answer) {
    assert_eq!(answer.status.as_u16(), 401, "{what}: {}", answer.text());
    assert!(
        cookie(&answer, "ballast_session").is_none() && cookie(&answer, "ballast_half").is_none(),
        "{what}"
    );
    assert!(answer.text().contains("name=\"password\""), "{what}");
}

#[tokio::test]
async fn who_has_linked_their_login_signs_in_at_their_organisation() {
    let (app, issuer) = town().await;
    let factory = app.factory();
    let page = app.nobody().page("/sign-in?lang=en").await.expect_status(200).text();
    assert!(page.contains("href=\"/sign-in/open-id\"") && !page.contains(&home_code(&app)), "{page}");
    let asked = app.nobody().page(&format!("/sign-in/open-id?organisation={}", home_code(&app))).await;
    assert_eq!(asked.expect_status(303).header("location"), door(&app));
    app.nobody().page("/sign-in/open-id?organisation=nobody").await.expect_status(404);
    let page = app.nobody().page(&format!("{}?lang=en", door(&app))).await.expect_status(200).text();
    assert!(page.contains("localhost") && page.contains(&format!("{}/departure", door(&app))), "{page}");

    // Nobody is let in whom nobody knows, and no login springs up.
    refused("not linked", sign_in_honestly(&app, &issuer).await);
    let sealed = show(&app, &issuer, &factory, SUBJECT).await;
    refused("not confirmed", sign_in_honestly(&app, &issuer).await);
    assert_eq!(confirm(&factory, &sealed).await.expect_status(303).header("location"), "/account");
    let page = factory.page("/account?lang=en").await.expect_status(200).text();
    assert!(page.contains("localhost") && page.contains("/removal"), "{page}");

    let sent = depart_to_sign_in(&app).await;
    assert!(sent.address.starts_with(&format!("{}/authorize?", issuer.url)), "{}", sent.address);
    let back = format!("redirect_uri={}", encoded(&format!("{PUBLIC_URL}{}/answer", door(&app))));
    assert!(
        sent.address.to_lowercase().contains(&back.to_lowercase().replace("%2d", "-").replace("%2e", ".")),
        "{}",
        sent.address
    );
    let brought = issuer.let_in(&sent.address, SUBJECT, &Signed::ByItsKey, |_| ());
    let answer = come_back(&app.nobody(), &door(&app), &sent.cookie, &brought).await.expect_status(303);
    assert_eq!(answer.header("location"), "/vacancies");
    let over = answer
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .any(|set| set.to_str().unwrap().starts_with("ballast_open_id=;"));
    assert!(over && cookie(&answer, "ballast_device").is_some());
    let inside = app.nobody().with_cookie(&cookie(&answer, "ballast_session").unwrap());
    inside.page("/vacancies").await.expect_status(200);
    let links = factory.get("/api/v1/me/open-id-links").await.expect_status(200).json();
    assert_eq!(
        (&links["items"][0]["issuer"], &links["items"][0]["last_used_on"]),
        (&json!(issuer.url), &json!("2026-11-24"))
    );
    // What the issuer calls the account is kept nowhere.
    app.assert_gone(&[SUBJECT.as_bytes().to_vec()]).await;

    let id = links["items"][0]["id"].as_str().unwrap();
    app.other_factory()
        .delete(&format!("/api/v1/me/open-id-links/{id}"))
        .await
        .expect_problem(404, "not_found");
    let csrf = factory.form_token().await;
    let gone =
        factory.submit(&format!("/account/open-id/links/{id}/removal"), &[], &format!("csrf={csrf}")).await;
    gone.expect_status(303);
    refused("unlinked", sign_in_honestly(&app, &issuer).await);
}

#[tokio::test]
async fn a_token_that_does_not_fit_lets_nobody_in() {
    let (app, issuer) = town().await;
    link(&app, &issuer).await;
    sign_in_honestly(&app, &issuer).await.expect_status(303);
    let (at, before) = (now().timestamp(), sessions(&app).await);
    let said: [(&str, Value); 14] = [
        ("another nonce", json!({ "nonce": "0" })),
        ("no nonce", json!({ "nonce": null })),
        ("another issuer", json!({ "iss": "https://login.example" })),
        ("another audience", json!({ "aud": "another" })),
        ("a further audience", json!({ "aud": [CLIENT, "another"] })),
        ("no audience", json!({ "aud": [] })),
        ("for another party", json!({ "azp": "another" })),
        ("expired", json!({ "exp": at - 60 })),
        ("issued in the future", json!({ "iat": at + 61 })),
        ("not yet", json!({ "nbf": at + 61 })),
        ("not yet, unreadably", json!({ "nbf": "soon" })),
        ("another account", json!({ "sub": "hr-8" })),
        ("no account", json!({ "sub": "" })),
        ("a boundless account", json!({ "sub": "x".repeat(256) })),
    ];
    for (what, said) in said {
        let otherwise = |claims: &mut Value| {
            for (name, value) in said.as_object().unwrap() {
                if value.is_null() {
                    claims.as_object_mut().unwrap().remove(name);
                } else {
                    claims[name] = value.clone();
                }
            }
        };
        refused(what, sign_in(&app, &issuer, &Signed::ByItsKey, otherwise).await);
    }
    for (what, signed) in [
        ("another's signature", Signed::ByAnother),
        ("no signature", Signed::Not),
        ("signed by the public key", Signed::BySecret(issuer.public_key())),
        ("signed by our secret", Signed::BySecret(OPEN_ID_SECRET.as_bytes().to_vec())),
    ] {
        refused(what, sign_in(&app, &issuer, &signed, |_| ()).await);
    }
    assert_eq!(sessions(&app).await, before);
    // A clock may be a minute off.
    let nearly = json!({ "exp": at - 59, "iat": at + 60, "nbf": at + 60, "azp": CLIENT });
    let off = sign_in(&app, &issuer, &Signed::ByItsKey, |claims| {
        for (name, value) in nearly.as_object().unwrap() {
            claims[name] = value.clone();
        }
    });
    off.await.expect_status(303);
}

#[tokio::test]
async fn what_comes_back_otherwise_than_it_went_lets_nobody_in() {
    let (app, issuer) = town().await;
    link(&app, &issuer).await;
    let (nobody, door) = (app.nobody(), door(&app));
    let let_in = |sent: &Sent| issuer.let_in(&sent.address, SUBJECT, &Signed::ByItsKey, |_| ());

    let sent = depart_to_sign_in(&app).await;
    let (code, state) = let_in(&sent);
    let other_state = (code.clone(), format!("{state}0"));
    refused("another state", come_back(&nobody, &door, &sent.cookie, &other_state).await);
    refused("no cookie", come_back(&nobody, &door, "", &(code.clone(), state.clone())).await);
    let another = depart_to_sign_in(&app).await;
    refused(
        "another browser's cookie",
        come_back(&nobody, &door, &another.cookie, &(code.clone(), state.clone())).await,
    );
    let mixed = (code.clone(), super::issuer::query(&another.address)["state"].clone());
    refused("another browser's code", come_back(&nobody, &door, &another.cookie, &mixed).await);

    let sent = depart_to_sign_in(&app).await;
    let brought = let_in(&sent);
    let late = app.strict(Duration::seconds(600)).await;
    refused("too late", come_back(&late.nobody(), &door, &sent.cookie, &brought).await);
    let at = sent.cookie.len() - 10;
    let letter = if sent.cookie[at..].starts_with('A') { "B" } else { "A" };
    let flipped = format!("{}{letter}{}", &sent.cookie[..at], &sent.cookie[at + 1..]);
    refused("a changed cookie", come_back(&nobody, &door, &flipped, &brought).await);
    let elsewhere = format!("/sign-in/open-id/{}", open_id_code_of(app.town.other.region));
    refused("another's door", come_back(&nobody, &elsewhere, &sent.cookie, &brought).await);
    let path =
        format!("{door}/answer?code={}&state={}&iss=https%3A%2F%2Flogin.example", brought.0, brought.1);
    refused("another issuer", nobody.page_beside(&path, &sent.cookie).await);
    let path = format!("{door}/answer?error=access_denied&state={}", brought.1);
    refused("not let in there", nobody.page_beside(&path, &sent.cookie).await);

    come_back(&nobody, &door, &sent.cookie, &brought).await.expect_status(303);
    refused("the same code again", come_back(&nobody, &door, &sent.cookie, &brought).await);
    refused(
        "the same code again, from another session",
        come_back(&app.factory(), &door, &sent.cookie, &brought).await,
    );

    // Who is sent to link their login and comes back as somebody else is not asked.
    let sent = depart(&app.factory(), &format!("/account/open-id/doors/{}", home_code(&app))).await;
    let brought = let_in(&sent);
    refused("nobody", come_back(&nobody, &door, &sent.cookie, &brought).await);
    let brought = let_in(&sent);
    refused("somebody else", come_back(&app.school(), &door, &sent.cookie, &brought).await);
}

#[tokio::test]
async fn a_login_is_opened_only_by_the_organisation_that_all_its_roles_are_held_in() {
    let (app, issuer) = town().await;
    let owner = app.owner().await;
    let (place, user) = (&app.town.home, app.town.home.user);
    let run = async |sql: String| owner.execute_unprepared(&sql).await.map(|_| ()).unwrap();
    let id = |id: uuid::Uuid| {
        if is_sqlite() { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    };
    // Who has no role there is not even sent.
    for stranger in [app.school(), app.trainee(), app.administrator(), app.other_factory()] {
        let path = format!("/account/open-id/doors/{}", open_id_code_of(place.region));
        let answer = stranger.page(&path).await;
        assert!(cookie(&answer, "ballast_open_id").is_none(), "{}", answer.asked);
    }
    link(&app, &issuer).await;
    let own = format!("\"user\" SET status = '{{}}' WHERE id = {}", id(user));
    run(format!("UPDATE {}", own.replace("{}", "locked"))).await;
    refused("a locked login", sign_in_honestly(&app, &issuer).await);
    run(format!("UPDATE {}", own.replace("{}", "active"))).await;

    let role = format!("UPDATE membership SET {{}} WHERE user_id = {}", id(user));
    run(role.replace("{}", "valid_until = '2026-11-23'")).await;
    refused("a membership that has ended", sign_in_honestly(&app, &issuer).await);
    run(role
        .replace("{}", &format!("valid_until = NULL, organisation_id = {}", id(app.town.other.factory.0))))
    .await;
    refused("a role elsewhere", sign_in_honestly(&app, &issuer).await);
    run(role.replace("{}", &format!("organisation_id = {}", id(place.factory.0)))).await;
    sign_in_honestly(&app, &issuer).await.expect_status(303);
    let second = "INSERT INTO membership (id, user_id, role, organisation_id, valid_from, revision) \
        VALUES ({}, {}, 'teacher', {}, '2026-01-01', 1)";
    let values = [id(uuid::Uuid::from_u128(99)), id(user), id(place.school.0)];
    run(values.iter().fold(second.to_owned(), |sql, value| sql.replacen("{}", value, 1))).await;
    refused("a second role elsewhere", sign_in_honestly(&app, &issuer).await);
    run(format!("DELETE FROM membership WHERE id = {}", values[0])).await;
    sign_in_honestly(&app, &issuer).await.expect_status(303);

    // Who is on the way while it is switched off is not let in either.
    let sent = depart_to_sign_in(&app).await;
    change(&app, OpenIdProviderChange { enabled: Some(false), ..Default::default() }).await;
    let brought = issuer.let_in(&sent.address, SUBJECT, &Signed::ByItsKey, |_| ());
    refused("switched off", come_back(&app.nobody(), &door(&app), &sent.cookie, &brought).await);
    let closed = |answers: [Answer; 2]| answers.map(|answer| answer.expect_status(404));
    let doors = async || {
        let departure = format!("{}/departure", door(&app));
        [app.nobody().page(&door(&app)).await, app.nobody().page(&departure).await]
    };
    closed(doors().await);
    change(&app, OpenIdProviderChange { enabled: Some(true), ..Default::default() }).await;
    sign_in_honestly(&app, &issuer).await.expect_status(303);
    // Nor while the organisation is closed.
    let sent = depart_to_sign_in(&app).await;
    let organisation = format!("UPDATE organisation SET status = '{{}}' WHERE id = {}", id(place.factory.0));
    run(organisation.replace("{}", "closed")).await;
    let brought = issuer.let_in(&sent.address, SUBJECT, &Signed::ByItsKey, |_| ());
    refused("a closed organisation", come_back(&app.nobody(), &door(&app), &sent.cookie, &brought).await);
    closed(doors().await);
    run(organisation.replace("{}", "active")).await;
    let other = OpenIdProviderChange {
        enabled: Some(true),
        issuer: Some("http://127.0.0.1:9".to_owned()),
        ..Default::default()
    };
    change(&app, other).await;
    app.nobody().page(&format!("{}/departure", door(&app))).await.expect_status(409);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_whatever_the_issuer_asked() {
    let (app, issuer) = town().await;
    link(&app, &issuer).await;
    let factory = app.factory();
    let (_, codes) = enrol(&factory).await;
    let answer = sign_in(&app, &issuer, &Signed::ByItsKey, |claims| claims["amr"] = json!(["mfa"])).await;
    let answer = answer.expect_status(303);
    assert_eq!(answer.header("location"), "/sign-in/second-factor?next=/vacancies");
    assert!(cookie(&answer, "ballast_session").is_none());
    let half = format!("ballast_half={}", cookie(&answer, "ballast_half").unwrap());
    let fields = format!("code={}&next=%2Fvacancies", encoded(&codes[0]));
    let whole = app.nobody().submit("/sign-in/second-factor", &[("cookie", &half)], &fields).await;
    assert!(cookie(&whole.expect_status(303), "ballast_session").is_some());
}

#[tokio::test]
async fn one_links_what_one_was_asked_and_nobody_elses_account() {
    let (app, issuer) = town().await;
    let mentor = app.tenants(Side::Home).into_iter().find(|who| who.role == "mentor").unwrap();
    let (factory, other) = (app.factory(), mentor);
    let sealed = show(&app, &issuer, &factory, SUBJECT).await;
    confirm(&other, &sealed).await.expect_status(409);
    confirm(&factory, "k-ephemeral.AAAA").await.expect_status(409);
    let wrong = format!("csrf={}&sealed={}", other.form_token().await, encoded(&sealed));
    factory.submit("/account/open-id", &[], &wrong).await.expect_status(403);
    let late = app.strict(Duration::seconds(600)).await;
    let shown = format!("csrf={}&password={}", late.factory().form_token().await, encoded(PASSWORD));
    late.factory().submit("/account/confirmation", &[], &shown).await.expect_status(303);
    confirm(&late.factory(), &sealed).await.expect_status(409);
    confirm(&factory, &sealed).await.expect_status(303);
    confirm(&factory, &sealed).await.expect_status(409);
    let theirs = show(&app, &issuer, &other, SUBJECT).await;
    confirm(&other, &theirs).await.expect_status(409);
    // Five at most.
    for n in 1..5 {
        confirm(&factory, &show(&app, &issuer, &factory, &format!("other-{n}")).await)
            .await
            .expect_status(303);
    }
    let path = format!("/account/open-id/doors/{}", home_code(&app));
    factory.page(&path).await.expect_status(409);
    assert_eq!(open_id_link::Entity::find().count(app.app.db.reader()).await.unwrap(), 5);
}

/// Gives an organisation the issuer under a code, by which one is sent.
async fn give(app: &TestApp, issuer: &Issuer, organisation: OrganisationId, code: &str) -> [String; 2] {
    let new = NewOpenIdProvider {
        code: code.to_owned(),
        issuer: issuer.url.clone(),
        client_id: CLIENT.to_owned(),
        client_secret: OPEN_ID_SECRET.to_owned(),
        enabled: true,
    };
    create_open_id_provider(&app.operator(), organisation, new).await.unwrap();
    [format!("/sign-in/open-id/{code}"), format!("/account/open-id/doors/{code}")]
}

#[tokio::test]
async fn a_trainee_signs_in_at_their_school_while_they_are_tied_to_it_and_never_at_who_hires() {
    let (app, issuer) = town().await;
    let (trainee, place) = (app.trainee(), &app.town.home);
    let [door, way] = give(&app, &issuer, place.school, "school").await;
    let owner = app.owner().await;
    let id = |id: uuid::Uuid| {
        if is_sqlite() { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    };
    let page = trainee.page("/account?lang=en").await.expect_status(200).text();
    assert!(page.contains(&format!("href=\"{way}\"")), "{page}");
    let sent = depart(&trainee, &way).await;
    let brought = issuer.let_in(&sent.address, "pupil", &Signed::ByItsKey, |_| ());
    let asked = come_back(&trainee, &door, &sent.cookie, &brought).await.expect_status(200).text();
    confirm(&trainee, &hidden(&asked, "sealed")).await.expect_status(303);
    let enter = async || {
        let sent = depart(&app.nobody(), &format!("{door}/departure")).await;
        let brought = issuer.let_in(&sent.address, "pupil", &Signed::ByItsKey, |_| ());
        come_back(&app.nobody(), &door, &sent.cookie, &brought).await
    };
    assert!(cookie(&enter().await.expect_status(303), "ballast_session").is_some());

    // The factory has them tied too, and would see what is kept of them.
    let tie = format!(
        "UPDATE person_tie SET organisation_id = {} WHERE organisation_id = {} AND person_id = {}",
        id(place.factory.0),
        id(place.school.0),
        id(place.people[0].0)
    );
    owner.execute_unprepared(&tie).await.unwrap();
    refused("no longer at the school", enter().await);
    let way = format!("/account/open-id/doors/{}", home_code(&app));
    let page = trainee.page("/account?lang=en").await.expect_status(200).text();
    assert!(!page.contains("/account/open-id/doors/"), "{page}");
    trainee.page(&way).await.expect_status(404);
}

#[tokio::test]
async fn linking_and_unlinking_ask_for_the_password_and_signing_in_elsewhere_does_not_stand_for_it() {
    let (app, issuer) = town().await;
    link(&app, &issuer).await;
    let sealed = show(&app, &issuer, &app.factory(), "another").await;
    let links = app.factory().get("/api/v1/me/open-id-links").await.expect_status(200).json();
    let one = format!("/api/v1/me/open-id-links/{}", links["items"][0]["id"].as_str().unwrap());
    let removal = format!("/account/open-id/links/{}/removal", links["items"][0]["id"].as_str().unwrap());
    let late = app.strict(Duration::minutes(10)).await;
    let ask = "/account/confirmation?next=/account";
    let entered = cookie(&sign_in_honestly(&app, &issuer).await.expect_status(303), "ballast_session");
    let inside = app.nobody().with_cookie(&entered.unwrap());
    late.factory().delete(&one).await.expect_problem(403, "confirmation_needed");
    for who in [late.factory(), inside.clone()] {
        let way = who.page(&format!("/account/open-id/doors/{}", home_code(&app))).await;
        assert_eq!(way.expect_status(303).header("location"), ask);
        let csrf = format!("csrf={}", who.form_token().await);
        assert_eq!(who.submit(&removal, &[], &csrf).await.expect_status(303).header("location"), ask);
        assert_eq!(confirm(&who, &sealed).await.expect_status(303).header("location"), ask);
    }
    assert_eq!(open_id_link::Entity::find().count(app.app.db.reader()).await.unwrap(), 1);
    let shown = format!("csrf={}&next=/account&password={}", inside.form_token().await, encoded(PASSWORD));
    inside.submit("/account/confirmation", &[], &shown).await.expect_status(303);
    let csrf = format!("csrf={}", inside.form_token().await);
    let gone = inside.submit(&removal, &[], &csrf).await.expect_status(303);
    assert_eq!(gone.header("location"), "/account");
}

#[tokio::test]
async fn an_issuer_that_changes_its_keys_is_asked_again_and_one_that_lies_about_itself_not_believed() {
    let (app, issuer) = town().await;
    link(&app, &issuer).await;
    let asked = || issuer.asked().iter().filter(|path| path.contains("well-known")).count();
    let before = asked();
    sign_in_honestly(&app, &issuer).await.expect_status(303);
    assert_eq!(asked(), before, "what it said is remembered");
    issuer.change_key(5, "two");
    sign_in_honestly(&app, &issuer).await.expect_status(303);
    assert_eq!(asked(), before + 1);
    issuer.change_key(6, "two");
    sign_in_honestly(&app, &issuer).await.expect_status(303);

    // The secret goes in the form where the issuer takes it only there.
    issuer.say(json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] }));
    let later = app.strict(Duration::minutes(11)).await;
    let sent = depart_to_sign_in(&later).await;
    let at = now().timestamp() + 660;
    let fresh = |claims: &mut Value| {
        claims["iat"] = json!(at);
        claims["exp"] = json!(at + 60);
    };
    let brought = issuer.let_in(&sent.address, SUBJECT, &Signed::ByItsKey, fresh);
    come_back(&later.nobody(), &door(&app), &sent.cookie, &brought).await.expect_status(303);

    for lie in [
        json!({ "authorization_endpoint": "javascript:alert(1)" }),
        json!({ "authorization_endpoint": "http://login.example/authorize" }),
        json!({ "jwks_uri": "http://169.254.169.254/keys" }),
        json!({ "jwks_uri": "https://169.254.169.254/keys" }),
    ] {
        issuer.say(lie.clone());
        let fresh = app.strict(Duration::minutes(12)).await;
        let answer = fresh.nobody().page(&format!("{}/departure", door(&app))).await;
        assert_eq!(answer.status.as_u16(), 409, "{lie}");
    }
    issuer.say(json!({}));
    issuer.call_itself("https://login.example");
    let fresh = app.strict(Duration::minutes(12)).await;
    fresh.nobody().page(&format!("{}/departure", door(&app))).await.expect_status(409);
}

#[tokio::test]
async fn where_there_is_no_address_to_come_back_to_nobody_is_sent_off() {
    let app = TestApp::start().await;
    let page = app.nobody().page("/sign-in").await.expect_status(200).text();
    assert!(!page.contains("/sign-in/open-id"), "{page}");
    app.nobody().page(&format!("{}/departure", door(&app))).await.expect_status(404);
    let path = format!("{}/answer?code=1&state=2", door(&app));
    app.nobody().page(&path).await.expect_status(401);
}
