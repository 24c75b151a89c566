//! What people ask for by right.

use ballast_domain::base::id::{PersonId, RightsRequestId, VacancyId};
use ballast_domain::person::rights_request::{Decision, Field, Kind, State};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Reason};
use crate::api::{Tag, page};
use crate::http::answer::{CreatedRow, Done, Revised, Shown};
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::once;
use crate::service::person::rights_request::{self as rights, Asked, Filter, NewRight, RightsRequestView};

/// What people ask for by right.
pub struct RightsRequestApi;

/// What is asked for.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum RightKind {
    /// Something wrong is to be corrected.
    Correction,
    /// To be erased.
    Erasure,
    /// A human is to look at what a ranking says about a person and a vacancy.
    Review,
}

/// What can be corrected.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum CorrectedField {
    /// The name in the person's own script.
    Name,
    /// The name in Latin letters.
    NameLatin,
    /// The birth date, `2004-03-01`.
    BirthDate,
    /// `female` or `male`.
    Sex,
    /// Code of the region where the person lives.
    HomeRegion,
    /// A nationality, in words. It is recorded by whoever decides before the request is accepted.
    Nationality,
    /// A passport, a card or another paper, in words; likewise.
    IdentityDocument,
    /// A claim about a skill, in words; likewise.
    SkillClaim,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum RightState {
    /// Nobody has decided.
    Asked,
    /// Done as asked; a review: the person was right.
    Accepted,
    /// Not done, and the answer says why; a review: what was decided stands.
    Refused,
    /// Whoever asked took it back.
    Withdrawn,
}

/// What is decided.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum RightDecision {
    /// As asked.
    Accept,
    /// Not, for a reason.
    Refuse,
}

/// What somebody asks for by right.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct RightsRequestInput {
    /// What is asked for.
    kind: RightKind,
    /// What is wrong; of a correction.
    field: Option<CorrectedField>,
    /// What would be right; of a correction. Empty for no Latin name.
    #[oai(validator(max_length = 200))]
    value: Option<String>,
    /// For which vacancy; of a review.
    vacancy_id: Option<Uuid>,
    /// Why, in your own words.
    reason: Reason,
}

/// A request.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct RightsRequest {
    /// Id.
    id: Uuid,
    /// About whom.
    person_id: Uuid,
    /// The person's name.
    person_name: String,
    /// What is asked for.
    kind: RightKind,
    /// What is wrong; of a correction.
    field: Option<CorrectedField>,
    /// What would be right; of a correction.
    value: Option<String>,
    /// For which vacancy; of a review.
    vacancy_id: Option<Uuid>,
    /// Why.
    reason: String,
    /// Where it stands.
    state: RightState,
    /// When it was asked (UTC).
    asked_at: chrono::DateTime<chrono::Utc>,
    /// When it was decided or taken back (UTC).
    decided_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Why it was decided so.
    answer: Option<String>,
    /// Raised by every change.
    revision: i64,
}

/// A page of requests.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct RightsRequestList {
    /// The requests.
    items: Vec<RightsRequest>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// A decision.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct RightsDecisionInput {
    /// What.
    decision: RightDecision,
    /// Why. A refusal and the answer to a review say it.
    #[oai(validator(max_length = 1000))]
    answer: Option<String>,
}

