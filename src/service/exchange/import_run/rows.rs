//! The rows of each kind of file as what a use case takes, and its answer as rows again.
//!
//! A key that names nothing becomes an id that nothing has, so that the use case judges it like any other
//! unknown one: whether somebody else has such a row is not told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ballast_domain::base::id::{JointClassId, PersonId};
use ballast_domain::matching::query::Requirement;
use ballast_domain::record::skill_claim::{DecayClass, EvidenceKind};
use uuid::Uuid;

use super::columns::Pointer;
use super::{Kind, Owner, RowProblem};
use crate::format::exchange::row::Problem;
use crate::format::exchange::table::Table;
use crate::format::exchange::trainee::{TraineeRow, WishesRow};
use crate::format::exchange::{
    class_roster, foreign_worker as foreign_worker_file, household as household_file, skill_claim, trainee,
    vacancy as vacancy_file,
};
use crate::service::batch::Mode;
use crate::service::exchange::idempotency_key::Made;
use crate::service::hiring::vacancy::{NewVacancy, post_vacancies};
use crate::service::organisation::site;
use crate::service::permit::permit_document::DocumentContent;
use crate::service::person::availability::NewAvailability;
use crate::service::person::foreign_worker::{
    NewForeignWorker, NewNationality, NewTravelDocument, register_foreign_workers,
};
use crate::service::person::person::{NewPerson, register_people};
use crate::service::poverty::household::{NewHousehold, NewMember, register_households};
use crate::service::record::skill_claim::{NewSkillClaim, record_skill_claims};
use crate::service::taxonomy::{occupation, skill};
use crate::service::training::enrolment::{NewEnrolment, enrol_trainees};
use crate::service::training::joint_class;
use crate::service::{Ctx, Error, Field, once};
use crate::words::Arg;

/// What a file was found to be.
#[derive(Debug, Default)]
pub struct Tried {
    /// How many rows it has.
    pub rows: usize,
    /// What was made of each row.
    pub ids: BTreeMap<usize, Uuid>,
    /// What is wrong.
    pub problems: Vec<RowProblem>,
    /// Whether the same file was imported before under the request's key.
    pub replayed: bool,
}

/// What a rule refuses to a single row, and the column that it is about; in a larger batch it is a field.
const REFUSED: [(&str, &str); 4] = [
    ("already_enrolled", "person"),
    ("class_full", "joint_class"),
    ("class_over", "joint_class"),
    ("reference_taken", "reference"),
];

/// The row of the n-th item where each row is one.
fn row_of(item: usize) -> usize {
    item + 2
}

/// A file whose cells cannot be read.
fn unreadable(kind: Kind, bytes: &[u8], problems: Vec<Problem>) -> Tried {
    let rows = Table::read(bytes, kind.columns()).map_or(0, |table| table.rows().count());
    let told = |problem: Problem| {
        let figure = problem.figure.map(|(name, figure)| (name, Arg::Int(figure)));
        let column = Some(problem.column).filter(|column| !column.is_empty());
        RowProblem {
            row: Some(problem.row),
            args: figure.into_iter().chain(column.clone().map(|c| ("column", Arg::Text(c)))).collect(),
            column,
            part: None,
            code: problem.code,
        }
    };
    Tried { rows, problems: problems.into_iter().map(told).collect(), ..Tried::default() }
}

