//! Permits that are asked for. There is no operation that approves one.

use ballast_domain::base::id::{OrganisationId, PermitId, PersonId, PortId, VacancyId};
use ballast_domain::base::unknown::Verdict;
use ballast_domain::identity::policy::Action;
use ballast_domain::permit::draft::Status;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Reference};
use crate::api::{Tag, page};
use crate::http::answer::{Created, Revised, Shown, Stepped};
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::page::{Order, PERMITS_BY_START};
use crate::service::permit::permit::{self as permits, BarView, NewPermit, PartView, PermitView};
use crate::service::{Error, once};

/// Permits.
pub struct PermitApi;

/// Where a permit stands. None is approved: the checks that must come first do not exist yet.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum PermitStatus {
    /// Being written.
    Draft,
    /// Handed in.
    Submitted,
    /// Taken back.
    Withdrawn,
}

/// What a check says that is not passed.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum PermitVerdict {
    /// Passed. Such a check is not listed.
    Pass,
    /// The evidence is missing. It never passes.
    Unknown,
    /// The rule is broken.
    Bar,
}

/// A permit to draft.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct PermitInput {
    /// The factory that would employ. A factory's own may be left out.
    employer_id: Option<Uuid>,
    /// Who would work. A factory names people with an open tie to it.
    person_id: Uuid,
    /// The port whose desk takes it.
    port_id: Uuid,
    /// For which open vacancy of the employer.
    vacancy_id: Option<Uuid>,
    /// The employer's number for it, unique.
    reference: Reference,
    /// First day.
    starts_on: chrono::NaiveDate,
    /// Last day, included.
    ends_on: chrono::NaiveDate,
}

/// One part of the bundle on the first day.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PermitPart {
    /// `travel_document`, `health_certificate` or `training_certificate`.
    part: String,
    /// `covers`, `unknown`, `ended` or `begins`.
    finding: String,
    /// The last day covered, the last day of what ended, or the first day of what begins later.
    day: Option<chrono::NaiveDate>,
}

/// A check that is not passed on the first day.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PermitBar {
    /// The check: `C1`, `C2`, `C6a` or `C8`.
    check: String,
    /// What was found, as a code.
    code: String,
    /// How it counts.
    verdict: PermitVerdict,
    /// The part of the bundle that it is about.
    part: Option<String>,
}

/// A permit that is asked for.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Permit {
    /// Id.
    id: Uuid,
    /// Whom it is about; absent for an employer to whom the person has no tie.
    person_id: Option<Uuid>,
    /// The factory that would employ.
    employer_id: Uuid,
    /// The port whose desk takes it.
    port_id: Uuid,
    /// For which vacancy.
    vacancy_id: Option<Uuid>,
    /// The employer's number for it.
    reference: String,
    /// Where it stands.
    status: PermitStatus,
    /// First day.
    starts_on: chrono::NaiveDate,
    /// Last day, included.
    ends_on: chrono::NaiveDate,
    /// The parts of the bundle: status and expiry.
    bundle: Vec<PermitPart>,
    /// The last day that the whole bundle covers; absent while a part is missing on the first day.
    covered_until: Option<chrono::NaiveDate>,
    /// The checks that are not passed on the first day.
    bars: Vec<PermitBar>,
    /// Revision.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    revision: i64,
}

/// In which order permits come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum PermitSort {
    /// By the first day.
    #[oai(rename = "starts_on")]
    Start,
    /// By the first day, the latest first.
    #[oai(rename = "-starts_on")]
    StartReversed,
}

/// A page of permits.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PermitList {
    /// The permits.
    items: Vec<Permit>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// The id of the permit that was drafted.
#[derive(Debug, Object)]
struct PermitCreated {
    /// Id.
    id: Uuid,
}

