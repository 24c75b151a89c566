//! One claim about one skill, and which of several claims counts.

use crate::base::civil_time::CivilDate;
use crate::base::id::{OrganisationId, PersonId, SkillId};

/// The highest level of the product's scale: 0 none, 1 apprentice, 2 to 6 the five national grades from
/// grade 5 up to grade 1, 7 chief technician.
pub const LEVEL_MAX: u8 = 7;

/// Who stands behind a claim, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// The person's own word. It adds points, and proves nothing.
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

impl EvidenceKind {
    /// All kinds, weakest first.
    pub const ALL: [Self; 5] = [Self::Own, Self::Trained, Self::Observed, Self::Assessed, Self::Certified];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Own => "self",
            Self::Trained => "trained",
            Self::Observed => "observed",
            Self::Assessed => "assessed",
            Self::Certified => "certified",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it proves a level to a third party.
    #[must_use]
    pub fn proves(self) -> bool {
        self != Self::Own
    }

    /// Whether it is a formal result, which replaces every claim that is older.
    #[must_use]
    pub fn is_formal(self) -> bool {
        matches!(self, Self::Assessed | Self::Certified)
    }
}

/// How fast a skill fades without use (meta-analysis of 1,344 effects, 2025).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecayClass {
    /// Doing it right: half-life 6.5 months.
    Accuracy,
    /// Doing it fast: half-life 13 months.
    Speed,
    /// Both: half-life 11 months.
    Mixed,
}

impl DecayClass {
    /// All classes.
    pub const ALL: [Self; 3] = [Self::Accuracy, Self::Speed, Self::Mixed];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Speed => "speed",
            Self::Mixed => "mixed",
        }
    }

    /// The class of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }
}

/// A claim that no later one supersedes and nobody has suspended or revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// About which skill.
    pub skill: SkillId,
    /// 0 to [`LEVEL_MAX`]. Level 0 is *known absent*, which is not the same as no claim.
    pub level: u8,
    /// Who stands behind it.
    pub evidence: EvidenceKind,
    /// When it was reached.
    pub achieved_on: CivilDate,
    /// When it was last used; the day it was reached where nobody recorded more.
    pub last_used_on: CivilDate,
    /// Last day of validity, where it has one.
    pub valid_until: Option<CivilDate>,
    /// How it fades.
    pub decay: DecayClass,
}

impl Claim {
    /// Whether the claim stands on a day. Decided at the day of the question: no event marks an expiry.
    #[must_use]
    pub fn stands_on(&self, day: CivilDate) -> bool {
        self.achieved_on <= day && self.valid_until.is_none_or(|until| until >= day)
    }
}

/// Why a claim cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The level is past the scale.
    Level {
        /// The highest level.
        level_max: u8,
    },
    /// It lies in the future.
    AchievedInFuture,
    /// It was last used before it was reached, or will be.
    LastUsed,
    /// It ended before it was reached.
    ValidUntil,
}

/// Checks a claim against the day on which it is recorded.
///
/// # Errors
/// All problems, so that they can be shown at once.
pub fn check(claim: &Claim, today: CivilDate) -> Result<(), Vec<Problem>> {
    let problems: Vec<Problem> = [
        (claim.level > LEVEL_MAX, Problem::Level { level_max: LEVEL_MAX }),
        (claim.achieved_on > today, Problem::AchievedInFuture),
        (claim.last_used_on < claim.achieved_on || claim.last_used_on > today, Problem::LastUsed),
        (claim.valid_until.is_some_and(|until| until < claim.achieved_on), Problem::ValidUntil),
    ]
    .into_iter()
    .filter_map(|(wrong, problem)| wrong.then_some(problem))
    .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Why a claim cannot be recorded in somebody's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoucherProblem {
    /// An organisation cannot give a person's own word.
    OwnByOrganisation,
    /// A person cannot vouch for themselves as somebody else.
    OthersByOneself,
}

