//! How long somebody who gave a wrong password has to wait. A browser that signed in before is counted apart from
//! everybody else, so that nobody can lock an owner out of the device that they use.

use chrono::Duration;

use crate::base::civil_time::Instant;

/// Failures that cost nothing: people mistype.
pub const FREE: i32 = 5;
/// The first wait, in seconds; each further failure doubles it.
pub const FIRST_WAIT_SECONDS: i64 = 60;
/// The longest wait, in seconds.
pub const WAIT_SECONDS_MAX: i64 = 3_600;
/// After so many hours without a failure nothing is remembered.
pub const FORGOTTEN_HOURS: i64 = 24;

/// Until when nobody is let in after this many failures in a row; none while they cost nothing.
#[must_use]
pub fn locked_until(failures: i32, now: Instant) -> Option<Instant> {
    let beyond = u32::try_from(failures - FREE).ok()?;
    let wait = FIRST_WAIT_SECONDS.saturating_mul(1_i64 << beyond.min(16)).min(WAIT_SECONDS_MAX);
    Some(now + Duration::seconds(wait))
}

/// Failures before this instant count no more.
#[must_use]
pub fn forgotten_before(now: Instant) -> Instant {
    now - Duration::hours(FORGOTTEN_HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_begins_with_the_fifth_failure_and_doubles_up_to_an_hour() {
        let now = Instant::from_timestamp_micros(0).unwrap();
        let seconds = |failures| locked_until(failures, now).map(|until| (until - now).num_seconds());
        assert_eq!([0, 1, 4].map(seconds), [None; 3]);
        assert_eq!([5, 6, 7, 10, 11].map(seconds), [60, 120, 240, 1_920, 3_600].map(Some));
        assert_eq!(seconds(i32::MAX), Some(3_600));
    }
}
