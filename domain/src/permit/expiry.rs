//! When those who can act are told that a document will end.

use crate::base::civil_time::CivilDate;

/// Days before the end at which somebody is told, the nearest first.
pub const THRESHOLDS_DAYS: [i64; 7] = [1, 7, 14, 30, 60, 90, 180];

/// The threshold that a document has reached on a day: the nearest one that is not nearer than its end. None
/// for a document that has ended, or has longer than the furthest threshold.
#[must_use]
pub fn threshold_days(last_day: CivilDate, today: CivilDate) -> Option<i64> {
    let left = (last_day - today).num_days();
    if left < 0 {
        return None;
    }
    THRESHOLDS_DAYS.into_iter().find(|threshold| left <= *threshold)
}

/// The day of each alert, the furthest from the end first.
#[must_use]
pub fn alert_days(last_day: CivilDate) -> Vec<(i64, CivilDate)> {
    let on = |days: i64| Some((days, last_day.checked_sub_signed(chrono::Duration::days(days))?));
    THRESHOLDS_DAYS.into_iter().rev().filter_map(on).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn each_threshold_is_reached_on_its_day_and_holds_until_the_next() {
        let today = CivilDate::from_ymd_opt(2026, 11, 24).unwrap();
        let after = |days: i64| threshold_days(today + Duration::days(days), today);
        assert_eq!([after(-1), after(181), after(5000)], [None; 3]);
        for (left, threshold) in
            [(0, 1), (1, 1), (2, 7), (7, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, 180), (180, 180)]
        {
            assert_eq!(after(left), Some(threshold), "{left} days left");
        }
    }

    #[test]
    fn a_document_that_nears_its_end_reaches_every_threshold_once() {
        let end = CivilDate::from_ymd_opt(2026, 11, 24).unwrap();
        let mut reached: Vec<i64> =
            (0..=200).rev().filter_map(|left| threshold_days(end, end - Duration::days(left))).collect();
        reached.dedup();
        reached.reverse();
        assert_eq!(reached, THRESHOLDS_DAYS);
    }

    #[test]
    fn each_alert_falls_on_the_day_that_reaches_its_threshold() {
        let last_day = CivilDate::from_ymd_opt(2026, 11, 24).unwrap();
        let days = alert_days(last_day);
        assert_eq!(days.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [180, 90, 60, 30, 14, 7, 1]);
        for (threshold, day) in days {
            assert_eq!(threshold_days(last_day, day), Some(threshold));
            assert_ne!(threshold_days(last_day, day - Duration::days(1)), Some(threshold));
        }
    }
}
