//! How often somebody may ask: by token or session, by address, and more strictly for attempts to sign in. Each
//! process counts for itself. What is remembered is bounded, and time comes from a clock that a test can move.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use governor::clock::{Clock, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::settings::Rates;

/// The most addresses, and the most tokens, that are remembered. A full table takes some 10 MB.
const KEYS_MAX: usize = 65_536;
/// A full table is swept of those that have rested once in so many requests, since a sweep looks at all of them.
const SWEEP_EVERY: u32 = 1_024;
/// The window that the rates are said for.
const WINDOW: Duration = Duration::from_secs(60);

/// What rates are measured by.
#[derive(Clone, Debug)]
pub enum Ticks {
    /// Since the start of the process.
    Since(Instant),
    /// As far as a test has moved it.
    Fake(FakeRelativeClock),
}

impl Default for Ticks {
    fn default() -> Self {
        Self::Since(Instant::now())
    }
}

impl Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match self {
            Self::Since(start) => start.elapsed(),
            Self::Fake(clock) => clock.now().into(),
        }
    }
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// An address; of IPv6 the network that one customer gets.
    Address(IpAddr),
    /// The digest of a token or of a session's secret.
    Credential([u8; 32]),
    /// Everybody for whom there was no room.
    Others,
}

impl Key {
    /// The key of an address.
    #[must_use]
    pub fn address(address: Option<IpAddr>) -> Self {
        match address {
            None => Self::Others,
            Some(v4 @ IpAddr::V4(_)) => Self::Address(v4),
            Some(IpAddr::V6(v6)) => {
                let network = u128::from(v6) & !u128::from(u64::MAX);
                Self::Address(IpAddr::V6(Ipv6Addr::from(network)))
            }
        }
    }
}

/// Somebody asked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Which of the rates.
    pub policy: &'static str,
    /// How many are answered in a window.
    pub quota: u32,
    /// Seconds until the next one is answered.
    pub wait: u64,
}

impl TooMany {
    /// `RateLimit-Policy`, as the IETF draft on rate-limit headers writes it.
    #[must_use]
    pub fn policy_header(&self) -> String {
        format!("\"{}\";q={};w={}", self.policy, self.quota, WINDOW.as_secs())
    }

    /// `RateLimit`, likewise: nothing remains, and when there will be more.
    #[must_use]
    pub fn header(&self) -> String {
        format!("\"{}\";r=0;t={}", self.policy, self.wait)
    }
}

type Limiter = RateLimiter<Key, HashMapStateStore<Key>, Ticks, NoOpMiddleware<Duration>>;

/// One rate and those whom it counts.
struct Counter {
    policy: &'static str,
    quota: NonZeroU32,
    limiter: Limiter,
    keys_max: usize,
    unswept: AtomicU32,
}

impl Counter {
    fn new(policy: &'static str, quota: Option<NonZeroU32>, ticks: &Ticks, keys_max: usize) -> Option<Self> {
        let quota = quota?;
        let per_window = Quota::with_period(WINDOW / quota.get())?.allow_burst(quota);
        let limiter = RateLimiter::new(per_window, HashMapStateStore::default(), ticks.clone());
        Some(Self { policy, quota, limiter, keys_max, unswept: AtomicU32::new(0) })
    }

    fn count(&self, key: Key) -> Result<(), TooMany> {
        let key = if self.has_room() { key } else { Key::Others };
        self.limiter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.limiter.clock().now());
            TooMany {
                policy: self.policy,
                quota: self.quota.get(),
                wait: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
            }
        })
    }

    /// Whether one more can be remembered. When the table is full, those for whom nothing is remembered any more
    /// leave it first.
    fn has_room(&self) -> bool {
        if self.limiter.len() < self.keys_max {
            return true;
        }
        if self.unswept.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) {
            self.limiter.retain_recent();
        }
        self.limiter.len() < self.keys_max
    }
}

/// All rates of a server.
pub struct RateLimits {
    credential: Option<Counter>,
    address: Option<Counter>,
    sign_in: Option<Counter>,
}

impl RateLimits {
    /// Counters at zero.
    #[must_use]
    pub fn new(rates: Rates, ticks: &Ticks) -> Self {
        Self {
            credential: Counter::new("credential", rates.credential, ticks, KEYS_MAX),
            address: Counter::new("address", rates.address, ticks, KEYS_MAX),
            sign_in: Counter::new("sign-in", rates.sign_in, ticks, KEYS_MAX),
        }
    }

    /// Counts a request of an address.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn request(&self, address: Option<IpAddr>) -> Result<(), TooMany> {
        self.address.as_ref().map_or(Ok(()), |counter| counter.count(Key::address(address)))
    }

    /// Counts a request with a token or a session.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn credential(&self, digest: [u8; 32]) -> Result<(), TooMany> {
        self.credential.as_ref().map_or(Ok(()), |counter| counter.count(Key::Credential(digest)))
    }

    /// Counts an attempt to sign in.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn sign_in(&self, address: Option<IpAddr>) -> Result<(), TooMany> {
        self.sign_in.as_ref().map_or(Ok(()), |counter| counter.count(Key::address(address)))
    }
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RateLimits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clocked() -> (Ticks, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Ticks::Fake(clock.clone()), clock)
    }

    fn address(last: u8) -> Key {
        Key::address(Some(IpAddr::from([192, 0, 2, last])))
    }

    #[test]
    fn a_burst_of_a_window_is_answered_and_then_one_after_the_other() {
        let (ticks, clock) = clocked();
        let counter = Counter::new("address", NonZeroU32::new(3), &ticks, KEYS_MAX).unwrap();
        for _ in 0..3 {
            assert_eq!(counter.count(address(1)), Ok(()));
        }
        let refused = TooMany { policy: "address", quota: 3, wait: 20 };
        assert_eq!(counter.count(address(1)), Err(refused));
        assert_eq!(counter.count(address(2)), Ok(()), "another address is another matter");
        clock.advance(Duration::from_secs(20));
        assert_eq!(counter.count(address(1)), Ok(()));
        assert_eq!(counter.count(address(1)), Err(refused));
        assert_eq!(refused.policy_header(), "\"address\";q=3;w=60");
        assert_eq!(refused.header(), "\"address\";r=0;t=20");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten_when_it_has_rested() {
        let (ticks, clock) = clocked();
        let counter = Counter::new("address", NonZeroU32::new(2), &ticks, 2).unwrap();
        for last in 1..=4 {
            assert_eq!(counter.count(address(last)), Ok(()), "two of their own, two together");
        }
        assert!(counter.limiter.len() <= 3, "{} are remembered", counter.limiter.len());
        assert!(counter.count(address(5)).is_err(), "the newcomers share one rate");
        clock.advance(WINDOW * 2);
        counter.unswept.store(0, Ordering::Relaxed);
        assert_eq!(counter.count(address(6)), Ok(()));
        assert_eq!(counter.limiter.len(), 1, "those who have rested are forgotten");
    }

    #[test]
    fn one_customers_ipv6_network_is_one_key() {
        let key = |text: &str| Key::address(Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    }
}
