//! Secrets are sealed for one row of one person, and found by their digests alone.

use ballast::entity::audit::audit_key;
use ballast::entity::organisation::master_key;
use ballast::entity::person::{blind_index, person_key, person_secret};
use ballast::outside::keys::{Purpose, SubjectKey};
use ballast::service::batch::Mode;
use ballast::service::person::person::{NewPerson, register_people};
use ballast_domain::base::id::PersonId;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use crate::harness::TestApp;
use crate::service::{named, refused};

/// A citizen number of nobody.
const NUMBER: &str = "210603199903070045";

fn somebody(name: &str, phone: &str, number: Option<&str>) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        phone: Some(phone.to_owned()),
        citizen_number: number.map(str::to_owned),
        home_region: Some("219001".to_owned()),
        ..NewPerson::default()
    }
}

async fn register(app: &TestApp, new: Vec<NewPerson>) -> Vec<PersonId> {
    let school = app.school().ctx().await;
    register_people(&school, app.town.home.school, new, Mode::Commit).await.unwrap()
}

async fn key_of(app: &TestApp, person: Uuid) -> SubjectKey {
    let row = person_key::Entity::find_by_id(person).one(app.app.db.reader()).await.unwrap().unwrap();
    let place = format!("person_key|sealed|{person}");
    app.app.keys.open_subject_key(&place, &row.key_id, &row.sealed).unwrap()
}

async fn secrets_of(app: &TestApp, person: Uuid) -> Vec<person_secret::Model> {
    let rows = person_secret::Entity::find().filter(person_secret::Column::PersonId.eq(person));
    let mut rows = rows.all(app.app.db.reader()).await.unwrap();
    rows.sort_by(|a, b| a.kind.cmp(&b.kind));
    rows
}

fn opened(key: &SubjectKey, row: &person_secret::Model) -> Option<String> {
    let place = format!("person_secret|sealed|{}|{}", row.id, row.person_id);
    key.unseal(&place, &row.sealed).ok().map(|bytes| String::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn cipher_texts_that_are_swapped_between_rows_or_people_do_not_open() {
    let app = TestApp::start().await;
    let new = vec![somebody("Gao", "13800000001", Some(NUMBER)), somebody("Hei", "13800000002", None)];
    let people = register(&app, new).await;
    let (mine, others) = (people[0].0, people[1].0);
    let (rows, other_rows) = (secrets_of(&app, mine).await, secrets_of(&app, others).await);
    let (key, other_key) = (key_of(&app, mine).await, key_of(&app, others).await);
    assert_eq!(opened(&key, &rows[0]).as_deref(), Some(NUMBER));
    assert_eq!(opened(&key, &rows[1]).as_deref(), Some("13800000001"));
    assert_eq!(opened(&other_key, &other_rows[0]).as_deref(), Some("13800000002"));

    let with = |row: &person_secret::Model, from: &person_secret::Model| person_secret::Model {
        sealed: from.sealed.clone(),
        ..row.clone()
    };
    assert_eq!(opened(&key, &with(&rows[0], &rows[1])), None, "between rows");
    assert_eq!(opened(&other_key, &with(&other_rows[0], &rows[1])), None, "between people");
    assert_eq!(opened(&other_key, &rows[1]), None, "another's key");
    let stolen = person_key::Entity::find_by_id(mine).one(app.app.db.reader()).await.unwrap().unwrap();
    let place = format!("person_key|sealed|{others}");
    assert!(app.app.keys.open_subject_key(&place, &stolen.key_id, &stolen.sealed).is_err(), "a moved key");
}

#[tokio::test]
async fn a_number_is_found_by_its_digest_and_no_key_goes_while_a_row_names_it() {
    let app = TestApp::start().await;
    let people = register(&app, vec![somebody("Gao", "13800000001", Some(NUMBER))]).await;
    let school = app.school().ctx().await;
    let again = vec![somebody("Gao", "13800000001", Some(NUMBER))];
    let again = register_people(&school, app.town.home.school, again, Mode::Commit).await;
    assert_eq!(refused(again), named([("/0/citizen_number", "registered_before")]));
    let db = app.app.db.reader();
    let of_mine = blind_index::Entity::find().filter(blind_index::Column::PersonId.eq(people[0].0));
    assert_eq!(of_mine.count(db).await.unwrap(), 2, "the number, and the card's");
    let keys = [Purpose::Seal, Purpose::Index].map(|purpose| app.app.keys.current(purpose));
    let mut known: Vec<String> =
        master_key::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.key_id).collect();
    known.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(known, keys);
    let owner = app.owner().await;
    for key in keys {
        let delete = format!("DELETE FROM master_key WHERE key_id = '{key}'");
        assert!(owner.execute_unprepared(&delete).await.is_err(), "{key} is named");
    }
    assert!(audit_key::Entity::find().count(db).await.unwrap() > 0);
    let unknown = "UPDATE audit_key SET key_id = 'k-unknown'";
    assert!(owner.execute_unprepared(unknown).await.is_err(), "nothing is under a key that nobody has");
    let moved = "UPDATE audit_key SET sealed = sealed";
    assert!(owner.execute_unprepared(moved).await.is_err(), "a key changes only with its master");
}
