//! Documents of a bundle are added, never overwritten, and shown to those whose work it is.

use ballast::service::batch::Mode;
use ballast::service::permit::permit_document::{
    DocumentContent, NewPermitDocument, list_permit_documents, record_permit_documents,
};
use ballast::service::{Ctx, Error};
use ballast::store::permit::permit_document as store;
use ballast_domain::base::id::{PermitId, PersonId};
use ballast_domain::identity::policy::{Target, act};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::harness::TestApp;
use crate::service::person::foreign_worker::{register, worker};

fn document(person: PersonId, kind: &str) -> NewPermitDocument {
    NewPermitDocument {
        person,
        permit: None,
        content: DocumentContent {
            kind: kind.to_owned(),
            issuer: "Port clinic".to_owned(),
            valid_from: NaiveDate::from_ymd_opt(2026, 11, 1),
            valid_until: NaiveDate::from_ymd_opt(2027, 10, 31),
            verification: "confirmed".to_owned(),
        },
        supersedes: None,
    }
}

async fn record(ctx: &Ctx, new: Vec<NewPermitDocument>) -> Result<Vec<Uuid>, Error> {
    record_permit_documents(ctx, new, Mode::Commit).await
}

fn fields(error: Result<Vec<Uuid>, Error>) -> Vec<(String, &'static str)> {
    match error {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|f| (f.pointer, f.code)).collect(),
        other => panic!("not refused for its fields: {other:?}"),
    }
}

async fn standing(app: &TestApp, person: PersonId) -> usize {
    let grant = app.operator().authorise::<act::RankVacancy>(&Target::default()).unwrap();
    let all = store::standing_of_all(app.app.db.reader(), &grant).await.unwrap();
    assert!(all.windows(2).all(|pair| pair[0].person <= pair[1].person), "ordered by person");
    all.into_iter().filter(|standing| standing.person == person).count()
}

#[tokio::test]
async fn a_renewal_takes_the_place_of_the_older_once() {
    let app = TestApp::start().await;
    let (person, ctx) = (app.town.home.worker, app.official().ctx().await);
    let first = record(&ctx, vec![document(person, "health_certificate")]).await.unwrap()[0];
    let renewal = NewPermitDocument { supersedes: Some(first), ..document(person, "health_certificate") };
    let twice = fields(record(&ctx, vec![renewal.clone(), renewal.clone()]).await);
    assert_eq!(twice, [("/1/supersedes_id".to_owned(), "superseded_before")]);
    record(&ctx, vec![renewal.clone()]).await.unwrap();
    let late = fields(record(&ctx, vec![renewal]).await);
    assert_eq!(late, [("/0/supersedes_id".to_owned(), "superseded_before")]);
    assert_eq!(standing(&app, person).await, 1);
    let all = list_permit_documents(&ctx, person).await.unwrap();
    assert_eq!(all.len(), 2, "the older is kept");
    assert_eq!(all.iter().filter(|document| document.superseded).map(|d| d.id).collect::<Vec<_>>(), [first]);
}

#[tokio::test]
async fn only_a_document_of_the_same_person_and_kind_is_superseded() {
    let app = TestApp::start().await;
    let (place, ctx) = (&app.town.home, app.official().ctx().await);
    let second = register(&ctx, place, vec![worker("VN", "N1")]).await.unwrap()[0];
    let first = record(&ctx, vec![document(place.worker, "health_certificate")]).await.unwrap()[0];
    let by = |person, kind| NewPermitDocument { supersedes: Some(first), ..document(person, kind) };
    let new = vec![by(second, "health_certificate"), by(place.worker, "training_certificate")];
    let expected = |n: usize| (format!("/{n}/supersedes_id"), "unknown_document");
    assert_eq!(fields(record(&ctx, new).await), [expected(0), expected(1)]);
}

#[tokio::test]
async fn what_hangs_on_a_permit_names_one_of_the_same_person() {
    let app = TestApp::start().await;
    let (place, ctx) = (&app.town.home, app.official().ctx().await);
    let with = |permit| NewPermitDocument { permit, ..document(place.worker, "contract") };
    let new = vec![
        with(None),
        with(Some(PermitId(app.town.other.permit))),
        document(place.worker, "diploma"),
        with(Some(PermitId(place.permit))),
    ];
    let expected = [
        ("/0/permit_id".to_owned(), "required"),
        ("/1/permit_id".to_owned(), "unknown_permit"),
        ("/2/kind".to_owned(), "unknown_choice"),
    ];
    assert_eq!(fields(record(&ctx, new).await), expected);
    record(&ctx, vec![with(Some(PermitId(place.permit)))]).await.unwrap();
    assert_eq!(standing(&app, place.worker).await, 0, "a contract is no part of the person's own bundle");
}

#[tokio::test]
async fn an_employer_neither_writes_nor_reads_documents() {
    let app = TestApp::start().await;
    let (person, official) = (app.town.home.worker, app.official().ctx().await);
    record(&official, vec![document(person, "health_certificate")]).await.unwrap();
    let factory = app.factory().ctx().await;
    let written = fields(record(&factory, vec![document(person, "health_certificate")]).await);
    assert_eq!(written, [("/0/person_id".to_owned(), "unknown_person")]);
    assert!(matches!(list_permit_documents(&factory, person).await, Err(Error::NotFound)));
    let elsewhere = app.other_official().ctx().await;
    assert!(matches!(list_permit_documents(&elsewhere, person).await, Err(Error::NotFound)));
    let written = fields(record(&elsewhere, vec![document(person, "health_certificate")]).await);
    assert_eq!(written, [("/0/person_id".to_owned(), "unknown_person")]);
}
