//! A class that a school and a factory run together, and its end.

use std::collections::BTreeSet;

use crate::base::civil_time::CivilDate;
use crate::base::id::SkillId;
use crate::record::skill_claim::{Claim, DecayClass, EvidenceKind, LEVEL_MAX};
use crate::training::agreement::Term;

/// The most seats that a class may have.
pub const SEATS_MAX: i32 = 500;
/// The most modules that a class may have.
pub const MODULES_MAX: usize = 40;
/// The most taught hours of one module.
pub const MODULE_HOURS_MAX: i32 = 5_000;

/// Where a class stands. Decided by its days at the day of the question: no event marks a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClassStatus {
    /// It has not begun.
    Planned,
    /// It runs.
    Running,
    /// It is over.
    Finished,
}

impl ClassStatus {
    /// The status of a class on a day.
    #[must_use]
    pub fn on(day: CivilDate, starts_on: CivilDate, ends_on: CivilDate) -> Self {
        if day < starts_on {
            Self::Planned
        } else if day <= ends_on {
            Self::Running
        } else {
            Self::Finished
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Finished => "finished",
        }
    }
}

/// A skill that a class is to teach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedModule {
    /// Which skill.
    pub skill: SkillId,
    /// To which level, 1 to [`LEVEL_MAX`].
    pub level: i32,
    /// Taught hours, 1 to [`MODULE_HOURS_MAX`].
    pub hours: i32,
}

/// A class that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// First day.
    pub starts_on: CivilDate,
    /// Last day.
    pub ends_on: CivilDate,
    /// 1 to [`SEATS_MAX`].
    pub seats: i32,
    /// What it teaches.
    pub modules: Vec<PlannedModule>,
}

/// Why a class cannot be opened. A module is named by its place in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanProblem {
    /// It ends before it begins.
    EndsBeforeStart,
    /// It has days outside the agreement.
    OutsideAgreement(Term),
    /// It has no seat, or too many.
    Seats {
        /// The most.
        seats_max: i32,
    },
    /// It teaches nothing: finishing it would prove nothing.
    NoModule,
    /// It has too many modules.
    TooManyModules {
        /// The most.
        modules_max: usize,
    },
    /// A module's level is off the scale.
    Level {
        /// Which module.
        module: usize,
        /// The highest.
        level_max: u8,
    },
    /// A module's hours are none or too many.
    Hours {
        /// Which module.
        module: usize,
        /// The most.
        hours_max: i32,
    },
    /// A module's skill is taught by an earlier module.
    DoubledSkill {
        /// Which module.
        module: usize,
    },
}

/// Checks a class against its agreement; without one (it is unknown) only what the class says itself.
#[must_use]
pub fn check_plan(plan: &Plan, agreement: Option<Term>) -> Vec<PlanProblem> {
    let mut problems = Vec::new();
    if plan.ends_on < plan.starts_on {
        problems.push(PlanProblem::EndsBeforeStart);
    } else if let Some(term) = agreement.filter(|term| !term.holds(plan.starts_on, plan.ends_on)) {
        problems.push(PlanProblem::OutsideAgreement(term));
    }
    if !(1..=SEATS_MAX).contains(&plan.seats) {
        problems.push(PlanProblem::Seats { seats_max: SEATS_MAX });
    }
    if plan.modules.is_empty() {
        problems.push(PlanProblem::NoModule);
    }
    if plan.modules.len() > MODULES_MAX {
        problems.push(PlanProblem::TooManyModules { modules_max: MODULES_MAX });
        return problems;
    }
    let mut taught = BTreeSet::new();
    for (module, planned) in plan.modules.iter().enumerate() {
        if !(1..=i32::from(LEVEL_MAX)).contains(&planned.level) {
            problems.push(PlanProblem::Level { module, level_max: LEVEL_MAX });
        }
        if !(1..=MODULE_HOURS_MAX).contains(&planned.hours) {
            problems.push(PlanProblem::Hours { module, hours_max: MODULE_HOURS_MAX });
        }
        if !taught.insert(planned.skill) {
            problems.push(PlanProblem::DoubledSkill { module });
        }
    }
    problems
}

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

/// Why an enrolment cannot be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRefusal {
    /// It is finished or withdrawn already.
    WrongStatus(EnrolmentStatus),
    /// It, or what it is to end, has not begun on that day.
    NotBegun {
        /// The first possible day.
        first_day: CivilDate,
    },
    /// The day is still to come.
    InFuture,
}

/// Whether an enrolment can end on a day, of which `first_day` is the first possible.
fn end(
    status: EnrolmentStatus,
    first_day: CivilDate,
    on: CivilDate,
    today: CivilDate,
) -> Result<(), EndRefusal> {
    if status != EnrolmentStatus::Enrolled {
        Err(EndRefusal::WrongStatus(status))
    } else if on < first_day {
        Err(EndRefusal::NotBegun { first_day })
    } else if on > today {
        Err(EndRefusal::InFuture)
    } else {
        Ok(())
    }
}

