//! Decisions about households.

use ballast_domain::base::id::HouseholdId;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::http::answer::Created;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::audit::sequencer::await_sealed;
use crate::service::batch::{Mode, of_one};
use crate::service::poverty::targeting::{self as decisions, NewTargeting, TargetingView};
use crate::service::{Error, once};

/// Decisions about households.
pub struct TargetingApi;

/// What is decided.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum TargetingOutcome {
    /// Help is owed.
    Targeted,
    /// No help is owed.
    NotTargeted,
    /// Help was owed and has ended.
    Exited,
}

/// Why a household is poor.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum TargetingCause {
    /// Too little income.
    Income,
    /// An illness.
    Illness,
    /// A disability.
    Disability,
    /// What schooling costs.
    Schooling,
    /// A disaster.
    Disaster,
    /// A move.
    Relocation,
}

/// A decision to record. Whoever sends it has decided.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct TargetingInput {
    /// What was decided.
    outcome: TargetingOutcome,
    /// Why.
    cause: TargetingCause,
    /// When; not before the decision that stands.
    decided_on: chrono::NaiveDate,
}

/// A decision about a household.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Targeting {
    /// Id.
    id: Uuid,
    /// `targeted`, `not_targeted` or `exited`.
    outcome: String,
    /// `income`, `illness`, `disability`, `schooling`, `disaster` or `relocation`.
    cause: String,
    /// When it was decided.
    decided_on: chrono::NaiveDate,
    /// Id of the user who decided.
    decided_by: Uuid,
    /// When it was recorded (UTC).
    recorded_at: chrono::DateTime<chrono::Utc>,
    /// Id of the decision whose place it took.
    supersedes_id: Option<Uuid>,
}

/// All decisions about a household.
#[derive(Debug, Object)]
struct TargetingList {
    /// The decisions, the one that stands first.
    items: Vec<Targeting>,
}

#[OpenApi(prefix_path = "/households", tag = "Tag::Poverty")]
impl TargetingApi {
    /// List the decisions about a household
    ///
    /// The reading is logged.
    #[oai(path = "/:id/targetings", method = "get", operation_id = "list_targetings")]
    async fn list(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<TargetingList>, Problem> {
        let found = decisions::list_targetings(caller.ctx(), HouseholdId(id.0)).await?;
        Ok(Json(TargetingList { items: found.into_iter().map(Targeting::from).collect() }))
    }

    /// Decide about a household
    ///
    /// The decision that stands is kept, and superseded by this one. The answer comes once the decision is sealed
    /// in the log. When that takes too long it is 503 `not_sealed`: the decision is recorded, and the same request
    /// under the same `Idempotency-Key` is answered once it is sealed.
    #[oai(path = "/:id/targetings", method = "post", operation_id = "create_targeting")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<TargetingInput>,
    ) -> Result<Created<Targeting>, Problem> {
        let (ctx, household) = (caller.ctx(), HouseholdId(id.0));
        let new = NewTargeting {
            household,
            outcome: outcome(body.0.outcome).to_owned(),
            cause: cause(body.0.cause).to_owned(),
            decided_on: body.0.decided_on,
        };
        let work = decisions::decide_targeting(ctx, vec![new], None, Mode::Commit);
        let made = once(ctx, "targeting", work).await.map_err(|error| of_path(of_one(error)))?;
        await_sealed(ctx).await?;
        let found = decisions::list_targetings(ctx, household).await?;
        let mine =
            found.into_iter().find(|decision| made.ids.contains(&decision.id.0)).ok_or(Error::NotFound)?;
        Ok(Created { body: mine.into(), replayed: made.replayed })
    }
}

/// The household is named by the path here: one that is out of reach is not found.
fn of_path(error: Error) -> Error {
    match error {
        Error::Invalid(fields) if fields.iter().any(|field| field.pointer == "/household_id") => {
            Error::NotFound
        }
        error => error,
    }
}

fn outcome(outcome: TargetingOutcome) -> &'static str {
    match outcome {
        TargetingOutcome::Targeted => "targeted",
        TargetingOutcome::NotTargeted => "not_targeted",
        TargetingOutcome::Exited => "exited",
    }
}

fn cause(cause: TargetingCause) -> &'static str {
    match cause {
        TargetingCause::Income => "income",
        TargetingCause::Illness => "illness",
        TargetingCause::Disability => "disability",
        TargetingCause::Schooling => "schooling",
        TargetingCause::Disaster => "disaster",
        TargetingCause::Relocation => "relocation",
    }
}

impl From<TargetingView> for Targeting {
    fn from(view: TargetingView) -> Self {
        Self {
            id: view.id.0,
            outcome: view.outcome,
            cause: view.cause,
            decided_on: view.decided_on,
            decided_by: view.decided_by.0,
            recorded_at: view.recorded_at,
            supersedes_id: view.supersedes.map(|id| id.0),
        }
    }
}
