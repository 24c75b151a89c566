//! A job: work that somebody asked for in a transaction and that a worker does afterwards.
//!
//! ```text
//!                         cancel
//!      ┌───────────────────────────────────────────────┐
//!      │                                               ▼
//!  ┌────────┐ claim: token + 1, lease  ┌─────────┐  cancelled
//!  │ queued │ ───────────────────────► │ running │ ────┘ cancel
//!  └────────┘                          └─────────┘
//!      ▲   again: back-off, a try left   │  │  │ ▲
//!      └─────────────────────────────────┘  │  │ │ claim of a lease that is over: token + 1
//!      ▲   put back: the worker stops       │  │ └───┐
//!      └────────────────────────────────────┘  │     │
//!                               last step      ├─────┘
//!                                   done ◄─────┤
//!                no try left        failed ◄───┘
//! ```
//!
//! Each claim raises the job's *lease token*. A worker writes only while the job is running under its own
//! token, in the transaction of the work itself: who has lost the lease has lost the work too, so nothing is
//! done twice, and what was begun by a worker that died is done by the next one. *done*, *failed* and
//! *cancelled* are the end.

use std::hash::Hasher as _;

use chrono::Duration;
use siphasher::sip::SipHasher24;
use uuid::Uuid;

use crate::base::civil_time::Instant;

/// The longest payload, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 8 * 1024;
/// The longest unique key, in bytes.
pub const UNIQUE_KEY_BYTES_MAX: usize = 200;
/// The most tries that a job may ask for.
pub const ATTEMPTS_MAX: i32 = 25;
/// The wait after the first failure, in seconds; each further one doubles it.
const BACK_OFF_FIRST_SECONDS: i64 = 10;
/// The longest wait, in seconds, before jitter.
const BACK_OFF_LONGEST_SECONDS: i64 = 3600;
/// Jobs that are over are kept for so many days.
pub const KEPT_DAYS: i64 = 30;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Waits for its time and for a worker.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Its work is done.
    Done,
    /// Its tries are used up.
    Failed,
    /// Somebody took it back.
    Cancelled,
}

impl State {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// What kinds of work there are. A worker claims only the kinds that it knows, so that an older program
/// leaves a newer one's jobs alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Deletes page sessions and tokens that have ended.
    SweepSessions,
    /// Tells those who can act of documents that will end.
    ExpiryNotices,
    /// Deletes jobs that have been over for a while, and old notices.
    SweepJobs,
    /// Forgets the keys of requests that nobody sends again any more.
    SweepIdempotencyKeys,
    /// Erases people whose records are past the period that the installation has set.
    Retention,
    /// Sends one mail.
    SendMail,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::SweepSessions,
        Self::ExpiryNotices,
        Self::SweepJobs,
        Self::SweepIdempotencyKeys,
        Self::Retention,
        Self::SendMail,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SweepSessions => "sweep_sessions",
            Self::ExpiryNotices => "expiry_notices",
            Self::SweepJobs => "sweep_jobs",
            Self::SweepIdempotencyKeys => "sweep_idempotency_keys",
            Self::Retention => "retention",
            Self::SendMail => "send_mail",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// How many tries without progress a job of this kind has.
    #[must_use]
    pub const fn attempts_max(self) -> i32 {
        match self {
            Self::SweepSessions
            | Self::ExpiryNotices
            | Self::SweepJobs
            | Self::SweepIdempotencyKeys
            | Self::Retention => 5,
            // For most of a day: a mail server is away for longer than a database.
            Self::SendMail => ATTEMPTS_MAX,
        }
    }
}

/// Whether a lease is over: at its end, not before. A running job without one was never rightly claimed.
#[must_use]
pub fn lease_is_over(lease_until: Option<Instant>, now: Instant) -> bool {
    lease_until.is_none_or(|until| until <= now)
}

/// What a worker may do with a job that it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Take it.
    Take,
    /// Its last try was lost with its worker: it has failed.
    GiveUp,
    /// Leave it alone.
    Leave,
}

/// What decides about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: State,
    /// Not before.
    pub run_at: Instant,
    /// Until when another worker holds it.
    pub lease_until: Option<Instant>,
    /// Tries since it last came forward.
    pub attempts: i32,
    /// How many it has.
    pub attempts_max: i32,
}

