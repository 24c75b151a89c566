//! Showing the password again before something is done that outlives the session.

use chrono::Duration;

use crate::base::civil_time::Instant;

/// For so many minutes after the password was shown it is not asked for again.
pub const MINUTES: i64 = 10;

/// Whether the password was shown lately; never where it was not shown at all.
#[must_use]
pub fn is_recent(shown_at: Option<Instant>, now: Instant) -> bool {
    shown_at.is_some_and(|at| now < at + Duration::minutes(MINUTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_minutes_after_the_password_it_is_asked_for_again() {
        let at = Instant::from_timestamp_micros(0).unwrap();
        assert!(is_recent(Some(at), at + Duration::seconds(599)));
        assert!(!is_recent(Some(at), at + Duration::seconds(600)));
        assert!(!is_recent(None, at));
    }
}
