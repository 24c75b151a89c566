//! Joint classes: what both parties see of them.

use ballast_domain::base::id::{AgreementId, JointClassId, OccupationId, SkillId};
use ballast_domain::identity::policy::Action;
use ballast_domain::training::joint_class::{ClassStatus, PlannedModule};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Name, Reference};
use crate::api::{Tag, page};
use crate::http::answer::{CreatedRow, Revised, Shown};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::page::{JOINT_CLASSES_BY_START, Order};
use crate::service::training::joint_class::JointClassFilter;
use crate::service::training::joint_class::{self as classes, JointClassView, NewJointClass};
use crate::service::{Error, once};

/// Joint classes.
pub struct JointClassApi;

/// A skill that a class teaches.
#[derive(Clone, Debug, Object)]
#[oai(deny_unknown_fields)]
struct ClassModule {
    /// Id of the skill.
    skill: Uuid,
    /// The level that finishing the class proves, 1 to 7.
    #[oai(validator(minimum(value = "1"), maximum(value = "7")))]
    level: i32,
    /// Taught hours.
    #[oai(validator(minimum(value = "1"), maximum(value = "5000")))]
    hours: i32,
}

/// A class to open.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct JointClassInput {
    /// Id of the agreement with the factory.
    agreement: Uuid,
    /// Id of the occupation that the class trains for.
    occupation: Uuid,
    /// The school's own name for it, unique within the school.
    reference: Reference,
    /// Title in Chinese.
    title_zh: Name,
    /// Title in English.
    title_en: Name,
    /// First day, inside the agreement's.
    starts_on: chrono::NaiveDate,
    /// Last day, inside the agreement's.
    ends_on: chrono::NaiveDate,
    /// How many can be enrolled, 1 to 500.
    #[oai(validator(minimum(value = "1"), maximum(value = "500")))]
    seats: i32,
    /// What it teaches, each skill once.
    #[oai(validator(max_items = 40))]
    modules: Vec<ClassModule>,
}

/// Where a class stands.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum JointClassStatus {
    /// It has not begun.
    Planned,
    /// It runs.
    Running,
    /// It is over.
    Finished,
}

/// A class with its counts. Who is in it, only the school and the bureau read.
#[derive(Debug, Object)]
struct JointClass {
    /// Id.
    id: Uuid,
    /// Id of the agreement.
    agreement: Uuid,
    /// Id of the school.
    school: Uuid,
    /// Id of the factory.
    factory: Uuid,
    /// Id of the occupation that the class trains for.
    occupation: Uuid,
    /// The school's own name for it.
    reference: String,
    /// Title in Chinese.
    title_zh: String,
    /// Title in English.
    title_en: String,
    /// First day.
    starts_on: chrono::NaiveDate,
    /// Last day.
    ends_on: chrono::NaiveDate,
    /// How many can be enrolled.
    seats: i32,
    /// Where it stands today.
    status: JointClassStatus,
    /// How many are in it now.
    enrolled: i64,
    /// How many finished it.
    finished: i64,
    /// What it teaches.
    modules: Vec<ClassModule>,
    /// Revision.
    revision: i64,
}

/// In which order joint classes come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum JointClassSort {
    /// By the first day.
    #[oai(rename = "starts_on")]
    Start,
    /// By the first day, the latest first.
    #[oai(rename = "-starts_on")]
    StartReversed,
}

/// A page of classes.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct JointClassList {
    /// The classes.
    items: Vec<JointClass>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/joint-classes", tag = "Tag::Training")]
impl JointClassApi {
    /// List joint classes
    ///
    /// A school and a factory see their own, a bureau those that touch its region, a trainee those that they
    /// are or were in.
    #[oai(path = "/", method = "get", operation_id = "list_joint_classes")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
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
        sort: Query<Option<JointClassSort>>,
        /// Only those that are so.
        status: Query<Option<JointClassStatus>>,
        /// Only those of this school.
        school: Query<Option<Uuid>>,
    ) -> Result<Json<JointClassList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?.by(sort.0);
        let today = caller.ctx().today();
        let status = status.0.map(|status| match status {
            JointClassStatus::Planned => ClassStatus::Planned,
            JointClassStatus::Running => ClassStatus::Running,
            JointClassStatus::Finished => ClassStatus::Finished,
        });
        let filter = JointClassFilter { status: status.map(|status| (status, today)), school: school.0 };
        let page = classes::list_joint_classes(caller.ctx(), &filter, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(JointClassList {
            items: page.items.into_iter().map(JointClass::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Open a joint class under an agreement
    #[oai(path = "/", method = "post", operation_id = "create_joint_class")]
    async fn create(
        &self,
        caller: Caller,
        body: Json<JointClassInput>,
    ) -> Result<CreatedRow<JointClass>, Problem> {
        let ctx = caller.ctx();
        let school = ctx.actor.acting_organisation(Action::ManageJointClass).ok_or(Error::Denied)?;
        let work = classes::open_joint_classes(ctx, school, vec![body.0.into()], Mode::Commit);
        let made = once(ctx, "joint_class", work).await.map_err(of_one)?;
        let row = classes::get_joint_class(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// Read a joint class
    #[oai(path = "/:id", method = "get", operation_id = "get_joint_class")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<JointClass>, Problem> {
        Ok(Shown(classes::get_joint_class(caller.ctx(), JointClassId(id.0)).await?.into()))
    }
}

impl Revised for JointClass {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<JointClassSort> for Order {
    fn from(sort: JointClassSort) -> Self {
        match sort {
            JointClassSort::Start => JOINT_CLASSES_BY_START,
            JointClassSort::StartReversed => JOINT_CLASSES_BY_START.reversed(),
        }
    }
}

impl From<JointClassInput> for NewJointClass {
    fn from(body: JointClassInput) -> Self {
        let module =
            |m: ClassModule| PlannedModule { skill: SkillId(m.skill), level: m.level, hours: m.hours };
        Self {
            agreement: AgreementId(body.agreement),
            occupation: OccupationId(body.occupation),
            reference: body.reference.into(),
            title_zh: body.title_zh.into(),
            title_en: body.title_en.into(),
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            seats: body.seats,
            modules: body.modules.into_iter().map(module).collect(),
        }
    }
}

impl From<JointClassView> for JointClass {
    fn from(view: JointClassView) -> Self {
        let module = |m: PlannedModule| ClassModule { skill: m.skill.0, level: m.level, hours: m.hours };
        Self {
            id: view.id.0,
            agreement: view.agreement.0,
            school: view.school.0,
            factory: view.factory.0,
            occupation: view.occupation.0,
            reference: view.reference,
            title_zh: view.title_zh,
            title_en: view.title_en,
            starts_on: view.starts_on,
            ends_on: view.ends_on,
            seats: view.seats,
            status: match view.status {
                ClassStatus::Planned => JointClassStatus::Planned,
                ClassStatus::Running => JointClassStatus::Running,
                ClassStatus::Finished => JointClassStatus::Finished,
            },
            enrolled: view.enrolled,
            finished: view.finished,
            modules: view.modules.into_iter().map(module).collect(),
            revision: view.revision,
        }
    }
}