/// The answer of a use case about a batch in which each row was one item.
fn settle(
    kind: Kind,
    rows: usize,
    tried: Result<Made, Error>,
    own: Vec<RowProblem>,
    refine: impl Fn(&Pointer<'_>, &mut RowProblem),
) -> Result<Tried, Error> {
    let (made, mut problems) = match tried {
        Ok(made) => (made, own),
        Err(error) => {
            let told = told(kind, rows, error, refine)?;
            (Made::default(), own.into_iter().chain(told).collect())
        }
    };
    let ids = made.ids.into_iter().enumerate().map(|(n, id)| (row_of(n), id)).collect();
    // What is wrong in itself may also have been found to name nothing.
    problems.dedup();
    Ok(Tried { rows, ids, problems, replayed: made.replayed })
}

/// The problems of an error in the file's own terms; an error that is about no row stays one.
fn told(
    kind: Kind,
    items: usize,
    error: Error,
    refine: impl Fn(&Pointer<'_>, &mut RowProblem),
) -> Result<Vec<RowProblem>, Error> {
    let refused = |code: &str| REFUSED.iter().find(|(known, _)| *known == code).copied();
    let whole = |code, args| RowProblem { row: None, column: None, part: None, code, args };
    match error {
        Error::Invalid(fields) => fields.into_iter().map(|field| located(kind, field, &refine)).collect(),
        Error::Refused(refusal) if items == 1 && refused(refusal.code).is_some() => {
            let column = refused(refusal.code).map(|(_, column)| column.to_owned());
            Ok(vec![RowProblem { row: Some(row_of(0)), column, ..whole(refusal.code, refusal.args) }])
        }
        // Somebody else was quicker: the database knows that there is one, not which.
        Error::Duplicate(code) if refused(code).is_some() => Ok(vec![whole(code, Vec::new())]),
        error => Err(error),
    }
}

fn located(
    kind: Kind,
    field: Field,
    refine: &impl Fn(&Pointer<'_>, &mut RowProblem),
) -> Result<RowProblem, Error> {
    let Some(pointer) = Pointer::parse(&field.pointer) else {
        let problem = RowProblem { row: None, column: None, part: None, code: field.code, args: field.args };
        return match field.pointer.strip_prefix('/').unwrap_or(&field.pointer) {
            "" => Ok(problem),
            name => Err(Error::Invalid(vec![Field {
                pointer: name.to_owned(),
                code: problem.code,
                args: problem.args,
            }])),
        };
    };
    let mut problem = RowProblem {
        row: Some(row_of(pointer.item)),
        column: pointer.column(kind.columns()).map(str::to_owned),
        part: None,
        code: field.code,
        args: field.args,
    };
    refine(&pointer, &mut problem);
    Ok(problem)
}

/// A problem that the row shows by itself.
fn own_problem(row: usize, column: &str, code: &'static str) -> RowProblem {
    RowProblem { row: Some(row), column: Some(column.to_owned()), part: None, code, args: Vec::new() }
}

/// A batch that is wrong already is only tried, to learn what else is wrong with it.
fn unless_wrong(mode: Mode, own: &[RowProblem]) -> Mode {
    if own.is_empty() { mode } else { Mode::Validate }
}

/// Ids that nothing has, the same for the same key.
#[derive(Default)]
struct Nothing<'k>(HashMap<&'k str, Uuid>);

impl<'k> Nothing<'k> {
    fn id(&mut self, key: &'k str) -> Uuid {
        let next = self.0.len() as u128 + 1;
        *self.0.entry(key).or_insert(Uuid::from_u128(next))
    }
}

/// An id that is written out, or one that nothing has.
fn person<'k>(text: &'k str, nothing: &mut Nothing<'k>) -> PersonId {
    PersonId(Uuid::try_parse(text).unwrap_or_else(|_no_id| nothing.id(text)))
}

/// Trainees.
pub async fn trainees(ctx: &Ctx, owner: Owner, bytes: &[u8], mode: Mode) -> Result<Tried, Error> {
    let rows = match trainee::read(bytes) {
        Ok(rows) => rows,
        Err(problems) => return Ok(unreadable(Kind::Trainees, bytes, problems)),
    };
    let new: Vec<NewPerson> = rows.into_iter().map(new_person).collect();
    let count = new.len();
    let tried = once(ctx, "person", register_people(ctx, owner.organisation, new, mode)).await;
    settle(Kind::Trainees, count, tried, Vec::new(), |_, _| {})
}

fn new_person(row: TraineeRow) -> NewPerson {
    NewPerson {
        name: row.name,
        name_latin: row.name_latin,
        birth_date: row.birth_date,
        sex: row.sex,
        home_region: row.home_region,
        citizen_number: row.citizen_number,
        phone: row.phone,
        availability: row.wishes.map(wishes),
    }
}

fn wishes(row: WishesRow) -> NewAvailability {
    NewAvailability {
        from: row.from,
        until: row.until,
        regions: row.regions,
        wage_min_minor: row.wage_min_minor,
        shifts: row.shifts,
        dormitory: row.dormitory,
    }
}

/// Claims about skills.
pub async fn skill_claims(ctx: &Ctx, owner: Owner, bytes: &[u8], mode: Mode) -> Result<Tried, Error> {
    let rows = match skill_claim::read(bytes) {
        Ok(rows) => rows,
        Err(problems) => return Ok(unreadable(Kind::SkillClaims, bytes, problems)),
    };
    let skills = skill::find_by_keys(ctx, &keys(rows.iter().map(|row| row.skill.as_str()))).await?;
    let (mut nothing, mut own) = (Nothing::default(), Vec::new());
    let mut new = Vec::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate() {
        let evidence = EvidenceKind::parse(&row.evidence);
        if evidence.is_none() {
            own.push(own_problem(row_of(n), "evidence", "unknown_choice"));
        }
        let decay = row.decay.as_deref().map(DecayClass::parse);
        if decay == Some(None) {
            own.push(own_problem(row_of(n), "decay", "unknown_choice"));
        }
        new.push(NewSkillClaim {
            person: person(&row.person, &mut nothing),
            skill: named(&row.skill, &skills, &mut nothing).into(),
            level: i32::try_from(row.level).unwrap_or(i32::MAX),
            evidence: evidence.unwrap_or(EvidenceKind::Trained),
            achieved_on: row.achieved_on,
            last_used_on: row.last_used_on,
            valid_until: row.valid_until,
            decay: decay.flatten(),
            supersedes: None,
        });
    }
    let (count, mode) = (new.len(), unless_wrong(mode, &own));
    let tried = once(ctx, "skill_claim", record_skill_claims(ctx, Some(owner.organisation), new, mode)).await;
    settle(Kind::SkillClaims, count, tried, own, |_, _| {})
}

/// Keys that are to be looked up; an id is none.
fn keys<'k>(texts: impl Iterator<Item = &'k str>) -> BTreeSet<String> {
    texts.filter(|text| Uuid::try_parse(text).is_err()).map(str::to_owned).collect()
}

