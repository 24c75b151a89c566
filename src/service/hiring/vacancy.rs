//! Posting, reading and closing vacancies.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OccupationId, OrganisationId, SiteId, SkillId, VacancyId};
use ballast_domain::base::money::Minor;
use ballast_domain::hiring::vacancy::{self as rules, Problem};
use ballast_domain::identity::policy::{Act as _, Scope, Target, act};
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::matching::query::Requirement;
use uuid::Uuid;

use crate::entity::hiring::{vacancy, vacancy_requirement};
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, Seen, text};
use crate::store::Tx;
pub use crate::store::hiring::vacancy::Filter as VacancyFilter;
use crate::store::hiring::vacancy::{self as store, VacancyRows};
use crate::store::organisation::site;
use crate::store::taxonomy::{occupation, skill};
use crate::words::Arg;

/// The currency of every wage so far.
pub const CURRENCY: &str = "CNY";

/// A vacancy to post.
#[derive(Clone, Debug)]
pub struct NewVacancy {
    /// Where the work is: a site of the factory.
    pub site: SiteId,
    /// The occupation.
    pub occupation: OccupationId,
    /// The factory's own reference.
    pub reference: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// How many posts.
    pub headcount: i32,
    /// The least monthly wage, in minor units.
    pub wage_min_minor: Minor,
    /// The ceiling, in minor units.
    pub wage_max_minor: Minor,
    /// First day of work.
    pub starts_on: CivilDate,
    /// Its shifts.
    pub shifts: Shifts,
    /// Whether it has a dormitory.
    pub dormitory: bool,
    /// The youngest age, where it is above the law's.
    pub age_min: Option<i32>,
    /// What it asks for, the most important first.
    pub requirements: Vec<Requirement>,
}

/// What is to be different about a vacancy: what is `None` stays as it is. Site, occupation, reference and what
/// it asks for stay in any case; who needs others posts another vacancy.
#[derive(Clone, Debug, Default)]
pub struct VacancyChange {
    /// Title in Chinese.
    pub title_zh: Option<String>,
    /// Title in English.
    pub title_en: Option<String>,
    /// How many posts.
    pub headcount: Option<i32>,
    /// The least monthly wage, in minor units.
    pub wage_min_minor: Option<Minor>,
    /// The ceiling, in minor units.
    pub wage_max_minor: Option<Minor>,
    /// First day of work.
    pub starts_on: Option<CivilDate>,
    /// Its shifts.
    pub shifts: Option<Shifts>,
    /// Whether it has a dormitory.
    pub dormitory: Option<bool>,
    /// The youngest age; `Some(None)` is the law's again.
    pub age_min: Option<Option<i32>>,
}

/// A vacancy as everyone in reach sees it.
#[derive(Clone, Debug)]
pub struct VacancyView {
    /// Which one.
    pub id: VacancyId,
    /// The factory.
    pub organisation: OrganisationId,
    /// Where the work is.
    pub site: SiteId,
    /// The site's names, Chinese and English.
    pub site_names: (String, String),
    /// The site's region.
    pub region: String,
    /// The occupation.
    pub occupation: OccupationId,
    /// The factory's own reference.
    pub reference: String,
    /// Titles, Chinese and English.
    pub titles: (String, String),
    /// How many posts.
    pub headcount: i32,
    /// The least monthly wage and the ceiling, in minor units.
    pub wage_minor: (Minor, Minor),
    /// The currency.
    pub currency: String,
    /// First day of work.
    pub starts_on: CivilDate,
    /// Its shifts.
    pub shifts: Shifts,
    /// Whether it has a dormitory.
    pub dormitory: bool,
    /// The youngest age, where it is above the law's.
    pub age_min: Option<i32>,
    /// `open` or `closed`.
    pub status: String,
    /// When it was closed.
    pub closed_on: Option<CivilDate>,
    /// What it asks for.
    pub requirements: Vec<Requirement>,
    /// The revision.
    pub revision: i64,
}

