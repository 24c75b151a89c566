//! What a port registers is stored whole: what proves and what bars.

use ballast::entity::person::{identity_document, nationality, person, person_key, person_tie};
use ballast::service::batch::Mode;
use ballast::service::permit::permit_document::DocumentContent;
use ballast::service::person::foreign_worker::{
    NewForeignWorker, NewNationality, NewTravelDocument, register_foreign_workers,
};
use ballast::service::{Ctx, Error};
use ballast::store::permit::permit_document;
use ballast::store::person::identity_document as documents;
use ballast_domain::base::id::{PersonId, PortId};
use ballast_domain::identity::policy::{Target, act};
use ballast_domain::person::nationality::{Country, Evidence, Record};
use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _,
};

use crate::harness::{Place, TestApp};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A worker with a sighted passport, both certificates, and everything in order.
pub fn worker(country: &str, number: &str) -> NewForeignWorker {
    let paper = |kind: &str| DocumentContent {
        kind: kind.to_owned(),
        issuer: "Port clinic".to_owned(),
        valid_from: Some(day(2026, 11, 1)),
        valid_until: Some(day(2027, 10, 31)),
        verification: "sighted".to_owned(),
    };
    NewForeignWorker {
        name: "Linh".to_owned(),
        birth_date: Some(day(1998, 2, 3)),
        birth_country: Some(country.to_owned()),
        travel_document: Some(NewTravelDocument {
            kind: "passport".to_owned(),
            country: country.to_owned(),
            number: number.to_owned(),
            valid_from: Some(day(2024, 1, 1)),
            valid_until: Some(day(2033, 12, 31)),
            verification: "sighted".to_owned(),
        }),
        nationality: Some(NewNationality { country: country.to_owned(), evidence: "document".to_owned() }),
        documents: vec![paper("health_certificate"), paper("training_certificate")],
        phone: Some("13900000000".to_owned()),
        ..NewForeignWorker::default()
    }
}

/// Registers workers at a place's port as its official.
pub async fn register(ctx: &Ctx, place: &Place, new: Vec<NewForeignWorker>) -> Result<Vec<PersonId>, Error> {
    register_foreign_workers(ctx, place.bureau, PortId(place.port), new, Mode::Commit).await
}

fn fields(error: Result<Vec<PersonId>, Error>) -> Vec<(String, &'static str)> {
    match error {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|f| (f.pointer, f.code)).collect(),
        other => panic!("not refused for its fields: {other:?}"),
    }
}

fn record(code: &str, evidence: Evidence) -> Record {
    Record { country: Country::parse(code).unwrap(), evidence }
}

async fn nationalities_of(app: &TestApp, person: PersonId) -> Vec<Record> {
    let grant = app.operator().authorise::<act::RankVacancy>(&Target::default()).unwrap();
    let all = documents::standing_nationalities(app.app.db.reader(), &grant).await.unwrap();
    assert!(all.windows(2).all(|pair| pair[0].person <= pair[1].person), "ordered by person");
    all.into_iter().filter(|standing| standing.person == person).map(|standing| standing.record).collect()
}

