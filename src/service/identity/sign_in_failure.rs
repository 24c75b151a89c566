//! Counting failed attempts, and saying who has to wait. Whether a login exists makes no difference to any of it.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::lock_out;
use ballast_domain::identity::policy::Action;
use uuid::Uuid;

use crate::service::{App, Ctx, Error};
use crate::store::audit::audit_entry;
use crate::store::identity::sign_in_failure as store;

/// What is counted: somebody, as whom one of all browsers tries something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    subject: Vec<u8>,
    device: Vec<u8>,
}

impl Counter {
    /// Attempts to sign in with a password.
    #[must_use]
    pub fn of_password(app: &App, login: &str, device: Vec<u8>) -> Self {
        Self { subject: app.keys.own_mac("sign_in_failure.password", login).to_vec(), device }
    }

    /// Codes of a login's second factor.
    #[must_use]
    pub fn of_second_factor(app: &App, user: UserId, device: Vec<u8>) -> Self {
        let subject = app.keys.own_mac("sign_in_failure.second_factor", &user.0.to_string());
        Self { subject: subject.to_vec(), device }
    }

    /// Attempts at a code that a desk read out: whoever asks, since the code itself allows few.
    #[must_use]
    pub fn of_code(app: &App, login: &str) -> Self {
        Self { subject: app.keys.own_mac("sign_in_failure.code", login).to_vec(), device: Vec::new() }
    }

    /// Asking for a link for another password: whoever asks.
    #[must_use]
    pub fn of_forgotten(app: &App, login: &str) -> Self {
        Self { subject: app.keys.own_mac("sign_in_failure.forgotten", login).to_vec(), device: Vec::new() }
    }

    /// Whose failures they are, by whatever browser.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The row's key.
    #[must_use]
    pub fn key(&self) -> (&[u8], &[u8]) {
        (&self.subject, &self.device)
    }
}

/// Whether somebody has to wait, and whether there is something to forget when they get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Nobody is let in.
    pub locked: bool,
    /// There were failures.
    pub failed: bool,
}

/// How it stands. A demonstration's clock stands still: nobody could wait there, so nobody has to.
///
/// # Errors
/// What the database says.
pub async fn standing(app: &App, counter: &Counter) -> Result<Standing, Error> {
    if app.demonstration {
        return Ok(Standing { locked: false, failed: false });
    }
    let (row, now) = (store::find(app.db.reader(), counter.key()).await?, app.clock.now());
    let locked = row.as_ref().and_then(|row| row.locked_until).is_some_and(|until| until > now);
    Ok(Standing { locked, failed: row.is_some() })
}

/// Counts a failure; the one after which somebody has to wait is told in the log. `user` is whose login it was, if
/// anybody's.
///
/// # Errors
/// What the database says.
pub async fn count(ctx: &Ctx, counter: &Counter, user: Option<Uuid>) -> Result<(), Error> {
    if ctx.app.demonstration {
        return Ok(());
    }
    let now = ctx.now();
    let tx = ctx.write_tx().await?;
    let failures = store::count(&tx, counter.key(), now, lock_out::forgotten_before(now)).await?;
    let until: Option<Instant> = lock_out::locked_until(failures, now);
    if until.is_some() {
        store::record_wait(&tx, counter.key(), until).await?;
        let resource = ("sign_in_failure", user.unwrap_or(Uuid::nil()));
        ctx.record(&tx, Action::SignIn, resource, &[]).await?;
    } else {
        audit_entry::exempt(&tx);
    }
    Ok(tx.commit().await?)
}