/// Posts vacancies of one factory.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row; [`Error::Refused`] (`reference_taken`) for a single
/// row whose reference is taken.
pub async fn post_vacancies(
    ctx: &Ctx,
    factory: OrganisationId,
    new: Vec<NewVacancy>,
    mode: Mode,
) -> Result<Vec<VacancyId>, Error> {
    let target = Target { id: factory.0, organisations: vec![factory], ..Target::default() };
    let grant = ctx.authorise::<act::ManageVacancy>(&target)?;
    batch::check_size(new.len())?;
    let problems = check(ctx, factory, &new).await?;
    batch::settle(new.len(), problems, &["reference_taken"])?;
    let (mut rows, mut requirements, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for vacancy in &new {
        let id = ctx.app.random.timed_id(ctx.now());
        ids.push(VacancyId(id));
        rows.push(row(ctx, factory, id, vacancy));
        requirements.extend(requirement_rows(ctx, id, &vacancy.requirements)?);
    }
    let tx = ctx.write_tx().await?;
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(factory, row));
    store::insert_all(&tx, &grant, rows, requirements).await?;
    ctx.record_changes(&tx, act::ManageVacancy::ACTION, ("organisation", factory.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

async fn check(ctx: &Ctx, factory: OrganisationId, new: &[NewVacancy]) -> Result<Vec<Field>, Error> {
    let db = ctx.app.db.reader();
    let sites: BTreeSet<Uuid> = site::ids_of(db, factory).await?;
    let asked = new.iter().map(|v| v.occupation.0).collect();
    let occupations = occupation::known_ids(db, asked).await?;
    let asked = new.iter().flat_map(|v| v.requirements.iter().map(|r| r.skill.0)).collect();
    let skills = skill::decay_classes(db, &asked).await?;
    let asked = new.iter().map(|v| v.reference.trim().to_owned()).collect();
    let taken = store::taken_references(db, factory, asked).await?;
    let mut references: BTreeMap<&str, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    for (n, vacancy) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        text::clean(&mut problems, &at("reference"), &vacancy.reference, text::REFERENCE_CHARS_MAX);
        text::clean(&mut problems, &at("title_zh"), &vacancy.title_zh, text::NAME_CHARS_MAX);
        text::clean(&mut problems, &at("title_en"), &vacancy.title_en, text::NAME_CHARS_MAX);
        if references.insert(vacancy.reference.trim(), n).is_some() {
            problems.push(Field::new(at("reference"), "doubled"));
        }
        if taken.contains(vacancy.reference.trim()) {
            problems.push(Field::new(at("reference"), "reference_taken"));
        }
        if !sites.contains(&vacancy.site.0) {
            problems.push(Field::new(at("site_id"), "unknown_site"));
        }
        if !occupations.contains(&vacancy.occupation.0) {
            problems.push(Field::new(at("occupation_id"), "unknown_occupation"));
        }
        for (i, _) in
            vacancy.requirements.iter().enumerate().filter(|(_, r)| !skills.contains_key(&r.skill.0))
        {
            problems.push(Field::new(at(&format!("requirements/{i}/skill_id")), "unknown_skill"));
        }
        let wage = (vacancy.wage_min_minor, vacancy.wage_max_minor);
        let checked =
            rules::check(vacancy.headcount, wage, vacancy.shifts, vacancy.age_min, &vacancy.requirements);
        problems.extend(checked.err().into_iter().flatten().map(|problem| field(n, problem)));
    }
    Ok(problems)
}

fn field(n: usize, problem: Problem) -> Field {
    let at = |field: String, code| Field::new(format!("/{n}/{field}"), code);
    let max = |value: i64| ("max", Arg::Int(value));
    match problem {
        Problem::Headcount => {
            let field = at("headcount".into(), "headcount_out_of_range");
            let (name, arg) = max(rules::HEADCOUNT_MAX.into());
            field.with(name, arg)
        }
        Problem::WageMin => at("wage_min_minor".into(), "amount_out_of_range"),
        Problem::WageMax => at("wage_max_minor".into(), "wage_max_below_min"),
        Problem::Shifts => at("shifts".into(), "required"),
        Problem::AgeMin => at("age_min".into(), "age_min_out_of_range"),
        Problem::RequirementCount => {
            let (name, arg) = max(i64::try_from(rules::REQUIREMENTS_MAX).unwrap_or(i64::MAX));
            at("requirements".into(), "requirement_count").with(name, arg)
        }
        Problem::NoEssential => at("requirements".into(), "no_essential"),
        Problem::Level(i) => at(format!("requirements/{i}/level"), "required_level_out_of_range"),
        Problem::Floor(i) => at(format!("requirements/{i}/floor"), "floor_out_of_range"),
        Problem::Weight(i) => at(format!("requirements/{i}/weight"), "weight_out_of_range"),
        Problem::Doubled(i) => at(format!("requirements/{i}/skill_id"), "doubled"),
    }
}

fn row(ctx: &Ctx, factory: OrganisationId, id: Uuid, new: &NewVacancy) -> vacancy::Model {
    vacancy::Model {
        id,
        organisation_id: factory.0,
        site_id: new.site.0,
        occupation_id: new.occupation.0,
        reference: new.reference.trim().to_owned(),
        title_zh: new.title_zh.trim().to_owned(),
        title_en: new.title_en.trim().to_owned(),
        headcount: new.headcount,
        wage_min_minor: new.wage_min_minor,
        wage_max_minor: new.wage_max_minor,
        currency: CURRENCY.to_owned(),
        starts_on: new.starts_on,
        shift_day: new.shifts.day,
        shift_evening: new.shifts.evening,
        shift_night: new.shifts.night,
        dormitory: new.dormitory,
        age_min: new.age_min,
        seed: ctx.app.random.bytes::<16>().to_vec(),
        status: "open".to_owned(),
        closed_on: None,
        revision: 1,
    }
}

fn requirement_rows(
    ctx: &Ctx,
    vacancy: Uuid,
    requirements: &[Requirement],
) -> Result<Vec<vacancy_requirement::Model>, Error> {
    let internal = |e: std::num::TryFromIntError| Error::Internal(e.to_string());
    requirements
        .iter()
        .enumerate()
        .map(|(n, requirement)| {
            Ok(vacancy_requirement::Model {
                id: ctx.app.random.timed_id(ctx.now()),
                vacancy_id: vacancy,
                skill_id: requirement.skill.0,
                essential: requirement.essential,
                level: requirement.level.into(),
                floor: requirement.floor.into(),
                weight: i32::try_from(requirement.weight).map_err(internal)?,
                ordinal: i32::try_from(n).map_err(internal)?,
            })
        })
        .collect()
}

/// What a vacancy asks for, as the rules know it.
pub(crate) fn requirements(rows: &[vacancy_requirement::Model]) -> Result<Vec<Requirement>, Error> {
    let internal = |e: std::num::TryFromIntError| Error::Internal(e.to_string());
    rows.iter()
        .map(|row| {
            Ok(Requirement {
                skill: SkillId(row.skill_id),
                essential: row.essential,
                level: u8::try_from(row.level).map_err(internal)?,
                floor: u8::try_from(row.floor).map_err(internal)?,
                weight: u32::try_from(row.weight).map_err(internal)?,
            })
        })
        .collect()
}

fn shifts(row: &vacancy::Model) -> Shifts {
    Shifts { day: row.shift_day, evening: row.shift_evening, night: row.shift_night }
}

pub(crate) fn view(rows: VacancyRows) -> Result<VacancyView, Error> {
    let VacancyRows { vacancy: row, site, requirements: asked } = rows;
    let shifts = shifts(&row);
    Ok(VacancyView {
        id: VacancyId(row.id),
        organisation: OrganisationId(row.organisation_id),
        site: SiteId(row.site_id),
        site_names: (site.name_zh, site.name_en),
        region: site.region_code,
        occupation: OccupationId(row.occupation_id),
        reference: row.reference,
        titles: (row.title_zh, row.title_en),
        headcount: row.headcount,
        wage_minor: (row.wage_min_minor, row.wage_max_minor),
        currency: row.currency,
        starts_on: row.starts_on,
        shifts,
        dormitory: row.dormitory,
        age_min: row.age_min,
        status: row.status,
        closed_on: row.closed_on,
        requirements: requirements(&asked)?,
        revision: row.revision,
    })
}

/// A vacancy in reach.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_vacancy(ctx: &Ctx, id: VacancyId) -> Result<VacancyView, Error> {
    let scope = ctx.scope::<act::ReadVacancy>()?;
    view(store::get(ctx.app.db.reader(), &scope, id).await?)
}

/// A vacancy by its reference, or by its id written out.
///
/// # Errors
/// [`Error::NotFound`]; a refusal when two factories use the same reference.
pub async fn find_vacancy(ctx: &Ctx, reference: &str) -> Result<VacancyId, Error> {
    if let Ok(id) = Uuid::try_parse(reference) {
        return Ok(get_vacancy(ctx, VacancyId(id)).await?.id);
    }
    let scope = ctx.scope::<act::ReadVacancy>()?;
    let found = store::find_by_reference(ctx.app.db.reader(), &scope, reference).await?;
    match found.as_slice() {
        [] => Err(Error::NotFound),
        [one] => Ok(VacancyId(one.vacancy.id)),
        _ => Err(Error::refused("reference_not_unique")),
    }
}

/// Vacancies in reach, newest first when nobody asks for another order.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_vacancies(
    ctx: &Ctx,
    filter: &VacancyFilter<'_>,
    request: PageRequest,
) -> Result<Page<VacancyView>, Error> {
    let scope = ctx.scope::<act::ReadVacancy>()?;
    let page = store::list(ctx.app.db.reader(), &scope, filter, request).await?;
    let (next, total) = (page.next, page.total);
    let items = page.items.into_iter().map(view).collect::<Result<_, _>>()?;
    Ok(Page { items, next, total })
}

