//! The feed: nothing is skipped, nothing comes twice, and what happens while nobody seals.

use std::collections::BTreeMap;
use std::time::Duration;

use ballast::entity::audit::{audit_leaf, audit_touch};
use ballast::runtime::{Runtime, Settings};
use ballast::service::audit::checkpoint::{Signing, sign_head};
use ballast::service::audit::sequencer::{seal_all, seal_batch};
use ballast::service::matching::catalogue::{follow, position};
use ballast::store::audit::audit_entry::Touch;
use ballast::store::audit::audit_leaf::find_head;
use ballast::store::audit::feed::list_from;
use ballast_domain::identity::policy::{Act as _, act};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{codes, seal_and_sign, verified};
use crate::harness::{TestApp, is_sqlite};
use crate::service::exchange::later;

/// Entries that are committed while one is held.
const OTHERS: u128 = 1000;
/// Writers that commit them.
const WRITERS: u128 = 4;
/// Leaves of one stretch.
const STRETCH: u64 = 64;

/// The first revision of a row that nobody else knows.
fn touch(n: u128) -> Touch {
    Touch { kind: "country", id: Uuid::from_u128(n), revision: 1 }
}

/// Follows the feed of the store with a cursor, and counts what it saw.
struct Follower {
    position: u64,
    seen: BTreeMap<u128, u32>,
}

