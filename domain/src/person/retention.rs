//! For how long data of people are kept, by class. A period stands here where something sets it: what machinery keeps
//! is counted in days, because nothing needs it for longer. For what is recorded of a person no law that we know of
//! names a figure, so an installation sets it (PIPL art. 19: the shortest that its purpose needs), and until it does
//! everything stays.

use chrono::Days;

use crate::base::civil_time::CivilDate;
use crate::exchange::{job, notification};

/// The keys of requests that may be sent again are kept for so many days: who has not heard for longer has to look.
pub const RETRY_DAYS: i64 = 7;

/// What is kept alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Who a person is.
    Record,
    /// What a person wants.
    Wish,
    /// What a person can do.
    Skill,
    /// In which classes a person is or was.
    Training,
    /// Who may know a person, and what they allowed.
    Relation,
    /// Households and decisions about them.
    Poverty,
    /// Permits and their papers.
    Permit,
    /// Logins and their roles.
    Login,
    /// Sessions, tokens, wrong guesses.
    Session,
    /// What somebody was told.
    Notice,
    /// Keys of requests that may be sent again.
    Retry,
    /// Work that was done later.
    Job,
    /// The log.
    Log,
}

/// For how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// So many days after the last tie to the person has ended, if the installation says how many.
    AfterLastTie,
    /// As long as the person's record.
    WithPerson,
    /// Until it has ended; it goes the night after.
    UntilEnded,
    /// So many days.
    Days(i64),
    /// For good, with ids alone.
    ForGood,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 13] = [
        Self::Record,
        Self::Wish,
        Self::Skill,
        Self::Training,
        Self::Relation,
        Self::Poverty,
        Self::Permit,
        Self::Login,
        Self::Session,
        Self::Notice,
        Self::Retry,
        Self::Job,
        Self::Log,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Wish => "wish",
            Self::Skill => "skill",
            Self::Training => "training",
            Self::Relation => "relation",
            Self::Poverty => "poverty",
            Self::Permit => "permit",
            Self::Login => "login",
            Self::Session => "session",
            Self::Notice => "notice",
            Self::Retry => "retry",
            Self::Job => "job",
            Self::Log => "log",
        }
    }

    /// For how long it is kept.
    #[must_use]
    pub const fn period(self) -> Period {
        match self {
            Self::Record => Period::AfterLastTie,
            Self::Wish
            | Self::Skill
            | Self::Training
            | Self::Relation
            | Self::Poverty
            | Self::Permit
            | Self::Login => Period::WithPerson,
            Self::Session => Period::UntilEnded,
            Self::Notice => Period::Days(notification::KEPT_DAYS),
            Self::Retry => Period::Days(RETRY_DAYS),
            Self::Job => Period::Days(job::KEPT_DAYS),
            Self::Log => Period::ForGood,
        }
    }
}

/// The newest day on which a last tie may have ended for its person to be past the period today; none where the
/// calendar does not reach so far back.
#[must_use]
pub fn ended_before(today: CivilDate, days: u32) -> Option<CivilDate> {
    today.checked_sub_days(Days::new(u64::from(days) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn day(year: i32, month: u32, day: u32) -> CivilDate {
        CivilDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn each_class_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> = Class::ALL.iter().map(|class| class.code()).collect();
        assert_eq!(codes.len(), Class::ALL.len());
    }

    #[test]
    fn a_period_is_over_the_day_after_its_last() {
        // The tie's last day was the 1st; two days later, the 3rd, is still within two days, the 4th is not.
        assert!(ended_before(day(2026, 11, 3), 2) < Some(day(2026, 11, 1)));
        assert_eq!(ended_before(day(2026, 11, 4), 2), Some(day(2026, 11, 1)));
        assert_eq!(ended_before(CivilDate::MIN, 1), None);
    }
}
