//! The months and weeks over which a rule takes the mean.

use std::fmt;

use chrono::{Datelike as _, Days, Months};

use crate::base::civil_time::CivilDate;

/// A calendar month, counted from the beginning of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month of a date.
    #[must_use]
    pub fn of(date: CivilDate) -> Self {
        Self(date.year() * 12 + date.month0() as i32)
    }

    /// Reads `2026-08`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return None;
        }
        CivilDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1).map(Self::of)
    }

    /// So many months later; earlier where negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> CivilDate {
        let month0 = u32::try_from(self.0.rem_euclid(12)).unwrap_or(0);
        CivilDate::from_ymd_opt(self.0.div_euclid(12), month0 + 1, 1).unwrap_or(CivilDate::MAX)
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> i64 {
        (self.plus(1).first_day() - self.first_day()).num_days()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which payroll months count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Over how many months the mean is taken.
    pub months: u32,
    /// A month's payroll that is paid on or before this day of a month counts from the next month on, a later one from the
    /// month after. None: it counts from the next month on whenever it is paid.
    pub cut_off_day: Option<u32>,
}

impl Window {
    /// The first month for whose quota a payroll counts that was paid on a date.
    #[must_use]
    pub fn counts_from(self, paid_on: CivilDate) -> Month {
        let late = self.cut_off_day.is_some_and(|day| paid_on.day() > day);
        Month::of(paid_on).plus(if late { 2 } else { 1 })
    }

    /// The months of a window that ends with `last`, oldest first.
    #[must_use]
    pub fn ending(self, last: Month) -> Vec<Month> {
        let months = i32::try_from(self.months).unwrap_or(i32::MAX);
        (0..months).rev().map(|back| last.plus(-back)).collect()
    }
}

/// The days on which so many weeks are counted: the date asked about and every seventh day before it, newest first.
#[must_use]
pub fn weekly_days(on: CivilDate, weeks: u32) -> Vec<CivilDate> {
    (0..weeks).filter_map(|week| on.checked_sub_days(Days::new(u64::from(week) * 7))).collect()
}

/// The half-years that have begun between two dates, the first one counted; zero before the first begins.
#[must_use]
pub fn half_years_begun(since: CivilDate, on: CivilDate) -> u32 {
    let mut begun = 0;
    while since.checked_add_months(Months::new(begun * 6)).is_some_and(|start| start <= on) {
        begun += 1;
    }
    begun
}

/// Whether a date lies in `[from, until)`; an end that is not given is open.
#[must_use]
pub fn holds(from: Option<CivilDate>, until: Option<CivilDate>, on: CivilDate) -> bool {
    from.is_none_or(|from| from <= on) && until.is_none_or(|until| on < until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(y: i32, m: u32, d: u32) -> CivilDate {
        CivilDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn a_month_is_read_and_counted_over_the_year() {
        assert_eq!(month("2026-01").plus(-1), month("2025-12"));
        assert_eq!(Month::of(date(2026, 8, 31)), month("2026-08"));
        assert_eq!((month("2024-02").days(), month("2026-02").days(), month("2026-12").days()), (29, 28, 31));
        for wrong in ["2026-13", "2026-00", "2026-1", "26-01", "2026/01", "2026-01-01", ""] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_day_of_payment_decides_from_when_a_month_counts() {
        let window = Window { months: 3, cut_off_day: Some(14) };
        assert_eq!(window.counts_from(date(2026, 7, 14)), month("2026-08"));
        assert_eq!(window.counts_from(date(2026, 7, 15)), month("2026-09"));
        assert_eq!(window.counts_from(date(2026, 12, 31)), month("2027-02"));
        assert_eq!(window.ending(month("2026-01")), [month("2025-11"), month("2025-12"), month("2026-01")]);
    }

    #[test]
    fn weeks_run_back_from_the_day_and_half_years_forward_from_theirs() {
        assert_eq!(weekly_days(date(2026, 3, 1), 2), [date(2026, 3, 1), date(2026, 2, 22)]);
        let since = date(2023, 1, 1);
        let begun = [date(2022, 12, 31), date(2023, 1, 1), date(2023, 6, 30), date(2023, 7, 1)];
        assert_eq!(begun.map(|on| half_years_begun(since, on)), [0, 1, 1, 2]);
    }

    #[test]
    fn an_interval_has_its_first_day_and_not_its_last() {
        let (from, until) = (Some(date(2026, 1, 1)), Some(date(2026, 2, 1)));
        let on = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)];
        assert_eq!(on.map(|on| holds(from, until, on)), [false, true, true, false]);
    }
}
