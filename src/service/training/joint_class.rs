//! Opening and reading joint classes. A factory sees a class and its counts, never who is in it.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{AgreementId, JointClassId, OccupationId, OrganisationId, SkillId};
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::training::agreement::Term;
use ballast_domain::training::joint_class::{self as rule, ClassStatus, Plan, PlanProblem, PlannedModule};
use uuid::Uuid;

use crate::entity::training::{agreement, class_module, joint_class};
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, text};
use crate::store::Tx;
use crate::store::taxonomy::{occupation, skill};
pub use crate::store::training::joint_class::Filter as JointClassFilter;
use crate::store::training::{agreement as agreement_store, joint_class as store};
use crate::words::Arg;

/// A class to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJointClass {
    /// Under which agreement of the school.
    pub agreement: AgreementId,
    /// What it trains for.
    pub occupation: OccupationId,
    /// The school's own name for it.
    pub reference: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// First day.
    pub starts_on: CivilDate,
    /// Last day.
    pub ends_on: CivilDate,
    /// How many can be enrolled.
    pub seats: i32,
    /// What it teaches.
    pub modules: Vec<PlannedModule>,
}

/// A class, as both parties see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JointClassView {
    /// Which class.
    pub id: JointClassId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The school.
    pub school: OrganisationId,
    /// The factory.
    pub factory: OrganisationId,
    /// What it trains for.
    pub occupation: OccupationId,
    /// The school's own name for it.
    pub reference: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// First day.
    pub starts_on: CivilDate,
    /// Last day.
    pub ends_on: CivilDate,
    /// How many can be enrolled.
    pub seats: i32,
    /// Where it stands today.
    pub status: ClassStatus,
    /// How many are in it.
    pub enrolled: i64,
    /// How many finished it.
    pub finished: i64,
    /// What it teaches.
    pub modules: Vec<PlannedModule>,
    /// The revision, which also the roster raises.
    pub revision: i64,
}

/// What has to be known to judge new classes.
struct Known {
    agreements: BTreeMap<Uuid, agreement::Model>,
    occupations: BTreeSet<Uuid>,
    skills: BTreeSet<Uuid>,
    references: BTreeSet<String>,
}

