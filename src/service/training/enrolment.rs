//! Enrolling people in joint classes, and the end of it. Finishing writes what a class proves into the
//! person's record in the same transaction. A factory gets no tie to a person from a class.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{EnrolmentId, JointClassId, OrganisationId, PersonId, SkillClaimId, SkillId};
use ballast_domain::exchange::notification::Kind;
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::record::skill_claim::{Claim, DecayClass};
use ballast_domain::training::joint_class::{
    self as rule, ClassStatus, EndRefusal, EnrolRefusal, Enrolled, EnrolmentStatus, Module,
};
use uuid::Uuid;

use crate::entity::record::skill_claim;
use crate::entity::training::{class_module, enrolment, joint_class};
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::exchange::notification::{self, Notice};
use crate::service::page::{Page, PageRequest};
use crate::service::person::person::tie;
use crate::service::record::skill_claim as record;
use crate::service::{Ctx, Error, Field, Seen};
use crate::store::audit::audit_entry::Touch;
use crate::store::person::person;
use crate::store::record::skill_claim as claim_store;
use crate::store::taxonomy::skill as skill_store;
use crate::store::training::{enrolment as store, joint_class as class_store};
use crate::store::{Tx, error::Error as StoreError};
use crate::words::Arg;

/// Codes that are a refusal of a rule, not a wrong field.
const REFUSALS: [&str; 4] = ["already_enrolled", "class_full", "class_over", "enrolment_ended"];

/// Who is to be enrolled where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewEnrolment {
    /// In which class of the school.
    pub joint_class: JointClassId,
    /// Whom: somebody with an open tie to the school.
    pub person: PersonId,
}

/// One line of a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentView {
    /// Which enrolment.
    pub id: EnrolmentId,
    /// In which class.
    pub joint_class: JointClassId,
    /// Who.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// Where it stands.
    pub status: EnrolmentStatus,
    /// First day.
    pub enrolled_on: CivilDate,
    /// The day of finishing or leaving.
    pub ended_on: Option<CivilDate>,
    /// The revision.
    pub revision: i64,
}

type Classes = BTreeMap<Uuid, joint_class::Model>;

