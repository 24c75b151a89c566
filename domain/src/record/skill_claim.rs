//! One claim about one skill, and which of several claims counts.

use crate::base::civil_time::CivilDate;
use crate::base::id::SkillId;

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
