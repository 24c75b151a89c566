//! When work comes round by itself: daily at a time of Asia/Shanghai, or every so many minutes.

use chrono::{DateTime, Duration, NaiveTime};

use crate::base::civil_time::{Instant, shanghai_date, shanghai_instant};
use crate::exchange::job::Kind;

/// Minutes of a day.
const MINUTES_OF_DAY: i64 = 24 * 60;

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Every day at this time of Asia/Shanghai.
    Daily {
        /// 0 to 23.
        hour: u32,
        /// 0 to 59.
        minute: u32,
    },
    /// Every so many minutes, 1 to 1440, counted from the epoch, so that all nodes count alike.
    Every {
        /// How many.
        minutes: i64,
    },
}

impl Rule {
    /// The rule as it is kept: `daily 03:10`, `every 15`.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Daily { hour, minute } => format!("daily {hour:02}:{minute:02}"),
            Self::Every { minutes } => format!("every {minutes}"),
        }
    }

    /// The rule of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let rule = match code.split_once(' ')? {
            ("daily", time) => {
                let (hour, minute) = time.split_once(':')?;
                Self::Daily { hour: hour.parse().ok()?, minute: minute.parse().ok()? }
            }
            ("every", minutes) => Self::Every { minutes: minutes.parse().ok()? },
            _ => return None,
        };
        let sound = match rule {
            Self::Daily { hour, minute } => NaiveTime::from_hms_opt(hour, minute, 0).is_some(),
            Self::Every { minutes } => (1..=MINUTES_OF_DAY).contains(&minutes),
        };
        (sound && rule.code() == code).then_some(rule)
    }

    /// The first due time after an instant, never the instant itself.
    #[must_use]
    pub fn next_after(self, after: Instant) -> Instant {
        match self {
            Self::Daily { hour, minute } => {
                let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
                let today = shanghai_instant(shanghai_date(after).and_time(time));
                if today > after { today } else { today + Duration::days(1) }
            }
            Self::Every { minutes } => {
                let seconds = minutes.clamp(1, MINUTES_OF_DAY) * 60;
                let next = (after.timestamp().div_euclid(seconds) + 1) * seconds;
                DateTime::from_timestamp(next, 0).unwrap_or(after + Duration::seconds(seconds))
            }
        }
    }
}

/// What comes round in every installation, by the name under which it is kept.
pub const SCHEDULES: [(&str, Kind, Rule); 4] = [
    ("sweep_sessions", Kind::SweepSessions, Rule::Daily { hour: 3, minute: 10 }),
    ("sweep_jobs", Kind::SweepJobs, Rule::Daily { hour: 3, minute: 30 }),
    ("sweep_idempotency_keys", Kind::SweepIdempotencyKeys, Rule::Daily { hour: 3, minute: 50 }),
    ("expiry_notices", Kind::ExpiryNotices, Rule::Daily { hour: 6, minute: 0 }),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_daily_rule_is_due_at_its_time_in_shanghai() {
        let rule = Rule::Daily { hour: 3, minute: 10 };
        assert_eq!(rule.next_after(at("2026-11-24T03:09:59+08:00")), at("2026-11-24T03:10:00+08:00"));
        assert_eq!(rule.next_after(at("2026-11-24T03:10:00+08:00")), at("2026-11-25T03:10:00+08:00"));
        assert_eq!(rule.next_after(at("2026-12-31T23:59:00+08:00")), at("2027-01-01T03:10:00+08:00"));
        // The civil day turns at 16:00 UTC.
        assert_eq!(rule.next_after(at("2026-11-24T16:00:00Z")), at("2026-11-24T19:10:00Z"));
    }

    #[test]
    fn a_rule_of_minutes_counts_from_the_epoch() {
        let rule = Rule::Every { minutes: 15 };
        assert_eq!(rule.next_after(at("2026-11-24T01:12:07Z")), at("2026-11-24T01:15:00Z"));
        assert_eq!(rule.next_after(at("2026-11-24T01:15:00Z")), at("2026-11-24T01:30:00Z"));
        assert_eq!(rule.next_after(at("1969-12-31T23:59:59Z")), at("1970-01-01T00:00:00Z"));
    }

    #[test]
    fn the_next_time_is_always_later() {
        for rule in
            [Rule::Every { minutes: 1 }, Rule::Every { minutes: 1440 }, Rule::Daily { hour: 0, minute: 0 }]
        {
            let mut now = at("2026-11-24T01:12:07Z");
            for _ in 0..100 {
                let next = rule.next_after(now);
                assert!(next > now && next - now <= Duration::days(1), "{rule:?}");
                now = next;
            }
        }
    }

    #[test]
    fn a_code_comes_back_and_nonsense_does_not() {
        for (_, _, rule) in SCHEDULES {
            assert_eq!(Rule::parse(&rule.code()), Some(rule));
        }
        assert_eq!(Rule::parse("every 15"), Some(Rule::Every { minutes: 15 }));
        for nonsense in [
            "",
            "daily",
            "daily 24:00",
            "daily 3:10",
            "daily 03:60",
            "every 0",
            "every 1441",
            "every -5",
            "hourly 1",
        ] {
            assert_eq!(Rule::parse(nonsense), None, "{nonsense}");
        }
    }
}
