//! The states that a permit may have before a rule engine can approve one: draft, submitted, withdrawn.

use crate::base::civil_time::CivilDate;

/// The longest term that a draft may ask for, in days: five years (Exit and Entry Administration Law,
/// art. 30: a work-type residence permit lasts 90 days to 5 years).
pub const TERM_DAYS_MAX: i64 = 1827;

/// Where a permit stands. There is no approved state: nothing can be approved yet, by any door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Being written.
    Draft,
    /// Handed in.
    Submitted,
    /// Taken back by its employer.
    Withdrawn,
}

impl Status {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The status of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Draft, Self::Submitted, Self::Withdrawn].into_iter().find(|s| s.code() == code)
    }
}

/// What somebody wants to happen to a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Hand it in.
    Submit,
    /// Take it back.
    Withdraw,
}

/// Why it cannot happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The permit is past this step.
    WrongStatus(Status),
}

/// The next status.
///
/// # Errors
/// [`Refusal::WrongStatus`] when the step does not start from where the permit stands.
pub fn advance(from: Status, step: Step) -> Result<Status, Refusal> {
    match (from, step) {
        (Status::Draft, Step::Submit) => Ok(Status::Submitted),
        (Status::Draft | Status::Submitted, Step::Withdraw) => Ok(Status::Withdrawn),
        (Status::Submitted | Status::Withdrawn, Step::Submit) | (Status::Withdrawn, Step::Withdraw) => {
            Err(Refusal::WrongStatus(from))
        }
    }
}

/// What is wrong with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermProblem {
    /// It ends before it begins.
    EndsBeforeStart,
    /// It is longer than the law knows.
    TooLong {
        /// Days at most.
        days_max: i64,
    },
}

/// Checks a term, both days included.
///
/// # Errors
/// The first [`TermProblem`].
pub fn check_term(starts_on: CivilDate, ends_on: CivilDate) -> Result<(), TermProblem> {
    match (ends_on - starts_on).num_days() {
        ..0 => Err(TermProblem::EndsBeforeStart),
        days if days > TERM_DAYS_MAX => Err(TermProblem::TooLong { days_max: TERM_DAYS_MAX }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_withdrawn_permit_stays_withdrawn() {
        assert_eq!(advance(Status::Draft, Step::Submit), Ok(Status::Submitted));
        assert_eq!(advance(Status::Submitted, Step::Withdraw), Ok(Status::Withdrawn));
        for step in [Step::Submit, Step::Withdraw] {
            assert_eq!(advance(Status::Withdrawn, step), Err(Refusal::WrongStatus(Status::Withdrawn)));
        }
    }
}