#[tokio::test]
async fn a_worker_is_registered_with_tie_and_bundle() {
    let app = TestApp::start().await;
    let (ctx, place) = (app.official().ctx().await, &app.town.home);
    let ids = register(&ctx, place, vec![worker("VN", "N 123-4567")]).await.unwrap();
    let db = app.app.db.reader();
    let row = person::Entity::find_by_id(ids[0].0).one(db).await.unwrap().unwrap();
    assert!(row.foreign_worker && row.birth_country_code.as_deref() == Some("VN"));
    let tie = person_tie::Entity::find().filter(person_tie::Column::PersonId.eq(ids[0].0));
    let tie = tie.one(db).await.unwrap().unwrap();
    assert_eq!((tie.organisation_id, tie.basis.as_str()), (place.bureau.0, "registration"));
    let passport = documents::list_of(db, ids[0]).await.unwrap().pop().unwrap();
    let key = person_key::Entity::find_by_id(ids[0].0).one(db).await.unwrap().unwrap();
    let place = format!("person_key|sealed|{}", ids[0]);
    let key = app.app.keys.open_subject_key(&place, &key.key_id, &key.sealed).unwrap();
    let place = format!("identity_document|number_sealed|{}|{}", passport.id, ids[0]);
    let opened = key.unseal(&place, &passport.number_sealed);
    assert_eq!(opened.unwrap(), b"N1234567", "folded, and sealed for its row");
    let grant = app.operator().authorise::<act::RankVacancy>(&Target::default()).unwrap();
    let travel = documents::standing_travel_documents(db, &grant).await.unwrap();
    let papers = permit_document::standing_of_all(db, &grant).await.unwrap();
    assert_eq!(travel.iter().filter(|d| d.person == ids[0]).count(), 1);
    assert_eq!(papers.iter().filter(|d| d.person == ids[0]).count(), 2);
    assert_eq!(nationalities_of(&app, ids[0]).await, [record("VN", Evidence::Document)]);
}

#[tokio::test]
async fn a_trial_keeps_nothing() {
    let app = TestApp::start().await;
    let (ctx, place) = (app.official().ctx().await, &app.town.home);
    let before = person::Entity::find().count(app.app.db.reader()).await.unwrap();
    let new = vec![worker("VN", "N1")];
    register_foreign_workers(&ctx, place.bureau, PortId(place.port), new, Mode::Validate).await.unwrap();
    assert_eq!(person::Entity::find().count(app.app.db.reader()).await.unwrap(), before);
}

#[tokio::test]
async fn a_fact_that_bars_is_stored_and_never_refused() {
    let app = TestApp::start().await;
    let (ctx, place) = (app.official().ctx().await, &app.town.home);
    let mut born = worker("VN", "N2");
    born.birth_country = Some("KP".to_owned());
    let mut claims = worker("CN", "N3");
    claims.nationality = Some(NewNationality { country: "CN".to_owned(), evidence: "authority".to_owned() });
    if let Some(travel) = &mut claims.travel_document {
        travel.country = "KP".to_owned();
        travel.verification = "unverified".to_owned();
    }
    let ids = register(&ctx, place, vec![worker("KP", "N1"), born, claims]).await.unwrap();
    assert_eq!(nationalities_of(&app, ids[0]).await, [record("KP", Evidence::Document)]);
    let row = person::Entity::find_by_id(ids[1].0).one(app.app.db.reader()).await.unwrap().unwrap();
    assert_eq!(row.birth_country_code.as_deref(), Some("KP"));
    let mut both = nationalities_of(&app, ids[2]).await;
    both.sort_by_key(|record| record.country);
    let expected = [record("CN", Evidence::Authority), record("KP", Evidence::Declared)];
    assert_eq!(both, expected, "a passport of another country is a claim that can bar");
}

#[tokio::test]
async fn a_document_that_nobody_saw_or_of_another_country_proves_nothing() {
    let app = TestApp::start().await;
    let (ctx, place) = (app.official().ctx().await, &app.town.home);
    let (mut unseen, mut other, mut none) = (worker("VN", "N1"), worker("VN", "N2"), worker("VN", "N3"));
    for (worker, country, verification) in
        [(&mut unseen, "VN", "unverified"), (&mut other, "CN", "confirmed")]
    {
        let travel = worker.travel_document.as_mut().unwrap();
        (travel.country, travel.verification) = (country.to_owned(), verification.to_owned());
    }
    none.travel_document = None;
    let refused = fields(register(&ctx, place, vec![unseen, other, none]).await);
    let expected = |n: usize| (format!("/{n}/nationality/evidence"), "evidence_not_seen");
    assert_eq!(refused, [expected(0), expected(1), expected(2)]);
}

