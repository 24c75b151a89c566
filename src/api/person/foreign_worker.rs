//! Foreign workers, as the bureau at a port registers them.

use ballast_domain::base::id::PortId;
use ballast_domain::identity::policy::Action;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::person::Availability;
use crate::api::Tag;
use crate::api::scalar::{CountryCode, Name, Reference, RegionDigits};
use crate::http::answer::Created;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::permit::permit_document::DocumentContent;
use crate::service::person::availability::NewAvailability;
use crate::service::person::foreign_worker::{
    NewForeignWorker, NewNationality, NewTravelDocument, register_foreign_workers,
};
use crate::service::{Error, once};

/// Foreign workers.
pub struct ForeignWorkerApi;

/// A passport or a border pass.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ForeignWorkerTravelDocument {
    /// `passport` or `border_pass`.
    kind: Reference,
    /// The country that issued it (ISO 3166-1 alpha-2).
    country: CountryCode,
    /// Its number. Kept encrypted, never shown again.
    number: Reference,
    /// First day of validity.
    valid_from: Option<chrono::NaiveDate>,
    /// Last day of validity, to its end; absent is unknown, not unlimited.
    valid_until: Option<chrono::NaiveDate>,
    /// `unverified`, `sighted` or `confirmed`.
    verification: Reference,
}

/// A nationality with what it rests on.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ForeignWorkerNationality {
    /// ISO 3166-1 alpha-2.
    country: CountryCode,
    /// `self_declared`; `document`: a travel document of the same country that somebody has seen;
    /// `authority`: a statement of the state concerned or of a court.
    evidence: Reference,
}

/// A health or training certificate.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ForeignWorkerDocument {
    /// `health_certificate` or `training_certificate`.
    kind: Reference,
    /// Who issued it.
    issuer: Name,
    /// First day of validity.
    valid_from: Option<chrono::NaiveDate>,
    /// Last day of validity, to its end; absent is unknown, not unlimited.
    valid_until: Option<chrono::NaiveDate>,
    /// `unverified`, `sighted` or `confirmed`.
    verification: Reference,
}

/// A foreign worker to register. A fact that bars somebody is stored like any other.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ForeignWorkerInput {
    /// The port where your bureau keeps the desk.
    port_id: Uuid,
    /// In the person's own script.
    name: Name,
    /// In Latin letters.
    name_latin: Option<Name>,
    /// Birth date.
    birth_date: Option<chrono::NaiveDate>,
    /// `female` or `male`.
    sex: Option<Reference>,
    /// Country of birth (ISO 3166-1 alpha-2).
    birth_country: Option<CountryCode>,
    /// Code of the region where the person lives.
    home_region: Option<RegionDigits>,
    /// The travel document.
    travel_document: Option<ForeignWorkerTravelDocument>,
    /// The nationality that the person has or claims.
    nationality: Option<ForeignWorkerNationality>,
    /// Certificates that go with the person, at most 10.
    #[oai(validator(max_items = 10))]
    documents: Option<Vec<ForeignWorkerDocument>>,
    /// Phone number. Kept encrypted.
    phone: Option<Reference>,
    /// What the person wants.
    availability: Option<Availability>,
}

/// The id of the person who was registered.
#[derive(Debug, Object)]
struct ForeignWorkerCreated {
    /// Id, as under `/people`.
    id: Uuid,
}

#[OpenApi(prefix_path = "/foreign-workers", tag = "Tag::Permit")]
impl ForeignWorkerApi {
    /// Register a foreign worker at a port
    #[oai(path = "/", method = "post", operation_id = "create_foreign_worker")]
    async fn create(
        &self,
        caller: Caller,
        body: Json<ForeignWorkerInput>,
    ) -> Result<Created<ForeignWorkerCreated>, Problem> {
        let ctx = caller.ctx();
        let bureau = ctx.actor.acting_organisation(Action::RegisterForeignWorker).ok_or(Error::Denied)?;
        let port = PortId(body.0.port_id);
        let work = register_foreign_workers(ctx, bureau, port, vec![body.0.into()], Mode::Commit);
        let made = once(ctx, "person", work).await.map_err(of_one)?;
        Ok(Created { body: ForeignWorkerCreated { id: made.one()? }, replayed: made.replayed })
    }
}

impl From<ForeignWorkerInput> for NewForeignWorker {
    fn from(body: ForeignWorkerInput) -> Self {
        Self {
            name: body.name.into(),
            name_latin: body.name_latin.map(String::from),
            birth_date: body.birth_date,
            sex: body.sex.map(String::from),
            birth_country: body.birth_country.map(String::from),
            home_region: body.home_region.map(String::from),
            travel_document: body.travel_document.map(NewTravelDocument::from),
            nationality: body.nationality.map(|stated| NewNationality {
                country: stated.country.into(),
                evidence: stated.evidence.into(),
            }),
            documents: body.documents.into_iter().flatten().map(DocumentContent::from).collect(),
            phone: body.phone.map(String::from),
            availability: body.availability.map(NewAvailability::from),
        }
    }
}

impl From<ForeignWorkerTravelDocument> for NewTravelDocument {
    fn from(body: ForeignWorkerTravelDocument) -> Self {
        Self {
            kind: body.kind.into(),
            country: body.country.into(),
            number: body.number.into(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            verification: body.verification.into(),
        }
    }
}

impl From<ForeignWorkerDocument> for DocumentContent {
    fn from(body: ForeignWorkerDocument) -> Self {
        Self {
            kind: body.kind.into(),
            issuer: body.issuer.into(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            verification: body.verification.into(),
        }
    }
}
