//! Vacancies.

use ballast_domain::base::id::{OccupationId, SiteId, SkillId, VacancyId};
use ballast_domain::identity::policy::Action;
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::matching::query::Requirement;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::person::person::{Shift, shifts};
use crate::api::scalar::{Cursor, Fen, Limit, Name, Reference, RegionDigits};
use crate::api::{Tag, page};
use crate::http::answer::{Changed, CreatedRow, Revised, Shown, Stepped};
use crate::http::etag::{IfMatch, MayMatch};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::hiring::vacancy::{
    self as vacancies, NewVacancy, VacancyChange, VacancyFilter, VacancyView,
};
use crate::service::page::{Order, VACANCIES_BY_START};
use crate::service::{Error, once};

/// Vacancies.
pub struct VacancyApi;

/// Whether a vacancy is open.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum VacancyStatus {
    /// People are sought.
    Open,
    /// Nobody is sought any more.
    Closed,
}

/// A skill that a vacancy asks for.
#[derive(Clone, Debug, Object)]
#[oai(deny_unknown_fields)]
struct VacancyRequirement {
    /// The skill.
    skill_id: Uuid,
    /// Whether nobody is considered without it.
    essential: bool,
    /// The level at which it counts in full, 1 to 7.
    #[oai(validator(minimum(value = "1"), maximum(value = "7")))]
    level: u8,
    /// The least level of an essential skill; 0 for the others.
    #[oai(validator(minimum(value = "0"), maximum(value = "7")))]
    floor: u8,
    /// Its share among the requirements, 1 to 1000.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    weight: u32,
}

/// A vacancy to post.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct VacancyInput {
    /// Where the work is: a site of the factory.
    site_id: Uuid,
    /// The occupation.
    occupation_id: Uuid,
    /// The factory's own reference, unique to it.
    reference: Reference,
    /// Title in Chinese.
    title_zh: Name,
    /// Title in English.
    title_en: Name,
    /// How many posts.
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    headcount: i32,
    /// The least monthly wage, in fen.
    wage_min_minor: Fen,
    /// The ceiling, in fen.
    wage_max_minor: Fen,
    /// First day of work.
    starts_on: chrono::NaiveDate,
    /// Its shifts.
    #[oai(validator(min_items = 1, max_items = 3, unique_items))]
    shifts: Vec<Shift>,
    /// Whether it has a dormitory.
    dormitory: bool,
    /// The youngest age, where it is above the law's.
    #[oai(validator(minimum(value = "16"), maximum(value = "60")))]
    age_min: Option<i32>,
    /// What it asks for, the most important first.
    #[oai(validator(min_items = 1, max_items = 20))]
    requirements: Vec<VacancyRequirement>,
}

/// What is to be different about a vacancy.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct VacancyPatch {
    /// Title in Chinese.
    title_zh: Option<Name>,
    /// Title in English.
    title_en: Option<Name>,
    /// How many posts.
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    headcount: Option<i32>,
    /// The least monthly wage, in fen.
    wage_min_minor: Option<Fen>,
    /// The ceiling, in fen.
    wage_max_minor: Option<Fen>,
    /// First day of work.
    starts_on: Option<chrono::NaiveDate>,
    /// Its shifts.
    #[oai(validator(min_items = 1, max_items = 3, unique_items))]
    shifts: Option<Vec<Shift>>,
    /// Whether it has a dormitory.
    dormitory: Option<bool>,
    /// The youngest age, where it is above the law's; null for the law's again.
    #[oai(validator(minimum(value = "16"), maximum(value = "60")))]
    age_min: MaybeUndefined<i32>,
}