impl Follower {
    /// Seals a batch and reads what is new, in stretches that follow each other.
    async fn turn(&mut self, app: &TestApp) {
        seal_batch(&app.app).await.unwrap();
        let db = app.app.db.reader();
        let size = find_head(db).await.unwrap().unwrap().size;
        while self.position < size {
            let stretch = list_from(db, self.position, size, STRETCH).await.unwrap();
            assert_eq!(stretch.position, size.min(self.position + STRETCH), "the cursor is dense");
            let leaves = stretch.position - self.position;
            assert_eq!(stretch.touched.len() as u64, leaves, "each leaf tells of one row");
            for (kind, id) in stretch.touched.into_keys() {
                assert_eq!(kind, "country");
                *self.seen.entry(id.as_u128()).or_default() += 1;
            }
            self.position = stretch.position;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_postgres_what_commits_late_is_followed_once_and_nothing_is_skipped() {
    if is_sqlite() {
        return;
    }
    let app = TestApp::start().await;
    let (operator, start) = (app.operator(), seal_all(&app.app).await.unwrap());
    let (action, nil) = (act::ManageOrganisation::ACTION, ("country", Uuid::nil()));
    let held = operator.write_tx().await.unwrap();
    operator.record(&held, action, nil, &[touch(0)]).await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let operator = operator.clone();
        writers.spawn(async move {
            for n in (1..=OTHERS).filter(|n| n % WRITERS == writer) {
                let tx = operator.write_tx().await.unwrap();
                operator.record(&tx, action, nil, &[touch(n)]).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
    }
    let mut follower = Follower { position: start, seen: BTreeMap::new() };
    while !writers.is_empty() {
        follower.turn(&app).await;
        while let Some(written) = writers.try_join_next() {
            written.unwrap();
        }
    }
    follower.turn(&app).await;
    assert_eq!(follower.seen.len(), usize::try_from(OTHERS).unwrap());
    assert!(!follower.seen.contains_key(&0), "it is not there before its commit");
    let before = follower.position;
    held.commit().await.unwrap();
    follower.turn(&app).await;
    assert_eq!(follower.position, before + 1);
    let once = (0..=OTHERS).map(|n| (n, 1)).collect::<BTreeMap<_, _>>();
    assert_eq!(follower.seen, once, "each of them once");

    // The trap was there: a cursor over the numbers would have passed it.
    let db = app.app.db.reader();
    let told = audit_touch::Entity::find().filter(audit_touch::Column::ResourceId.eq(Uuid::nil()));
    let late = told.filter(audit_touch::Column::Kind.eq("country")).one(db).await.unwrap().unwrap();
    let leaf = audit_leaf::Entity::find().filter(audit_leaf::Column::Seq.eq(late.seq)).one(db).await.unwrap();
    assert_eq!(leaf.unwrap().index, i64::try_from(before).unwrap());
    let passed =
        audit_leaf::Entity::find().filter(audit_leaf::Column::Seq.gt(late.seq)).count(db).await.unwrap();
    assert_eq!(u128::from(passed), OTHERS);
    let people = follow(&operator).await.unwrap();
    assert_eq!(people.position, follower.position);
}

/// The measurements of the log, by the ends of their names.
async fn measured(app: &std::sync::Arc<ballast::service::App>) -> BTreeMap<String, i64> {
    let all = TestApp::measured(app).await.into_iter();
    let ours = all.filter_map(|(name, number)| {
        let name = name.replace("{follower=\"catalogue\"}", "");
        let short = name.strip_prefix("ballast_audit_").or(name.strip_prefix("ballast_feed_"))?;
        Some((short.to_owned(), number))
    });
    ours.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_nobody_seals_the_lag_rises_and_work_goes_on_and_then_all_catches_up() {
    let app = TestApp::start().await;
    let loops = Runtime::start(&app.app, Settings { workers: 1, ..Settings::default() });
    let mut look_again = tokio::time::interval(Duration::from_millis(5));
    while measured(&app.app).await["waiting_entries"] > 0 || measured(&app.app).await["lag_entries"] > 0 {
        look_again.tick().await;
    }
    let before = measured(&app.app).await;
    assert_eq!((before["oldest_waiting_seconds"], before["lag_entries"]), (0, 0));

    app.stop_sealing().await;
    let vacancy = format!("/api/v1/vacancies/{}", app.town.home.vacancy);
    app.official().get(&format!("{vacancy}/shortlist")).await.expect_status(200);
    app.official().get("/api/v1/people").await.expect_status(200);
    let closed = app.factory().post(&format!("{vacancy}/closure"), json!({})).await.expect_status(200);
    assert!(!closed.header("ballast-receipt").is_empty());
    assert!(seal_all(&app.app).await.is_err());
    let stopped = measured(&app.app).await;
    assert!(stopped["waiting_entries"] >= 3, "{stopped:?}");
    assert_eq!(stopped["lag_entries"], stopped["waiting_entries"]);
    assert_eq!(stopped["sealed_entries"], before["sealed_entries"]);
    let minutes_later = later(&app, chrono::Duration::seconds(95)).await;
    assert_eq!(measured(&minutes_later).await["oldest_waiting_seconds"], 95);

    app.resume_sealing().await;
    while measured(&app.app).await["waiting_entries"] > 0 || measured(&app.app).await["lag_entries"] > 0 {
        look_again.tick().await;
    }
    let after = measured(&app.app).await;
    assert_eq!(after["sealed_entries"], before["sealed_entries"] + stopped["waiting_entries"]);
    assert_eq!(i64::try_from(position(&app.app)).unwrap(), after["sealed_entries"]);
    loops.stop().await;
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn the_newest_checkpoint_is_measured_by_its_size_and_age() {
    let app = TestApp::start().await;
    let fresh = measured(&app.app).await;
    assert_eq!((fresh["sealed_entries"], fresh["signed_entries"]), (0, 0));
    assert!(fresh["waiting_entries"] > 0 && !fresh.contains_key("checkpoint_age_seconds"), "{fresh:?}");

    seal_and_sign(&app.app).await;
    let signed = measured(&app.app).await;
    assert_eq!(
        (signed["signed_entries"], signed["sealed_entries"]),
        (fresh["waiting_entries"], fresh["waiting_entries"])
    );
    assert_eq!((signed["waiting_entries"], signed["checkpoint_age_seconds"]), (0, 0));
    assert_eq!(signed["lag_entries"], signed["sealed_entries"], "nobody follows yet");
    follow(&app.operator()).await.unwrap();
    assert_eq!(measured(&app.app).await["lag_entries"], 0);

    app.school().get("/api/v1/people").await.expect_status(200);
    seal_all(&app.app).await.unwrap();
    let grown = measured(&later(&app, chrono::Duration::minutes(2)).await).await;
    assert_eq!(grown["checkpoint_age_seconds"], 120);
    assert_eq!(grown["signed_entries"], grown["sealed_entries"] - 1, "one entry is not signed yet");
    assert!(matches!(sign_head(&app.app).await.unwrap(), Signing::Signed(_)));
    let again = measured(&app.app).await;
    assert_eq!(again["signed_entries"], again["sealed_entries"]);
}