#[OpenApi(tag = "Tag::Person")]
impl RightsRequestApi {
    /// Ask for a correction, an erasure or a review by a human
    ///
    /// For you, or for whose guardian you are. Nothing of it reaches a factory.
    #[oai(path = "/people/:id/rights-requests", method = "post", operation_id = "create_rights_request")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<RightsRequestInput>,
    ) -> Result<CreatedRow<RightsRequest>, Problem> {
        let (ctx, id, body) = (caller.ctx(), PersonId(id.0), body.0);
        let new = NewRight {
            kind: body.kind.into(),
            field: body.field.map(Field::from),
            value: body.value,
            vacancy: body.vacancy_id.map(VacancyId),
            reason: body.reason.into(),
        };
        let work = async { rights::ask_right(ctx, id, &new).await.map(|made| vec![made]) };
        let made = once(ctx, "rights_request", work).await?;
        let row = rights::get_rights_request(ctx, RightsRequestId(made.one()?)).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// List what you asked for and what you decide about, the newest first
    ///
    /// A school's registrars decide about corrections of those tied to it; officials about everything in their region.
    #[oai(path = "/rights-requests", method = "get", operation_id = "list_rights_requests")]
    async fn list(
        &self,
        caller: Caller,
        /// What is asked for.
        kind: Query<Option<RightKind>>,
        /// Where it stands.
        state: Query<Option<RightState>>,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<RightsRequestList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let filter = Filter { kind: kind.0.map(Kind::from), state: state.0.map(State::from), person: None };
        let page = rights::list_rights_requests(caller.ctx(), filter, request).await?;
        let next_cursor = page::cursor(caller.ctx(), &page);
        let total = page.total;
        let items = page.items.into_iter().map(RightsRequest::from).collect();
        Ok(Json(RightsRequestList { items, next_cursor, total }))
    }

    /// Read one request
    #[oai(path = "/rights-requests/:id", method = "get", operation_id = "get_rights_request")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<RightsRequest>, Problem> {
        Ok(Shown(rights::get_rights_request(caller.ctx(), RightsRequestId(id.0)).await?.into()))
    }

    /// Decide about a request
    ///
    /// An accepted correction is made at once, and what was before stays in the log; a nationality, a paper or a skill
    /// is recorded first. An accepted erasure erases the person, with the refusals of that, and the request goes with the
    /// person.
    #[oai(
        path = "/rights-requests/:id/decision",
        method = "post",
        operation_id = "create_rights_request_decision"
    )]
    async fn decide(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the request that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Json<RightsDecisionInput>,
    ) -> Result<Done, Problem> {
        let (ctx, id) = (caller.ctx(), RightsRequestId(id.0));
        let decision = match body.0.decision {
            RightDecision::Accept => Decision::Accept,
            RightDecision::Refuse => Decision::Refuse,
        };
        let answer = body.0.answer.unwrap_or_default();
        let work =
            async { rights::decide_right(ctx, id, &if_match.0, decision, &answer).await.map(|()| vec![id]) };
        Ok(Done { replayed: once(ctx, "rights_request", work).await?.replayed })
    }

    /// Take back what you asked for
    ///
    /// For you, or for whose guardian you are, while nobody has decided.
    #[oai(
        path = "/rights-requests/:id/withdrawal",
        method = "post",
        operation_id = "create_rights_request_withdrawal"
    )]
    async fn withdraw(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the request that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Done, Problem> {
        let (ctx, id) = (caller.ctx(), RightsRequestId(id.0));
        let work = async { rights::withdraw_right(ctx, id, &if_match.0).await.map(|()| vec![id]) };
        Ok(Done { replayed: once(ctx, "rights_request", work).await?.replayed })
    }
}

impl Revised for RightsRequest {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<RightsRequestView> for RightsRequest {
    fn from(view: RightsRequestView) -> Self {
        let kind = view.asked.kind().into();
        let (field, value, vacancy_id) = match view.asked {
            Asked::Correction { field, value } => (Some(field.into()), Some(value), None),
            Asked::Erasure => (None, None, None),
            Asked::Review { vacancy } => (None, None, Some(vacancy.0)),
        };
        Self {
            id: view.id.0,
            person_id: view.person.0,
            person_name: view.name,
            kind,
            field,
            value,
            vacancy_id,
            reason: view.reason,
            state: view.state.into(),
            asked_at: view.asked_at,
            decided_at: view.decided_at,
            answer: view.answer,
            revision: view.revision,
        }
    }
}

impl From<RightKind> for Kind {
    fn from(kind: RightKind) -> Self {
        match kind {
            RightKind::Correction => Self::Correction,
            RightKind::Erasure => Self::Erasure,
            RightKind::Review => Self::Review,
        }
    }
}

impl From<Kind> for RightKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Correction => Self::Correction,
            Kind::Erasure => Self::Erasure,
            Kind::Review => Self::Review,
        }
    }
}

impl From<RightState> for State {
    fn from(state: RightState) -> Self {
        match state {
            RightState::Asked => Self::Asked,
            RightState::Accepted => Self::Accepted,
            RightState::Refused => Self::Refused,
            RightState::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<State> for RightState {
    fn from(state: State) -> Self {
        match state {
            State::Asked => Self::Asked,
            State::Accepted => Self::Accepted,
            State::Refused => Self::Refused,
            State::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<CorrectedField> for Field {
    fn from(field: CorrectedField) -> Self {
        match field {
            CorrectedField::Name => Self::Name,
            CorrectedField::NameLatin => Self::NameLatin,
            CorrectedField::BirthDate => Self::BirthDate,
            CorrectedField::Sex => Self::Sex,
            CorrectedField::HomeRegion => Self::HomeRegion,
            CorrectedField::Nationality => Self::Nationality,
            CorrectedField::IdentityDocument => Self::IdentityDocument,
            CorrectedField::SkillClaim => Self::SkillClaim,
        }
    }
}

impl From<Field> for CorrectedField {
    fn from(field: Field) -> Self {
        match field {
            Field::Name => Self::Name,
            Field::NameLatin => Self::NameLatin,
            Field::BirthDate => Self::BirthDate,
            Field::Sex => Self::Sex,
            Field::HomeRegion => Self::HomeRegion,
            Field::Nationality => Self::Nationality,
            Field::IdentityDocument => Self::IdentityDocument,
            Field::SkillClaim => Self::SkillClaim,
        }
    }
}