/// Changes an open vacancy. A change that changes nothing leaves nothing behind either.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] when the vacancy is not at the revision that was seen; a refusal
/// (`vacancy_closed`); [`Error::Invalid`] with every wrong field.
pub async fn update_vacancy(
    ctx: &Ctx,
    id: VacancyId,
    seen: &Seen,
    change: VacancyChange,
) -> Result<VacancyView, Error> {
    let scope = ctx.scope::<act::ManageVacancy>()?;
    let tx = ctx.write_tx().await?;
    let rows = store::get(tx.conn(), &scope, id).await?;
    let grant = ctx.authorise::<act::ManageVacancy>(&rows.target())?;
    seen.check(grant.revision())?;
    if rows.vacancy.status == "closed" {
        return Err(Error::refused("vacancy_closed"));
    }
    let wanted = changed(&rows.vacancy, change);
    let problems = check_wanted(&wanted, &requirements(&rows.requirements)?);
    if !problems.is_empty() {
        return Err(batch::of_one(Error::Invalid(problems)));
    }
    if wanted == rows.vacancy {
        return view(rows);
    }
    store::update_if_unchanged(&tx, &grant, &wanted).await?;
    keep_change(ctx, tx, &scope, &rows.vacancy).await
}

/// Tells the log of a change and keeps both.
async fn keep_change(
    ctx: &Ctx,
    tx: Tx,
    scope: &Scope<act::ManageVacancy>,
    before: &vacancy::Model,
) -> Result<VacancyView, Error> {
    let rows = store::get(tx.conn(), scope, VacancyId(before.id)).await?;
    let mut changes = Changes::new();
    changes.updated(before.organisation_id, before, &rows.vacancy);
    ctx.record_changes(&tx, act::ManageVacancy::ACTION, ("vacancy", before.id), &changes).await?;
    let changed = view(rows)?;
    tx.commit().await?;
    Ok(changed)
}

