//! What each page shows to whom, in both languages.

use std::collections::BTreeSet;

use ballast::entity::person::person;
use ballast::words::{self, Locale};
use poem::Body;
use poem::http::Method;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use crate::harness::{Identity, TestApp};
use crate::two_worlds::{fill, pages};

/// Every role with a login at home.
fn everyone(app: &TestApp) -> Vec<Identity<'_>> {
    app.everyone().collect()
}

/// The names of all people, those of one side or those of the other.
async fn names(app: &TestApp, side: &str) -> Vec<String> {
    let people = person::Entity::find().all(app.app.db.reader()).await.unwrap();
    let names: Vec<_> = people.into_iter().map(|row| row.name).filter(|name| name.ends_with(side)).collect();
    assert_eq!(names.len(), 5);
    names
}

fn assert_way_back(html: &str, request_id: &str) {
    assert!(html.contains("<a class=\"btn\" href=\"/\""), "no way back: {html}");
    assert!(!request_id.is_empty() && html.contains(request_id), "no number to name: {html}");
}

#[tokio::test]
async fn every_role_has_a_start_in_both_languages() {
    let app = TestApp::start().await;
    for identity in everyone(&app) {
        let mut seen = Vec::new();
        for locale in Locale::ALL {
            let page = identity.page(&format!("/?lang={}", locale.tag())).await.expect_status(200).text();
            assert!(page.contains(&format!("<html lang=\"{}\"", locale.tag())), "{}", identity.role);
            assert!(
                page.contains(&format!("{} Home", identity.role)),
                "{}: no name in {page}",
                identity.role
            );
            seen.push(page);
        }
        assert_ne!(seen[0], seen[1]);
    }
}

