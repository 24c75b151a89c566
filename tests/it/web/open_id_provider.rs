//! Setting up where an organisation's people sign in, by API and on the page.

use std::num::NonZeroU32;

use ballast::http::settings::{HttpSettings, Rates};
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{Identity, OPEN_ID_SECRET, Side, TestApp, open_id_code_of, seal_and_sign};
use crate::web::encoded;

fn provider(code: &str) -> Value {
    json!({
        "code": code, "issuer": "https://login.example/realms/school", "client_id": "ballast",
        "client_secret": OPEN_ID_SECRET, "enabled": true,
    })
}

fn of(organisation: impl std::fmt::Display) -> String {
    format!("/api/v1/organisations/{organisation}/open-id-providers")
}

#[tokio::test]
async fn who_runs_an_organisations_logins_sets_it_up_there_and_the_installations_administrator_anywhere() {
    let app = TestApp::start().await;
    let (home, other) = (&app.town.home, &app.town.other);
    for who in app.everyone() {
        let own = who.role == "organisation_administrator";
        let anywhere = who.role == "administrator";
        // The factories have one already, which only somebody learns who may set it up.
        let there = who.post(&of(home.factory), provider("another")).await;
        let read = who.get(&of(home.factory)).await;
        let foreign = who.post(&of(other.factory), provider("another")).await;
        let one = who.get(&format!("/api/v1/open-id-providers/{}", other.open_id_provider)).await;
        let status = |answer: &crate::harness::Answer| answer.status.as_u16();
        let seen = [status(&there), status(&read), status(&foreign), status(&one)];
        let expected = match (anywhere, own) {
            (true, _) => [409, 200, 409, 200],
            (_, true) => [409, 200, 404, 404],
            _ => [403; 4],
        };
        assert_eq!(seen, expected, "{}", who.role);
    }
    let runs = app.organisation_administrator(Side::Home);
    let path = format!("/api/v1/open-id-providers/{}", home.open_id_provider);
    let seen = runs.get(&path).await.expect_status(200);
    let tag = seen.header("etag").to_owned();
    let taken = runs.patch(&path, &tag, json!({ "code": open_id_code_of(other.region) })).await;
    taken.expect_problem(409, "open_id_code_taken");
    let wrong = runs.patch(&path, &tag, json!({ "issuer": "http://login.example" })).await;
    assert_eq!(wrong.expect_problem(422, "invalid").json()["errors"][0]["pointer"], "/issuer");
    runs.patch(&path, &tag, json!({ "client_secret": "another", "enabled": false })).await.expect_status(200);
    runs.patch(&path, &tag, json!({ "enabled": true })).await.expect_problem(412, "stale");
    let now = runs.get(&path).await.header("etag").to_owned();
    let gone = runs.send_with(Method::DELETE, &path, &[("if-match", &now)], None).await;
    gone.expect_status(204);
    runs.get(&path).await.expect_problem(404, "not_found");
    runs.post(&of(home.factory), provider("another")).await.expect_status(201);
    app.administrator().post(&of(home.school), provider("school")).await.expect_status(201);
}

#[tokio::test]
async fn the_secret_of_a_provider_is_shown_to_nobody_and_stands_nowhere() {
    let app = TestApp::start().await;
    let (runs, id) = (app.organisation_administrator(Side::Home), app.town.home.open_id_provider);
    let path = format!("/api/v1/open-id-providers/{id}");
    let secret = "another-secret-between-two-servers";
    let tag = runs.get(&path).await.header("etag").to_owned();
    let changed = runs.patch(&path, &tag, json!({ "client_secret": secret })).await.expect_status(200);
    let page = format!("/organisations/{}/open-id", app.town.home.factory);
    let form = form_of(&runs, "factory-x", "https://login.example", "ballast", secret, "0").await;
    let overtaken = runs.submit(&page, &[], &form).await.expect_status(412);
    let faulty = form_of(&runs, "-", "https://login.example", "ballast", secret, "2").await;
    let faulty = runs.submit(&page, &[], &faulty).await.expect_status(422);
    let log = app
        .administrator()
        .get("/api/v1/audit-entries?limit=200&resource_kind=open_id_provider")
        .await
        .expect_status(200);
    let shown = [
        changed,
        runs.get(&path).await,
        runs.get(&of(app.town.home.factory)).await,
        runs.page(&page).await,
        overtaken,
        faulty,
    ];
    for (n, answer) in shown.iter().enumerate() {
        let text = answer.text();
        assert!(text.contains("login.example"), "{n}: {text}");
        assert!(!text.contains(secret) && !text.contains(OPEN_ID_SECRET), "{n}: {text}");
    }
    assert!(log.text().contains("ManageOpenId") && !log.text().contains(secret), "{}", log.text());
    seal_and_sign(&app.app).await;
    app.assert_gone(&[secret.as_bytes().to_vec(), OPEN_ID_SECRET.as_bytes().to_vec()]).await;
}