#[OpenApi(prefix_path = "/permits", tag = "Tag::Permit")]
impl PermitApi {
    /// List the permits in your reach
    ///
    /// A factory sees its own, a bureau those of its ports and its region, a person their own. The reading is
    /// logged.
    #[oai(path = "/", method = "get", operation_id = "list_permits")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// The order.
        sort: Query<Option<PermitSort>>,
        /// Only those that stand here.
        status: Query<Option<PermitStatus>>,
    ) -> Result<Json<PermitList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?.by(sort.0);
        let page = permits::list_permits(caller.ctx(), status.0.map(Status::from), request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(PermitList { items: page.items.into_iter().map(Permit::from).collect(), next_cursor, total }))
    }

    /// Draft a permit
    #[oai(path = "/", method = "post", operation_id = "create_permit")]
    async fn create(
        &self,
        caller: Caller,
        body: Json<PermitInput>,
    ) -> Result<Created<PermitCreated>, Problem> {
        let ctx = caller.ctx();
        let own = ctx.actor.acting_organisation(Action::DraftPermit).ok_or(Error::Denied)?;
        let employer = body.0.employer_id.map_or(own, OrganisationId);
        let work = permits::draft_permits(ctx, employer, vec![body.0.into()], Mode::Commit);
        let made = once(ctx, "permit", work).await.map_err(of_one)?;
        Ok(Created { body: PermitCreated { id: made.one()? }, replayed: made.replayed })
    }

    /// Read a permit with its bundle and the checks that it does not pass
    ///
    /// The reading is logged.
    #[oai(path = "/:id", method = "get", operation_id = "get_permit")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<Permit>, Problem> {
        Ok(Shown(permits::get_permit(caller.ctx(), PermitId(id.0)).await?.into()))
    }

    /// Hand a drafted permit in
    #[oai(path = "/:id/submission", method = "post", operation_id = "create_permit_submission")]
    async fn submit(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the permit that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Stepped<Permit>, Problem> {
        let (ctx, id) = (caller.ctx(), PermitId(id.0));
        let work = async { permits::submit_permit(ctx, id, &if_match.0).await.map(|_revision| vec![id]) };
        let made = once(ctx, "permit", work).await?;
        let row = permits::get_permit(ctx, id).await?.into();
        Ok(Stepped { row, replayed: made.replayed })
    }

    /// Take a drafted or submitted permit back
    #[oai(path = "/:id/withdrawal", method = "post", operation_id = "create_permit_withdrawal")]
    async fn withdraw(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the permit that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Stepped<Permit>, Problem> {
        let (ctx, id) = (caller.ctx(), PermitId(id.0));
        let work = async { permits::withdraw_permit(ctx, id, &if_match.0).await.map(|_revision| vec![id]) };
        let made = once(ctx, "permit", work).await?;
        let row = permits::get_permit(ctx, id).await?.into();
        Ok(Stepped { row, replayed: made.replayed })
    }
}

impl Revised for Permit {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<PermitSort> for Order {
    fn from(sort: PermitSort) -> Self {
        match sort {
            PermitSort::Start => PERMITS_BY_START,
            PermitSort::StartReversed => PERMITS_BY_START.reversed(),
        }
    }
}

impl From<PermitStatus> for Status {
    fn from(status: PermitStatus) -> Self {
        match status {
            PermitStatus::Draft => Self::Draft,
            PermitStatus::Submitted => Self::Submitted,
            PermitStatus::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<Status> for PermitStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => Self::Draft,
            Status::Submitted => Self::Submitted,
            Status::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<Verdict> for PermitVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Unknown => Self::Unknown,
            Verdict::Bar => Self::Bar,
        }
    }
}

impl From<PermitInput> for NewPermit {
    fn from(body: PermitInput) -> Self {
        Self {
            person: PersonId(body.person_id),
            port: PortId(body.port_id),
            vacancy: body.vacancy_id.map(VacancyId),
            reference: body.reference.into(),
            starts_on: body.starts_on,
            ends_on: body.ends_on,
        }
    }
}

impl From<PartView> for PermitPart {
    fn from(view: PartView) -> Self {
        Self { part: view.part.to_owned(), finding: view.finding.to_owned(), day: view.day }
    }
}

impl From<BarView> for PermitBar {
    fn from(view: BarView) -> Self {
        Self {
            check: view.check.to_owned(),
            code: view.code.to_owned(),
            verdict: view.verdict.into(),
            part: view.part.map(str::to_owned),
        }
    }
}

impl From<PermitView> for Permit {
    fn from(view: PermitView) -> Self {
        Self {
            id: view.id.0,
            person_id: view.person.map(|id| id.0),
            employer_id: view.employer.0,
            port_id: view.port.0,
            vacancy_id: view.vacancy.map(|id| id.0),
            reference: view.reference,
            status: view.status.into(),
            starts_on: view.starts_on,
            ends_on: view.ends_on,
            bundle: view.bundle.into_iter().map(PermitPart::from).collect(),
            covered_until: view.covered_until,
            bars: view.bars.into_iter().map(PermitBar::from).collect(),
            revision: view.revision,
        }
    }
}
