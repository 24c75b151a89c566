//! Answers that come only once what they tell of is sealed in the log.

use ballast::entity::audit::audit_pending;
use ballast::entity::poverty::targeting;
use ballast::service::audit::export::prove_entry;
use ballast_domain::base::id::AuditEntryId;
use poem::http::Method;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::json;

use crate::harness::{Answer, TestApp};

async fn decide(app: &TestApp, key: Option<&str>) -> Answer {
    let path = format!("/api/v1/households/{}/targetings", app.town.home.households[0]);
    let body = json!({ "outcome": "targeted", "cause": "illness", "decided_on": "2026-11-24" });
    let headers: Vec<(&str, &str)> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
    app.targeting_officer().send_with(Method::POST, &path, &headers, Some(body)).await
}

/// The entries of an answer's receipts.
fn receipts(answer: &Answer) -> Vec<AuditEntryId> {
    let all = answer.headers.get_all("ballast-receipt").iter();
    all.map(|receipt| {
        let (entry, _leaf) = receipt.to_str().unwrap().split_once(' ').unwrap();
        AuditEntryId(entry.parse().unwrap())
    })
    .collect()
}

async fn decisions(app: &TestApp) -> u64 {
    targeting::Entity::find().count(app.app.db.reader()).await.unwrap()
}

#[tokio::test]
async fn a_decision_is_answered_once_it_is_sealed() {
    let app = TestApp::start().await;
    let answer = decide(&app, None).await.expect_status(201);
    // The reading of what is answered waits; the decision does not.
    assert_eq!(audit_pending::Entity::find().count(app.app.db.reader()).await.unwrap(), 1);
    app.stop_sealing().await;
    let proof = prove_entry(&app.operator(), receipts(&answer)[0]).await.unwrap();
    assert!(proof.header.contains("DecideTargeting"), "{}", proof.header);
}

#[tokio::test]
async fn a_decision_that_cannot_be_sealed_is_recorded_once_and_answered_when_it_is() {
    let app = TestApp::start().await;
    let before = decisions(&app).await;
    app.stop_sealing().await;
    let late = decide(&app, Some("key-00001")).await;
    assert_eq!(late.header("retry-after"), "1");
    let [entry] = receipts(&late).try_into().unwrap();
    late.expect_problem(503, "not_sealed");
    assert_eq!(decisions(&app).await, before + 1, "it is recorded");
    let vacancy = format!("/api/v1/vacancies/{}", app.town.home.vacancy);
    app.factory().post(&format!("{vacancy}/closure"), json!({})).await.expect_status(200);

    // Asked again it waits again, and does nothing twice.
    let again = decide(&app, Some("key-00001")).await;
    assert_eq!(receipts(&again), [entry]);
    again.expect_problem(503, "not_sealed");
    app.resume_sealing().await;
    let answer = decide(&app, Some("key-00001")).await.expect_status(201);
    assert_eq!(answer.header("idempotency-replayed"), "true");
    assert_eq!(receipts(&answer)[0], entry);
    assert_eq!(decisions(&app).await, before + 1);
    app.stop_sealing().await;
    prove_entry(&app.operator(), entry).await.expect("it is sealed");
}

/// The answer may find that another process has sealed its entry: that is no failure.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_that_wait_for_each_others_seals_both_answer() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let decided = |app: &TestApp, n: usize| {
        let path = format!("/api/v1/households/{}/targetings", app.town.home.households[n]);
        let body = json!({ "outcome": "targeted", "cause": "illness", "decided_on": "2026-11-24" });
        (path, body)
    };
    for _ in 0..12 {
        let ((here, one), (there, two)) = (decided(&app, 0), decided(&beside, 1));
        let (officials, others) = (app.targeting_officer(), beside.targeting_officer());
        let (one, two) = tokio::join!(officials.post(&here, one), others.post(&there, two));
        one.expect_status(201);
        two.expect_status(201);
    }
}