/// Opens classes of a school under its agreements.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row.
pub async fn open_joint_classes(
    ctx: &Ctx,
    school: OrganisationId,
    new: Vec<NewJointClass>,
    mode: Mode,
) -> Result<Vec<JointClassId>, Error> {
    let target = Target { id: school.0, organisations: vec![school], ..Target::default() };
    let grant = ctx.authorise::<act::ManageJointClass>(&target)?;
    batch::check_size(new.len())?;
    let tx = ctx.write_tx().await?;
    let known = gather(&tx, school, &new).await?;
    let mut problems = Vec::new();
    let (mut classes, mut modules) = (Vec::with_capacity(new.len()), Vec::new());
    let mut references = BTreeSet::new();
    for (n, class) in new.iter().enumerate() {
        let reference = check(&mut problems, n, class, &known);
        if !references.insert(reference) {
            problems.push(Field::new(format!("/{n}/reference"), "doubled"));
        }
        if let Some(agreement) = known.agreements.get(&class.agreement.0) {
            let row = row(ctx, class, agreement);
            modules.extend(class.modules.iter().map(|module| module_row(ctx, row.id, module)));
            classes.push(row);
        }
    }
    batch::settle(new.len(), problems, &["reference_taken"])?;
    let ids: Vec<JointClassId> = classes.iter().map(|row| JointClassId(row.id)).collect();
    let mut changes = Changes::new();
    classes.iter().for_each(|row| changes.created(school, row));
    store::insert_all(&tx, &grant, classes, modules).await?;
    ctx.record_changes(&tx, act::ManageJointClass::ACTION, ("organisation", school.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

async fn gather(tx: &Tx, school: OrganisationId, new: &[NewJointClass]) -> Result<Known, Error> {
    let db = tx.conn();
    let agreements = new.iter().map(|class| class.agreement.0).collect();
    let occupations = new.iter().map(|class| class.occupation.0).collect();
    let references = new.iter().map(|class| class.reference.trim().to_owned()).collect();
    let skills = new.iter().flat_map(|class| class.modules.iter().map(|module| module.skill.0)).collect();
    Ok(Known {
        agreements: agreement_store::list_of_school(db, school, agreements).await?,
        occupations: occupation::known_ids(db, occupations).await?,
        skills: skill::decay_classes(db, &skills).await?.into_keys().collect(),
        references: store::taken_references(db, school, references).await?,
    })
}

/// Checks one row; gives its reference back, trimmed.
fn check(problems: &mut Vec<Field>, n: usize, class: &NewJointClass, known: &Known) -> String {
    let at = |field: &str| format!("/{n}/{field}");
    text::clean(problems, &at("title_zh"), &class.title_zh, text::NAME_CHARS_MAX);
    text::clean(problems, &at("title_en"), &class.title_en, text::NAME_CHARS_MAX);
    let reference = text::clean(problems, &at("reference"), &class.reference, text::REFERENCE_CHARS_MAX);
    if known.references.contains(&reference) {
        problems.push(Field::new(at("reference"), "reference_taken"));
    }
    if !known.occupations.contains(&class.occupation.0) {
        problems.push(Field::new(at("occupation"), "unknown_occupation"));
    }
    let agreement = known.agreements.get(&class.agreement.0);
    if agreement.is_none() {
        problems.push(Field::new(at("agreement"), "unknown_agreement"));
    }
    for (m, module) in class.modules.iter().enumerate() {
        if !known.skills.contains(&module.skill.0) {
            problems.push(Field::new(at(&format!("modules/{m}/skill")), "unknown_skill"));
        }
    }
    let plan = Plan {
        starts_on: class.starts_on,
        ends_on: class.ends_on,
        seats: class.seats,
        modules: class.modules.clone(),
    };
    let term = agreement.map(|row| Term { from: row.valid_from, until: row.valid_until });
    problems.extend(rule::check_plan(&plan, term).into_iter().map(|problem| plan_field(n, problem)));
    reference
}

fn plan_field(n: usize, problem: PlanProblem) -> Field {
    let at = |field: &str, code| Field::new(format!("/{n}/{field}"), code);
    let module = |m: usize, field: &str, code| at(&format!("modules/{m}/{field}"), code);
    let ranged =
        |field: Field, min: i64, max: i64| field.with("min", Arg::Int(min)).with("max", Arg::Int(max));
    match problem {
        PlanProblem::EndsBeforeStart => at("ends_on", "before_start"),
        PlanProblem::OutsideAgreement(term) => at("starts_on", "outside_agreement")
            .with("from", Arg::Text(term.from.to_string()))
            .with("until", Arg::Text(term.until.map_or_else(|| "–".to_owned(), |day| day.to_string()))),
        PlanProblem::Seats { seats_max } => ranged(at("seats", "count_out_of_range"), 1, seats_max.into()),
        PlanProblem::NoModule => at("modules", "required"),
        PlanProblem::TooManyModules { modules_max } => {
            at("modules", "too_many").with("max", Arg::Int(i64::try_from(modules_max).unwrap_or(i64::MAX)))
        }
        PlanProblem::Level { module: m, level_max } => {
            ranged(module(m, "level", "level_off_scale"), 1, level_max.into())
        }
        PlanProblem::Hours { module: m, hours_max } => {
            ranged(module(m, "hours", "count_out_of_range"), 1, hours_max.into())
        }
        PlanProblem::DoubledSkill { module: m } => module(m, "skill", "doubled"),
    }
}

fn row(ctx: &Ctx, class: &NewJointClass, agreement: &agreement::Model) -> joint_class::Model {
    joint_class::Model {
        id: ctx.app.random.timed_id(ctx.now()),
        agreement_id: agreement.id,
        school_id: agreement.school_id,
        factory_id: agreement.factory_id,
        occupation_id: class.occupation.0,
        reference: class.reference.trim().to_owned(),
        title_zh: class.title_zh.trim().to_owned(),
        title_en: class.title_en.trim().to_owned(),
        starts_on: class.starts_on,
        ends_on: class.ends_on,
        seats: class.seats,
        status: ClassStatus::on(ctx.today(), class.starts_on, class.ends_on).code().to_owned(),
        revision: 1,
    }
}

fn module_row(ctx: &Ctx, class: Uuid, module: &PlannedModule) -> class_module::Model {
    class_module::Model {
        id: ctx.app.random.timed_id(ctx.now()),
        joint_class_id: class,
        skill_id: module.skill.0,
        level: module.level,
        hours: module.hours,
    }
}

/// A class of which one is a party, in one's region, or one's own, with its counts.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_joint_class(ctx: &Ctx, id: JointClassId) -> Result<JointClassView, Error> {
    let scope = ctx.scope::<act::ReadJointClass>()?;
    let row = store::get(ctx.app.db.reader(), &scope, id).await?;
    views(ctx, vec![row]).await?.pop().ok_or(Error::NotFound)
}

/// Classes of which one is a party, in one's region, or one's own, with their counts.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_joint_classes(
    ctx: &Ctx,
    filter: &JointClassFilter,
    request: PageRequest,
) -> Result<Page<JointClassView>, Error> {
    let scope = ctx.scope::<act::ReadJointClass>()?;
    let page = store::list(ctx.app.db.reader(), &scope, filter, request).await?;
    Ok(Page { items: views(ctx, page.items).await?, next: page.next, total: page.total })
}

async fn views(ctx: &Ctx, rows: Vec<joint_class::Model>) -> Result<Vec<JointClassView>, Error> {
    let (db, today) = (ctx.app.db.reader(), ctx.today());
    let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut modules = store::modules_of(db, ids.clone()).await?;
    let counts: BTreeMap<(Uuid, String), i64> =
        store::counts_of(db, ids).await?.into_iter().map(|(id, status, n)| ((id, status), n)).collect();
    let count = |id: Uuid, status: &str| counts.get(&(id, status.to_owned())).copied().unwrap_or(0);
    let module = |row: class_module::Model| PlannedModule {
        skill: SkillId(row.skill_id),
        level: row.level,
        hours: row.hours,
    };
    let view = |row: joint_class::Model| JointClassView {
        id: JointClassId(row.id),
        agreement: AgreementId(row.agreement_id),
        school: OrganisationId(row.school_id),
        factory: OrganisationId(row.factory_id),
        occupation: OccupationId(row.occupation_id),
        status: ClassStatus::on(today, row.starts_on, row.ends_on),
        enrolled: count(row.id, "enrolled"),
        finished: count(row.id, "finished"),
        modules: modules.remove(&row.id).unwrap_or_default().into_iter().map(module).collect(),
        reference: row.reference,
        title_zh: row.title_zh,
        title_en: row.title_en,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        seats: row.seats,
        revision: row.revision,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The classes of a school that these references name, for enrolling. References that name none in reach are
/// left out.
///
/// # Errors
/// [`Error::Denied`].
pub async fn find_by_references(
    ctx: &Ctx,
    school: OrganisationId,
    references: BTreeSet<String>,
) -> Result<BTreeMap<String, JointClassId>, Error> {
    let scope = ctx.scope::<act::EnrolTrainee>()?;
    let found = store::ids_by_references(ctx.app.db.reader(), &scope, school, references).await?;
    Ok(found.into_iter().map(|(reference, id)| (reference, JointClassId(id))).collect())
}
