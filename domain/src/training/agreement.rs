//! How long a school and a factory have agreed to run classes together.

use crate::base::civil_time::CivilDate;

/// The days of an agreement, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// First day.
    pub from: CivilDate,
    /// Last day, if there is one.
    pub until: Option<CivilDate>,
}

impl Term {
    /// Whether it does not end before it begins.
    #[must_use]
    pub fn is_sound(self) -> bool {
        self.until.is_none_or(|until| until >= self.from)
    }

    /// Whether every day of a span lies inside.
    #[must_use]
    pub fn holds(self, first: CivilDate, last: CivilDate) -> bool {
        first >= self.from && self.until.is_none_or(|until| last <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_inside_on_its_last_day_and_outside_one_later() {
        let day = |d| CivilDate::from_ymd_opt(2026, 11, d).unwrap();
        let term = Term { from: day(5), until: Some(day(10)) };
        assert!(term.holds(day(5), day(10)));
        assert!(!term.holds(day(5), day(11)));
        assert!(!term.holds(day(4), day(10)));
        assert!(Term { until: None, ..term }.holds(day(5), day(30)));
        assert!(term.is_sound() && !Term { until: Some(day(4)), ..term }.is_sound());
    }
}