/// Whose name may stand under which kind: an organisation vouches for all but a person's own word, and a
/// person gives nothing else.
///
/// # Errors
/// [`VoucherProblem`].
pub fn check_voucher(evidence: EvidenceKind, voucher: Option<OrganisationId>) -> Result<(), VoucherProblem> {
    match (voucher, evidence.proves()) {
        (Some(_), false) => Err(VoucherProblem::OwnByOrganisation),
        (None, true) => Err(VoucherProblem::OthersByOneself),
        (Some(_), true) | (None, false) => Ok(()),
    }
}

/// What a claim is about, and who stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose skill.
    pub person: PersonId,
    /// Which skill.
    pub skill: SkillId,
    /// Who vouches; none for the person's own word.
    pub voucher: Option<OrganisationId>,
}

/// Why a claim cannot take the place of an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionProblem {
    /// The older one is about another person or another skill.
    AboutSomethingElse,
    /// Somebody else stands behind the older one: only who said it can take it back.
    OtherVoucher,
    /// Another claim took its place before.
    SupersededBefore,
}

/// Whether a claim may take the place of an older one.
///
/// # Errors
/// [`CorrectionProblem`].
pub fn check_correction(old: Standing, superseded: bool, new: Standing) -> Result<(), CorrectionProblem> {
    if old.person != new.person || old.skill != new.skill {
        Err(CorrectionProblem::AboutSomethingElse)
    } else if old.voucher != new.voucher {
        Err(CorrectionProblem::OtherVoucher)
    } else if superseded {
        Err(CorrectionProblem::SupersededBefore)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn standing(person: u128, skill: u128, voucher: Option<u128>) -> Standing {
        Standing {
            person: PersonId(Uuid::from_u128(person)),
            skill: SkillId(Uuid::from_u128(skill)),
            voucher: voucher.map(|n| OrganisationId(Uuid::from_u128(n))),
        }
    }

    #[test]
    fn a_school_never_gives_a_persons_own_word_and_a_person_gives_no_other() {
        let school = Some(OrganisationId(Uuid::from_u128(1)));
        for kind in EvidenceKind::ALL {
            let own = kind == EvidenceKind::Own;
            assert_eq!(check_voucher(kind, school).is_ok(), !own, "{kind:?}");
            assert_eq!(check_voucher(kind, None).is_ok(), own, "{kind:?}");
        }
    }

    #[test]
    fn a_correction_stays_with_the_person_the_skill_and_who_said_it() {
        let old = standing(1, 2, Some(3));
        let check = |new, superseded| check_correction(old, superseded, new);
        assert_eq!(check(old, false), Ok(()));
        assert_eq!(check(old, true), Err(CorrectionProblem::SupersededBefore));
        assert_eq!(check(standing(9, 2, Some(3)), false), Err(CorrectionProblem::AboutSomethingElse));
        assert_eq!(check(standing(1, 9, Some(3)), false), Err(CorrectionProblem::AboutSomethingElse));
        assert_eq!(check(standing(1, 2, Some(9)), false), Err(CorrectionProblem::OtherVoucher));
        assert_eq!(check(standing(1, 2, None), false), Err(CorrectionProblem::OtherVoucher));
    }

    #[test]
    fn all_that_is_wrong_with_a_claim_is_said_at_once() {
        let day = |d| CivilDate::from_ymd_opt(2026, 11, d).unwrap();
        let claim = Claim {
            skill: SkillId(Uuid::from_u128(1)),
            level: LEVEL_MAX + 1,
            evidence: EvidenceKind::Own,
            achieved_on: day(20),
            last_used_on: day(19),
            valid_until: Some(day(18)),
            decay: DecayClass::Mixed,
        };
        let problems = check(&claim, day(10)).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
        let sound = Claim { level: LEVEL_MAX, last_used_on: day(20), valid_until: None, ..claim };
        assert_eq!(check(&sound, day(20)), Ok(()));
    }
}