/// Enrols people who are tied to a school in its classes. The rows of one batch count together against the
/// seats.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row; [`Error::Refused`] for a single row that a rule
/// refuses: `class_full`, `class_over`, `already_enrolled`.
pub async fn enrol_trainees(
    ctx: &Ctx,
    school: OrganisationId,
    new: Vec<NewEnrolment>,
    mode: Mode,
) -> Result<Vec<EnrolmentId>, Error> {
    ctx.require(act::EnrolTrainee::ACTION)?;
    batch::check_size(new.len())?;
    let today = ctx.today();
    let tx = ctx.write_tx().await?;
    let mut classes = class_store::lock_all(&tx, new.iter().map(|e| e.joint_class.0).collect()).await?;
    classes.retain(|_, class| class.school_id == school.0);
    let grants = grants_for_classes(ctx, &mut classes)?;
    let people = tied_people(ctx, &tx, school, &new).await?;
    let problems = check(&tx, today, &classes, &people, &new).await?;
    batch::settle(new.len(), problems, &REFUSALS)?;

    let status = EnrolmentStatus::Enrolled.code();
    let row = |new: &NewEnrolment| enrolment::Model {
        id: ctx.app.random.secret_id(),
        joint_class_id: new.joint_class.0,
        person_id: new.person.0,
        school_id: school.0,
        status: status.to_owned(),
        enrolled_on: today,
        ended_on: None,
        revision: 1,
    };
    let rows: Vec<enrolment::Model> = new.iter().map(row).collect();
    let ids: Vec<EnrolmentId> = rows.iter().map(|row| EnrolmentId(row.id)).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.person_id, row));
    store::insert_all(&tx, &grants, rows).await?;
    raise_classes(ctx, &tx, &grants, &classes, &mut changes).await?;
    open_ties(ctx, &tx, school, &people, &mut changes).await?;
    ctx.record_changes(&tx, act::EnrolTrainee::ACTION, ("organisation", school.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

/// A grant for every class in reach; the others are taken out.
fn grants_for_classes(ctx: &Ctx, classes: &mut Classes) -> Result<Vec<Grant<act::EnrolTrainee>>, Error> {
    let mut grants = Vec::new();
    let mut hidden = Vec::new();
    for class in classes.values() {
        match ctx.authorise(&target(class.id, class.revision, class.school_id)) {
            Ok(grant) => grants.push(grant),
            Err(Error::NotFound) => hidden.push(class.id),
            Err(error) => return Err(error),
        }
    }
    classes.retain(|id, _| !hidden.contains(id));
    Ok(grants)
}

fn target(id: Uuid, revision: i64, school: Uuid) -> Target {
    Target { id, revision, organisations: vec![OrganisationId(school)], ..Target::default() }
}

/// Those of the people who have an open tie to the school.
async fn tied_people(
    ctx: &Ctx,
    tx: &Tx,
    school: OrganisationId,
    new: &[NewEnrolment],
) -> Result<BTreeSet<PersonId>, Error> {
    let people: BTreeSet<PersonId> = new.iter().map(|e| e.person).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let targets = person::targets(tx.conn(), &people, ctx.today()).await?;
    Ok(targets.into_iter().filter(|t| t.tied.contains(&school)).map(|t| PersonId(t.id)).collect())
}

async fn check(
    tx: &Tx,
    today: CivilDate,
    classes: &Classes,
    people: &BTreeSet<PersonId>,
    new: &[NewEnrolment],
) -> Result<Vec<Field>, Error> {
    let ids: BTreeSet<Uuid> = classes.keys().copied().collect();
    let mut taken: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (class, status, count) in class_store::counts_of(tx.conn(), ids.clone()).await? {
        if status != EnrolmentStatus::Withdrawn.code() {
            *taken.entry(class).or_default() += count;
        }
    }
    let before = store::pairs(tx, &ids, &people.iter().map(|id| id.0).collect()).await?;
    let mut batch = BTreeSet::new();
    let mut problems = Vec::new();
    for (n, row) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        let pair = (row.joint_class.0, row.person.0);
        if !people.contains(&row.person) {
            problems.push(Field::new(at("person"), "unknown_person"));
        } else if !batch.insert(pair) {
            problems.push(Field::new(at("person"), "doubled"));
            continue;
        }
        let Some(class) = classes.get(&row.joint_class.0) else {
            problems.push(Field::new(at("joint_class"), "unknown_joint_class"));
            continue;
        };
        let taken = taken.entry(class.id).or_default();
        let already = before.contains(&pair);
        match rule::enrol(i64::from(class.seats), *taken, class.ends_on, today, already) {
            Ok(()) => *taken += 1,
            Err(EnrolRefusal::Already) => problems.push(Field::new(at("person"), "already_enrolled")),
            Err(EnrolRefusal::Over) => problems.push(
                Field::new(at("joint_class"), "class_over")
                    .with("ends_on", Arg::Text(class.ends_on.to_string())),
            ),
            Err(EnrolRefusal::Full { seats, .. }) => {
                problems.push(Field::new(at("joint_class"), "class_full").with("seats", Arg::Int(seats)))
            }
        }
    }
    Ok(problems)
}

/// Raises the revision of every class that was judged, and says so.
async fn raise_classes(
    ctx: &Ctx,
    tx: &Tx,
    grants: &[Grant<act::EnrolTrainee>],
    classes: &Classes,
    changes: &mut Changes,
) -> Result<(), Error> {
    for grant in grants {
        let class = classes.get(&grant.id()).ok_or(Error::NotFound)?;
        let status = ClassStatus::on(ctx.today(), class.starts_on, class.ends_on);
        class_store::raise_if_unchanged(tx, grant, status.code()).await?;
        changes.touched(Touch { kind: "joint_class", id: grant.id(), revision: grant.revision() + 1 });
    }
    Ok(())
}

/// Opens the school's tie to those who have none by an enrolment yet.
async fn open_ties(
    ctx: &Ctx,
    tx: &Tx,
    school: OrganisationId,
    people: &BTreeSet<PersonId>,
    changes: &mut Changes,
) -> Result<(), Error> {
    let people: Vec<PersonId> = people.iter().copied().collect();
    let open = person::people_with_tie(tx.conn(), school, "enrolment", &people, ctx.today()).await?;
    let open: BTreeSet<PersonId> = open.into_iter().collect();
    let ties: Vec<_> = people
        .iter()
        .filter(|id| !open.contains(id))
        .map(|id| tie(ctx.app.random.secret_id(), school, id.0, "enrolment", ctx.today()))
        .collect();
    for tie in &ties {
        changes.touched(Touch { kind: "person_tie", id: tie.id, revision: 1 });
    }
    Ok(person::insert_ties(tx, ties).await?)
}

/// Enrolments that are to end, with all that decides about it.
struct Ending {
    rows: Vec<enrolment::Model>,
    grants: Vec<Grant<act::EnrolTrainee>>,
    classes: Classes,
    class_grants: Vec<Grant<act::EnrolTrainee>>,
}

impl Ending {
    /// Compares what the caller saw with what was found.
    fn check(&self, seen: &Seen) -> Result<(), Error> {
        self.grants.iter().try_for_each(|grant| seen.check(grant.revision()))
    }
}

/// Finds the enrolments, locks their classes, and judges both. An enrolment out of reach is
/// `unknown_enrolment`.
async fn gather_ending(
    ctx: &Ctx,
    tx: &Tx,
    ids: &[EnrolmentId],
    problems: &mut Vec<Field>,
) -> Result<Ending, Error> {
    let found = store::find_all(tx, ids).await?;
    let mut classes =
        class_store::lock_all(tx, found.values().map(|row| row.joint_class_id).collect()).await?;
    let class_grants = grants_for_classes(ctx, &mut classes)?;
    // Read again under the lock: what was read first only said which classes to lock.
    let mut found = store::find_all(tx, ids).await?;
    let mut ending = Ending { rows: Vec::new(), grants: Vec::new(), classes, class_grants };
    let mut seen = BTreeSet::new();
    for (n, id) in ids.iter().enumerate() {
        if !seen.insert(*id) {
            problems.push(Field::new(format!("/{n}/enrolment"), "doubled"));
            continue;
        }
        let row = found.remove(&id.0).filter(|row| ending.classes.contains_key(&row.joint_class_id));
        let Some(row) = row else {
            problems.push(Field::new(format!("/{n}/enrolment"), "unknown_enrolment"));
            continue;
        };
        ending.grants.push(ctx.authorise(&target(row.id, row.revision, row.school_id))?);
        ending.rows.push(row);
    }
    Ok(ending)
}

fn facts(row: &enrolment::Model, class: &joint_class::Model) -> Result<Enrolled, StoreError> {
    let status = EnrolmentStatus::parse(&row.status).ok_or(StoreError::Corrupt("enrolment.status"))?;
    Ok(Enrolled { status, enrolled_on: row.enrolled_on, starts_on: class.starts_on })
}

fn end_field(n: usize, refusal: EndRefusal) -> Field {
    match refusal {
        EndRefusal::WrongStatus(_) => Field::new(format!("/{n}/enrolment"), "enrolment_ended"),
        EndRefusal::NotBegun { first_day } => Field::new(format!("/{n}/on"), "before_first_day")
            .with("first_day", Arg::Text(first_day.to_string())),
        EndRefusal::InFuture => Field::new(format!("/{n}/on"), "in_future"),
    }
}

/// Finishes enrolments on a day: each writes one *trained* claim a module of its class, for which the school
/// vouches.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Stale`] when one is not at a revision that was seen; [`Error::Refused`]
/// (`enrolment_ended`) for a single one that is over already.
pub async fn finish_enrolments(
    ctx: &Ctx,
    ids: Vec<EnrolmentId>,
    seen: &Seen,
    on: CivilDate,
    mode: Mode,
) -> Result<Vec<SkillClaimId>, Error> {
    ctx.require(act::EnrolTrainee::ACTION)?;
    batch::check_size(ids.len())?;
    let mut problems = Vec::new();
    let tx = ctx.write_tx().await?;
    let ending = gather_ending(ctx, &tx, &ids, &mut problems).await?;
    ending.check(seen)?;
    let modules = modules_of(&tx, &ending.classes).await?;
    let position: BTreeMap<EnrolmentId, usize> = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
    let mut claims = Vec::new();
    for row in &ending.rows {
        let class = ending.classes.get(&row.joint_class_id).ok_or(Error::NotFound)?;
        let taught = modules.get(&class.id).map_or(&[][..], Vec::as_slice);
        match rule::finish(facts(row, class)?, taught, on, ctx.today()) {
            Ok(proved) => claims.extend(proved.iter().map(|claim| claim_row(ctx, row, claim))),
            Err(refusal) => {
                let n = position.get(&EnrolmentId(row.id)).copied().unwrap_or_default();
                problems.push(end_field(n, refusal));
            }
        }
    }
    batch::settle(ids.len(), problems, &REFUSALS)?;
    let claim_ids: Vec<SkillClaimId> = claims.iter().map(|row| SkillClaimId(row.id)).collect();
    let mut changes = Changes::new();
    claims.iter().for_each(|row| changes.created(row.person_id, row));
    claim_store::insert_of_enrolments(&tx, &ending.grants, claims).await?;
    end_all(ctx, &tx, &ending, (EnrolmentStatus::Finished, on), &mut changes).await?;
    let resource = ending.rows.first().map_or(Uuid::nil(), |row| row.school_id);
    ctx.record_changes(&tx, act::EnrolTrainee::ACTION, ("organisation", resource), &changes).await?;
    tell_trainees(ctx, &tx, &ending, &modules).await?;
    batch::finish(tx, mode).await?;
    Ok(claim_ids)
}

/// Tells those trainees who have a login what their record got.
async fn tell_trainees(
    ctx: &Ctx,
    tx: &Tx,
    ending: &Ending,
    modules: &BTreeMap<Uuid, Vec<Module>>,
) -> Result<(), Error> {
    let people: Vec<PersonId> = ending.rows.iter().map(|row| PersonId(row.person_id)).collect();
    let logins = notification::logins_of(tx, &people).await?;
    for row in &ending.rows {
        let Some(users) = logins.get(&PersonId(row.person_id)) else { continue };
        let class = ending.classes.get(&row.joint_class_id).ok_or(Error::NotFound)?;
        let skills = modules.get(&class.id).map_or(0, Vec::len);
        let notice = Notice {
            kind: Kind::EnrolmentFinished,
            args: vec![
                ("reference", Arg::from(class.reference.as_str())),
                ("skills", Arg::Int(i64::try_from(skills).unwrap_or(i64::MAX))),
            ],
            resource: ("joint_class", class.id),
            dedupe_key: format!("finished/{}", row.id),
        };
        notification::notify_in(ctx, tx, users, &notice).await?;
    }
    Ok(())
}

/// Ends an enrolment without finishing: the seat is free again, and the record gets nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] for a day that cannot be; [`Error::Refused`]
/// (`enrolment_ended`).
pub async fn withdraw_enrolment(ctx: &Ctx, id: EnrolmentId, seen: &Seen, on: CivilDate) -> Result<(), Error> {
    ctx.require(act::EnrolTrainee::ACTION)?;
    let mut problems = Vec::new();
    let tx = ctx.write_tx().await?;
    let ending = gather_ending(ctx, &tx, &[id], &mut problems).await?;
    ending.check(seen)?;
    let row = ending.rows.first().ok_or(Error::NotFound)?;
    let class = ending.classes.get(&row.joint_class_id).ok_or(Error::NotFound)?;
    if let Err(refusal) = rule::withdraw(facts(row, class)?, on, ctx.today()) {
        problems.push(end_field(0, refusal));
    }
    batch::settle(1, problems, &REFUSALS).map_err(batch::of_one)?;
    let mut changes = Changes::new();
    end_all(ctx, &tx, &ending, (EnrolmentStatus::Withdrawn, on), &mut changes).await?;
    ctx.record_changes(&tx, act::EnrolTrainee::ACTION, ("enrolment", id.0), &changes).await?;
    Ok(tx.commit().await?)
}

async fn end_all(
    ctx: &Ctx,
    tx: &Tx,
    ending: &Ending,
    (status, on): (EnrolmentStatus, CivilDate),
    changes: &mut Changes,
) -> Result<(), Error> {
    store::end_if_unchanged(tx, &ending.grants, status.code(), on).await?;
    for row in &ending.rows {
        let touch = Touch { kind: "enrolment", id: row.id, revision: row.revision + 1 };
        let after = serde_json::json!({ "ended_on": on.to_string(), "status": status.code() });
        changes.described(row.person_id, touch, serde_json::json!({ "status": row.status }), after);
    }
    raise_classes(ctx, tx, &ending.class_grants, &ending.classes, changes).await
}

/// What each class teaches, and how that fades.
async fn modules_of(tx: &Tx, classes: &Classes) -> Result<BTreeMap<Uuid, Vec<Module>>, Error> {
    let rows = class_store::modules_of(tx.conn(), classes.keys().copied().collect()).await?;
    let skills = rows.values().flatten().map(|row| row.skill_id).collect();
    let decay = skill_store::decay_classes(tx.conn(), &skills).await?;
    let module = |row: class_module::Model| -> Result<Module, StoreError> {
        let skill = SkillId(row.skill_id);
        Ok(Module {
            skill,
            level: u8::try_from(row.level).map_err(|_range| StoreError::Corrupt("class_module.level"))?,
            decay: record::default_decay(&decay, skill).unwrap_or(DecayClass::Mixed),
        })
    };
    rows.into_iter()
        .map(|(class, rows)| Ok((class, rows.into_iter().map(module).collect::<Result<_, StoreError>>()?)))
        .collect()
}

fn claim_row(ctx: &Ctx, enrolment: &enrolment::Model, claim: &Claim) -> skill_claim::Model {
    skill_claim::Model {
        id: ctx.app.random.secret_id(),
        person_id: enrolment.person_id,
        skill_id: claim.skill.0,
        level: claim.level.into(),
        evidence: claim.evidence.code().to_owned(),
        achieved_on: claim.achieved_on,
        last_used_on: Some(claim.last_used_on),
        valid_until: claim.valid_until,
        decay_class: claim.decay.code().to_owned(),
        status: "active".to_owned(),
        organisation_id: Some(enrolment.school_id),
        enrolment_id: Some(enrolment.id),
        supersedes_id: None,
        recorded_at: ctx.now(),
    }
}

/// The roster of a class by name, as far as it is in reach: a school's own classes, those of a bureau's
/// region, oneself. The reading is logged.
///
/// # Errors
/// [`Error::Denied`] for a factory, [`Error::NotFound`].
pub async fn list_enrolments(
    ctx: &Ctx,
    class: JointClassId,
    request: PageRequest,
) -> Result<Page<EnrolmentView>, Error> {
    let scope = ctx.scope::<act::ReadEnrolment>()?;
    let db = ctx.app.db.reader();
    class_store::get(db, &scope, class).await?;
    let page = store::list(db, &scope, class, request).await?;
    let items = page.items.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
    let subjects: Vec<PersonId> = items.iter().map(|line| line.person).collect();
    ctx.record_reading(act::ReadEnrolment::ACTION, ("joint_class", class.0), &subjects).await?;
    Ok(Page { items, next: page.next, total: page.total })
}

fn view((row, name): (enrolment::Model, String)) -> Result<EnrolmentView, StoreError> {
    Ok(EnrolmentView {
        id: EnrolmentId(row.id),
        joint_class: JointClassId(row.joint_class_id),
        person: PersonId(row.person_id),
        name,
        status: EnrolmentStatus::parse(&row.status).ok_or(StoreError::Corrupt("enrolment.status"))?,
        enrolled_on: row.enrolled_on,
        ended_on: row.ended_on,
        revision: row.revision,
    })
}
