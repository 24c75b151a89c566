//! The addends of a score. They sum to it exactly, and each can be redone by hand from its working.
//!
//! There is one rounding place: a skill's product is divided once, downwards, after multiplying.

use crate::base::civil_time::months_between;
use crate::base::id::SkillId;
use crate::matching::candidate::{Candidate, ClassTie};
use crate::matching::filter::known;
use crate::matching::profile::PERMILLE;
use crate::matching::query::{Query, Requirement};
use crate::record::skill_claim::{Claim, EvidenceKind};

/// What an addend is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// One required skill.
    Skill {
        /// Which one.
        skill: SkillId,
        /// Whether it is essential.
        essential: bool,
    },
    /// Certificates for the essential skills.
    Certificate,
    /// How the wish lies to the wage.
    Wage,
    /// Distance or dormitory.
    Place,
    /// Shifts taken.
    Shift,
    /// A joint class of this factory.
    JointClass,
}

/// How an addend was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Working {
    /// points × min(have, need) / need × evidence × decay, the last two per mille, rounded down once.
    Skill {
        /// Points of the skill in this vacancy.
        points_max: u32,
        /// The level held.
        have: u8,
        /// The level asked.
        need: u8,
        /// Who stands behind it.
        evidence: EvidenceKind,
        /// How far that counts.
        evidence_permille: u32,
        /// Whole months since the last use.
        months: u32,
        /// What is left after them.
        decay_permille: u32,
    },
    /// points × part / whole, rounded down.
    Share {
        /// Points for the whole.
        points_max: u32,
        /// How many.
        part: u32,
        /// Of how many.
        whole: u32,
    },
    /// Read from a table of steps.
    Step {
        /// The highest step.
        points_max: u32,
    },
    /// Nothing is known: adds 0, and is not a failure.
    Unknown {
        /// What it could have added.
        points_max: u32,
    },
}

/// One addend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addend {
    /// What it is for.
    pub component: Component,
    /// How it was reached.
    pub working: Working,
    /// What it adds.
    pub points: u32,
}

impl Working {
    /// Does the working again from its own figures; `None` for a step, which only its table can redo.
    #[must_use]
    pub fn redo(self) -> Option<u32> {
        match self {
            Self::Skill { points_max, have, need, evidence_permille, decay_permille, .. } => {
                let product = u64::from(points_max)
                    * u64::from(have.min(need))
                    * u64::from(evidence_permille)
                    * u64::from(decay_permille);
                let divisor = u64::from(need) * u64::from(PERMILLE) * u64::from(PERMILLE);
                product.checked_div(divisor).and_then(|points| u32::try_from(points).ok())
            }
            Self::Share { points_max, part, whole } => (points_max * part).checked_div(whole),
            Self::Step { .. } => None,
            Self::Unknown { .. } => Some(0),
        }
    }
}

/// The part of a skill's product that depends on the claim: level × evidence × decay.
pub(super) fn product(query: &Query<'_>, requirement: &Requirement, claim: &Claim) -> u64 {
    let months = months_between(claim.last_used_on, query.day);
    u64::from(claim.level.min(requirement.level))
        * u64::from(query.profile.evidence(claim.evidence))
        * u64::from(query.profile.decay(claim.decay, months))
}

/// Every addend of a person, in a fixed order. What is not known adds 0.
pub(super) fn addends(query: &Query<'_>, candidate: &Candidate, mut add: impl FnMut(Addend)) {
    let mut certified = 0;
    let mut essentials = 0;
    for (requirement, points_max) in query.requirements() {
        let known = known(query, candidate, requirement);
        if requirement.essential {
            essentials += 1;
            certified += u32::from(known.certified);
        }
        let working = match known.best {
            None => Working::Unknown { points_max },
            Some(claim) => skill_working(query, requirement, points_max, claim),
        };
        let component = Component::Skill { skill: requirement.skill, essential: requirement.essential };
        add(Addend { component, working, points: working.redo().unwrap_or(0) });
    }
    let share = |points_max, part, whole| {
        let working = Working::Share { points_max, part, whole };
        (working, working.redo().unwrap_or(0))
    };
    let (working, points) = share(query.profile.certificate_points, certified, essentials);
    add(Addend { component: Component::Certificate, working, points });
    let (working, points) = wage(query, candidate);
    add(Addend { component: Component::Wage, working, points });
    let (working, points) = place(query, candidate);
    add(Addend { component: Component::Place, working, points });
    let (working, points) = match &candidate.availability {
        None => (Working::Unknown { points_max: query.profile.shift_points }, 0),
        Some(wishes) => {
            let asked = query.vacancy.shifts;
            share(query.profile.shift_points, wishes.shifts.both(asked).count(), asked.count())
        }
    };
    add(Addend { component: Component::Shift, working, points });
    let tie = candidate.classes.iter().filter(|(f, _)| *f == query.vacancy.factory).map(|(_, t)| *t).max();
    let points = match tie {
        None => 0,
        Some(ClassTie::Enrolled) => query.profile.class_points.0,
        Some(ClassTie::Finished) => query.profile.class_points.1,
    };
    let working = Working::Step { points_max: query.profile.class_points_max() };
    add(Addend { component: Component::JointClass, working, points });
}

/// How a claim's points are reached.
pub(super) fn skill_working(
    query: &Query<'_>,
    requirement: &Requirement,
    points_max: u32,
    claim: &Claim,
) -> Working {
    let months = months_between(claim.last_used_on, query.day);
    Working::Skill {
        points_max,
        have: claim.level,
        need: requirement.level,
        evidence: claim.evidence,
        evidence_permille: query.profile.evidence(claim.evidence),
        months,
        decay_permille: query.profile.decay(claim.decay, months),
    }
}

/// The wish as a share of the ceiling, read from the steps. A wish above the ceiling adds nothing.
fn wage(query: &Query<'_>, candidate: &Candidate) -> (Working, u32) {
    let points_max = query.profile.wage_points_max();
    let Some(wish) = candidate.availability.as_ref().and_then(|w| w.wage_min_minor) else {
        return (Working::Unknown { points_max }, 0);
    };
    let ceiling = i128::from(query.vacancy.wage_max_minor);
    let reached = |bp: u32| i128::from(wish) * 10_000 <= ceiling * i128::from(bp);
    let points =
        query.profile.wage_steps.iter().find(|(bp, _)| reached(*bp)).map_or(0, |(_, points)| *points);
    (Working::Step { points_max }, points)
}

/// The better of the distance from home and a dormitory that the person would take.
fn place(query: &Query<'_>, candidate: &Candidate) -> (Working, u32) {
    let points_max = query.profile.place_points_max();
    let distance = candidate.home.map(|home| query.profile.distance(home.distance(&query.vacancy.site)));
    let takes = candidate.availability.as_ref().and_then(|wishes| wishes.dormitory) == Some(true);
    let dormitory = (query.vacancy.dormitory && takes).then_some(query.profile.dormitory_points);
    match distance.max(dormitory) {
        None => (Working::Unknown { points_max }, 0),
        Some(points) => (Working::Step { points_max }, points),
    }
}

/// The score of a person.
#[must_use]
pub fn score(query: &Query<'_>, candidate: &Candidate) -> u32 {
    let mut sum = 0;
    addends(query, candidate, |addend| sum += addend.points);
    sum
}
