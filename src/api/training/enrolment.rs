//! Who is in a joint class, and how that ends.

use ballast_domain::base::id::{EnrolmentId, JointClassId, PersonId};
use ballast_domain::identity::policy::Action;
use ballast_domain::training::joint_class::EnrolmentStatus;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit};
use crate::api::{Tag, page};
use crate::http::answer::{Created, Done};
use crate::http::etag::MayMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_address};
use crate::service::training::enrolment::{self as enrolments, EnrolmentView, NewEnrolment};
use crate::service::{Error, once};

/// Enrolments.
pub struct EnrolmentApi;

/// Whom to enrol.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct EnrolmentInput {
    /// Id of a person who is tied to the school.
    person: Uuid,
}

/// When an enrolment ends.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct EnrolmentEndInput {
    /// The day; today where nothing is said.
    on: Option<chrono::NaiveDate>,
}

/// Where an enrolment stands.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum EnrolmentState {
    /// In the class.
    Enrolled,
    /// Finished it.
    Finished,
    /// Left it.
    Withdrawn,
}

/// One line of a roster.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Enrolment {
    /// Id.
    id: Uuid,
    /// Id of the class.
    joint_class: Uuid,
    /// Id of the person.
    person: Uuid,
    /// The person's name.
    name: String,
    /// Where it stands.
    status: EnrolmentState,
    /// First day.
    enrolled_on: chrono::NaiveDate,
    /// The day of finishing or leaving.
    ended_on: Option<chrono::NaiveDate>,
    /// Revision.
    revision: i64,
}

/// A page of a roster.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct EnrolmentList {
    /// The enrolments.
    items: Vec<Enrolment>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// The id of the enrolment.
#[derive(Debug, Object)]
struct EnrolmentCreated {
    /// Id.
    id: Uuid,
}

/// What finishing proved.
#[derive(Debug, Object)]
struct EnrolmentCompletion {
    /// Ids of the claims that were written into the person's record, one a module.
    skill_claims: Vec<Uuid>,
}

#[OpenApi(tag = "Tag::Training")]
impl EnrolmentApi {
    /// List who is in a joint class
    ///
    /// By name, for the class's school, the bureau of the school's region, and each trainee for themselves.
    /// The reading is logged.
    #[oai(path = "/joint-classes/:id/enrolments", method = "get", operation_id = "list_enrolments")]
    async fn list(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<EnrolmentList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let page = enrolments::list_enrolments(caller.ctx(), JointClassId(id.0), request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(EnrolmentList {
            items: page.items.into_iter().map(Enrolment::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Enrol a person in a joint class
    #[oai(path = "/joint-classes/:id/enrolments", method = "post", operation_id = "create_enrolment")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<EnrolmentInput>,
    ) -> Result<Created<EnrolmentCreated>, Problem> {
        let ctx = caller.ctx();
        let school = ctx.actor.acting_organisation(Action::EnrolTrainee).ok_or(Error::Denied)?;
        let new = NewEnrolment { joint_class: JointClassId(id.0), person: PersonId(body.0.person) };
        let work = enrolments::enrol_trainees(ctx, school, vec![new], Mode::Commit);
        let made = once(ctx, "enrolment", work).await;
        let made = made.map_err(|error| of_address(error, "/joint_class", "unknown_joint_class"))?;
        Ok(Created { body: EnrolmentCreated { id: made.one()? }, replayed: made.replayed })
    }

    /// Finish an enrolment
    ///
    /// Writes one claim of evidence `trained` a module of the class into the person's record.
    #[oai(path = "/enrolments/:id/completion", method = "post", operation_id = "create_enrolment_completion")]
    async fn complete(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// `"<revision>-<any>"`, with the revision of the enrolment that you saw.
        #[oai(name = "If-Match")]
        if_match: MayMatch,
        body: Json<EnrolmentEndInput>,
    ) -> Result<Created<EnrolmentCompletion>, Problem> {
        let ctx = caller.ctx();
        let on = body.0.on.unwrap_or_else(|| ctx.today());
        let ids = vec![EnrolmentId(id.0)];
        let work = enrolments::finish_enrolments(ctx, ids, &if_match.0, on, Mode::Commit);
        let made = once(ctx, "skill_claim", work).await;
        let made = made.map_err(|error| of_address(error, "/enrolment", "unknown_enrolment"))?;
        Ok(Created { body: EnrolmentCompletion { skill_claims: made.ids }, replayed: made.replayed })
    }

    /// Withdraw an enrolment
    ///
    /// The seat is free again; the person's record gets nothing.
    #[oai(path = "/enrolments/:id/withdrawal", method = "post", operation_id = "create_enrolment_withdrawal")]
    async fn withdraw(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// `"<revision>-<any>"`, with the revision of the enrolment that you saw.
        #[oai(name = "If-Match")]
        if_match: MayMatch,
        body: Json<EnrolmentEndInput>,
    ) -> Result<Done, Problem> {
        let ctx = caller.ctx();
        let on = body.0.on.unwrap_or_else(|| ctx.today());
        let id = EnrolmentId(id.0);
        let work =
            async { enrolments::withdraw_enrolment(ctx, id, &if_match.0, on).await.map(|()| vec![id]) };
        let made = once(ctx, "enrolment", work).await?;
        Ok(Done { replayed: made.replayed })
    }
}

impl From<EnrolmentView> for Enrolment {
    fn from(view: EnrolmentView) -> Self {
        Self {
            id: view.id.0,
            joint_class: view.joint_class.0,
            person: view.person.0,
            name: view.name,
            status: match view.status {
                EnrolmentStatus::Enrolled => EnrolmentState::Enrolled,
                EnrolmentStatus::Finished => EnrolmentState::Finished,
                EnrolmentStatus::Withdrawn => EnrolmentState::Withdrawn,
            },
            enrolled_on: view.enrolled_on,
            ended_on: view.ended_on,
            revision: view.revision,
        }
    }
}