/// Decides whether a worker takes a job.
#[must_use]
pub fn claim(job: &Standing, now: Instant) -> Claim {
    match job.state {
        State::Queued if job.run_at <= now => Claim::Take,
        State::Running if !lease_is_over(job.lease_until, now) => Claim::Leave,
        State::Running if job.attempts >= job.attempts_max => Claim::GiveUp,
        State::Running => Claim::Take,
        State::Queued | State::Done | State::Failed | State::Cancelled => Claim::Leave,
    }
}

/// What becomes of a job whose try failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// It is tried again, not before this instant.
    Again(Instant),
    /// No try is left.
    GiveUp,
}

/// Decides what becomes of a job after a failure; `attempts` counts the try that failed.
#[must_use]
pub fn after_failure(id: Uuid, attempts: i32, attempts_max: i32, now: Instant) -> AfterFailure {
    if attempts >= attempts_max {
        return AfterFailure::GiveUp;
    }
    AfterFailure::Again(now + back_off(id, attempts))
}

/// How long to wait after so many failures: 10 s, doubled each time, at most an hour; less up to a quarter of
/// it by a hash of the job's id, so that jobs that failed together do not come back together.
#[must_use]
pub fn back_off(id: Uuid, attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
    let seconds = (BACK_OFF_FIRST_SECONDS << doublings).min(BACK_OFF_LONGEST_SECONDS);
    let quarter_millis = u64::try_from(seconds * 1000 / 4).unwrap_or(0);
    let mut hasher = SipHasher24::new();
    hasher.write(id.as_bytes());
    hasher.write(&attempts.to_be_bytes());
    let less = i64::try_from(hasher.finish() % (quarter_millis + 1)).unwrap_or(0);
    Duration::milliseconds(seconds * 1000 - less)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Instant {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn standing(state: State) -> Standing {
        Standing { state, run_at: at(100), lease_until: Some(at(160)), attempts: 1, attempts_max: 5 }
    }

    #[test]
    fn codes_come_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.code()), Some(state));
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
            assert!((1..=ATTEMPTS_MAX).contains(&kind.attempts_max()));
        }
        assert_eq!((State::parse("paused"), Kind::parse("mine_coins")), (None, None));
    }

    #[test]
    fn a_queued_job_is_taken_at_its_time_and_not_before() {
        let job = standing(State::Queued);
        assert_eq!(claim(&job, at(99)), Claim::Leave);
        assert_eq!(claim(&job, at(100)), Claim::Take);
    }

    #[test]
    fn a_running_job_is_taken_when_its_lease_is_over_and_given_up_with_its_last_try() {
        let job = standing(State::Running);
        assert_eq!(claim(&job, at(159)), Claim::Leave);
        assert_eq!(claim(&job, at(160)), Claim::Take);
        assert_eq!(claim(&Standing { attempts: 5, ..job }, at(159)), Claim::Leave);
        assert_eq!(claim(&Standing { attempts: 5, ..job }, at(160)), Claim::GiveUp);
    }

    #[test]
    fn a_job_that_is_over_is_left_alone() {
        for state in State::ALL.into_iter().filter(|state| state.is_over()) {
            assert_eq!(claim(&standing(state), at(1000)), Claim::Leave);
        }
    }

    #[test]
    fn the_wait_doubles_up_to_an_hour_and_is_shortened_by_at_most_a_quarter() {
        for n in 0..200_u128 {
            let id = Uuid::from_u128(n);
            for (attempts, seconds) in [(1, 10), (2, 20), (3, 40), (9, 2560), (10, 3600), (i32::MAX, 3600)] {
                let millis = back_off(id, attempts).num_milliseconds();
                assert!((seconds * 750..=seconds * 1000).contains(&millis), "{attempts}: {millis}");
                assert_eq!(back_off(id, attempts).num_milliseconds(), millis, "the same every time");
            }
        }
        let waits: std::collections::BTreeSet<_> = (0..50).map(|n| back_off(Uuid::from_u128(n), 1)).collect();
        assert!(waits.len() > 40, "jobs that failed together are spread");
    }

    #[test]
    fn the_last_try_is_the_last() {
        let id = Uuid::from_u128(1);
        assert!(matches!(after_failure(id, 4, 5, at(0)), AfterFailure::Again(next) if next > at(0)));
        assert_eq!(after_failure(id, 5, 5, at(0)), AfterFailure::GiveUp);
    }
}
