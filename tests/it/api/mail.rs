//! Mails with links: what is in one and what is kept of it, a mail server that is away, a worker that dies, and a
//! password that somebody forgot.

use std::num::NonZeroU32;
use std::sync::Arc;

use ballast::entity::exchange::mail_outbox;
use ballast::entity::identity::{mail_address, sign_in_link};
use ballast::http::settings::{HttpSettings, Rates};
use ballast::service::exchange::job::run::{Turn, Worker, claim_next, run_claimed, run_next};
use ballast::service::exchange::job::{NewJob, enqueue};
use ballast::service::exchange::mail_outbox::{Handed, hand_over};
use ballast::service::{App, Ctx};
use ballast::store::audit::audit_entry;
use ballast_domain::exchange::job::Kind;
use chrono::Duration;
use poem::http::Method;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::harness::{Answer, Identity, MailSink, PASSWORD, Side, TestApp, mailer_at, now, statements_of};
use crate::web::encoded;

const NEW: &str = "silk on the slipway";
const ADDRESS: &str = "zhou@example.com";
const ENGLISH: (&str, &str) = ("accept-language", "en");

async fn redeem(app: &TestApp, token: &str, password: &str) -> Answer {
    let fields = format!("token={token}&new_password={}", encoded(password));
    app.nobody().submit("/sign-in/link", &[], &fields).await
}

async fn signs_in(app: &TestApp, login: &str, password: &str) -> bool {
    let body = json!({ "login": login, "password": password });
    app.nobody().post("/api/v1/tokens", body).await.status == 201
}

/// Does what is due, and gives how each turn ended.
async fn work(app: &Arc<App>) -> Vec<Turn> {
    let (worker, mut turns) = (Worker::new(app, 60), Vec::new());
    loop {
        match run_next(app, &worker, || false).await.unwrap() {
            Turn::Idle => return turns,
            turn => turns.push(turn),
        }
    }
}

async fn only_mail(app: &TestApp) -> mail_outbox::Model {
    let mut rows = mail_outbox::Entity::find().all(app.app.db.reader()).await.unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

async fn invite(who: &Identity<'_>, address: Value) -> Answer {
    let organisation = who.get("/api/v1/me").await.expect_status(200).json()["organisation"]["id"].clone();
    let body = json!({
        "login": "zhou", "display_name": "Zhou", "role": "mentor", "organisation_id": organisation,
        "mail_address": address,
    });
    who.send_with(Method::POST, "/api/v1/invitations", &[ENGLISH], Some(body)).await
}

async fn set_address(who: &Identity<'_>, address: &str) {
    let body = json!({ "mail_address": address });
    who.post("/api/v1/me/mail-address-changes", body).await.expect_status(204);
}

async fn forget(app: &TestApp, login: &str) -> Answer {
    let body = json!({ "login": login });
    let path = "/api/v1/password-reset-requests";
    app.nobody().send_with(Method::POST, path, &[ENGLISH], Some(body)).await
}

#[tokio::test]
async fn an_invitation_goes_by_mail_and_the_link_to_nobody_else() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    let made = invite(&app.organisation_administrator(Side::Home), json!(ADDRESS)).await;
    let made = made.expect_status(201).json();
    assert_eq!((&made["mailed"], made.get("secret"), made.get("path")), (&json!(true), None, None));
    let waiting = only_mail(&app).await;
    assert_eq!((waiting.state.as_str(), waiting.sealed.is_some()), ("waiting", true));
    app.assert_gone(&[ADDRESS.as_bytes().to_vec()]).await;

    assert!(matches!(work(&app.app).await[..], [Turn::Done(_)]));
    let received = sink.received();
    let [mail] = &received[..] else { panic!("{received:?}") };
    assert_eq!((mail.to.as_str(), mail.header("To")), (ADDRESS, ADDRESS));
    assert_eq!(mail.header("From"), "Ballast <noreply@ballast.example>");
    assert_eq!(mail.header("Subject"), "Your login for Ballast");
    assert_eq!(mail.header("Message-ID"), format!("<{}@ballast.example>", waiting.id.simple()));
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.text.contains("zhou") && mail.text.contains("27 November 2026, 09:12"), "{}", mail.text);
    let sent = only_mail(&app).await;
    assert_eq!((sent.state.as_str(), sent.sealed, sent.key_id, sent.tries), ("sent", None, None, 0));
    assert_eq!(sent.ended_at, Some(now()));
    let token = mail.token();
    app.assert_gone(&[ADDRESS.as_bytes().to_vec(), token.as_bytes().to_vec()]).await;
    redeem(&app, &token, NEW).await.expect_status(303);
    assert!(signs_in(&app, "zhou", NEW).await);
    assert!(work(&app.app).await.is_empty(), "it is sent once");

    // A week later nothing of it is left.
    let late = app.later(Duration::days(8)).await;
    let ctx = Ctx::of_machinery(late.app.clone());
    let tx = ctx.write_tx().await.unwrap();
    enqueue(&ctx, &tx, NewJob::of(Kind::SweepJobs)).await.unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    work(&late.app).await;
    assert_eq!(mail_outbox::Entity::find().count(app.app.db.reader()).await.unwrap(), 0);
}

