//! Legal holds on people.

use ballast_domain::base::id::PersonId;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::http::answer::{Created, Done};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::once;
use crate::service::person::legal_hold;

/// Legal holds.
pub struct LegalHoldApi;

/// Why somebody is held.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum HoldReason {
    /// A court has asked.
    Court,
    /// An investigation goes on.
    Investigation,
    /// A complaint is open.
    Complaint,
    /// An audit goes on.
    Audit,
}

/// A hold to place.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct LegalHoldInput {
    /// Why.
    reason: HoldReason,
}

/// The hold that was placed.
#[derive(Debug, Object)]
struct LegalHold {
    /// Id.
    id: Uuid,
}

#[OpenApi(prefix_path = "/people", tag = "Tag::Person")]
impl LegalHoldApi {
    /// Place a legal hold on a person
    ///
    /// While it is open nobody erases the person.
    #[oai(path = "/:id/legal-holds", method = "post", operation_id = "create_legal_hold")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<LegalHoldInput>,
    ) -> Result<Created<LegalHold>, Problem> {
        let (ctx, id) = (caller.ctx(), PersonId(id.0));
        let reason = match body.0.reason {
            HoldReason::Court => "court",
            HoldReason::Investigation => "investigation",
            HoldReason::Complaint => "complaint",
            HoldReason::Audit => "audit",
        };
        let work = async { legal_hold::place_hold(ctx, id, reason).await.map(|hold| vec![hold]) };
        let made = once(ctx, "legal_hold", work).await?;
        Ok(Created { body: LegalHold { id: made.one()? }, replayed: made.replayed })
    }

    /// Lift the legal holds on a person
    #[oai(path = "/:id/legal-hold-lifting", method = "post", operation_id = "create_legal_hold_lifting")]
    async fn lift(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        let (ctx, id) = (caller.ctx(), PersonId(id.0));
        Ok(Done { replayed: once(ctx, "legal_hold", legal_hold::lift_holds(ctx, id)).await?.replayed })
    }
}
