//! The one way to write, and reads of one state.

use ballast::entity::organisation::country;
use ballast::store::audit::audit_entry;
use ballast::store::{Connection, Db, Error, Tx};
use futures_util::future::join_all;
use sea_orm::{
    ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, Statement,
};
use tokio::task::JoinSet;

use crate::harness::{Template, TestDatabase, cut_after};

async fn insert(tx: &Tx, code: &str) {
    let row = country::Model { code: code.to_owned(), name_zh: code.to_owned(), name_en: code.to_owned() };
    let row = row.into_active_model().reset_all();
    country::Entity::insert(row).exec_without_returning(tx.conn()).await.unwrap();
}

async fn countries(db: &Db) -> u64 {
    countries_in(db.reader()).await
}

#[tokio::test]
async fn a_change_without_an_entry_in_the_log_is_not_kept() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.open(None).await;
    let tx = db.write_tx().await.unwrap();
    insert(&tx, "AA").await;
    let refused = tx.commit().await;
    assert!(matches!(refused, Err(Error::Unaudited)), "{refused:?}");
    assert_eq!(countries(&db).await, 0);

    let tx = db.write_tx().await.expect("the refused transaction is out of the way");
    insert(&tx, "AA").await;
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    assert_eq!(countries(&db).await, 1, "machinery is exempt and says so");
}

#[tokio::test]
async fn a_dropped_transaction_is_rolled_back() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.open(None).await;
    let tx = db.write_tx().await.unwrap();
    insert(&tx, "AA").await;
    audit_entry::exempt(&tx);
    drop(tx);
    let tx = db.write_tx().await.unwrap();
    insert(&tx, "BB").await;
    audit_entry::exempt(&tx);
    tx.rollback().await.unwrap();
    let tx = db.write_tx().await.unwrap();
    insert(&tx, "CC").await;
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    let kept = country::Entity::find().all(db.reader()).await.unwrap();
    assert_eq!(kept.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["CC"]);
}

/// A connection whose BEGIN is on its way when nobody waits for it any more must not go back into the pool inside of a
/// transaction: whoever got it next would read in it, or could not begin.
#[tokio::test]
async fn a_transaction_that_was_cut_off_while_it_began_leaves_no_connection_inside_of_one() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.open(None).await;
    for polls in 1..=8 {
        drop(cut_after(polls, db.snapshot()).await);
        drop(cut_after(polls, db.write_tx()).await);
        // As many at once as there are connections, so that each of them is asked.
        join_all((0..8).map(|_| countries(&db))).await;
        let all = join_all((0..8).map(|_| db.snapshot())).await;
        for (one, n) in all.iter().zip(0..) {
            let one =
                one.as_ref().unwrap_or_else(|error| panic!("cut after {polls}, connection {n}: {error}"));
            countries_in(one).await;
        }
    }
}

async fn countries_in(db: &impl Connection) -> u64 {
    country::Entity::find().count(db).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_at_once_all_succeed() {
    let database = TestDatabase::create(Template::Empty).await;
    let mut writers = JoinSet::new();
    for writer in 0..8_u8 {
        // Two processes, as far as the database can tell: every other writer has its own pool.
        let db = database.open(None).await;
        writers.spawn(async move {
            for n in 0..10_u8 {
                let tx = db.write_tx().await.unwrap();
                let code = format!("{}{}", char::from(b'A' + writer), char::from(b'A' + n));
                insert(&tx, &code).await;
                audit_entry::exempt(&tx);
                tx.commit().await.unwrap();
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.expect("a writer ended well");
    }
    assert_eq!(countries(&database.open(None).await).await, 80);
}

#[tokio::test]
async fn a_snapshot_reads_one_state_whatever_is_written_meanwhile() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.open(None).await;
    let snapshot = db.snapshot().await.unwrap();
    assert_eq!(country::Entity::find().count(&snapshot).await.unwrap(), 0);
    let tx = db.write_tx().await.unwrap();
    insert(&tx, "AA").await;
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    assert_eq!(country::Entity::find().count(&snapshot).await.unwrap(), 0);
    assert_eq!(countries(&db).await, 1);
    let written = country::Entity::insert(
        country::Model { code: "BB".to_owned(), name_zh: String::new(), name_en: String::new() }
            .into_active_model()
            .reset_all(),
    );
    assert!(written.exec_without_returning(&snapshot).await.is_err(), "a snapshot is for reading");
}

#[tokio::test]
async fn only_sqlite_a_commit_waits_for_the_database_file_once_in_4000_pages() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.open(None).await;
    for (pragma, value) in [("wal_autocheckpoint", 4000), ("temp_store", 2), ("synchronous", 2)] {
        let ask = Statement::from_string(db.backend(), format!("PRAGMA {pragma}"));
        let row = db.owner().query_one_raw(ask).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), value, "{pragma}");
    }
}