#[tokio::test]
async fn without_an_address_or_a_mail_server_the_link_is_shown() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    let who = app.organisation_administrator(Side::Home);
    let made = invite(&who, json!("")).await.expect_status(201).json();
    assert_eq!((&made["mailed"], made["secret"].is_string()), (&json!(false), true));
    assert_eq!(mail_outbox::Entity::find().count(app.app.db.reader()).await.unwrap(), 0);
    let app = TestApp::start().await;
    let made = invite(&app.organisation_administrator(Side::Home), json!(ADDRESS)).await.expect_status(201);
    assert!(made.json()["secret"].is_string());
    assert_eq!(mail_address::Entity::find().count(app.app.db.reader()).await.unwrap(), 1);
    forget(&app, "zhou").await.expect_problem(409, "mail_off");
    assert!(!app.nobody().page("/sign-in").await.text().contains("/sign-in/forgotten"));
}

#[tokio::test]
async fn nothing_typed_becomes_a_line_of_a_mail() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    let who = app.organisation_administrator(Side::Home);
    for address in ["zhou@example.com, li@example.com", "zhou", "zhou@@example.com", "<zhou@example.com>"] {
        let refused = invite(&who, json!(address)).await.expect_problem(422, "invalid").json();
        assert_eq!(refused["errors"][0]["pointer"], "/mail_address", "{address}");
    }
    for broken in ["zhou@example.com\r\nBcc: li@example.com", "zhou\n@example.com"] {
        invite(&who, json!(broken)).await.expect_problem(422, "invalid");
        let fields = format!("csrf={}&mail_address={}", who.form_token().await, encoded(broken));
        who.submit("/account/mail-address", &[], &fields).await.expect_status(422);
    }
    assert_eq!(mail_address::Entity::find().count(app.app.db.reader()).await.unwrap(), 0);
}

#[tokio::test]
async fn while_the_mail_server_is_away_nothing_is_lost() {
    let port = MailSink::free_port();
    let app = TestApp::start_with_mail(mailer_at(port)).await;
    work(&app.app).await;
    invite(&app.organisation_administrator(Side::Home), json!(ADDRESS)).await.expect_status(201);
    assert!(matches!(work(&app.app).await[..], [Turn::Failed { again: true, .. }]));
    let soon = app.with_mail(mailer_at(port), Duration::seconds(11)).await;
    assert!(matches!(work(&soon.app).await[..], [Turn::Failed { again: true, .. }]));
    let waiting = only_mail(&app).await;
    assert_eq!((waiting.state.as_str(), waiting.tries, waiting.sealed.is_some()), ("waiting", 2, true));
    let sink = MailSink::start_at(port);
    let later = app.with_mail(mailer_at(port), Duration::seconds(40)).await;
    assert!(matches!(work(&later.app).await[..], [Turn::Done(_)]));
    assert_eq!((sink.received().len(), only_mail(&app).await.state.as_str()), (1, "sent"));
    redeem(&app, &sink.received()[0].token(), NEW).await.expect_status(303);
}

