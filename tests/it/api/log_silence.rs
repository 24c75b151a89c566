//! What the process says of itself while people sign in by links and codes: which pages were asked for, and nothing by
//! which somebody else could come in or know whom a mail went to.

use std::io::Write;
use std::sync::{Arc, Mutex};

use ballast::service::exchange::job::run::{Turn, Worker, run_next};
use poem::http::Method;
use serde_json::json;

use super::desk_login::newcomer;
use super::invitation::{NEW, redeem_code};
use crate::harness::{MailSink, Side, TestApp};
use crate::web::encoded;

const ADDRESS: &str = "quiet.reader@example.com";

/// Everything that is logged, whatever thread logs it.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn capture() -> Self {
        let lines = Self::default();
        let into = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || into.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("each test has a process of its own");
        lines
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

async fn redeem(app: &TestApp, token: &str, password: &str) -> u16 {
    app.nobody().page(&format!("/sign-in/link?token={token}")).await;
    let fields = format!("token={token}&new_password={}", encoded(password));
    app.nobody().submit("/sign-in/link", &[], &fields).await.status.as_u16()
}

async fn work(app: &TestApp) {
    let worker = Worker::new(&app.app, 60);
    while !matches!(run_next(&app.app, &worker, || false).await.unwrap(), Turn::Idle) {}
}

#[tokio::test]
async fn no_link_no_code_and_no_address_is_in_the_log() {
    let lines = Lines::capture();
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    let mut secrets = vec![NEW.to_owned(), encoded(NEW), ADDRESS.to_owned()];
    // An invitation by mail, taken up; then the same link again.
    let runs = app.organisation_administrator(Side::Home);
    let organisation = runs.get("/api/v1/me").await.expect_status(200).json()["organisation"]["id"].clone();
    let body = json!({ "login": "zhou", "display_name": "Zhou", "role": "mentor",
        "organisation_id": organisation, "mail_address": ADDRESS });
    runs.post("/api/v1/invitations", body).await.expect_status(201);
    work(&app).await;
    secrets.push(sink.received()[0].token());
    assert_eq!(redeem(&app, secrets.last().unwrap(), NEW).await, 303);
    assert_eq!(redeem(&app, secrets.last().unwrap(), NEW).await, 409);
    // A password that was forgotten, by the API and a link that is tried with a weak password first.
    let (path, body) = ("/api/v1/password-reset-requests", json!({ "login": "zhou" }));
    app.nobody().send_with(Method::POST, path, &[], Some(body)).await.expect_status(204);
    work(&app).await;
    secrets.push(sink.received()[1].token());
    assert_eq!(redeem(&app, secrets.last().unwrap(), "short").await, 422);
    assert_eq!(redeem(&app, secrets.last().unwrap(), NEW).await, 303);
    // A link that is shown to whoever runs the logins, and codes of the desk: one wrong, one right.
    let reset = format!("/api/v1/users/{}/password-resets", app.town.home.user);
    let shown = app.administrator().post(&reset, json!({})).await.expect_status(201).json();
    secrets.push(shown["secret"].as_str().unwrap().to_owned());
    assert_eq!(redeem(&app, secrets.last().unwrap(), NEW).await, 303);
    let codes = format!("/api/v1/people/{}/sign-in-codes", app.town.home.trainee);
    let shown = app.school().post(&codes, json!({})).await.expect_status(201).json();
    secrets.push(shown["secret"].as_str().unwrap().to_owned());
    redeem_code(&app, "nobody.at_all", secrets.last().unwrap()).await.expect_status(401);
    redeem_code(&app, "home.trainee", secrets.last().unwrap()).await.expect_status(303);
    let logins = format!("/api/v1/people/{}/logins", newcomer(&app).await);
    let shown = app.school().post(&logins, json!({ "login": "li.new" })).await.expect_status(201).json();
    secrets.push(shown["secret"].as_str().unwrap().to_owned());
    redeem_code(&app, "li.new", secrets.last().unwrap()).await.expect_status(303);
    let log = lines.text();
    assert!(log.contains("/sign-in/link") && log.contains("/sign-in/code"), "nothing was captured: {log}");
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret} is in the log: {line:?}");
    }
}
