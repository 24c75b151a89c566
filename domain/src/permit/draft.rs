//! The states that a permit may have before a rule engine can approve one: draft, submitted, withdrawn.

use crate::base::civil_time::CivilDate;
use crate::base::region::RegionCode;

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
    /// All statuses that there are.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Submitted, Self::Withdrawn];

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
        Self::ALL.into_iter().find(|s| s.code() == code)
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

/// Who wants to employ somebody through which desk.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// The kind of the employing organisation, as a code.
    pub employer_kind: &'a str,
    /// Whether the employer is in business.
    pub employer_active: bool,
    /// Where the employer lies.
    pub employer_region: RegionCode,
}

/// What is wrong with the parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyProblem {
    /// Only a factory that is in business employs foreign workers here.
    EmployerNotAFactory,
    /// The bureau that keeps the port's desk does not answer for the employer's region.
    PortOutOfReach,
}

impl Parties<'_> {
    /// Whether the employer may ask for a permit at all.
    ///
    /// # Errors
    /// [`PartyProblem::EmployerNotAFactory`].
    pub fn check_employer(&self) -> Result<(), PartyProblem> {
        let factory = self.employer_kind == "factory" && self.employer_active;
        if factory { Ok(()) } else { Err(PartyProblem::EmployerNotAFactory) }
    }

    /// Whether a port's desk may take the permit.
    ///
    /// # Errors
    /// [`PartyProblem::PortOutOfReach`].
    pub fn check_port(&self, bureau_region: RegionCode) -> Result<(), PartyProblem> {
        let reached = bureau_region.contains(&self.employer_region);
        if reached { Ok(()) } else { Err(PartyProblem::PortOutOfReach) }
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
    fn no_step_leads_to_an_approval_and_no_code_names_one() {
        for status in Status::ALL {
            for step in [Step::Submit, Step::Withdraw] {
                let next = advance(status, step);
                assert!(
                    matches!(next, Ok(Status::Submitted | Status::Withdrawn) | Err(Refusal::WrongStatus(_))),
                    "{status:?} {step:?}: {next:?}"
                );
            }
        }
        for code in ["approved", "approved_in_principle", "entered", "active", ""] {
            assert_eq!(Status::parse(code), None, "{code}");
        }
    }

    #[test]
    fn a_term_has_both_its_days_and_an_end() {
        let day = |y, m, d| CivilDate::from_ymd_opt(y, m, d).unwrap();
        let start = day(2026, 12, 1);
        assert_eq!(check_term(start, start), Ok(()));
        assert_eq!(check_term(start, day(2026, 11, 30)), Err(TermProblem::EndsBeforeStart));
        let last = start + chrono::Duration::days(TERM_DAYS_MAX);
        assert_eq!(check_term(start, last), Ok(()));
        let beyond = check_term(start, last + chrono::Duration::days(1));
        assert_eq!(beyond, Err(TermProblem::TooLong { days_max: TERM_DAYS_MAX }));
    }

    #[test]
    fn a_desk_takes_permits_of_its_own_region_only() {
        let region = |code| RegionCode::parse(code).unwrap();
        let parties = |kind, employer_active| Parties {
            employer_kind: kind,
            employer_active,
            employer_region: region("210604"),
        };
        assert_eq!(parties("factory", true).check_employer(), Ok(()));
        assert_eq!(parties("factory", false).check_employer(), Err(PartyProblem::EmployerNotAFactory));
        assert_eq!(parties("agency", true).check_employer(), Err(PartyProblem::EmployerNotAFactory));
        assert_eq!(parties("factory", true).check_port(region("2106")), Ok(()));
        for elsewhere in ["4506", "210682", "210604101"] {
            let refused = parties("factory", true).check_port(region(elsewhere));
            assert_eq!(refused, Err(PartyProblem::PortOutOfReach), "{elsewhere}");
        }
    }

    #[test]
    fn a_withdrawn_permit_stays_withdrawn() {
        assert_eq!(advance(Status::Draft, Step::Submit), Ok(Status::Submitted));
        assert_eq!(advance(Status::Submitted, Step::Withdraw), Ok(Status::Withdrawn));
        for step in [Step::Submit, Step::Withdraw] {
            assert_eq!(advance(Status::Withdrawn, step), Err(Refusal::WrongStatus(Status::Withdrawn)));
        }
    }
}