/// What a key names, or an id that is written out, or one that nothing has.
fn named<'k, I: Copy + Into<Uuid>>(
    key: &'k str,
    found: &HashMap<String, I>,
    nothing: &mut Nothing<'k>,
) -> Uuid {
    let written = || Uuid::try_parse(key).ok();
    found.get(key).map(|id| (*id).into()).or_else(written).unwrap_or_else(|| nothing.id(key))
}

/// Rosters of joint classes.
pub async fn class_rosters(ctx: &Ctx, owner: Owner, bytes: &[u8], mode: Mode) -> Result<Tried, Error> {
    let rows = match class_roster::read(bytes) {
        Ok(rows) => rows,
        Err(problems) => return Ok(unreadable(Kind::ClassRosters, bytes, problems)),
    };
    let references = rows.iter().map(|row| row.joint_class.clone()).collect();
    let classes = joint_class::find_by_references(ctx, owner.organisation, references).await?;
    let classes: HashMap<String, JointClassId> = classes.into_iter().collect();
    let mut nothing = Nothing::default();
    let mut new = Vec::with_capacity(rows.len());
    for class_roster::ClassRosterRow { joint_class, person: whom } in &rows {
        new.push(NewEnrolment {
            joint_class: named(joint_class, &classes, &mut nothing).into(),
            person: person(whom, &mut nothing),
        });
    }
    let tried = once(ctx, "enrolment", enrol_trainees(ctx, owner.organisation, new, mode)).await;
    settle(Kind::ClassRosters, rows.len(), tried, Vec::new(), |_, _| {})
}