#[tokio::test]
async fn evidence_from_a_document_that_nobody_saw_counts_as_a_word() {
    let app = TestApp::start().await;
    let (ctx, place) = (app.official().ctx().await, &app.town.home);
    let mut new = worker("VN", "N1");
    new.nationality = Some(NewNationality { country: "VN".to_owned(), evidence: "self_declared".to_owned() });
    new.travel_document.as_mut().unwrap().verification = "unverified".to_owned();
    let id = register(&ctx, place, vec![new]).await.unwrap()[0];
    let db = app.app.db.reader();
    let passport = documents::list_of(db, id).await.unwrap().pop().unwrap();
    let said = documents::nationalities_of(db, id).await.unwrap().pop().unwrap();
    let row = nationality::Model {
        id: app.app.random.secret_id(),
        evidence: "document".to_owned(),
        document_id: Some(passport.id),
        supersedes_id: Some(said.id),
        ..said
    };
    let row = row.into_active_model().reset_all();
    nationality::Entity::insert(row).exec_without_returning(app.app.db.owner()).await.unwrap();
    assert_eq!(nationalities_of(&app, id).await, [record("VN", Evidence::Declared)], "and the older is gone");
    let grant = app.operator().authorise::<act::RankVacancy>(&Target::default()).unwrap();
    let travel = documents::standing_travel_documents(db, &grant).await.unwrap();
    assert!(travel.iter().all(|d| d.person != id), "an unseen passport does not stand");
}

#[tokio::test]
async fn every_wrong_field_of_every_row_is_named() {
    let app = TestApp::start().await;
    let (ctx, place) = (app.official().ctx().await, &app.town.home);
    let mut bad = worker("XX", "?");
    bad.name = String::new();
    bad.documents[0].kind = "contract".to_owned();
    bad.documents[1].valid_until = Some(day(2026, 10, 1));
    let refused = fields(register(&ctx, place, vec![worker("VN", "N1"), bad, worker("VN", "n-1")]).await);
    let expected = [
        ("/1/name", "required"),
        ("/1/birth_country", "unknown_country"),
        ("/1/nationality/country", "unknown_country"),
        ("/1/travel_document/country", "unknown_country"),
        ("/1/travel_document/number", "document_number_form"),
        ("/1/documents/0/kind", "unknown_choice"),
        ("/1/documents/1/valid_until", "before_start"),
        ("/2/travel_document/number", "doubled"),
    ];
    assert_eq!(refused, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
}

#[tokio::test]
async fn a_number_is_refused_by_the_bureau_that_knows_it_and_by_no_other() {
    let app = TestApp::start().await;
    let (home, other) = (&app.town.home, &app.town.other);
    let (ctx, other_ctx) = (app.official().ctx().await, app.other_official().ctx().await);
    let before = identity_document::Entity::find().count(app.app.db.reader()).await.unwrap();
    register(&ctx, home, vec![worker("VN", "N1")]).await.unwrap();
    let refused = fields(register(&ctx, home, vec![worker("VN", "n 1")]).await);
    assert_eq!(refused, [("/0/travel_document/number".to_owned(), "registered_before")]);
    register(&other_ctx, other, vec![worker("VN", "N1")]).await.unwrap();
    let known = identity_document::Entity::find().count(app.app.db.reader()).await.unwrap();
    assert_eq!(known, before + 2, "the duplicate is the bureaus' to settle");
}

#[tokio::test]
async fn only_the_bureau_of_the_port_registers_there() {
    let app = TestApp::start().await;
    let (home, other) = (&app.town.home, &app.town.other);
    let ctx = app.official().ctx().await;
    let at = |bureau, port| {
        register_foreign_workers(&ctx, bureau, PortId(port), vec![worker("VN", "N1")], Mode::Commit)
    };
    assert_eq!(fields(at(home.bureau, other.port).await), [("/port_id".to_owned(), "unknown_port")]);
    assert!(matches!(at(other.bureau, other.port).await, Err(Error::NotFound)));
    for identity in [app.school(), app.factory(), app.trainee(), app.administrator()] {
        let refused = register(&identity.ctx().await, home, vec![worker("VN", "N1")]).await;
        assert!(matches!(refused, Err(Error::Denied)), "{}", identity.role);
    }
}
