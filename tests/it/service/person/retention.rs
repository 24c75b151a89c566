//! People's records go when the period that was set is over, and not before.

use ballast::entity::person::person;
use ballast::service::audit::sequencer::seal_all;
use ballast::service::exchange::job::{NewJob, enqueue};
use ballast::service::person::retention::{ClassReport, report, set_record_days};
use ballast::store::audit::audit_entry;
use ballast_domain::base::id::PersonId;
use ballast_domain::exchange::job::Kind;
use ballast_domain::person::retention::Class;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement};
use serde_json::json;

use crate::harness::{TestApp, code_of};
use crate::service::audit::{codes, verified};
use crate::service::exchange::drain;

/// The last day of every tie of a person.
async fn end_ties(app: &TestApp, person: PersonId, last: &str) {
    let owner = app.owner().await;
    let backend = owner.get_database_backend();
    let sql = format!(
        "UPDATE person_tie SET valid_from = '2025-01-01', valid_until = '{last}' WHERE person_id = $1"
    );
    // Ties of one basis to one organisation differ in their first day; the town's people have one of each.
    owner.execute_raw(Statement::from_sql_and_values(backend, sql, [person.0.into()])).await.unwrap();
}

async fn is_erased(app: &TestApp, person: PersonId) -> bool {
    let row = person::Entity::find_by_id(person.0).one(app.app.db.reader()).await.unwrap().unwrap();
    row.erased_at.is_some()
}

async fn records(app: &TestApp) -> ClassReport {
    let all = report(&app.operator()).await.unwrap();
    assert_eq!(all.len(), Class::ALL.len());
    all.into_iter().find(|class| class.class == Class::Record).unwrap()
}

async fn night(app: &TestApp) {
    let ctx = app.operator();
    let tx = ctx.write_tx().await.unwrap();
    enqueue(&ctx, &tx, NewJob::of(Kind::Retention)).await.unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    drain(&app.app).await;
}

#[tokio::test]
async fn whose_time_is_over_is_erased_but_for_holds_and_permits() {
    let app = TestApp::start().await;
    let home = &app.town.home;
    let [gone, held, near, tied] = [home.people[1], home.people[2], home.people[3], home.trainee];
    // Today is 24 November: thirty days after the 24th of October are over today, after the 25th are not.
    for (person, last) in [(gone, "2026-10-24"), (held, "2026-10-24"), (near, "2026-10-25")] {
        end_ties(&app, person, last).await;
    }
    end_ties(&app, home.worker, "2026-10-24").await;
    let hold = format!("/api/v1/people/{held}/legal-hold");
    app.auditor().post(&format!("{hold}s"), json!({ "reason": "court" })).await.expect_status(201);

    night(&app).await;
    assert!(!is_erased(&app, gone).await, "nothing was set, so everybody is kept");
    assert_eq!(
        records(&app).await,
        ClassReport { class: Class::Record, days: None, due: 0, held: 0, permits: 0 }
    );

    set_record_days(&app.operator(), Some(30)).await.unwrap();
    let due = ClassReport { class: Class::Record, days: Some(30), due: 1, held: 1, permits: 1 };
    assert_eq!(records(&app).await, due);
    assert!(!is_erased(&app, gone).await, "a report erases nobody");
    night(&app).await;
    assert!(is_erased(&app, gone).await);
    for kept in [held, near, tied, home.worker] {
        assert!(!is_erased(&app, kept).await, "{kept}");
    }
    assert_eq!(records(&app).await, ClassReport { due: 0, ..due });

    app.auditor().post(&format!("{hold}-lifting"), json!({})).await.expect_status(204);
    night(&app).await;
    assert!(is_erased(&app, held).await, "the hold was all that kept them");
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn the_operator_alone_sets_a_period() {
    let app = TestApp::start().await;
    for who in [app.administrator(), app.official(), app.auditor()] {
        let refused = set_record_days(&who.ctx().await, Some(30)).await.unwrap_err();
        assert_eq!(code_of(&refused), "denied");
        assert_eq!(code_of(&report(&who.ctx().await).await.unwrap_err()), "denied");
    }
    for wrong in [0, -1, 36_501] {
        let refused = set_record_days(&app.operator(), Some(wrong)).await.unwrap_err();
        assert_eq!(code_of(&refused), "invalid", "{wrong}");
    }
    set_record_days(&app.operator(), Some(30)).await.unwrap();
    set_record_days(&app.operator(), Some(60)).await.unwrap();
    set_record_days(&app.operator(), None).await.unwrap();
    assert_eq!(records(&app).await.days, None);
    seal_all(&app.app).await.unwrap();
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}
