//! A class that a school and a factory run together, and its end.

use crate::base::civil_time::CivilDate;
use crate::base::id::SkillId;
use crate::record::skill_claim::{Claim, DecayClass, EvidenceKind};

/// The most seats that a class may have.
pub const SEATS_MAX: i32 = 500;

/// Where an enrolment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnrolmentStatus {
    /// In the class.
    Enrolled,
    /// Finished it.
    Finished,
    /// Left it.
    Withdrawn,
}

impl EnrolmentStatus {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::Finished => "finished",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The status of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Enrolled, Self::Finished, Self::Withdrawn].into_iter().find(|s| s.code() == code)
    }
}

/// A skill that the class teaches, to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Module {
    /// Which skill.
    pub skill: SkillId,
    /// To which level.
    pub level: u8,
    /// How it fades.
    pub decay: DecayClass,
}

/// Why somebody cannot be enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrolRefusal {
    /// All seats are taken.
    Full {
        /// How many there are.
        seats: i64,
        /// How many are taken.
        taken: i64,
    },
    /// The class is over.
    Over,
    /// The person is in the class already.
    Already,
}

/// Whether one more person can be enrolled.
///
/// # Errors
/// [`EnrolRefusal`] with the numbers.
pub fn enrol(
    seats: i64,
    taken: i64,
    ends_on: CivilDate,
    today: CivilDate,
    already: bool,
) -> Result<(), EnrolRefusal> {
    if already {
        Err(EnrolRefusal::Already)
    } else if ends_on < today {
        Err(EnrolRefusal::Over)
    } else if taken >= seats {
        Err(EnrolRefusal::Full { seats, taken })
    } else {
        Ok(())
    }
}

/// Why an enrolment cannot be finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishRefusal {
    /// It is finished or withdrawn already.
    WrongStatus(EnrolmentStatus),
    /// The class has not begun on that day.
    NotBegun {
        /// Its first day.
        starts_on: CivilDate,
    },
}

/// Finishing a class: one claim of kind *trained* a module, reached on the day of finishing.
///
/// # Errors
/// [`FinishRefusal`] when the enrolment is not open or the class has not begun.
pub fn finish(
    status: EnrolmentStatus,
    starts_on: CivilDate,
    modules: &[Module],
    on: CivilDate,
) -> Result<Vec<Claim>, FinishRefusal> {
    if status != EnrolmentStatus::Enrolled {
        return Err(FinishRefusal::WrongStatus(status));
    }
    if on < starts_on {
        return Err(FinishRefusal::NotBegun { starts_on });
    }
    let claim = |module: &Module| Claim {
        skill: module.skill,
        level: module.level,
        evidence: EvidenceKind::Trained,
        achieved_on: on,
        last_used_on: on,
        valid_until: None,
        decay: module.decay,
    };
    Ok(modules.iter().map(claim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_class_says_how_full_and_an_old_one_that_it_is_over() {
        let day = |d| CivilDate::from_ymd_opt(2026, 11, d).unwrap();
        assert_eq!(enrol(30, 30, day(30), day(1), false), Err(EnrolRefusal::Full { seats: 30, taken: 30 }));
        assert_eq!(enrol(30, 29, day(30), day(30), false), Ok(()));
        assert_eq!(enrol(30, 0, day(29), day(30), false), Err(EnrolRefusal::Over));
        assert_eq!(enrol(30, 0, day(30), day(1), true), Err(EnrolRefusal::Already));
    }

    #[test]
    fn a_class_can_be_finished_once() {
        let day = CivilDate::from_ymd_opt(2026, 11, 1).unwrap();
        let finished = EnrolmentStatus::Finished;
        assert_eq!(finish(finished, day, &[], day), Err(FinishRefusal::WrongStatus(finished)));
    }
}
