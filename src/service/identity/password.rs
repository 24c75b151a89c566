//! Hashing and checking passwords with argon2id, off the async threads and a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use ballast_domain::identity::password::{self as rules, Fault};
use tokio::sync::{Semaphore, TryAcquireError};

use crate::service::{App, Error, Field};
use crate::words::Arg;

/// The longest password that is looked at, in bytes: a bound on what one check may cost.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// Passwords that are hashed at once; each takes [`Cost::memory_kib`].
pub const HASHED_AT_ONCE: usize = 4;
/// Passwords that wait for their turn; one more is sent away.
pub const WAITING_MAX: usize = 64;
/// The salt of the work that is done for a login that does not exist.
const NOBODY_SALT: [u8; 16] = *b"ballast-nobody-1";

/// What one hash costs. A stored hash that cost less is made anew at the next sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// OWASP's parameters for argon2id: 19 MiB, 2 passes, 1 lane.
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

impl Cost {
    /// Whether argon2 can work at this cost.
    #[must_use]
    pub fn is_possible(self) -> bool {
        self.params().is_ok()
    }

    fn params(self) -> Result<Params, Error> {
        Params::new(self.memory_kib, self.passes, self.lanes, None)
            .map_err(|e| Error::Internal(e.to_string()))
    }

    fn argon2(self) -> Result<Argon2<'static>, Error> {
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params()?))
    }

    /// Whether a hash cost less than this.
    fn is_above(self, hash: &PasswordHash) -> bool {
        Params::try_from(hash).is_ok_and(|made| {
            made.m_cost() < self.memory_kib || made.t_cost() < self.passes || made.p_cost() < self.lanes
        })
    }
}

/// Where passwords are hashed: so many at once, so many waiting.
#[derive(Debug)]
pub struct Passwords {
    cost: Cost,
    at_work: Semaphore,
    admitted: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(Cost::default())
    }
}

impl Passwords {
    /// Nobody is waiting yet.
    #[must_use]
    pub fn new(cost: Cost) -> Self {
        Self::with_places(cost, HASHED_AT_ONCE, WAITING_MAX)
    }

    /// The same with other bounds.
    #[must_use]
    pub fn with_places(cost: Cost, at_work: usize, waiting: usize) -> Self {
        Self { cost, at_work: Semaphore::new(at_work), admitted: Semaphore::new(at_work + waiting) }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let closed = |e: &dyn std::error::Error| Error::Internal(e.to_string());
        let _place = self.admitted.try_acquire().map_err(|error| match error {
            TryAcquireError::NoPermits => Error::Unavailable,
            TryAcquireError::Closed => closed(&error),
        })?;
        let _turn = self.at_work.acquire().await.map_err(|e| closed(&e))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| closed(&e))?
    }
}

/// What came of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether it fits.
    pub fits: bool,
    /// Whether the hash cost less than one would now.
    pub outdated: bool,
}

/// The PHC string of a password.
///
/// # Errors
/// [`Error::Unavailable`] when too many wait; [`Error::Internal`] when the hash cannot be made.
pub async fn hash(app: &App, password: String) -> Result<String, Error> {
    let (salt, cost): ([u8; 16], _) = (app.random.bytes(), app.passwords.cost);
    app.passwords
        .run(move || {
            let hashed = cost.argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
            hashed.map(|h| h.to_string()).map_err(|e| Error::Internal(e.to_string()))
        })
        .await
}

/// Whether a password fits a hash; with no hash, the same work and no.
///
/// # Errors
/// [`Error::Unavailable`] when too many wait; [`Error::Internal`] when the check cannot be run.
pub async fn verify(app: &App, password: String, hash: Option<String>) -> Result<Checked, Error> {
    let cost = app.passwords.cost;
    if password.len() > PASSWORD_BYTES_MAX {
        return Ok(Checked { fits: false, outdated: false });
    }
    app.passwords
        .run(move || {
            let (argon2, failed) =
                (cost.argon2()?, |e: &dyn std::error::Error| Error::Internal(e.to_string()));
            let Some(hash) = hash else {
                argon2.hash_password_with_salt(password.as_bytes(), &NOBODY_SALT).map_err(|e| failed(&e))?;
                return Ok(Checked { fits: false, outdated: false });
            };
            let parsed = PasswordHash::new(&hash).map_err(|e| failed(&e))?;
            let fits = argon2.verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(Checked { fits, outdated: cost.is_above(&parsed) })
        })
        .await
}

/// What is wrong with a new password, said of the field at `pointer`.
#[must_use]
pub fn judge(pointer: &str, password: &str, login: &str) -> Option<Field> {
    let figure = |count: usize| Arg::Int(i64::try_from(count).unwrap_or(i64::MAX));
    Some(match rules::check(password, login).err()? {
        Fault::TooShort => Field::new(pointer, "too_short").with("min", figure(rules::CHARS_MIN)),
        Fault::TooLong => Field::new(pointer, "too_long").with("max", figure(rules::CHARS_MAX)),
        Fault::Common => Field::new(pointer, "password_common"),
        Fault::ContainsName => Field::new(pointer, "password_contains_name"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_the_line_full_is_sent_away_and_does_not_wait() {
        let passwords = Passwords::with_places(Cost::default(), 1, 1);
        let _working = passwords.admitted.acquire().await.unwrap();
        let waiting = passwords.admitted.acquire().await.unwrap();
        assert!(matches!(passwords.run(|| Ok(())).await, Err(Error::Unavailable)));
        drop(waiting);
        assert!(passwords.run(|| Ok(())).await.is_ok());
    }

    #[test]
    fn a_hash_is_outdated_when_it_cost_less() {
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$YmFsbGFzdC1ub2JvZHktMQ$RdescudvJCsgt3ub+b1VR0ZbCc1bCGFVQYLSNi3U9dM";
        let hash = PasswordHash::new(hash).unwrap();
        assert!(!Cost::default().is_above(&hash));
        assert!(!Cost { passes: 1, ..Cost::default() }.is_above(&hash));
        assert!(Cost { passes: 3, ..Cost::default() }.is_above(&hash));
        assert!(Cost { memory_kib: 20_000, ..Cost::default() }.is_above(&hash));
        assert!(!Cost { memory_kib: 0, ..Cost::default() }.is_possible());
    }
}
