//! Entries become leaves, in an order that keeps each row's history, once.

use std::collections::HashMap;

use ballast::entity::audit::{audit_entry, audit_leaf, audit_pending, audit_touch};
use ballast::service::audit::checkpoint::{Signing, sign_head};
use ballast::service::audit::export::{export_log, prove_entry, verify_file};
use ballast::service::audit::sequencer::{await_sealed, seal_all, seal_batch};
use ballast::service::batch::Mode;
use ballast::service::hiring::vacancy::{close_vacancy, post_vacancies};
use ballast::service::{Error, Seen};
use ballast::store::audit::audit_entry::Touch;
use ballast_domain::base::id::{AuditEntryId, VacancyId};
use ballast_domain::identity::policy::{Act as _, act};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{codes, seal_and_sign, verified};
use crate::harness::{TestApp, is_sqlite};
use crate::service::hiring::vacancy::post;

#[tokio::test]
async fn every_entry_is_a_leaf_or_waits_and_the_town_is_in_order() {
    let app = TestApp::start().await;
    let db = app.app.db.reader();
    let entries = audit_entry::Entity::find().count(db).await.unwrap();
    assert!(entries > 10);
    assert_eq!(audit_pending::Entity::find().count(db).await.unwrap(), entries, "nothing is sealed yet");
    let report = verified(&app.app).await;
    assert_eq!((codes(&report), report.sealed, report.waiting), (Vec::new(), 0, entries));

    assert_eq!(seal_all(&app.app).await.unwrap(), entries);
    assert_eq!(audit_pending::Entity::find().count(db).await.unwrap(), 0);
    let leaves = audit_leaf::Entity::find().order_by_asc(audit_leaf::Column::Index).all(db).await.unwrap();
    let indices: Vec<i64> = leaves.iter().map(|leaf| leaf.index).collect();
    assert_eq!(indices, (0..i64::try_from(entries).unwrap()).collect::<Vec<_>>(), "dense from 0");
    let report = verified(&app.app).await;
    assert_eq!((codes(&report), report.sealed, report.waiting), (Vec::new(), entries, 0));
}

#[tokio::test]
async fn a_receipt_comes_with_the_answer_and_is_proved_from_a_file_alone() {
    let app = TestApp::start().await;
    let vacancy = format!("/api/v1/vacancies/{}", app.town.home.vacancy);
    let answer = app.factory().post(&format!("{vacancy}/closure"), json!({})).await;
    let answer = answer.expect_status(200);
    let receipt = answer.header("ballast-receipt").to_owned();
    let (id, leaf) = receipt.split_once(' ').unwrap();
    let id = AuditEntryId(Uuid::parse_str(id).unwrap());

    let proof = prove_entry(&app.operator(), id).await.unwrap();
    assert_eq!(proof.leaf_hash, leaf);
    let text = serde_json::to_string_pretty(&proof).unwrap();
    let lines = |text: &str| text.lines().map(|line| Ok(line.to_owned())).collect::<Vec<_>>().into_iter();
    let report = verify_file(lines(&text), None).unwrap();
    assert_eq!((report.findings, report.entries), (Vec::new(), 1));
    assert_eq!(verify_file(lines(&text), Some(&proof.key)).unwrap().findings, []);

    let changed = text.replacen("ManageVacancy", "ManageVacancz", 1);
    assert_ne!(changed, text, "the header names the action");
    assert_eq!(verify_file(lines(&changed), None).unwrap().findings, [(1, "header_changed")]);
    let elsewhere = text.replacen(&format!("\"index\": {}", proof.index), "\"index\": 0", 1);
    assert_eq!(verify_file(lines(&elsewhere), None).unwrap().findings, [(1, "proof_wrong")]);
    let other_key = proof.key.replacen('A', "B", 1);
    assert_eq!(verify_file(lines(&text), Some(&other_key)).unwrap().findings, [(1, "checkpoint_unsigned")]);
}

#[tokio::test]
async fn a_tenants_export_tells_its_own_entries_and_the_others_as_hashes() {
    let app = TestApp::start().await;
    for official in [app.official(), app.other_official()] {
        official.get("/api/v1/people").await.expect_status(200);
    }
    let mut lines = Vec::new();
    let bureau = app.town.home.bureau;
    let told = export_log(&app.operator(), Some(bureau), &mut |line| {
        lines.push(line.to_owned());
        Ok(())
    })
    .await
    .unwrap();
    assert!(told > 0 && told < lines.len() as u64 - 1, "some of them");
    let foreign = app.town.other.bureau.to_string();
    assert!(!lines.iter().any(|line| line.contains(&foreign)), "nothing of another bureau is told");
    let read = |lines: &[String]| verify_file(lines.iter().cloned().map(Ok), None).unwrap();
    let report = read(&lines);
    assert_eq!((report.findings, report.entries), (Vec::new(), told));

    let mut shorter = lines.clone();
    shorter.pop();
    assert_eq!(read(&shorter).findings.first().map(|f| f.1), Some("tail_cut"));
    let own = lines.iter().position(|line| line.contains("\"subjects\":[\"")).unwrap();
    let mut other = lines.clone();
    let somebody = app.town.home.worker.to_string();
    let shown = app.town.home.trainee.to_string();
    other[own] = other[own].replacen(&shown, &somebody, 1);
    assert_ne!(other[own], lines[own]);
    assert_eq!(read(&other).findings.first().map(|f| f.1), Some("subjects_changed"));
    let mut swapped = lines;
    swapped.swap(2, 3);
    assert_eq!(read(&swapped).findings.first().map(|f| f.1), Some("leaves_missing"));
}

