//! What people are told: those whom it concerns, once, and nothing that they could not see.

use ballast::service::Seen;
use ballast::service::batch::Mode;
use ballast::service::exchange::job::{NewJob, enqueue};
use ballast::service::permit::permit::{submit_permit, withdraw_permit};
use ballast::service::permit::permit_document::{
    DocumentContent, NewPermitDocument, record_permit_documents,
};
use ballast::service::{App, Ctx};
use ballast::store::audit::audit_entry;
use ballast_domain::base::id::PermitId;
use ballast_domain::exchange::job::Kind;
use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

use super::{drain, later};
use crate::harness::{Identity, TestApp};

/// What somebody was told, oldest first, without what the town had told before.
async fn told(who: &Identity<'_>) -> Vec<Value> {
    let list = who.get("/api/v1/notifications?limit=200&lang=en").await.expect_status(200).json();
    let mut items = list["items"].as_array().unwrap().clone();
    items.retain(|item| fact(item, "last_day").as_deref() != Some("2026-12-01"));
    items.reverse();
    items
}

fn fact(item: &Value, name: &str) -> Option<String> {
    let facts = item["facts"].as_array().unwrap();
    let found = facts.iter().find(|fact| fact["name"] == name)?;
    Some(found["value"].as_str().unwrap().to_owned())
}

/// Part and threshold of what somebody was told of documents, in order of these.
async fn endings(who: &Identity<'_>) -> Vec<(String, String)> {
    let items = told(who).await;
    let ending = |item: &Value| (fact(item, "part").unwrap(), fact(item, "days").unwrap());
    let mut endings: Vec<_> = items.iter().map(ending).collect();
    endings.sort();
    endings
}

fn named(endings: &[(&str, &str)]) -> Vec<(String, String)> {
    endings.iter().map(|(part, days)| ((*part).to_owned(), (*days).to_owned())).collect()
}

#[tokio::test]
async fn a_submitted_permit_is_told_to_the_officials_of_its_port_and_to_nobody_else() {
    let app = TestApp::start().await;
    let permit = app.town.home.permit;
    submit_permit(&app.factory().ctx().await, PermitId(permit), &Seen::Whatever).await.unwrap();
    let items = told(&app.official()).await;
    assert_eq!(items.len(), 1);
    assert_eq!(
        (&items[0]["kind"], &items[0]["resource_id"]),
        (&json!("permit_submitted"), &json!(permit.to_string()))
    );
    assert_eq!(items[0]["text"], "Permit P Home was submitted; it would begin on 1 January 2027.");
    for other in [app.other_official(), app.factory(), app.school(), app.trainee(), app.administrator()] {
        assert!(told(&other).await.is_empty(), "{}", other.role);
    }
    // What is taken back is nothing to look at, and who did it need not be told.
    withdraw_permit(&app.factory().ctx().await, PermitId(permit), &Seen::Whatever).await.unwrap();
    assert_eq!(told(&app.official()).await.len(), 1);
}

#[tokio::test]
async fn an_official_who_submits_is_not_told_of_it() {
    let app = TestApp::start().await;
    submit_permit(&app.official().ctx().await, PermitId(app.town.home.permit), &Seen::Whatever)
        .await
        .unwrap();
    assert!(told(&app.official()).await.is_empty());
}

#[tokio::test]
async fn a_refused_change_tells_nobody() {
    let app = TestApp::start().await;
    let refused =
        submit_permit(&app.factory().ctx().await, PermitId(app.town.home.permit), &Seen::at(7)).await;
    assert!(refused.is_err());
    assert!(told(&app.official()).await.is_empty());
}

#[tokio::test]
async fn a_finished_enrolment_is_told_to_the_trainee() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/enrolments/{}/completion", app.town.home.enrolment);
    app.school().post(&path, json!({ "on": "2026-11-24" })).await.expect_status(201);
    let items = told(&app.trainee()).await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["text"], "Class C-1 is finished: one skill was added to your record.");
    assert!(told(&app.other_trainee()).await.is_empty() && told(&app.school()).await.is_empty());
    let leads_to = format!("/joint-classes/{}", app.town.home.joint_class);
    assert!(app.trainee().page("/").await.text().contains(&leads_to));
    app.trainee().page(&leads_to).await.expect_status(200);
}

#[tokio::test]
async fn one_reads_what_is_ones_own_and_says_so_once() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/notifications/{}/reading", app.town.home.notification);
    let unread = async || app.factory().get("/api/v1/notifications").await.json()["unread"].clone();
    assert_eq!(unread().await, 1);
    for other in [app.other_factory(), app.official(), app.administrator()] {
        other.post(&path, json!({})).await.expect_problem(404, "not_found");
    }
    let read = app.factory().post(&path, json!({})).await.expect_status(200).json();
    assert_eq!(read["read_at"], "2026-11-24T01:12:07+00:00");
    assert_eq!(app.factory().post(&path, json!({})).await.expect_status(200).json(), read);
    assert_eq!(unread().await, 0);
    let other = app.other_factory().get("/api/v1/notifications").await.json();
    assert_eq!((&other["unread"], other["items"].as_array().unwrap().len()), (&json!(1), 1));
}

