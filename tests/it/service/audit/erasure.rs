//! What the log keeps of values can be erased; the log stays in order.

use ballast::entity::audit::{audit_commitment, audit_detail, audit_key};
use ballast::service::audit::audit_entry::Event;
use ballast::service::audit::audit_erasure::erase_values_in;
use ballast::service::audit::sequencer::seal_all;
use ballast_domain::identity::policy::{Act as _, act};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

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
