//! Civil dates and instants.
//!
//! A legal date is a civil date in the zone of its rule (China has had one offset and no summer time since
//! 1992) and is valid to the end of that day. An instant is UTC, cut to microseconds, which is what both
//! databases keep.

use chrono::{DateTime, Datelike, Duration, Months, Utc};

/// A civil date without a zone.
pub type CivilDate = chrono::NaiveDate;
/// A moment in UTC.
pub type Instant = DateTime<Utc>;

/// Hours by which Asia/Shanghai is ahead of UTC.
const SHANGHAI_HOURS: i64 = 8;

/// Cuts an instant to whole microseconds.
#[must_use]
pub fn to_micros(at: Instant) -> Instant {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

/// The civil date in Asia/Shanghai at an instant.
#[must_use]
pub fn shanghai_date(at: Instant) -> CivilDate {
    (at + Duration::hours(SHANGHAI_HOURS)).date_naive()
}

/// Date and time of day in Asia/Shanghai at an instant.
#[must_use]
pub fn shanghai_time(at: Instant) -> chrono::NaiveDateTime {
    (at + Duration::hours(SHANGHAI_HOURS)).naive_utc()
}

/// The instant of a date and time of day in Asia/Shanghai.
#[must_use]
pub fn shanghai_instant(civil: chrono::NaiveDateTime) -> Instant {
    civil.and_utc() - Duration::hours(SHANGHAI_HOURS)
}

/// Whole years of age on a date. Someone born on 29 February comes of age on 1 March in common years
/// (Civil Code of the PRC, art. 1259: the term runs from the day itself; the following day decides).
/// Zero before birth.
#[must_use]
pub fn age_on(birth: CivilDate, on: CivilDate) -> i32 {
    let years = on.year() - birth.year();
    let had_birthday = (on.month(), on.day()) >= (birth.month(), birth.day());
    (years - i32::from(!had_birthday)).max(0)
}

/// The first date on which someone is `years` old; the inverse of [`age_on`].
#[must_use]
pub fn comes_of_age(birth: CivilDate, years: i32) -> CivilDate {
    CivilDate::from_ymd_opt(birth.year() + years, birth.month(), birth.day())
        .or_else(|| CivilDate::from_ymd_opt(birth.year() + years, 3, 1))
        .unwrap_or(birth)
}

/// Whole months from `from` to `to`; zero when `to` is earlier. The day that a month lacks is its last.
#[must_use]
pub fn months_between(from: CivilDate, to: CivilDate) -> u32 {
    if to <= from {
        return 0;
    }
    let months = (to.year() - from.year()) * 12 + to.month0() as i32 - from.month0() as i32;
    let whole = u32::try_from(months).unwrap_or(0);
    match from.checked_add_months(Months::new(whole)) {
        Some(reached) if reached <= to => whole,
        _ => whole.saturating_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(y: i32, m: u32, d: u32) -> CivilDate {
        CivilDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn age_turns_on_the_birthday_and_not_before() {
        let birth = date(2008, 11, 25);
        assert_eq!(age_on(birth, date(2026, 11, 24)), 17);
        assert_eq!(age_on(birth, date(2026, 11, 25)), 18);
        assert_eq!(comes_of_age(birth, 18), date(2026, 11, 25));
    }

    #[test]
    fn a_leap_day_child_comes_of_age_in_march() {
        let birth = date(2008, 2, 29);
        assert_eq!(age_on(birth, date(2026, 2, 28)), 17);
        assert_eq!(comes_of_age(birth, 18), date(2026, 3, 1));
        assert_eq!(age_on(birth, comes_of_age(birth, 18)), 18);
    }

    #[test]
    fn months_clamp_at_the_end_of_a_short_month() {
        assert_eq!(months_between(date(2026, 1, 31), date(2026, 2, 28)), 1);
        assert_eq!(months_between(date(2026, 1, 31), date(2026, 2, 27)), 0);
        assert_eq!(months_between(date(2025, 11, 24), date(2026, 11, 24)), 12);
        assert_eq!(months_between(date(2026, 11, 24), date(2025, 11, 24)), 0);
    }

    #[test]
    fn the_civil_day_turns_at_sixteen_hundred_utc() {
        let before = DateTime::parse_from_rfc3339("2026-11-24T15:59:59.999999Z").unwrap().to_utc();
        assert_eq!(shanghai_date(before), date(2026, 11, 24));
        assert_eq!(shanghai_date(before + Duration::microseconds(1)), date(2026, 11, 25));
        assert_eq!(shanghai_time(before).date(), date(2026, 11, 24));
        assert_eq!(shanghai_instant(shanghai_time(before)), before);
    }
}
