//! Legal holds on people.

use ballast_domain::base::id::PersonId;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit};
use crate::api::{Tag, page};
use crate::http::answer::{Created, Done};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::once;
use crate::service::person::legal_hold::{self, LegalHoldView};

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

/// A hold on somebody.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PlacedHold {
    /// Id.
    id: Uuid,
    /// On whom.
    person_id: Uuid,
    /// The person's name.
    person_name: String,
    /// Why: `court`, `investigation`, `complaint` or `audit`.
    reason: String,
    /// Since when.
    valid_from: chrono::NaiveDate,
    /// Its last day; absent while it is open.
    valid_until: Option<chrono::NaiveDate>,
}

/// A page of holds.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct LegalHoldList {
    /// The holds.
    items: Vec<PlacedHold>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(tag = "Tag::Person")]
impl LegalHoldApi {
    /// List legal holds
    ///
    /// Those on people in the auditor's region. The reading is logged.
    #[oai(path = "/legal-holds", method = "get", operation_id = "list_legal_holds")]
    async fn list(
        &self,
        caller: Caller,
        /// Whether those that were lifted are listed too.
        with_lifted: Query<Option<bool>>,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<LegalHoldList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let open = !with_lifted.0.unwrap_or_default();
        let page = legal_hold::list_holds(caller.ctx(), open, request).await?;
        let next_cursor = page::cursor(caller.ctx(), &page);
        let total = page.total;
        let items = page.items.into_iter().map(PlacedHold::from).collect();
        Ok(Json(LegalHoldList { items, next_cursor, total }))
    }

    /// Place a legal hold on a person
    ///
    /// While it is open nobody erases the person.
    #[oai(path = "/people/:id/legal-holds", method = "post", operation_id = "create_legal_hold")]
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
    #[oai(
        path = "/people/:id/legal-hold-lifting",
        method = "post",
        operation_id = "create_legal_hold_lifting"
    )]
    async fn lift(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        let (ctx, id) = (caller.ctx(), PersonId(id.0));
        Ok(Done { replayed: once(ctx, "legal_hold", legal_hold::lift_holds(ctx, id)).await?.replayed })
    }
}

impl From<LegalHoldView> for PlacedHold {
    fn from(view: LegalHoldView) -> Self {
        Self {
            id: view.id,
            person_id: view.person.0,
            person_name: view.name,
            reason: view.reason,
            valid_from: view.from,
            valid_until: view.until,
        }
    }
}
