//! Recording and reading what people can do.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::{EnrolmentId, OrganisationId, PersonId, SkillClaimId, SkillId};
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::record::skill_claim::{
    self as rule, Claim, CorrectionProblem, DecayClass, EvidenceKind, Problem, Standing, VoucherProblem,
};
use uuid::Uuid;

use crate::entity::record::skill_claim;
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field};
use crate::store::person::person;
use crate::store::record::skill_claim as store;
use crate::store::taxonomy::skill as skill_store;
use crate::store::{Tx, error::Error as StoreError};
use crate::words::Arg;

/// A claim to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSkillClaim {
    /// Whose skill.
    pub person: PersonId,
    /// Which skill.
    pub skill: SkillId,
    /// 0 (known to be absent) to 7.
    pub level: i32,
    /// Who stands behind it.
    pub evidence: EvidenceKind,
    /// When the level was reached.
    pub achieved_on: CivilDate,
    /// When the skill was last used; the day it was reached where nobody says more.
    pub last_used_on: Option<CivilDate>,
    /// Last day of validity, if there is one.
    pub valid_until: Option<CivilDate>,
    /// How it fades; as the skill's framework says where nobody says more.
    pub decay: Option<DecayClass>,
    /// The claim that this one corrects or renews.
    pub supersedes: Option<SkillClaimId>,
}

/// A recorded claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillClaimView {
    /// Which claim.
    pub id: SkillClaimId,
    /// Whose skill.
    pub person: PersonId,
    /// Which skill.
    pub skill: SkillId,
    /// 0 to 7.
    pub level: u8,
    /// Who stands behind it.
    pub evidence: EvidenceKind,
    /// When the level was reached.
    pub achieved_on: CivilDate,
    /// When the skill was last used, if recorded.
    pub last_used_on: Option<CivilDate>,
    /// Last day of validity, if there is one.
    pub valid_until: Option<CivilDate>,
    /// How it fades.
    pub decay: DecayClass,
    /// `active`, `suspended` or `revoked`.
    pub status: String,
    /// Who vouches; none for the person's own word.
    pub organisation: Option<OrganisationId>,
    /// The enrolment that it was finished with.
    pub enrolment: Option<EnrolmentId>,
    /// The claim that it took the place of.
    pub supersedes: Option<SkillClaimId>,
    /// Whether a later claim took its place.
    pub superseded: bool,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// Records claims: in an organisation's name about people tied to it, or, without one, as people's own word