#[tokio::test]
async fn a_change_whose_entry_fails_is_taken_back() {
    let app = TestApp::start().await;
    let (ctx, home) = (app.factory().ctx().await, &app.town.home);
    let id = VacancyId(home.vacancy);
    // Somebody has told the next revision already: the entry of the closure cannot be written.
    let operator = app.operator();
    let tx = operator.write_tx().await.unwrap();
    let touch = Touch { kind: "vacancy", id: id.0, revision: 2 };
    operator.record(&tx, act::ManageVacancy::ACTION, ("vacancy", id.0), &[touch]).await.unwrap();
    tx.commit().await.unwrap();

    let refused = close_vacancy(&ctx, id, &Seen::Whatever).await;
    assert!(matches!(refused, Err(Error::Internal(_))), "{refused:?}");
    let vacancy = app.factory().get(&format!("/api/v1/vacancies/{}", id.0)).await.json();
    assert_eq!((&vacancy["status"], &vacancy["revision"]), (&json!("open"), &json!(1)));
    assert_eq!(codes(&verified(&app.app).await), ["row_behind"], "the log tells of what never came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sequencers_and_many_writers_give_one_log_in_the_order_of_each_row() {
    let app = TestApp::start().await;
    let ctx = app.factory().ctx().await;
    let mut writers = JoinSet::new();
    for n in 0..24 {
        let (ctx, new) = (ctx.clone(), vec![post(&app.town.home, &format!("seal-{n}"))]);
        let factory = app.town.home.factory;
        writers.spawn(async move {
            let id = post_vacancies(&ctx, factory, new, Mode::Commit).await.unwrap()[0];
            close_vacancy(&ctx, id, &Seen::Whatever).await.unwrap();
        });
    }
    let mut sequencers = JoinSet::new();
    for _ in 0..2 {
        let app = app.app.clone();
        sequencers.spawn(async move {
            for _ in 0..20 {
                seal_batch(&app).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    while let Some(done) = sequencers.join_next().await {
        done.unwrap();
    }
    seal_all(&app.app).await.unwrap();
    let report = verified(&app.app).await;
    assert_eq!((codes(&report), report.waiting), (Vec::new(), 0));
    // Each row's revisions stand in the log in their order.
    let db = app.app.db.reader();
    let leaves = audit_leaf::Entity::find().all(db).await.unwrap();
    let index: HashMap<i64, i64> = leaves.into_iter().map(|leaf| (leaf.seq, leaf.index)).collect();
    let touches = audit_touch::Entity::find()
        .filter(audit_touch::Column::Kind.eq("vacancy"))
        .order_by_asc(audit_touch::Column::ResourceId)
        .order_by_asc(audit_touch::Column::Revision)
        .all(db)
        .await
        .unwrap();
    let of_one = touches.windows(2).filter(|pair| pair[0].resource_id == pair[1].resource_id);
    assert_eq!(of_one.clone().count(), 24);
    for pair in of_one {
        assert!(index[&pair[0].seq] < index[&pair[1].seq]);
    }
}

#[tokio::test]
async fn an_answer_that_must_be_sealed_waits_for_it() {
    let app = TestApp::start().await;
    let ctx = app.factory().ctx().await;
    await_sealed(&ctx).await.expect("nothing was written: nothing to wait for");
    close_vacancy(&ctx, VacancyId(app.town.home.vacancy), &Seen::Whatever).await.unwrap();
    let [(id, _)] = ctx.receipts.list().try_into().unwrap();
    let waiting = || audit_pending::Entity::find().count(app.app.db.reader());
    assert!(waiting().await.unwrap() > 0);
    await_sealed(&ctx).await.unwrap();
    assert!(prove_entry(&app.operator(), id).await.is_ok());
    assert_eq!(waiting().await.unwrap(), 0);
}

#[tokio::test]
async fn only_postgres_an_entry_that_commits_late_falls_into_a_later_batch() {
    if is_sqlite() {
        return;
    }
    let app = TestApp::start().await;
    let operator = app.operator();
    let (held, other) = (operator.write_tx().await.unwrap(), operator.write_tx().await.unwrap());
    let record = act::ManageOrganisation::ACTION;
    let late = operator.record(&held, record, ("country", Uuid::nil()), &[]).await.unwrap();
    let early = operator.record(&other, record, ("country", Uuid::nil()), &[]).await.unwrap();
    other.commit().await.unwrap();
    seal_all(&app.app).await.unwrap();
    held.commit().await.unwrap();
    seal_all(&app.app).await.unwrap();
    let index = async |id: AuditEntryId| prove_entry(&operator, id).await.unwrap().index;
    assert!(index(early).await < index(late).await, "the later number was sealed first");
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_head_is_signed_once_and_is_the_beginning_of_the_next() {
    let app = TestApp::start().await;
    assert_eq!(sign_head(&app.app).await.unwrap(), Signing::Empty);
    let first = seal_and_sign(&app.app).await;
    assert_eq!(sign_head(&app.app).await.unwrap(), Signing::Known(first.clone()));
    app.factory()
        .post(&format!("/api/v1/vacancies/{}/closure", app.town.home.vacancy), json!({}))
        .await
        .expect_status(200);
    let second = seal_and_sign(&app.app).await;
    assert_ne!(first, second);
    let report = verified(&app.app).await;
    assert_eq!((codes(&report), report.checkpoints), (Vec::new(), (2, report.sealed)));
}