#[tokio::test]
async fn a_worker_that_dies_after_sending_has_it_sent_again_under_the_same_name() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    invite(&app.organisation_administrator(Side::Home), json!(ADDRESS)).await.expect_status(201);
    let (worker, ctx) = (Worker::new(&app.app, 60), app.operator());
    let dying = claim_next(&app.app, &worker).await.unwrap().expect("the mail is due");
    assert_eq!(hand_over(&ctx, dying.work()).await.unwrap(), Handed::Over);
    // It is gone before it says so. While its lease lasts nobody takes over.
    assert!(work(&app.app).await.is_empty());
    let later = app.with_mail(sink.mailer(), Duration::seconds(61)).await;
    assert!(matches!(work(&later.app).await[..], [Turn::Done(_)]));
    let received = sink.received();
    let names: Vec<&str> = received.iter().map(|mail| mail.header("Message-ID")).collect();
    assert!(names.len() == 2 && names[0] == names[1], "{names:?}");
    assert_eq!(received[0].token(), received[1].token());
    // One that was only slow sends nothing more, and its word does not count.
    assert!(matches!(run_claimed(&app.app, &worker, dying, || false).await.unwrap(), Turn::Lost(_)));
    assert_eq!((sink.received().len(), only_mail(&app).await.state.as_str()), (2, "sent"));
}

#[tokio::test]
async fn a_mail_that_nobody_takes_is_given_up_and_whoever_invited_is_told() {
    let sink = MailSink::refusing("550 no such user here");
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    let who = app.organisation_administrator(Side::Home);
    invite(&who, json!(ADDRESS)).await.expect_status(201);
    assert!(matches!(work(&app.app).await[..], [Turn::Done(_)]));
    let failed = only_mail(&app).await;
    assert_eq!((failed.state.as_str(), failed.sealed, failed.key_id), ("failed", None, None));
    let told = who.get("/api/v1/notifications").await.expect_status(200).json();
    assert_eq!(told["items"][0]["kind"], "mail_failed", "{told}");
    assert!(!told.to_string().contains("example.com"), "{told}");
    who.page("/notifications").await.expect_status(200);

    // "Not now" is another matter, until the link is of no use.
    let sink = MailSink::refusing("451 later");
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    invite(&app.organisation_administrator(Side::Home), json!(ADDRESS)).await.expect_status(201);
    assert!(matches!(work(&app.app).await[..], [Turn::Failed { again: true, .. }]));
    let over = app.with_mail(sink.mailer(), Duration::hours(73)).await;
    work(&over.app).await;
    assert_eq!(only_mail(&app).await.state, "failed");
}

#[tokio::test]
async fn who_forgot_the_password_sets_another_by_a_link_from_a_mail() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    set_address(&app.factory(), ADDRESS).await;
    let asked = app.nobody();
    let page = asked.page("/sign-in").await.expect_status(200).text();
    assert!(page.contains("/sign-in/forgotten"));
    asked.page("/sign-in/forgotten").await.expect_status(200);
    let fields = "login=+Home.Factory_hr";
    asked.submit("/sign-in/forgotten", &[], fields).await.expect_status(200);
    forget(&app, "home.factory_hr").await.expect_status(204);
    work(&app.app).await;
    let received = sink.received();
    assert_eq!(received.len(), 2, "{received:?}");
    // The first was asked for in Chinese.
    for words in
        ["为账号 home.factory_hr 重设密码", "somebody asked for another password for home.factory_hr"]
    {
        assert_eq!(received.iter().filter(|mail| mail.text.contains(words)).count(), 1, "{received:?}");
    }
    let (first, second) = (received[0].token(), received[1].token());
    // Who signs in in between has half a session; who is signed in, a whole one.
    app.factory().page("/").await.expect_status(200);
    let late = app.later(Duration::minutes(61)).await;
    redeem(&late, &first, NEW).await.expect_status(409);
    redeem(&app, &first, NEW).await.expect_status(303);
    app.factory().page("/").await.expect_status(303);
    for used in [&first, &second] {
        redeem(&app, used, "another horse entirely").await.expect_status(409);
    }
    assert!(signs_in(&app, "home.factory_hr", NEW).await);
    assert!(!signs_in(&app, "home.factory_hr", PASSWORD).await);
    let told = app.factory().get("/api/v1/notifications").await.expect_status(200).json();
    assert_eq!(told["items"][0]["kind"], "password_set", "{told}");
}