async fn form_of(
    who: &Identity<'_>,
    code: &str,
    issuer: &str,
    client: &str,
    secret: &str,
    revision: &str,
) -> String {
    let csrf = who.form_token().await;
    let (issuer, client, secret) = (encoded(issuer), encoded(client), encoded(secret));
    format!(
        "csrf={csrf}&revision={revision}&code={code}&issuer={issuer}&client_id={client}&client_secret={secret}&enabled=on"
    )
}

#[tokio::test]
async fn a_form_with_faults_names_each_at_its_field_and_loses_nothing_but_the_secret() {
    let app = TestApp::start().await;
    let admin = app.administrator();
    let chosen = format!("/organisations/open-id?organisation={}", app.town.home.school);
    let page = admin.page(&chosen).await.expect_status(303).header("location").to_owned();
    assert_eq!(page, format!("/organisations/{}/open-id", app.town.home.school));
    let nothing = admin.page("/organisations/open-id").await.expect_status(303);
    assert_eq!(nothing.header("location"), "/members");
    assert!(admin.page("/members").await.text().contains("action=\"/organisations/open-id\""));
    let own = app.organisation_administrator(Side::Home).page("/members").await.text();
    assert!(own.contains(&format!("/organisations/{}/open-id\"", app.town.home.factory)), "{own}");

    let wrong = form_of(&admin, "Ya_Lu", "ftp://login.example", "", "", "").await;
    let faulty = admin.submit(&page, &[], &wrong).await.expect_status(422).text();
    for kept in ["value=\"Ya_Lu\"", "value=\"ftp://login.example\"", "checked"] {
        assert!(faulty.contains(kept), "{kept}: {faulty}");
    }
    for at in ["code-error", "issuer-error", "client_id-error", "client_secret-error"] {
        assert!(faulty.contains(&format!("id=\"{at}\"")), "{at}: {faulty}");
    }
    let taken =
        form_of(&admin, &open_id_code_of(app.town.home.region), "https://login.example", "ballast", "x", "")
            .await;
    let taken = admin.submit(&page, &[], &taken).await;
    assert_eq!(taken.status.as_u16(), 409, "{}", taken.text());
    assert!(taken.text().contains("id=\"code-error\"") && taken.text().contains("value=\"ballast\""));

    let good = form_of(&admin, "school", "https://login.example", "ballast", "x y", "").await;
    assert_eq!(admin.submit(&page, &[], &good).await.expect_status(303).header("location"), page);
    // An empty secret leaves the one that is there.
    let again = form_of(&admin, "school-1", "https://login.example", "ballast", "", "1").await;
    admin.submit(&page, &[], &again).await.expect_status(303);
    let found = admin.get(&of(app.town.home.school)).await.expect_status(200).json();
    assert_eq!((&found["items"][0]["code"], &found["items"][0]["revision"]), (&json!("school-1"), &json!(2)));
    let stale = admin.submit(&page, &[], &again).await.expect_status(412).text();
    assert!(stale.contains("value=\"school-1\"") && stale.contains("name=\"revision\" value=\"2\""));
    let csrf = admin.form_token().await;
    let removal = |revision: u8| format!("csrf={csrf}&revision={revision}");
    admin.submit(&format!("{page}/removal"), &[], &removal(1)).await.expect_status(412);
    admin.submit(&format!("{page}/removal"), &[], &removal(2)).await.expect_status(303);
    let left = admin.page(&page).await.expect_status(200).text();
    assert!(!left.contains("/removal"), "{left}");
}

#[tokio::test]
async fn being_sent_elsewhere_and_coming_back_count_as_attempts_to_sign_in() {
    let door = format!("/sign-in/open-id/{}", open_id_code_of("2190"));
    let attempts = [
        "/sign-in/open-id?organisation=nobody".to_owned(),
        door.clone(),
        format!("{door}/departure"),
        format!("{door}/answer?code=1&state=2"),
    ];
    for path in &attempts {
        let rates = Rates { sign_in: NonZeroU32::new(2), ..Rates::default() };
        let app = TestApp::start_with(HttpSettings { rates, ..HttpSettings::default() }).await;
        for _ in 0..2 {
            let first = app.nobody().page(path).await;
            assert_ne!(first.status.as_u16(), 429, "{path}");
        }
        app.nobody().page(path).await.expect_status(429);
        app.nobody().page("/sign-in").await.expect_status(200);
    }
}