/// A vacancy.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Vacancy {
    /// Id.
    id: Uuid,
    /// The factory.
    organisation_id: Uuid,
    /// Where the work is.
    site_id: Uuid,
    /// The site's region.
    region: String,
    /// The occupation.
    occupation_id: Uuid,
    /// The factory's own reference.
    reference: String,
    /// Title in Chinese.
    title_zh: String,
    /// Title in English.
    title_en: String,
    /// How many posts.
    headcount: i32,
    /// The least monthly wage, in minor units.
    wage_min_minor: i64,
    /// The ceiling, in minor units.
    wage_max_minor: i64,
    /// The currency (ISO 4217).
    currency: String,
    /// First day of work.
    starts_on: chrono::NaiveDate,
    /// Its shifts.
    shifts: Vec<Shift>,
    /// Whether it has a dormitory.
    dormitory: bool,
    /// The youngest age, where it is above the law's.
    age_min: Option<i32>,
    /// Whether it is open.
    status: VacancyStatus,
    /// When it was closed.
    closed_on: Option<chrono::NaiveDate>,
    /// What it asks for.
    requirements: Vec<VacancyRequirement>,
    /// Revision.
    revision: i64,
}

/// In which order vacancies come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum VacancySort {
    /// By the first day of work.
    #[oai(rename = "starts_on")]
    Start,
    /// By the first day of work, the latest first.
    #[oai(rename = "-starts_on")]
    StartReversed,
}

/// A page of vacancies.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct VacancyList {
    /// The vacancies, newest first.
    items: Vec<Vacancy>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/vacancies", tag = "Tag::Hiring")]
