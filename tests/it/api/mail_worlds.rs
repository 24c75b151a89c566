//! Two worlds over mails: who is poor, and whether somebody refused a factory or has not answered, moves no mail and
//! nothing in the queue.

use std::sync::Arc;

use ballast::entity::exchange::mail_outbox;
use ballast::service::App;
use ballast::service::exchange::job::run::{Turn, Worker, run_next};
use chrono::Duration;
use poem::http::Method;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::json;

use crate::harness::{MailSink, Side, TestApp, World};

async fn work(app: &Arc<App>) {
    let worker = Worker::new(app, 60);
    while !matches!(run_next(app, &worker, || false).await.unwrap(), Turn::Idle) {}
}

/// What is random in a text: ids and the tokens of links.
fn without_secrets(text: &str) -> String {
    let word = |word: &str| {
        let random = word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        if random { "#".to_owned() } else { word.to_owned() }
    };
    text.split(|c: char| !c.is_ascii_alphanumeric()).map(word).collect::<Vec<_>>().join(" ")
}

/// Mails of every kind that there is: an invitation, a reset, what somebody asks for who forgot a password. Gives what
/// came in and what the queue holds, sent and waiting.
async fn mails(app: &TestApp) -> (Vec<String>, Vec<String>) {
    let sink = MailSink::start();
    let app = app.with_mail(sink.mailer(), Duration::zero()).await;
    work(&app.app).await;
    for (who, address) in [(app.factory(), "hr@example.com"), (app.trainee(), "bai@example.com")] {
        let body = json!({ "mail_address": address });
        who.post("/api/v1/me/mail-address-changes", body).await.expect_status(204);
    }
    let runs = app.organisation_administrator(Side::Home);
    let organisation = runs.get("/api/v1/me").await.expect_status(200).json()["organisation"]["id"].clone();
    let body = json!({
        "login": "zhou", "display_name": "Zhou", "role": "mentor", "organisation_id": organisation,
        "mail_address": "zhou@example.com",
    });
    runs.post("/api/v1/invitations", body).await.expect_status(201);
    let reset = format!("/api/v1/users/{}/password-resets", app.town.home.user);
    app.administrator().post(&reset, json!({})).await.expect_status(201);
    let forget = async |login: &str| {
        let (path, body) = ("/api/v1/password-reset-requests", json!({ "login": login }));
        app.nobody().send_with(Method::POST, path, &[], Some(body)).await.expect_status(204);
    };
    forget("home.trainee").await;
    work(&app.app).await;
    forget("home.factory_hr").await;
    let received: Vec<String> =
        sink.received().iter().map(|mail| without_secrets(&format!("{mail:?}"))).collect();
    let rows = mail_outbox::Entity::find().order_by_asc(mail_outbox::Column::Id);
    let rows = rows.all(app.app.db.reader()).await.unwrap();
    let row = |row: mail_outbox::Model| {
        let sealed = row.sealed.as_ref().map(Vec::len);
        let times = (row.created_at, row.expires_at, row.ended_at);
        format!(
            "{:?} {} {} {} {} {sealed:?} {times:?}",
            row.user_id, row.template, row.locale, row.state, row.tries
        )
    };
    (received, rows.into_iter().map(row).collect())
}

fn assert_same(one: &(Vec<String>, Vec<String>), other: &(Vec<String>, Vec<String>)) {
    assert_eq!((one.0.len(), one.1.len()), (3, 4), "three went out, one waits: {one:?}");
    assert_eq!(one, other);
}

#[tokio::test]
async fn mails_are_the_same_whoever_is_poor() {
    let (a, b) = (TestApp::start_in(World::A).await, TestApp::start_in(World::B).await);
    assert_same(&mails(&a).await, &mails(&b).await);
}

#[tokio::test]
async fn mails_are_the_same_whether_somebody_refused_or_has_not_answered() {
    let (silent, refused) = (TestApp::start().await, TestApp::start().await);
    let path = format!("/api/v1/consents/{}", refused.town.home.consent);
    let trainee = refused.trainee();
    let tag = trainee.get(&path).await.expect_status(200).header("etag").to_owned();
    let body = Some(json!({ "answer": "refuse" }));
    let headers = [("if-match", tag.as_str())];
    trainee.send_with(Method::POST, &format!("{path}/answer"), &headers, body).await.expect_status(200);
    assert_same(&mails(&silent).await, &mails(&refused).await);
}