/// Households. An item is a household, which has as many rows as members.
pub async fn households(ctx: &Ctx, owner: Owner, bytes: &[u8], mode: Mode) -> Result<Tried, Error> {
    let households = match household_file::read(bytes) {
        Ok(households) => households,
        Err(problems) => return Ok(unreadable(Kind::Households, bytes, problems)),
    };
    let rows = households.iter().map(|household| household.members.len()).sum();
    let mut nothing = Nothing::default();
    let mut new = Vec::with_capacity(households.len());
    for household in &households {
        let mut members = Vec::with_capacity(household.members.len());
        for member in &household.members {
            members.push(NewMember {
                person: person(&member.person, &mut nothing),
                relation: member.relation.clone(),
                valid_from: member.member_from.unwrap_or(household.registered_on),
            });
        }
        new.push(NewHousehold {
            reference: household.reference.clone(),
            region: household.region.clone(),
            registered_on: household.registered_on,
            members,
        });
    }
    let work = register_households(ctx, owner.organisation, new, mode);
    let tried = match once(ctx, "household", work).await {
        Ok(Made { ids, replayed }) => {
            let ids = ids
                .iter()
                .zip(&households)
                .flat_map(|(id, household)| household.members.iter().map(|member| (member.row, *id)));
            return Ok(Tried { rows, ids: ids.collect(), problems: Vec::new(), replayed });
        }
        Err(error) => error,
    };
    let refine = |pointer: &Pointer<'_>, problem: &mut RowProblem| {
        let Some(household) = households.get(pointer.item) else { return };
        let member = pointer.inner.and_then(|m| household.members.get(m));
        problem.row = Some(member.map_or(household.row, |member| member.row));
        // An empty cell is no date: the day that stands in for it is the household's.
        if member.is_some_and(|member| member.member_from.is_none())
            && problem.column.as_deref() == Some("member_from")
        {
            problem.column = Some("registered_on".to_owned());
            problem.row = Some(household.row);
        }
    };
    let mut problems = told(Kind::Households, households.len(), tried, refine)?;
    problems.sort_by(|a, b| (a.row, &a.column, a.code).cmp(&(b.row, &b.column, b.code)));
    problems.dedup();
    Ok(Tried { rows, problems, ..Tried::default() })
}

/// Vacancies.
pub async fn vacancies(ctx: &Ctx, owner: Owner, bytes: &[u8], mode: Mode) -> Result<Tried, Error> {
    let rows = match vacancy_file::read(bytes) {
        Ok(rows) => rows,
        Err(problems) => return Ok(unreadable(Kind::Vacancies, bytes, problems)),
    };
    let sites = site::find_by_names(ctx, owner.organisation).await?;
    let sites: HashMap<_, _> = sites.into_iter().collect();
    let asked = keys(rows.iter().map(|row| row.occupation.as_str()));
    let occupations = occupation::find_by_keys(ctx, &asked).await?;
    let asked = rows.iter().flat_map(|row| row.requirements.iter().map(|r| r.skill.as_str()));
    let skills = skill::find_by_keys(ctx, &keys(asked)).await?;
    let mut nothing = Nothing::default();
    let mut new = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut requirements = Vec::with_capacity(row.requirements.len());
        for cell in &row.requirements {
            requirements.push(Requirement {
                skill: named(&cell.skill, &skills, &mut nothing).into(),
                essential: cell.essential,
                level: cell.level,
                floor: cell.floor,
                weight: cell.weight,
            });
        }
        new.push(NewVacancy {
            site: named(&row.site, &sites, &mut nothing).into(),
            occupation: named(&row.occupation, &occupations, &mut nothing).into(),
            reference: row.reference.clone(),
            title_zh: row.title_zh.clone(),
            title_en: row.title_en.clone(),
            headcount: i32::try_from(row.headcount).unwrap_or(i32::MAX),
            wage_min_minor: row.wage_min_minor,
            wage_max_minor: row.wage_max_minor,
            starts_on: row.starts_on,
            shifts: row.shifts,
            dormitory: row.dormitory,
            age_min: row.age_min.map(|age| i32::try_from(age).unwrap_or(i32::MAX)),
            requirements,
        });
    }
    let tried = once(ctx, "vacancy", post_vacancies(ctx, owner.organisation, new, mode)).await;
    settle(Kind::Vacancies, rows.len(), tried, Vec::new(), |pointer, problem| {
        let cells = rows.get(pointer.item).map(|row| row.requirements.as_slice()).unwrap_or_default();
        problem.part = pointer.inner.and_then(|n| cells.get(n)).map(|cell| cell.skill.clone());
    })
}

