//! How often a group is selected, and how that compares with the group that is selected most often.
//!
//! The four-fifths rule is that of the Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D) (1978).

use std::ops::Add;

use num_traits::Zero as _;

use crate::base::ratio::{Ratio, fraction, whole};

/// How many of a group were considered, and how many of these were selected. A person who is in two shortlists counts
/// in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    considered: u64,
    selected: u64,
}

impl Tally {
    /// A tally; none where more are selected than were considered.
    #[must_use]
    pub fn new(considered: u64, selected: u64) -> Option<Self> {
        (selected <= considered).then_some(Self { considered, selected })
    }

    /// Counts one more.
    pub fn count(&mut self, selected: bool) {
        self.considered += 1;
        self.selected += u64::from(selected);
    }

    /// How many were considered.
    #[must_use]
    pub fn considered(self) -> u64 {
        self.considered
    }

    /// How many of them were selected.
    #[must_use]
    pub fn selected(self) -> u64 {
        self.selected
    }

    /// Selected of considered; none where nobody was considered.
    #[must_use]
    pub fn rate(self) -> Option<Ratio> {
        (self.considered > 0).then(|| whole(self.selected) / whole(self.considered))
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { considered: self.considered + other.considered, selected: self.selected + other.selected }
    }
}

/// A group's rate divided by that of the reference; none where either has no rate, or nobody of the reference was
/// selected.
#[must_use]
pub fn impact_ratio(group: Tally, reference: Tally) -> Option<Ratio> {
    let below = reference.rate().filter(|rate| !rate.is_zero())?;
    Some(group.rate()? / below)
}

/// Whether an impact ratio is below four fifths. At exactly four fifths it is not.
#[must_use]
pub fn is_flagged(impact_ratio: &Ratio) -> bool {
    *impact_ratio < fraction(4, 5)
}

/// Which of the tallies has the highest rate; the first of several, none where nobody was considered.
#[must_use]
pub fn reference(tallies: impl IntoIterator<Item = (usize, Tally)>) -> Option<usize> {
    let mut best: Option<(usize, Ratio)> = None;
    for (at, tally) in tallies {
        if let Some(rate) = tally.rate()
            && best.as_ref().is_none_or(|(_, highest)| rate > *highest)
        {
            best = Some((at, rate));
        }
    }
    best.map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(considered: u64, selected: u64) -> Tally {
        Tally::new(considered, selected).unwrap()
    }

    #[test]
    fn four_fifths_is_not_below_four_fifths() {
        let reference = tally(10, 5);
        let at = impact_ratio(tally(10, 4), reference).unwrap();
        assert_eq!(at, fraction(4, 5));
        assert!(!is_flagged(&at));
        // Two selected of a billion lie between these; binary fractions of seven digits would not see it.
        let below = impact_ratio(tally(5_000_000_000, 1_999_999_999), reference).unwrap();
        assert!(is_flagged(&below));
    }

    #[test]
    fn the_worked_example_of_the_guidelines() {
        // 48 of 80 and 12 of 40: 60 % and 30 %, so a half (questions and answers on the guidelines, no. 12).
        let ratio = impact_ratio(tally(40, 12), tally(80, 48)).unwrap();
        assert_eq!(ratio, fraction(1, 2));
        assert!(is_flagged(&ratio));
    }

    #[test]
    fn nobody_has_no_rate() {
        assert_eq!(tally(0, 0).rate(), None);
        assert_eq!(Tally::new(1, 2), None);
        assert_eq!(impact_ratio(tally(4, 1), tally(9, 0)), None);
        assert_eq!(reference([(0, tally(0, 0))]), None);
        assert_eq!(reference([(3, tally(4, 1)), (5, tally(8, 2)), (7, tally(9, 1))]), Some(3));
    }
}