#[tokio::test]
async fn the_start_page_shows_what_is_new_and_a_form_that_takes_it_as_read() {
    let app = TestApp::start().await;
    let factory = app.factory();
    let path = format!("/notifications/{}/reading", app.town.home.notification);
    let page = factory.page("/?lang=en").await.expect_status(200).text();
    assert!(page.contains("Notices: one unread") && page.contains(&path), "{page}");
    assert!(page.contains("Permit P Home: Passport or border pass ends on 1 December 2026, within 7 days."));
    assert!(page.contains(&format!("href=\"/permits/{}\"", app.town.home.permit)));
    factory.submit(&path, &[], "csrf=x").await.expect_status(403);
    let good = format!("csrf={}&from=home", factory.form_token().await);
    let other = format!("csrf={}&from=home", app.official().form_token().await);
    app.official().submit(&path, &[], &other).await.expect_status(404);
    assert_eq!(factory.submit(&path, &[], &good).await.expect_status(303).header("location"), "/");
    let page = factory.page("/?lang=en").await.text();
    assert!(page.contains("Notices: all read") && !page.contains(&path), "{page}");
    let list = factory.page("/notifications?lang=en").await.expect_status(200).text();
    assert!(list.contains("Permit P Home"), "{list}");
    let home = app.school().page("/").await.text();
    assert!(!home.contains("h-notices"), "nothing where nobody was told anything");
}

/// Goes through the permits as the schedule does, when so much time has passed.
async fn look(app: &TestApp, passed: Duration) {
    let then: Arc<App> = later(app, passed).await;
    let ctx = Ctx::of_machinery(then.clone());
    let tx = ctx.write_tx().await.unwrap();
    enqueue(&ctx, &tx, NewJob { payload: json!({ "rows": 1 }), ..NewJob::of(Kind::ExpiryNotices) })
        .await
        .unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    drain(&then).await;
}

async fn record(app: &TestApp, kind: &str, verification: &str, days: i64, supersedes: Option<Uuid>) -> Uuid {
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let document = NewPermitDocument {
        person: app.town.home.worker,
        permit: (kind == "contract").then_some(PermitId(app.town.home.permit)),
        content: DocumentContent {
            kind: kind.to_owned(),
            issuer: "Port clinic".to_owned(),
            valid_from: NaiveDate::from_ymd_opt(2026, 1, 1),
            valid_until: Some(today + Duration::days(days)),
            verification: verification.to_owned(),
        },
        supersedes,
    };
    let ctx = app.official().ctx().await;
    record_permit_documents(&ctx, vec![document], Mode::Commit).await.unwrap()[0]
}

#[tokio::test]
async fn a_document_that_will_end_is_told_once_for_each_threshold_to_those_who_can_act() {
    let app = TestApp::start().await;
    let health = record(&app, "health_certificate", "confirmed", 45, None).await;
    record(&app, "training_certificate", "unverified", 20, None).await;
    record(&app, "contract", "sighted", 20, None).await;
    look(&app, Duration::zero()).await;
    // What hangs on the permit is the officials' to read; what nobody has seen is no evidence.
    let of_official = named(&[("contract", "30"), ("health_certificate", "60")]);
    assert_eq!(endings(&app.official()).await, of_official);
    assert_eq!(endings(&app.factory()).await, named(&[("health_certificate", "60")]));
    for other in [app.other_official(), app.other_factory(), app.school(), app.trainee(), app.administrator()]
    {
        assert!(told(&other).await.is_empty(), "{}", other.role);
    }
    let items = told(&app.factory()).await;
    assert_eq!(items[0]["text"], "Permit P Home: Health certificate ends on 8 January 2027, within 60 days.");
    assert!(!items[0].to_string().contains("Hoa"), "an employer is not told whose it is: {}", items[0]);

    look(&app, Duration::zero()).await;
    look(&app, Duration::days(1)).await;
    assert_eq!(endings(&app.official()).await.len(), 2, "the same is told once");
    look(&app, Duration::days(15)).await;
    let more = named(&[("health_certificate", "30"), ("health_certificate", "60")]);
    assert_eq!(endings(&app.factory()).await, more);
    let of_official = [named(&[("contract", "30"), ("contract", "7")]), more.clone()].concat();
    assert_eq!(endings(&app.official()).await, of_official);

    record(&app, "health_certificate", "confirmed", 400, Some(health)).await;
    look(&app, Duration::days(40)).await;
    assert_eq!(endings(&app.factory()).await, more, "a renewal ends it");
    assert!(endings(&app.official()).await.iter().all(|(part, _)| part != "training_certificate"));
}

#[tokio::test]
async fn nobody_is_told_of_a_permit_that_was_withdrawn() {
    let app = TestApp::start().await;
    record(&app, "health_certificate", "confirmed", 45, None).await;
    withdraw_permit(&app.factory().ctx().await, PermitId(app.town.home.permit), &Seen::Whatever)
        .await
        .unwrap();
    look(&app, Duration::zero()).await;
    assert!(told(&app.factory()).await.is_empty() && told(&app.official()).await.is_empty());
}
