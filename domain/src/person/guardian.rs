//! How long somebody acts for somebody else.

use crate::base::civil_time::{CivilDate, comes_of_age};

/// Whoever is as old answers for themself (Civil Code of the PRC, art. 17 and 18).
pub const ADULT_YEARS: i32 = 18;

/// What a guardianship rests on (Civil Code of the PRC, art. 27, 28 and 31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// A mother or a father of a minor.
    Parent,
    /// Another relative of a minor, where the parents cannot.
    Relative,
    /// Whom a court, a committee or a civil affairs office appointed for a minor.
    Appointed,
    /// A court found that an adult cannot decide alone. It does not end by age.
    Incapacity,
}

impl Basis {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Parent, Self::Relative, Self::Appointed, Self::Incapacity];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Relative => "relative",
            Self::Appointed => "appointed",
            Self::Incapacity => "incapacity",
        }
    }

    /// The basis of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }

    /// The first day on which it cannot hold any more because of the ward's age; none for an adult's, and for a
    /// ward whose birth date nobody knows: then it stays until somebody ends it.
    #[must_use]
    pub fn outgrown_on(self, birth: Option<CivilDate>) -> Option<CivilDate> {
        match self {
            Self::Parent | Self::Relative | Self::Appointed => {
                birth.map(|birth| comes_of_age(birth, ADULT_YEARS))
            }
            Self::Incapacity => None,
        }
    }
}

/// A guardianship, as far as its time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// What it rests on.
    pub basis: Basis,
    /// The first day.
    pub from: CivilDate,
    /// The last day that somebody set.
    pub until: Option<CivilDate>,
}

impl Term {
    /// The last day, by whichever comes first: what somebody set, or the day before the ward comes of age.
    #[must_use]
    pub fn last_day(self, birth: Option<CivilDate>) -> Option<CivilDate> {
        let by_age = self.basis.outgrown_on(birth).and_then(|day| day.pred_opt());
        match (self.until, by_age) {
            (Some(set), Some(age)) => Some(set.min(age)),
            (set, age) => set.or(age),
        }
    }

    /// Whether it holds on a civil day of the ward's.
    #[must_use]
    pub fn holds_on(self, birth: Option<CivilDate>, day: CivilDate) -> bool {
        self.from <= day && self.last_day(birth).is_none_or(|last| day <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> CivilDate {
        CivilDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn term(basis: Basis) -> Term {
        Term { basis, from: day(2020, 9, 1), until: None }
    }

    #[test]
    fn it_ends_with_the_day_before_the_eighteenth_birthday() {
        let birth = Some(day(2009, 3, 1));
        for basis in [Basis::Parent, Basis::Relative, Basis::Appointed] {
            assert!(term(basis).holds_on(birth, day(2027, 2, 28)), "{basis:?}");
            assert!(!term(basis).holds_on(birth, day(2027, 3, 1)), "{basis:?}");
        }
        assert!(term(Basis::Incapacity).holds_on(birth, day(2060, 1, 1)));
        assert_eq!(term(Basis::Parent).last_day(Some(day(2008, 2, 29))), Some(day(2026, 2, 28)));
    }

    #[test]
    fn without_a_birth_date_it_stays_until_somebody_ends_it() {
        assert!(term(Basis::Parent).holds_on(None, day(2060, 1, 1)));
        let ended = Term { until: Some(day(2026, 11, 23)), ..term(Basis::Parent) };
        assert!(ended.holds_on(None, day(2026, 11, 23)) && !ended.holds_on(None, day(2026, 11, 24)));
    }

    #[test]
    fn what_comes_first_ends_it_and_nothing_holds_before_it_begins() {
        let ended = Term { until: Some(day(2030, 1, 1)), ..term(Basis::Parent) };
        assert_eq!(ended.last_day(Some(day(2009, 3, 1))), Some(day(2027, 2, 28)));
        assert!(!term(Basis::Parent).holds_on(None, day(2020, 8, 31)));
    }

    #[test]
    fn codes_are_read_back() {
        for basis in Basis::ALL {
            assert_eq!(Basis::parse(basis.code()), Some(basis));
        }
        assert_eq!(Basis::parse("neighbour"), None);
    }
}