/// about themselves.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row; a person out of reach is `unknown_person`.
pub async fn record_skill_claims(
    ctx: &Ctx,
    organisation: Option<OrganisationId>,
    new: Vec<NewSkillClaim>,
    mode: Mode,
) -> Result<Vec<SkillClaimId>, Error> {
    ctx.require(act::RecordSkillClaim::ACTION)?;
    batch::check_size(new.len())?;
    let skills: BTreeSet<Uuid> = new.iter().map(|claim| claim.skill.0).collect();
    let decay_classes = skill_store::decay_classes(ctx.app.db.reader(), &skills).await?;
    let mut problems = Vec::new();
    for (n, claim) in new.iter().enumerate() {
        check(&mut problems, n, claim, organisation, ctx.today());
        if !decay_classes.contains_key(&claim.skill.0) {
            problems.push(Field::new(format!("/{n}/skill"), "unknown_skill"));
        }
    }
    let tx = ctx.write_tx().await?;
    let grants = judge(ctx, &tx, organisation, &new, &mut problems).await?;
    check_corrections(&tx, organisation, &new, &mut problems).await?;
    batch::settle(new.len(), problems, &["claim_superseded_before"])?;
    let rows: Vec<skill_claim::Model> = new
        .iter()
        .map(|claim| {
            let decay = claim.decay.or_else(|| default_decay(&decay_classes, claim.skill));
            row(ctx, claim, organisation, decay.unwrap_or(DecayClass::Mixed))
        })
        .collect();
    let ids: Vec<SkillClaimId> = rows.iter().map(|row| SkillClaimId(row.id)).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.person_id, row));
    store::insert_all(&tx, &grants, rows).await?;
    let resource = match (organisation, new.first()) {
        (Some(organisation), _) => ("organisation", organisation.0),
        (None, first) => ("person", first.map_or(Uuid::nil(), |claim| claim.person.0)),
    };
    ctx.record_changes(&tx, act::RecordSkillClaim::ACTION, resource, &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

/// What a skill's framework says about how it fades.
pub(crate) fn default_decay(classes: &BTreeMap<Uuid, Option<String>>, skill: SkillId) -> Option<DecayClass> {
    classes.get(&skill.0).and_then(Option::as_deref).and_then(DecayClass::parse)
}

/// Checks one row alone.
fn check(
    problems: &mut Vec<Field>,
    n: usize,
    new: &NewSkillClaim,
    organisation: Option<OrganisationId>,
    today: CivilDate,
) {
    let mut wrong = |field: Field| problems.push(field);
    let at = |field: &str| format!("/{n}/{field}");
    match rule::check_voucher(new.evidence, organisation) {
        Ok(()) => {}
        Err(VoucherProblem::OwnByOrganisation) => wrong(Field::new(at("evidence"), "evidence_own_word")),
        Err(VoucherProblem::OthersByOneself) => wrong(Field::new(at("evidence"), "evidence_only_own_word")),
    }
    let claim = Claim {
        skill: new.skill,
        level: u8::try_from(new.level).unwrap_or(u8::MAX),
        evidence: new.evidence,
        achieved_on: new.achieved_on,
        last_used_on: new.last_used_on.unwrap_or(new.achieved_on),
        valid_until: new.valid_until,
        decay: DecayClass::Mixed,
    };
    for problem in rule::check(&claim, today).err().unwrap_or_default() {
        wrong(match problem {
            Problem::Level { level_max } => Field::new(at("level"), "level_off_scale")
                .with("min", Arg::Int(0))
                .with("max", Arg::Int(level_max.into())),
            Problem::AchievedInFuture => Field::new(at("achieved_on"), "in_future"),
            // Without a day of its own it is the day on which the level was reached, which was told above.
            Problem::LastUsed if new.last_used_on.is_none() => continue,
            Problem::LastUsed => Field::new(at("last_used_on"), "last_used_out_of_range"),
            Problem::ValidUntil => Field::new(at("valid_until"), "before_start"),
        });
    }
}

/// A grant for each person. Who vouches must be tied to the person; without a voucher it must be oneself.
async fn judge(
    ctx: &Ctx,
    tx: &Tx,
    organisation: Option<OrganisationId>,
    new: &[NewSkillClaim],
    problems: &mut Vec<Field>,
) -> Result<Vec<Grant<act::RecordSkillClaim>>, Error> {
    let people: BTreeSet<PersonId> = new.iter().map(|claim| claim.person).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let mut grants = BTreeMap::new();
    for target in person::targets(tx.conn(), &people, ctx.today()).await? {
        let target = match organisation {
            Some(organisation) if !target.tied.contains(&organisation) => continue,
            Some(organisation) => Target { tied: vec![organisation], person: None, ..target },
            None => Target { tied: Vec::new(), ..target },
        };
        match ctx.authorise::<act::RecordSkillClaim>(&target) {
            Ok(grant) => grants.insert(PersonId(target.id), grant),
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
    }
    for (n, claim) in new.iter().enumerate() {
        if !grants.contains_key(&claim.person) {
            problems.push(Field::new(format!("/{n}/person"), "unknown_person"));
        } else if organisation.is_some() && ctx.actor.is_or_guards(claim.person) {
            // Nobody vouches for themself, nor for whom they act for.
            problems.push(Field::new(format!("/{n}/person"), "about_oneself"));
        }
    }
    Ok(grants.into_values().collect())
}

async fn check_corrections(
    tx: &Tx,
    organisation: Option<OrganisationId>,
    new: &[NewSkillClaim],
    problems: &mut Vec<Field>,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = new.iter().filter_map(|claim| claim.supersedes).map(|id| id.0).collect();
    let old = store::find_superseded(tx, &ids).await?;
    let mut corrected = BTreeSet::new();
    for (n, claim) in new.iter().enumerate() {
        let Some(id) = claim.supersedes else { continue };
        let standing = Standing { person: claim.person, skill: claim.skill, voucher: organisation };
        let code = match old.get(&id.0) {
            None => Some("unknown_skill_claim"),
            Some(_) if !corrected.insert(id) => Some("doubled"),
            Some((row, superseded)) => {
                rule::check_correction(standing_of(row), *superseded, standing).err().map(|p| match p {
                    // Whether there is such a claim of somebody else is not told.
                    CorrectionProblem::AboutSomethingElse => "unknown_skill_claim",
                    CorrectionProblem::OtherVoucher => "other_voucher",
                    CorrectionProblem::SupersededBefore => "claim_superseded_before",
                })
            }
        };
        problems.extend(code.map(|code| Field::new(format!("/{n}/supersedes"), code)));
    }
    Ok(())
}

fn standing_of(row: &skill_claim::Model) -> Standing {
    Standing {
        person: PersonId(row.person_id),
        skill: SkillId(row.skill_id),
        voucher: row.organisation_id.map(OrganisationId),
    }
}

fn row(
    ctx: &Ctx,
    new: &NewSkillClaim,
    organisation: Option<OrganisationId>,
    decay: DecayClass,
) -> skill_claim::Model {
    skill_claim::Model {
        id: ctx.app.random.secret_id(),
        person_id: new.person.0,
        skill_id: new.skill.0,
        level: new.level,
        evidence: new.evidence.code().to_owned(),
        achieved_on: new.achieved_on,
        last_used_on: new.last_used_on,
        valid_until: new.valid_until,
        decay_class: decay.code().to_owned(),
        status: "active".to_owned(),
        organisation_id: organisation.map(Uuid::from),
        enrolment_id: None,
        supersedes_id: new.supersedes.map(Uuid::from),
        recorded_at: ctx.now(),
    }
}

/// A person's claims: those that stand, or with `history` all that were ever recorded. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list_skill_claims(
    ctx: &Ctx,
    person: PersonId,
    history: bool,
    request: PageRequest,
) -> Result<Page<SkillClaimView>, Error> {
    let scope = ctx.scope::<act::ReadSkillClaim>()?;
    let db = ctx.app.db.reader();
    person::get(db, &scope, person, ctx.today()).await?;
    let page = store::list(db, &scope, person, history, ctx.today(), request).await?;
    ctx.record_reading(act::ReadSkillClaim::ACTION, ("person", person.0), &[person]).await?;
    let items = page.items.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
    Ok(Page { items, next: page.next, total: page.total })
}

fn view((row, superseded): (skill_claim::Model, bool)) -> Result<SkillClaimView, StoreError> {
    Ok(SkillClaimView {
        id: SkillClaimId(row.id),
        person: PersonId(row.person_id),
        skill: SkillId(row.skill_id),
        level: u8::try_from(row.level).map_err(|_range| StoreError::Corrupt("skill_claim.level"))?,
        evidence: EvidenceKind::parse(&row.evidence).ok_or(StoreError::Corrupt("skill_claim.evidence"))?,
        achieved_on: row.achieved_on,
        last_used_on: row.last_used_on,
        valid_until: row.valid_until,
        decay: DecayClass::parse(&row.decay_class).ok_or(StoreError::Corrupt("skill_claim.decay_class"))?,
        status: row.status,
        organisation: row.organisation_id.map(OrganisationId),
        enrolment: row.enrolment_id.map(EnrolmentId),
        supersedes: row.supersedes_id.map(SkillClaimId),
        superseded,
        recorded_at: row.recorded_at,
    })
}
