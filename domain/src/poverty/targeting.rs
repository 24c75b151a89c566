//! A decision about a household: append-only, the newest one stands.

use crate::base::civil_time::CivilDate;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Help is owed.
    Targeted,
    /// No help is owed.
    NotTargeted,
    /// Help was owed and has ended.
    Exited,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Targeted, Self::NotTargeted, Self::Exited];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Targeted => "targeted",
            Self::NotTargeted => "not_targeted",
            Self::Exited => "exited",
        }
    }

    /// The outcome of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.code() == code)
    }
}

/// The causes of poverty that the registers know.
pub const CAUSES: [&str; 6] = ["income", "illness", "disability", "schooling", "disaster", "relocation"];

/// Whether the registers know this cause.
#[must_use]
pub fn is_cause(code: &str) -> bool {
    CAUSES.contains(&code)
}

/// Why a decision cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It lies in the future.
    InFuture,
    /// It is older than the one that stands.
    BeforeStanding {
        /// When that was decided.
        standing: CivilDate,
    },
    /// Only a targeted household can exit.
    NotTargeted,
}

/// Whether a decision may follow the standing one.
///
/// # Errors
/// The first [`Refusal`].
pub fn decide(
    standing: Option<(Outcome, CivilDate)>,
    outcome: Outcome,
    decided_on: CivilDate,
    today: CivilDate,
) -> Result<(), Refusal> {
    if decided_on > today {
        return Err(Refusal::InFuture);
    }
    match standing {
        Some((_, on)) if decided_on < on => Err(Refusal::BeforeStanding { standing: on }),
        Some((Outcome::Targeted, _)) => Ok(()),
        _ if outcome == Outcome::Exited => Err(Refusal::NotTargeted),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_targeted_household_exits_and_history_does_not_run_backwards() {
        let day = |d| CivilDate::from_ymd_opt(2026, 11, d).unwrap();
        assert_eq!(decide(None, Outcome::Exited, day(1), day(1)), Err(Refusal::NotTargeted));
        assert_eq!(decide(Some((Outcome::Targeted, day(1))), Outcome::Exited, day(2), day(2)), Ok(()));
        assert_eq!(decide(None, Outcome::Targeted, day(2), day(1)), Err(Refusal::InFuture));
        let standing = Some((Outcome::Targeted, day(5)));
        let refused = Err(Refusal::BeforeStanding { standing: day(5) });
        assert_eq!(decide(standing, Outcome::Exited, day(4), day(9)), refused);
    }
}