#[tokio::test]
async fn a_language_that_was_chosen_stays_chosen() {
    let app = TestApp::start().await;
    let chosen = app.nobody().page("/sign-in?lang=en").await.expect_status(200);
    let cookie = chosen.header("set-cookie");
    assert!(cookie.starts_with("ballast_lang=en; Path=/; Max-Age="), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let ask = async |headers: &[(&str, &str)]| {
        let answer = app.nobody().send_raw(Method::GET, "/sign-in", headers, Body::empty()).await;
        assert_eq!(answer.header("set-cookie"), "", "nothing is chosen here");
        answer.expect_status(200).text().contains("<html lang=\"en\"")
    };
    assert!(ask(&[("cookie", pair), ("accept-language", "zh-CN")]).await, "the choice weighs more");
    assert!(!ask(&[("accept-language", "zh-CN")]).await);
    assert!(ask(&[("accept-language", "en-GB")]).await);
    assert!(!ask(&[]).await, "Chinese is the default");
    let nonsense = app.nobody().page("/sign-in?lang=xx").await.expect_status(200);
    assert_eq!(nonsense.header("set-cookie"), "");
}

#[tokio::test]
async fn a_factory_sees_its_vacancies_and_nobody_by_name() {
    let app = TestApp::start().await;
    let (own, other) = (app.town.home.vacancy, app.town.other.vacancy);
    let list = app.factory().page("/vacancies?lang=en").await.expect_status(200).text();
    assert!(list.contains(&own.to_string()) && list.contains("Plant Home"), "{list}");
    assert!(!list.contains(&other.to_string()), "another factory's");
    let page = app.factory().page(&format!("/vacancies/{own}?lang=en")).await.expect_status(200).text();
    assert!(page.contains("V-1") && page.contains(&format!("/vacancies/{own}/closure")), "{page}");
    let shortlist = format!("/vacancies/{own}/shortlist");
    let shown = app.factory().page(&format!("{shortlist}?lang=en")).await.expect_status(200).text();
    let ids = app.town.home.people.iter().chain(&app.town.other.people).map(ToString::to_string);
    let mut secrets: Vec<String> = ids.collect();
    secrets.extend(names(&app, "Home").await);
    secrets.extend(names(&app, "Other").await);
    for secret in secrets {
        for html in [&list, &page, &shown] {
            assert!(!html.contains(&secret), "{secret} is in {html}");
        }
    }
    assert!(!shown.contains("nationality") && !shown.contains("Viet Nam"), "{shown}");
    for (who, person) in [("own", app.town.home.trainee), ("other", app.town.other.trainee)] {
        let why = app.factory().page(&format!("{shortlist}/people/{person}")).await;
        assert_eq!(why.status.as_u16(), 403, "{who}");
    }
}

#[tokio::test]
async fn an_official_sees_the_names_of_the_region_and_why_each_stands_where() {
    let app = TestApp::start().await;
    let (place, shortlist) = (&app.town.home, format!("/vacancies/{}/shortlist", app.town.home.vacancy));
    let shown = app.official().page(&format!("{shortlist}?lang=en")).await.expect_status(200).text();
    for person in &place.people {
        let why = format!("{shortlist}/people/{person}");
        assert!(shown.contains(&why), "{shown}");
        let page = app.official().page(&format!("{why}?lang=en")).await.expect_status(200).text();
        assert!(page.contains(" Home") && page.contains("nationality"), "{page}");
    }
    let known = names(&app, "Home").await;
    let hoa = "Hoa Home";
    assert!(known.iter().filter(|name| *name != hoa).all(|name| shown.contains(name.as_str())), "{shown}");
    for stranger in names(&app, "Other").await {
        assert!(!shown.contains(&stranger), "{stranger} is out of reach");
    }
    let unknown = format!("{shortlist}/people/{}", app.town.other.trainee);
    let answer = app.official().page(&unknown).await.expect_status(404);
    assert_way_back(&answer.text(), answer.header("x-request-id"));
    app.other_official().page(&shortlist).await.expect_status(404);
}

#[tokio::test]
async fn what_is_not_there_or_not_ones_own_is_a_page_with_a_way_back() {
    let app = TestApp::start().await;
    let (unknown, other) = (Uuid::from_u128(5), app.town.other.vacancy);
    let mut told = BTreeSet::new();
    for path in [
        format!("/vacancies/{unknown}"),
        format!("/vacancies/{other}"),
        format!("/vacancies/{unknown}/shortlist"),
        format!("/vacancies/{other}/shortlist"),
        "/vacancies/no-id-at-all".to_owned(),
        format!("/permits/{}", app.town.other.permit),
        format!("/joint-classes/{}", app.town.other.joint_class),
    ] {
        let answer = app.factory().page(&path).await.expect_status(404);
        let (html, id) = (answer.text(), answer.header("x-request-id").to_owned());
        assert_way_back(&html, &id);
        told.insert(html.replace(&id, "ID").replace(&path, "PATH"));
    }
    assert_eq!(told.len(), 1, "what is another's looks like what is not there");
}

#[tokio::test]
async fn a_closed_vacancy_has_a_page_and_no_shortlist() {
    let app = TestApp::start().await;
    let page = format!("/vacancies/{}", app.town.home.vacancy);
    let closure = format!("/api/v1{page}/closure");
    app.factory().post(&closure, serde_json::json!({})).await.expect_status(200);
    let shown = app.factory().page(&page).await.expect_status(200).text();
    assert!(!shown.contains(&format!("{page}/shortlist")), "{shown}");
    let answer = app.factory().page(&format!("{page}/shortlist")).await.expect_status(409);
    assert_way_back(&answer.text(), answer.header("x-request-id"));
    let open = app.factory().page("/vacancies").await.expect_status(200).text();
    let closed = app.factory().page("/vacancies?status=closed").await.expect_status(200).text();
    assert!(!open.contains(&page) && closed.contains(&page));
}

/// The words that a person gets of a page: its text, and what is read out or shown on pointing.
fn words_of(html: &str) -> String {
    let mut said = String::new();
    for (n, part) in html.split('<').enumerate() {
        let (tag, text) = if n == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
        for attribute in ["aria-label=\"", "title=\"", "alt=\"", "placeholder=\"", "data-label=\""] {
            for value in tag.split(attribute).skip(1) {
                said.push_str(value.split('"').next().unwrap());
                said.push(' ');
            }
        }
        said.push_str(text);
        said.push(' ');
    }
    said
}

/// Words that are the keys of messages: a key without a message shows as itself.
fn keys_shown(html: &str, keys: &BTreeSet<String>) -> Vec<String> {
    let said = words_of(html);
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let candidates = said.split(word).filter(|word| word.contains('-'));
    candidates.filter(|word| keys.contains(*word)).map(str::to_owned).collect()
}

#[test]
fn a_key_that_is_shown_would_be_found() {
    let keys = words::keys(Locale::En);
    let html = "<p class=\"nav-home\">One nav-home <b title=\"error-csrf\">two</b></p>";
    assert_eq!(keys_shown(html, &keys), ["nav-home", "error-csrf"]);
}

/// All that a page must not have, whoever looks.
fn faults(html: &str, keys: &BTreeSet<String>) -> Vec<String> {
    let mut found = keys_shown(html, keys);
    let banned = ["<script", " style=", "javascript:", " onclick=", "src=\"http", "{$", "Internal"];
    found.extend(banned.into_iter().filter(|banned| html.contains(banned)).map(str::to_owned));
    found
}

/// Shown only to who is at it, with a cookie of its own, or where one can come back from elsewhere: its tests look at it.
const HALF_WAY: [&str; 6] = [
    "/sign-in/second-factor",
    "/sign-in/open-id/:code",
    "/sign-in/open-id/:code/departure",
    ANSWER,
    "/account/open-id/doors/:code",
    // Goes on at once.
    "/organisations/open-id",
];
/// Whoever comes back here without having gone is not let in.
const ANSWER: &str = "/sign-in/open-id/:code/answer";

#[tokio::test]
async fn every_page_of_every_role_is_in_words_and_has_no_script_and_no_inline_style() {
    let app = TestApp::start().await;
    // Keys are the same in both languages.
    let keys = words::keys(Locale::En);
    let mut shown = BTreeSet::new();
    for page in pages() {
        for identity in everyone(&app).into_iter().chain([app.nobody()]) {
            for place in [&app.town.home, &app.town.other] {
                let path = fill(&page, place);
                for locale in Locale::ALL {
                    let answer = identity.page(&format!("{path}?lang={}", locale.tag())).await;
                    let (status, html) = (answer.status.as_u16(), answer.text());
                    let known = matches!(status, 200 | 303 | 403 | 404) || (status == 401 && page == ANSWER);
                    assert!(known, "{}: {status} {html}", answer.asked);
                    // A file to keep is no page.
                    if answer.header("content-disposition").starts_with("attachment") {
                        shown.insert(page.clone());
                        continue;
                    }
                    if status != 303 {
                        let faults = faults(&html, &keys);
                        assert!(faults.is_empty(), "{}: {faults:?}", answer.asked);
                        assert!(
                            html.starts_with("<!DOCTYPE html>") && html.contains("<h1"),
                            "{}",
                            answer.asked
                        );
                    }
                    if status == 200 {
                        shown.insert(page.clone());
                    }
                }
            }
        }
    }
    let mut all: BTreeSet<String> = pages().into_iter().collect();
    assert!(HALF_WAY.iter().all(|page| all.remove(*page) && !shown.contains(*page)));
    assert_eq!(shown, all, "each page is shown to somebody");
}
