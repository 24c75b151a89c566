//! Nationalities and identity papers of people who are registered already.

use ballast_domain::base::id::PersonId;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::{CountryCode, Reference};
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::once;
use crate::service::person::foreign_worker::NewTravelDocument;
use crate::service::person::identity_document::{
    self as identity, FurtherDocument, FurtherNationality, NationalityView,
};

/// Nationalities and papers.
pub struct IdentityDocumentApi;

/// A nationality.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NationalityInput {
    /// Of which country.
    country: CountryCode,
    /// `self_declared`; `document`: a paper of the same country that somebody has seen; `authority`: a statement of the
    /// state concerned or of a court, which an official records.
    evidence: Reference,
    /// The paper that shows it: one that stands.
    document_id: Option<Uuid>,
    /// The record whose place it takes.
    supersedes_id: Option<Uuid>,
}

/// A paper.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct IdentityDocumentInput {
    /// `passport` or `border_pass`.
    kind: Reference,
    /// Of which country.
    country: CountryCode,
    /// Its number. Kept sealed.
    number: Reference,
    /// Its first day.
    valid_from: Option<chrono::NaiveDate>,
    /// Its last day; none is unknown, not unlimited.
    valid_until: Option<chrono::NaiveDate>,
    /// `unverified`, `sighted` or `confirmed`.
    verification: Reference,
    /// The record whose place it takes: it was wrong, or the paper was renewed.
    supersedes_id: Option<Uuid>,
}

/// A nationality as it was recorded.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Nationality {
    /// Id.
    id: Uuid,
    /// Of which country.
    country: String,
    /// `self_declared`, `document` or `authority`.
    evidence: String,
    /// The paper that shows it.
    document_id: Option<Uuid>,
    /// When it was recorded (UTC).
    recorded_at: chrono::DateTime<chrono::Utc>,
    /// The record whose place it took.
    supersedes_id: Option<Uuid>,
    /// Whether another has taken its place.
    superseded: bool,
}

/// The nationalities of a person.
#[derive(Debug, Object)]
struct NationalityList {
    /// All that were ever recorded, the oldest first.
    items: Vec<Nationality>,
}

#[OpenApi(prefix_path = "/people", tag = "Tag::Person")]
impl IdentityDocumentApi {
    /// List a person's nationalities
    ///
    /// For whoever may record them. The reading is logged.
    #[oai(path = "/:id/nationalities", method = "get", operation_id = "list_nationalities")]
    async fn list(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<NationalityList>, Problem> {
        let found = identity::list_nationalities(caller.ctx(), PersonId(id.0)).await?;
        Ok(Json(NationalityList { items: found.into_iter().map(Nationality::from).collect() }))
    }

    /// Record a further nationality, or correct one
    ///
    /// Nothing is overwritten: the record that is wrong stays, and another takes its place. A nationality of the DPRK is
    /// always recorded, and bars at once; what takes its place is what an authority says.
    #[oai(path = "/:id/nationalities", method = "post", operation_id = "create_nationality")]
    async fn create_nationality(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<NationalityInput>,
    ) -> Result<Done, Problem> {
        let (ctx, id, body) = (caller.ctx(), PersonId(id.0), body.0);
        let new = FurtherNationality {
            country: body.country.into(),
            evidence: body.evidence.into(),
            document: body.document_id,
            supersedes: body.supersedes_id,
        };
        let work = async { identity::record_nationality(ctx, id, &new).await.map(|()| vec![id]) };
        Ok(Done { replayed: once(ctx, "person", work).await?.replayed })
    }

    /// Record a further passport or border pass, or correct or renew one
    ///
    /// Nothing is overwritten. A paper of a country of which the person has no nationality on record is a claim to that
    /// country's nationality too, which proves nothing and can bar.
    #[oai(path = "/:id/identity-documents", method = "post", operation_id = "create_identity_document")]
    async fn create_document(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<IdentityDocumentInput>,
    ) -> Result<Done, Problem> {
        let (ctx, id, body) = (caller.ctx(), PersonId(id.0), body.0);
        let document = NewTravelDocument {
            kind: body.kind.into(),
            country: body.country.into(),
            number: body.number.into(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            verification: body.verification.into(),
        };
        let new = FurtherDocument { document, supersedes: body.supersedes_id };
        let work = async { identity::record_document(ctx, id, &new).await.map(|()| vec![id]) };
        Ok(Done { replayed: once(ctx, "person", work).await?.replayed })
    }
}

impl From<NationalityView> for Nationality {
    fn from(view: NationalityView) -> Self {
        Self {
            id: view.id,
            country: view.country,
            evidence: view.evidence,
            document_id: view.document,
            recorded_at: view.recorded_at,
            supersedes_id: view.supersedes,
            superseded: view.superseded,
        }
    }
}
