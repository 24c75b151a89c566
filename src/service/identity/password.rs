//! Hashing and checking passwords with argon2id, off the async threads and a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::service::{App, Error};

/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest password, in bytes: a bound on what one hash may cost.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// Passwords that are hashed at once; each takes 19 MiB.
pub const HASHED_AT_ONCE: usize = 4;

/// A hash of a password that nobody has, against which an unknown login is checked at the same cost.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YmFsbGFzdC1ub2JvZHktMQ$RdescudvJCsgt3ub+b1VR0ZbCc1bCGFVQYLSNi3U9dM";

/// OWASP's parameters for argon2id: 19 MiB, 2 passes, 1 lane.
fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19_456, 2, 1, None).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password.
///
/// # Errors
/// [`Error::Internal`] when the hash cannot be made.
pub async fn hash(app: &App, password: String) -> Result<String, Error> {
    let salt: [u8; 16] = app.random.bytes();
    run(app, move || {
        let hashed = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
        hashed.map(|h| h.to_string()).map_err(|e| Error::Internal(e.to_string()))
    })
    .await
}

/// Whether a password fits a hash; with no hash, the same work and no.
///
/// # Errors
/// [`Error::Internal`] when the check cannot be run.
pub async fn verify(app: &App, password: String, hash: Option<String>) -> Result<bool, Error> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    run(app, move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(argon2()?.verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

async fn run<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _permit = app.hashing.acquire().await.map_err(|e| Error::Internal(e.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Internal(e.to_string()))?
}
