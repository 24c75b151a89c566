//! The documents of a person's bundle, for officials and the person.

use ballast_domain::base::id::{PermitId, PersonId};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::{Name, Reference};
use crate::http::answer::Created;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::permit::permit_document::{
    self as documents, DocumentContent, NewPermitDocument, PermitDocumentView,
};
use crate::service::{Error, once};

/// Documents of bundles.
pub struct PermitDocumentApi;

/// A document to record.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct PermitDocumentInput {
    /// `health_certificate` or `training_certificate`; with a permit also `work_registration`,
    /// `temporary_residence`, `accident_insurance` or `contract`.
    kind: Reference,
    /// The permit that it hangs on, for the kinds that are not the person's own.
    permit_id: Option<Uuid>,
    /// Who issued it.
    issuer: Name,
    /// First day of validity.
    valid_from: Option<chrono::NaiveDate>,
    /// Last day of validity, to its end; absent is unknown, not unlimited.
    valid_until: Option<chrono::NaiveDate>,
    /// `unverified`, `sighted` or `confirmed`.
    verification: Reference,
    /// The document of the same person, kind and permit whose place it takes.
    supersedes_id: Option<Uuid>,
}

/// A document of a bundle.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PermitDocument {
    /// Id.
    id: Uuid,
    /// Its kind.
    kind: String,
    /// The permit that it hangs on.
    permit_id: Option<Uuid>,
    /// Who issued it.
    issuer: String,
    /// First day of validity.
    valid_from: Option<chrono::NaiveDate>,
    /// Last day of validity, to its end; absent is unknown.
    valid_until: Option<chrono::NaiveDate>,
    /// `unverified`, `sighted` or `confirmed`.
    verification: String,
    /// When it was recorded (UTC).
    recorded_at: chrono::DateTime<chrono::Utc>,
    /// The document whose place it takes.
    supersedes_id: Option<Uuid>,
    /// Whether a later one has taken its place.
    superseded: bool,
}

/// All documents of a person.
#[derive(Debug, Object)]
struct PermitDocumentList {
    /// The documents, oldest first.
    items: Vec<PermitDocument>,
}

/// The id of the document that was recorded.
#[derive(Debug, Object)]
struct PermitDocumentCreated {
    /// Id.
    id: Uuid,
}

#[OpenApi(prefix_path = "/people", tag = "Tag::Permit")]
impl PermitDocumentApi {
    /// List the documents of a person
    ///
    /// Superseded ones too. An employer does not see them: status and expiry stand on the permit. The
    /// reading is logged.
    #[oai(path = "/:id/permit-documents", method = "get", operation_id = "list_permit_documents")]
    async fn list(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<PermitDocumentList>, Problem> {
        let found = documents::list_permit_documents(caller.ctx(), PersonId(id.0)).await?;
        Ok(Json(PermitDocumentList { items: found.into_iter().map(PermitDocument::from).collect() }))
    }

    /// Record a document of a person
    ///
    /// Nothing is overwritten: a renewal or a correction names the document whose place it takes.
    #[oai(path = "/:id/permit-documents", method = "post", operation_id = "create_permit_document")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<PermitDocumentInput>,
    ) -> Result<Created<PermitDocumentCreated>, Problem> {
        let new = new_document(PersonId(id.0), body.0);
        let ctx = caller.ctx();
        let work = documents::record_permit_documents(ctx, vec![new], Mode::Commit);
        let made = once(ctx, "permit_document", work).await.map_err(of_path)?;
        Ok(Created { body: PermitDocumentCreated { id: made.one()? }, replayed: made.replayed })
    }
}

/// The person stands in the path here: one who is unknown is a resource that is not found.
fn of_path(error: Error) -> Error {
    match of_one(error) {
        Error::Invalid(fields) if fields.iter().any(|field| field.pointer == "/person_id") => Error::NotFound,
        error => error,
    }
}

fn new_document(person: PersonId, body: PermitDocumentInput) -> NewPermitDocument {
    NewPermitDocument {
        person,
        permit: body.permit_id.map(PermitId),
        supersedes: body.supersedes_id,
        content: DocumentContent {
            kind: body.kind.into(),
            issuer: body.issuer.into(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            verification: body.verification.into(),
        },
    }
}

impl From<PermitDocumentView> for PermitDocument {
    fn from(view: PermitDocumentView) -> Self {
        Self {
            id: view.id,
            kind: view.content.kind,
            permit_id: view.permit.map(|id| id.0),
            issuer: view.content.issuer,
            valid_from: view.content.valid_from,
            valid_until: view.content.valid_until,
            verification: view.content.verification,
            recorded_at: view.recorded_at,
            supersedes_id: view.supersedes,
            superseded: view.superseded,
        }
    }
}