/// Foreign workers.
pub async fn foreign_workers(ctx: &Ctx, owner: Owner, bytes: &[u8], mode: Mode) -> Result<Tried, Error> {
    let port = owner.port.ok_or_else(|| Error::field("port_id", "required"))?;
    let rows = match foreign_worker_file::read(bytes) {
        Ok(rows) => rows,
        Err(problems) => return Ok(unreadable(Kind::ForeignWorkers, bytes, problems)),
    };
    let papers: Vec<Vec<&str>> =
        rows.iter().map(|row| certificates(row).map(|(prefix, _, _)| prefix).collect()).collect();
    let new: Vec<NewForeignWorker> = rows.into_iter().map(new_worker).collect();
    let tried = once(ctx, "person", register_foreign_workers(ctx, owner.organisation, port, new, mode)).await;
    settle(Kind::ForeignWorkers, papers.len(), tried, Vec::new(), |pointer, problem| {
        let Some(("documents", field)) = pointer.field.split_once('/') else { return };
        let prefix = papers.get(pointer.item).and_then(|all| all.get(pointer.inner?));
        let cell = field.split_once('/').map(|(_, cell)| cell);
        problem.column = prefix.zip(cell).map(|(prefix, cell)| format!("{prefix}_{cell}"));
    })
}

/// The certificates of a row: their columns begin with the first, the bundle calls them by the second.
fn certificates(
    row: &foreign_worker_file::ForeignWorkerRow,
) -> impl Iterator<Item = (&'static str, &'static str, &foreign_worker_file::CertificateRow)> {
    [
        ("health", "health_certificate", row.health.as_ref()),
        ("training", "training_certificate", row.training.as_ref()),
    ]
    .into_iter()
    .filter_map(|(prefix, kind, certificate)| Some((prefix, kind, certificate?)))
}

fn new_worker(row: foreign_worker_file::ForeignWorkerRow) -> NewForeignWorker {
    let documents = certificates(&row)
        .map(|(_, kind, certificate)| DocumentContent {
            kind: kind.to_owned(),
            issuer: certificate.issuer.clone(),
            valid_from: certificate.valid_from,
            valid_until: certificate.valid_until,
            verification: certificate.verification.clone(),
        })
        .collect();
    NewForeignWorker {
        name: row.name,
        name_latin: row.name_latin,
        birth_date: row.birth_date,
        sex: row.sex,
        birth_country: row.birth_country,
        home_region: row.home_region,
        travel_document: Some(NewTravelDocument {
            kind: row.document_kind,
            country: row.document_country,
            number: row.document_number,
            valid_from: row.document_valid_from,
            valid_until: row.document_valid_until,
            verification: row.document_verification,
        }),
        nationality: row.nationality.map(|(country, evidence)| NewNationality { country, evidence }),
        documents,
        phone: row.phone,
        availability: row.wishes.map(wishes),
    }
}
