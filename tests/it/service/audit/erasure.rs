//! What the log keeps of values can be erased; the log stays in order.

use ballast::entity::audit::{audit_commitment, audit_detail, audit_key};
use ballast::service::Ctx;
use ballast::service::audit::audit_entry::{Changes, Event};
use ballast::service::audit::audit_erasure::erase_values_in;
use ballast::service::audit::sequencer::seal_all;
use ballast::store::audit::audit_entry::Touch;
use ballast_domain::identity::policy::{Act as _, act};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use serde_json::json;
use uuid::Uuid;

use super::{codes, verified};
use crate::harness::TestApp;

#[tokio::test]
async fn after_an_erasure_the_values_are_gone_and_the_log_is_in_order() {
    let app = TestApp::start().await;
    let db = app.app.db.reader();
    let person = app.town.home.trainee.0;
    let of_person = || audit_detail::Entity::find().filter(audit_detail::Column::SubjectId.eq(person));
    let before = of_person().all(db).await.unwrap();
    assert!(!before.is_empty(), "the registration kept its values");
    seal_all(&app.app).await.unwrap();

    let operator = app.operator();
    let tx = operator.write_tx().await.unwrap();
    let event = || Event::new(act::RegisterPerson::ACTION, ("person", person));
    erase_values_in(&operator, &tx, event(), &[person]).await.unwrap();
    tx.commit().await.unwrap();
    let tx = operator.write_tx().await.unwrap();
    let twice = erase_values_in(&operator, &tx, event(), &[person]).await;
    assert!(twice.is_err(), "once is enough");
    drop(tx);

    assert_eq!(of_person().count(db).await.unwrap(), 0);
    assert!(audit_key::Entity::find_by_id(person).one(db).await.unwrap().is_none());
    let commitments = audit_commitment::Entity::find().filter(audit_commitment::Column::SubjectId.eq(person));
    assert_eq!(commitments.count(db).await.unwrap(), before.len() as u64, "what was committed to stays");
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
    app.assert_gone(&before.iter().flat_map(|d| [d.salt.clone(), d.sealed.clone()]).collect::<Vec<_>>())
        .await;

    // What is said of the person later is not kept any more.
    app.trainee()
        .post(
            &format!("/api/v1/people/{person}/availability"),
            serde_json::json!({
                "from": "2026-12-01", "regions": [], "shifts": ["day"], "dormitory": true
            }),
        )
        .await
        .expect_status(200);
    assert_eq!(of_person().count(db).await.unwrap(), 0);
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_key_that_another_process_destroyed_is_not_sealed_with() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let person = app.town.home.trainee.0;
    say_something(&app, person, "2026-12-01").await;
    let of_person = || audit_detail::Entity::find().filter(audit_detail::Column::SubjectId.eq(person));
    assert!(of_person().count(app.app.db.reader()).await.unwrap() > 0, "this process knows the key");

    let operator = beside.operator();
    let tx = operator.write_tx().await.unwrap();
    let event = Event::new(act::RegisterPerson::ACTION, ("person", person));
    erase_values_in(&operator, &tx, event, &[person]).await.unwrap();
    tx.commit().await.unwrap();

    say_something(&app, person, "2026-12-02").await;
    assert_eq!(of_person().count(app.app.db.reader()).await.unwrap(), 0);
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

async fn say_something(app: &TestApp, person: Uuid, from: &str) {
    let body = json!({ "from": from, "regions": [], "shifts": ["day"], "dormitory": true });
    app.trainee().post(&format!("/api/v1/people/{person}/availability"), body).await.expect_status(200);
}

#[tokio::test]
async fn a_key_that_was_made_in_vain_is_not_sealed_with() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let subject = app.app.random.timed_id(app.operator().now());
    change(&app.operator(), subject, 1, false).await;
    change(&beside.operator(), subject, 1, true).await;
    change(&app.operator(), subject, 2, true).await;
    let unreadable = codes(&verified(&app.app).await).contains(&"detail_changed");
    assert!(!unreadable, "sealed under a key that nobody has");
}

/// Tells of a change of somebody, and keeps it or not.
async fn change(ctx: &Ctx, subject: Uuid, revision: i64, kept: bool) {
    let mut changes = Changes::new();
    let touch = Touch { kind: "person", id: subject, revision };
    changes.described(subject, touch, json!(null), json!({ "revision": revision }));
    let tx = ctx.write_tx().await.unwrap();
    ctx.record_changes(&tx, act::RegisterPerson::ACTION, ("person", subject), &changes).await.unwrap();
    if kept {
        tx.commit().await.unwrap();
    }
}