/// An enrolment as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Where it stands.
    pub status: EnrolmentStatus,
    /// Its first day.
    pub enrolled_on: CivilDate,
    /// The first day of the class.
    pub starts_on: CivilDate,
}

/// Leaving a class, before it begins or during it.
///
/// # Errors
/// [`EndRefusal`].
pub fn withdraw(enrolled: Enrolled, on: CivilDate, today: CivilDate) -> Result<(), EndRefusal> {
    end(enrolled.status, enrolled.enrolled_on, on, today)
}

/// Finishing a class: one claim of kind *trained* a module, reached on the day of finishing.
///
/// # Errors
/// [`EndRefusal`] when the enrolment is not open, the class or the enrolment has not begun on that day, or
/// the day is still to come.
pub fn finish(
    enrolled: Enrolled,
    modules: &[Module],
    on: CivilDate,
    today: CivilDate,
) -> Result<Vec<Claim>, EndRefusal> {
    end(enrolled.status, enrolled.enrolled_on.max(enrolled.starts_on), on, today)?;
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

    fn day(d: u32) -> CivilDate {
        CivilDate::from_ymd_opt(2026, 11, d).unwrap()
    }

    fn skill(n: u128) -> SkillId {
        SkillId(uuid::Uuid::from_u128(n))
    }

    const OPEN: EnrolmentStatus = EnrolmentStatus::Enrolled;

    #[test]
    fn a_class_can_be_finished_once() {
        for status in [EnrolmentStatus::Finished, EnrolmentStatus::Withdrawn] {
            let ended = Enrolled { status, enrolled_on: day(1), starts_on: day(1) };
            assert_eq!(finish(ended, &[], day(1), day(1)), Err(EndRefusal::WrongStatus(status)));
            assert_eq!(withdraw(ended, day(1), day(1)), Err(EndRefusal::WrongStatus(status)));
        }
    }

    #[test]
    fn finishing_writes_a_trained_claim_a_module() {
        let modules =
            [(1, 3), (2, 4)].map(|(n, level)| Module { skill: skill(n), level, decay: DecayClass::Speed });
        let enrolled = Enrolled { status: OPEN, enrolled_on: day(3), starts_on: day(2) };
        let claims = finish(enrolled, &modules, day(9), day(10)).unwrap();
        assert_eq!(
            claims.iter().map(|c| (c.skill, c.level)).collect::<Vec<_>>(),
            [(skill(1), 3), (skill(2), 4)]
        );
        assert!(claims.iter().all(|c| c.evidence == EvidenceKind::Trained && c.achieved_on == day(9)));
        let too_early = Err(EndRefusal::NotBegun { first_day: day(3) });
        assert_eq!(finish(enrolled, &modules, day(2), day(10)), too_early);
        assert_eq!(finish(enrolled, &modules, day(11), day(10)), Err(EndRefusal::InFuture));
    }

    #[test]
    fn a_class_can_be_left_before_it_begins_but_not_finished() {
        let enrolled = Enrolled { status: OPEN, enrolled_on: day(1), starts_on: day(20) };
        assert_eq!(withdraw(enrolled, day(5), day(5)), Ok(()));
        assert_eq!(finish(enrolled, &[], day(5), day(5)), Err(EndRefusal::NotBegun { first_day: day(20) }));
    }

    #[test]
    fn a_plan_stays_inside_its_agreement_and_teaches_each_skill_once() {
        let module = |n| PlannedModule { skill: skill(n), level: 3, hours: 80 };
        let sound =
            Plan { starts_on: day(5), ends_on: day(10), seats: 30, modules: vec![module(1), module(2)] };
        let term = Term { from: day(5), until: Some(day(10)) };
        assert_eq!(check_plan(&sound, Some(term)), []);
        let late = Plan { ends_on: day(11), ..sound.clone() };
        assert_eq!(check_plan(&late, Some(term)), [PlanProblem::OutsideAgreement(term)]);
        assert_eq!(check_plan(&late, None), []);
        let wrong = Plan {
            ends_on: day(4),
            seats: SEATS_MAX + 1,
            modules: vec![module(1), PlannedModule { level: 8, hours: 0, ..module(1) }],
            ..sound.clone()
        };
        let problems = check_plan(&wrong, Some(term));
        assert_eq!(problems.len(), 5, "{problems:?}");
        assert_eq!(problems.last(), Some(&PlanProblem::DoubledSkill { module: 1 }));
        assert_eq!(check_plan(&Plan { modules: vec![], ..sound }, Some(term)), [PlanProblem::NoModule]);
    }

    #[test]
    fn a_class_runs_on_its_first_and_last_day() {
        let on = |d| ClassStatus::on(day(d), day(5), day(10));
        assert_eq!(
            [4, 5, 10, 11].map(on).map(ClassStatus::code),
            ["planned", "running", "running", "finished"]
        );
    }
}
