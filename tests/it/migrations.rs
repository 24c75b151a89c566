//! The migrations go up, down and up again, and say when a database is newer than the binary.

use ballast_domain::base::name_key::name_key;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, Statement};

use crate::append_only::{
    assert_append_only, assert_no_replacement, assert_role_is_bounded, assert_the_erased_go, seed,
};
use crate::harness::{Template, TestDatabase};
use crate::schema_drift::assert_no_drift;

#[tokio::test]
async fn the_entities_say_what_the_migrations_made() {
    let database = TestDatabase::create(Template::Empty).await;
    assert_no_drift(&database.owner().await).await;
}

#[tokio::test]
async fn everything_can_be_taken_down_and_made_again() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.owner().await;
    Migrator::down(&db, None).await.expect("every migration has a way back");
    assert!(db.execute_unprepared("SELECT 1 FROM person").await.is_err(), "the tables are gone");
    Migrator::up(&db, None).await.expect("and forward again");
    assert_no_drift(&db).await;
    Migrator::up(&db, None).await.expect("once more is no change");
}

/// Migrations from the newest back to `m0014_name_keys`.
const BACK_TO_BEFORE_THE_KEYS: u32 = 12;

#[tokio::test]
async fn names_that_were_there_before_get_the_key_that_orders_them() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.owner().await;
    seed(&db).await.unwrap();
    let keys_of = async |table: &str, key: &str| -> Vec<String> {
        let sql = format!("SELECT \"{key}\" FROM \"{table}\"");
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    };
    Migrator::down(&db, Some(BACK_TO_BEFORE_THE_KEYS)).await.expect("the keys can go");
    Migrator::up(&db, None).await.expect("and come back");
    assert_eq!(keys_of("organisation", "name_zh_key").await, [name_key("柞丝绸厂")]);
    let mut keys = keys_of("person", "name_key").await;
    keys.sort();
    assert_eq!(keys, [String::new(), name_key("Lê Thị Hoa")], "a stub has none");
    assert_no_drift(&db).await;
}

#[tokio::test]
async fn a_database_newer_than_the_binary_is_known_by_name() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.owner().await;
    assert!(migration::unknown(&db).await.unwrap().is_empty());
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_the_future', 0)";
    db.execute_unprepared(newer).await.unwrap();
    let app = database.open(None).await;
    assert_eq!(migration::unknown(app.reader()).await.unwrap(), ["m9999_from_the_future"]);
}

#[tokio::test]
async fn rows_that_are_only_added_to_cannot_be_changed_removed_or_replaced() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.owner().await;
    seed(&db).await.unwrap();
    assert_append_only(&db).await;
    assert_no_replacement(&db).await;
}

#[tokio::test]
async fn what_is_recorded_of_a_person_goes_when_an_erasure_says_so_and_not_before() {
    let database = TestDatabase::create(Template::Empty).await;
    let db = database.owner().await;
    seed(&db).await.unwrap();
    assert_the_erased_go(&db).await;
}

#[tokio::test]
async fn only_postgres_the_role_of_the_application_cannot_touch_the_schema() {
    if crate::harness::is_sqlite() {
        return;
    }
    let database = TestDatabase::create(Template::Empty).await;
    seed(&database.owner().await).await.unwrap();
    assert_role_is_bounded(database.open(None).await.owner()).await;
}
