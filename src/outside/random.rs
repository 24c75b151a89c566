//! Random bytes and ids. A demonstration draws them from a seed, so that it is the same in a year.

use std::sync::atomic::{AtomicU64, Ordering};

use ballast_domain::base::civil_time::Instant;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Where randomness comes from.
#[derive(Debug)]
pub enum Random {
    /// The operating system.
    System,
    /// SHA-256 over a seed and a counter. For demonstrations and tests only: anybody can foresee it.
    Seeded {
        /// What it starts from.
        seed: u64,
        /// How many blocks were drawn.
        drawn: AtomicU64,
    },
}

impl Random {
    /// A foreseeable source.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, drawn: AtomicU64::new(0) }
    }

    /// `N` random bytes, at most 32.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done without it.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= 32, "one block of SHA-256") };
        let mut out = [0; N];
        match self {
            #[expect(clippy::expect_used, reason = "no key, token or id can be made without randomness")]
            Self::System => getrandom::fill(&mut out).expect("the operating system gives no randomness"),
            Self::Seeded { seed, drawn } => {
                let counter = drawn.fetch_add(1, Ordering::Relaxed);
                let mut hash = Sha256::new();
                hash.update(seed.to_be_bytes());
                hash.update(counter.to_be_bytes());
                out.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
            }
        }
        out
    }

    /// An id that tells nothing: for people and what hangs on them (UUID version 4).
    #[must_use]
    pub fn secret_id(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// An id that sorts by time (UUID version 7).
    #[must_use]
    pub fn timed_id(&self, now: Instant) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}