/// What somebody learns who asks for links by logins that are not theirs.
#[tokio::test]
async fn nobody_learns_whether_a_login_is_there_or_has_an_address() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    set_address(&app.factory(), ADDRESS).await;
    let logins = ["home.factory_hr", "home.school_registrar", "nobody.at_all"];
    let mut told = Vec::new();
    for login in logins {
        let by_api = statements_of(forget(&app, login)).await;
        let fields = format!("login={login}");
        let by_page = statements_of(app.nobody().submit("/sign-in/forgotten", &[], &fields)).await;
        told.push([by_api, by_page].map(|(answer, statements)| {
            assert!(answer.status.is_success(), "{}", answer.text());
            assert!(!statements.is_empty());
            (answer.status, answer.without_request_id(), statements)
        }));
    }
    assert_eq!(told[0], told[1], "a login without an address");
    assert_eq!(told[0], told[2], "a login that is not there");
    work(&app.app).await;
    assert_eq!(sink.received().len(), 2, "{:?}", sink.received());
    assert!(sink.received().iter().all(|mail| mail.to == ADDRESS));
    let db = app.app.db.reader();
    assert_eq!(sign_in_link::Entity::find().count(db).await.unwrap(), 2);
    assert_eq!(mail_outbox::Entity::find().count(db).await.unwrap(), 2, "those for nobody are gone");
}

#[tokio::test]
async fn nobody_is_written_to_without_end() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    set_address(&app.factory(), ADDRESS).await;
    for _ in 0..12 {
        forget(&app, "home.factory_hr").await.expect_status(204);
    }
    work(&app.app).await;
    assert_eq!(sink.received().len(), 5);
    // An hour later one more.
    let later = app.with_mail(sink.mailer(), Duration::minutes(62)).await;
    forget(&later, "home.factory_hr").await.expect_status(204);
    work(&later.app).await;
    assert_eq!(sink.received().len(), 6);
}

#[tokio::test]
async fn asking_for_links_has_the_rate_of_signing_in() {
    let rates = Rates { sign_in: NonZeroU32::new(2), ..Rates::default() };
    let app = TestApp::start_with(HttpSettings { rates, ..HttpSettings::default() }).await;
    forget(&app, "somebody").await.expect_problem(409, "mail_off");
    app.nobody().submit("/sign-in/forgotten", &[], "login=somebody").await.expect_status(409);
    forget(&app, "somebody").await.expect_problem(429, "rate_limited");
    app.nobody().submit("/sign-in/forgotten", &[], "login=somebody").await.expect_status(429);
}

#[tokio::test]
async fn a_reset_goes_by_mail_and_an_address_goes_with_an_erased_person() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    work(&app.app).await;
    let me = app.trainee();
    set_address(&me, ADDRESS).await;
    assert_eq!(me.get("/api/v1/me/mail-address").await.json(), json!({ "mail_address": ADDRESS }));
    assert!(me.page("/account").await.text().contains(ADDRESS));
    let id = me.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/users/{id}/password-resets");
    let made = app.administrator().post(&path, json!({})).await.expect_status(201).json();
    assert_eq!((&made["mailed"], made.get("secret")), (&json!(true), None));
    let person = format!("/api/v1/people/{}/erasure", app.town.home.trainee);
    app.official().post(&person, json!({})).await.expect_status(204);
    let db = app.app.db.reader();
    assert_eq!(mail_address::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(mail_outbox::Entity::find().count(db).await.unwrap(), 0);
    work(&app.app).await;
    assert!(sink.received().is_empty());
}

#[tokio::test]
async fn an_address_can_be_taken_back() {
    let app = TestApp::start().await;
    let me = app.factory();
    set_address(&me, ADDRESS).await;
    set_address(&me, "li@example.com").await;
    assert_eq!(me.get("/api/v1/me/mail-address").await.json()["mail_address"], "li@example.com");
    set_address(&me, "").await;
    assert_eq!(me.get("/api/v1/me/mail-address").await.json(), json!({}));
}