impl VacancyApi {
    /// List the vacancies in your reach
    #[oai(path = "/", method = "get", operation_id = "list_vacancies")]
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
        sort: Query<Option<VacancySort>>,
        /// Only those that are so.
        status: Query<Option<VacancyStatus>>,
        /// Only those of this occupation.
        occupation_id: Query<Option<Uuid>>,
        /// Only those in this region or below it.
        region: Query<Option<RegionDigits>>,
        /// Only those that start on this day or later.
        starts_from: Query<Option<chrono::NaiveDate>>,
        /// Only those that start on this day or earlier.
        starts_until: Query<Option<chrono::NaiveDate>>,
    ) -> Result<Json<VacancyList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?.by(sort.0);
        let status = status.0.map(|status| match status {
            VacancyStatus::Open => "open",
            VacancyStatus::Closed => "closed",
        });
        let filter = VacancyFilter {
            status,
            occupation: occupation_id.0,
            region: page::region(region.0)?,
            starts_from: starts_from.0,
            starts_until: starts_until.0,
        };
        let page = vacancies::list_vacancies(caller.ctx(), &filter, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(VacancyList {
            items: page.items.into_iter().map(Vacancy::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Post a vacancy
    #[oai(path = "/", method = "post", operation_id = "create_vacancy")]
    async fn create(&self, caller: Caller, body: Json<VacancyInput>) -> Result<CreatedRow<Vacancy>, Problem> {
        let ctx = caller.ctx();
        let factory = ctx.actor.acting_organisation(Action::ManageVacancy).ok_or(Error::Denied)?;
        let work = vacancies::post_vacancies(ctx, factory, vec![body.0.into()], Mode::Commit);
        let made = once(ctx, "vacancy", work).await.map_err(of_one)?;
        let row = vacancies::get_vacancy(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// Read a vacancy
    #[oai(path = "/:id", method = "get", operation_id = "get_vacancy")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<Vacancy>, Problem> {
        Ok(Shown(vacancies::get_vacancy(caller.ctx(), VacancyId(id.0)).await?.into()))
    }

    /// Change a vacancy
    ///
    /// What is left out stays as it is. Site, occupation, reference and requirements stay in any case.
    #[oai(path = "/:id", method = "patch", operation_id = "update_vacancy")]
    async fn update(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the vacancy that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Json<VacancyPatch>,
    ) -> Result<Changed<Vacancy>, Problem> {
        let (ctx, id) = (caller.ctx(), VacancyId(id.0));
        let row = vacancies::update_vacancy(ctx, id, &if_match.0, body.0.into()).await?.into();
        Ok(Changed(row))
    }

    /// Close a vacancy
    #[oai(path = "/:id/closure", method = "post", operation_id = "create_vacancy_closure")]
    async fn close(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the vacancy that you saw.
        #[oai(name = "If-Match")]
        if_match: MayMatch,
    ) -> Result<Stepped<Vacancy>, Problem> {
        let (ctx, id) = (caller.ctx(), VacancyId(id.0));
        let work =
            async { vacancies::close_vacancy(ctx, id, &if_match.0).await.map(|closed| vec![closed.id]) };
        let made = once(ctx, "vacancy", work).await?;
        let row = vacancies::get_vacancy(ctx, id).await?.into();
        Ok(Stepped { row, replayed: made.replayed })
    }
}

impl Revised for Vacancy {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<VacancySort> for Order {
    fn from(sort: VacancySort) -> Self {
        match sort {
            VacancySort::Start => VACANCIES_BY_START,
            VacancySort::StartReversed => VACANCIES_BY_START.reversed(),
        }
    }
}

impl From<VacancyInput> for NewVacancy {
    fn from(body: VacancyInput) -> Self {
        Self {
            site: SiteId(body.site_id),
            occupation: OccupationId(body.occupation_id),
            reference: body.reference.into(),
            title_zh: body.title_zh.into(),
            title_en: body.title_en.into(),
            headcount: body.headcount,
            wage_min_minor: body.wage_min_minor.0,
            wage_max_minor: body.wage_max_minor.0,
            starts_on: body.starts_on,
            shifts: shift_set(&body.shifts),
            dormitory: body.dormitory,
            age_min: body.age_min,
            requirements: body.requirements.into_iter().map(Requirement::from).collect(),
        }
    }
}

impl From<VacancyPatch> for VacancyChange {
    fn from(body: VacancyPatch) -> Self {
        Self {
            title_zh: body.title_zh.map(String::from),
            title_en: body.title_en.map(String::from),
            headcount: body.headcount,
            wage_min_minor: body.wage_min_minor.map(|fen| fen.0),
            wage_max_minor: body.wage_max_minor.map(|fen| fen.0),
            starts_on: body.starts_on,
            shifts: body.shifts.map(|listed| shift_set(&listed)),
            dormitory: body.dormitory,
            age_min: match body.age_min {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(age) => Some(Some(age)),
            },
        }
    }
}

/// The shifts of a list; naming one twice says no more than once.
fn shift_set(listed: &[Shift]) -> Shifts {
    let has = |shift| listed.contains(&shift);
    Shifts { day: has(Shift::Day), evening: has(Shift::Evening), night: has(Shift::Night) }
}

impl From<VacancyRequirement> for Requirement {
    fn from(body: VacancyRequirement) -> Self {
        Self {
            skill: SkillId(body.skill_id),
            essential: body.essential,
            level: body.level,
            floor: body.floor,
            weight: body.weight,
        }
    }
}

impl From<VacancyView> for Vacancy {
    fn from(view: VacancyView) -> Self {
        Self {
            id: view.id.0,
            organisation_id: view.organisation.0,
            site_id: view.site.0,
            region: view.region,
            occupation_id: view.occupation.0,
            reference: view.reference,
            title_zh: view.titles.0,
            title_en: view.titles.1,
            headcount: view.headcount,
            wage_min_minor: view.wage_minor.0,
            wage_max_minor: view.wage_minor.1,
            currency: view.currency,
            starts_on: view.starts_on,
            shifts: shifts(view.shifts),
            dormitory: view.dormitory,
            age_min: view.age_min,
            status: if view.status == "open" { VacancyStatus::Open } else { VacancyStatus::Closed },
            closed_on: view.closed_on,
            requirements: view
                .requirements
                .into_iter()
                .map(|r| VacancyRequirement {
                    skill_id: r.skill.0,
                    essential: r.essential,
                    level: r.level,
                    floor: r.floor,
                    weight: r.weight,
                })
                .collect(),
            revision: view.revision,
        }
    }
}