/// The vacancy as it would be.
fn changed(row: &vacancy::Model, change: VacancyChange) -> vacancy::Model {
    let title = |wanted: Option<String>, was: &str| wanted.map_or(was.to_owned(), |w| w.trim().to_owned());
    let shifts = change.shifts.unwrap_or_else(|| shifts(row));
    vacancy::Model {
        title_zh: title(change.title_zh, &row.title_zh),
        title_en: title(change.title_en, &row.title_en),
        headcount: change.headcount.unwrap_or(row.headcount),
        wage_min_minor: change.wage_min_minor.unwrap_or(row.wage_min_minor),
        wage_max_minor: change.wage_max_minor.unwrap_or(row.wage_max_minor),
        starts_on: change.starts_on.unwrap_or(row.starts_on),
        shift_day: shifts.day,
        shift_evening: shifts.evening,
        shift_night: shifts.night,
        dormitory: change.dormitory.unwrap_or(row.dormitory),
        age_min: change.age_min.unwrap_or(row.age_min),
        ..row.clone()
    }
}

/// The same rules as for one that is posted.
fn check_wanted(wanted: &vacancy::Model, asked: &[Requirement]) -> Vec<Field> {
    let mut problems = Vec::new();
    text::clean(&mut problems, "/0/title_zh", &wanted.title_zh, text::NAME_CHARS_MAX);
    text::clean(&mut problems, "/0/title_en", &wanted.title_en, text::NAME_CHARS_MAX);
    let wage = (wanted.wage_min_minor, wanted.wage_max_minor);
    let checked = rules::check(wanted.headcount, wage, shifts(wanted), wanted.age_min, asked);
    problems.extend(checked.err().into_iter().flatten().map(|problem| field(0, problem)));
    problems
}

/// Closes a vacancy: it is not ranked any more.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] when it is not at the revision that was seen; a refusal when it is
/// closed already.
pub async fn close_vacancy(ctx: &Ctx, id: VacancyId, seen: &Seen) -> Result<VacancyView, Error> {
    let scope = ctx.scope::<act::ManageVacancy>()?;
    let tx = ctx.write_tx().await?;
    let rows = store::get(tx.conn(), &scope, id).await?;
    let grant = ctx.authorise::<act::ManageVacancy>(&rows.target())?;
    seen.check(grant.revision())?;
    if rows.vacancy.status == "closed" {
        return Err(Error::refused("vacancy_closed"));
    }
    store::close(&tx, &grant, ctx.today()).await?;
    keep_change(ctx, tx, &scope, &rows.vacancy).await
}
