//! What people can do, by whose word and since when.

use ballast_domain::base::id::{PersonId, SkillClaimId, SkillId};
use ballast_domain::identity::policy::Action;
use ballast_domain::record::skill_claim::{DecayClass, EvidenceKind};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit};
use crate::api::{Tag, page};
use crate::http::answer::Created;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_address};
use crate::service::once;
use crate::service::record::skill_claim::{self as claims, NewSkillClaim, SkillClaimView};

/// Skill claims.
pub struct SkillClaimApi;

/// Who stands behind a claim.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
pub enum SkillEvidence {
    /// The person's own word.
    #[oai(rename = "self")]
    Own,
    /// A class was finished.
    Trained,
    /// Seen at work.
    Observed,
    /// Examined.
    Assessed,
    /// Certified by an issuer.
    Certified,
}

/// How a skill fades without use.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
pub enum SkillDecay {
    /// Doing it right: half-life 6.5 months.
    Accuracy,
    /// Doing it fast: half-life 13 months.
    Speed,
    /// Both: half-life 11 months.
    Mixed,
}

/// A claim to record. A school vouches for people tied to it with any evidence but `self`; a person gives
/// their own word with `self`.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct SkillClaimInput {
    /// Id of the skill.
    skill: Uuid,
    /// 0 (known to be absent), 1 apprentice, 2 to 6 the national grades 5 to 1, 7 chief technician.
    #[oai(validator(minimum(value = "0"), maximum(value = "7")))]
    level: i32,
    /// Who stands behind it.
    evidence: SkillEvidence,
    /// When the level was reached.
    achieved_on: chrono::NaiveDate,
    /// When the skill was last used; the day it was reached where nothing is said.
    last_used_on: Option<chrono::NaiveDate>,
    /// Last day of validity, if there is one.
    valid_until: Option<chrono::NaiveDate>,
    /// How it fades; as the skill's classification says where nothing is said.
    decay: Option<SkillDecay>,
    /// Id of the claim about the same skill that this one corrects or renews.
    supersedes: Option<Uuid>,
}

/// A recorded claim.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct SkillClaim {
    /// Id.
    id: Uuid,
    /// Id of the person.
    person: Uuid,
    /// Id of the skill.
    skill: Uuid,
    /// 0 to 7.
    level: u8,
    /// Who stands behind it.
    evidence: SkillEvidence,
    /// When the level was reached.
    achieved_on: chrono::NaiveDate,
    /// When the skill was last used, if recorded.
    last_used_on: Option<chrono::NaiveDate>,
    /// Last day of validity, if there is one.
    valid_until: Option<chrono::NaiveDate>,
    /// How it fades.
    decay: SkillDecay,
    /// `active`, `suspended` or `revoked`.
    status: String,
    /// Id of the organisation that vouches; absent for the person's own word.
    organisation: Option<Uuid>,
    /// Id of the enrolment that was finished with it.
    enrolment: Option<Uuid>,
    /// Id of the claim that it took the place of.
    supersedes: Option<Uuid>,
    /// Whether a later claim took its place.
    superseded: bool,
    /// When it was recorded (UTC).
    recorded_at: chrono::DateTime<chrono::Utc>,
}

/// A page of claims.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct SkillClaimList {
    /// The claims.
    items: Vec<SkillClaim>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// The id of the recorded claim.
#[derive(Debug, Object)]
struct SkillClaimCreated {
    /// Id.
    id: Uuid,
}

#[OpenApi(prefix_path = "/people", tag = "Tag::Record")]
impl SkillClaimApi {
    /// List what a person can do
    ///
    /// The claims that stand: neither superseded nor revoked. The reading is logged.
    #[oai(path = "/:id/skill-claims", method = "get", operation_id = "list_skill_claims")]
    async fn list(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// Whether superseded and revoked claims are listed too.
        history: Query<Option<bool>>,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<SkillClaimList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let history = history.0.unwrap_or(false);
        let page = claims::list_skill_claims(caller.ctx(), PersonId(id.0), history, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(SkillClaimList {
            items: page.items.into_iter().map(SkillClaim::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Record what a person can do
    ///
    /// Claims are never changed: a correction is a new claim that supersedes one.
    #[oai(path = "/:id/skill-claims", method = "post", operation_id = "create_skill_claim")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<SkillClaimInput>,
    ) -> Result<Created<SkillClaimCreated>, Problem> {
        let ctx = caller.ctx();
        let person = PersonId(id.0);
        // Who also works for a school still speaks for themselves about themselves.
        let own_word = body.0.evidence == SkillEvidence::Own && ctx.actor.is_person(person);
        let organisation =
            if own_word { None } else { ctx.actor.acting_organisation(Action::RecordSkillClaim) };
        let new = vec![body.0.about(person)];
        let work = claims::record_skill_claims(ctx, organisation, new, Mode::Commit);
        let made = once(ctx, "skill_claim", work).await;
        let made = made.map_err(|error| of_address(error, "/person", "unknown_person"))?;
        Ok(Created { body: SkillClaimCreated { id: made.one()? }, replayed: made.replayed })
    }
}

impl SkillClaimInput {
    fn about(self, person: PersonId) -> NewSkillClaim {
        NewSkillClaim {
            person,
            skill: SkillId(self.skill),
            level: self.level,
            evidence: self.evidence.into(),
            achieved_on: self.achieved_on,
            last_used_on: self.last_used_on,
            valid_until: self.valid_until,
            decay: self.decay.map(DecayClass::from),
            supersedes: self.supersedes.map(SkillClaimId),
        }
    }
}

impl From<SkillEvidence> for EvidenceKind {
    fn from(kind: SkillEvidence) -> Self {
        match kind {
            SkillEvidence::Own => Self::Own,
            SkillEvidence::Trained => Self::Trained,
            SkillEvidence::Observed => Self::Observed,
            SkillEvidence::Assessed => Self::Assessed,
            SkillEvidence::Certified => Self::Certified,
        }
    }
}

impl From<EvidenceKind> for SkillEvidence {
    fn from(kind: EvidenceKind) -> Self {
        match kind {
            EvidenceKind::Own => Self::Own,
            EvidenceKind::Trained => Self::Trained,
            EvidenceKind::Observed => Self::Observed,
            EvidenceKind::Assessed => Self::Assessed,
            EvidenceKind::Certified => Self::Certified,
        }
    }
}

impl From<SkillDecay> for DecayClass {
    fn from(class: SkillDecay) -> Self {
        match class {
            SkillDecay::Accuracy => Self::Accuracy,
            SkillDecay::Speed => Self::Speed,
            SkillDecay::Mixed => Self::Mixed,
        }
    }
}

impl From<DecayClass> for SkillDecay {
    fn from(class: DecayClass) -> Self {
        match class {
            DecayClass::Accuracy => Self::Accuracy,
            DecayClass::Speed => Self::Speed,
            DecayClass::Mixed => Self::Mixed,
        }
    }
}

impl From<SkillClaimView> for SkillClaim {
    fn from(view: SkillClaimView) -> Self {
        Self {
            id: view.id.0,
            person: view.person.0,
            skill: view.skill.0,
            level: view.level,
            evidence: view.evidence.into(),
            achieved_on: view.achieved_on,
            last_used_on: view.last_used_on,
            valid_until: view.valid_until,
            decay: view.decay.into(),
            status: view.status,
            organisation: view.organisation.map(Uuid::from),
            enrolment: view.enrolment.map(Uuid::from),
            supersedes: view.supersedes.map(Uuid::from),
            superseded: view.superseded,
            recorded_at: view.recorded_at,
        }
    }
}
