//! Codes by time (RFC 6238): six digits every 30 seconds from a secret that an app on a telephone has too. The code of
//! the step before and of the one after count as well, and each step counts once.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Act as _, act};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;

use super::second_factor::{self, Proof, own};
use super::session::end_others;
use super::{device, recovery_code};
use crate::entity::identity::totp::Model;
use crate::outside::keys::{SealedKey, Unsealable};
use crate::service::{App, Ctx, Error};
use crate::store::identity::{recovery_code as codes, totp as store, user};

/// Digits of a code; what every app can do.
pub const DIGITS: u8 = 6;
/// How long a step is, in seconds.
const STEP_SECONDS: u64 = 30;
/// Steps that a clock may be ahead or behind.
const DRIFT_STEPS: u16 = 1;
/// Bytes of a secret: those of the hash, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// Whose codes these are, as the app shows it.
const ISSUER: &str = "Ballast";

/// A secret that is to be put into an app, shown this once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// To type: base 32.
    pub secret: String,
    /// To scan: `otpauth://totp/…`.
    pub uri: String,
}

/// Where a login's secret is sealed for.
pub(crate) fn key_place(user: Uuid) -> String {
    format!("totp|sealed|{user}")
}

fn codes_of(secret: &[u8], login: &str) -> Result<Totp, Error> {
    // A colon would part the issuer from the account.
    let account = login.replace(':', "_");
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(DRIFT_STEPS)
        .with_step_duration(STEP_SECONDS)
        .with_secret(Secret::new(secret.into()))
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build();
    built.map_err(|error| Error::Internal(error.to_string()))
}

/// The step whose code was typed, if it is near and none of it or of a later one was taken.
pub(super) fn step_of(app: &App, row: &Model, typed: &str, now: Instant) -> Result<Option<i64>, Error> {
    let opened = app.keys.open_own_key(&key_place(row.user_id), &row.key_id, &row.sealed);
    let secret = opened.map_err(internal)?;
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let found = codes_of(&secret, "")?.check(typed, seconds);
    let step = found.and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| *step > row.last_step))
}

/// Makes oneself a secret. It counts for nothing until a first code of it has come.
///
/// # Errors
/// A refusal for who has one that counts, and in a demonstration, whose logins are everybody's;
/// [`Error::ConfirmationNeeded`].
pub async fn begin_totp(ctx: &Ctx) -> Result<Enrolment, Error> {
    let (id, app) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, &ctx.app);
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    if app.demonstration {
        return Err(Error::refused("demonstration_shared"));
    }
    ctx.require_confirmed()?;
    if store::find_whether_confirmed(app.db.reader(), id.0).await? {
        return Err(Error::refused("totp_there"));
    }
    let login = user::get(app.db.reader(), id).await?.login;
    let secret: [u8; SECRET_BYTES] = app.random.bytes();
    let sealed = app.keys.seal_own_key(&key_place(id.0), &secret, &app.random);
    let SealedKey { key_id, sealed } = sealed.map_err(internal)?;
    let row = Model {
        user_id: id.0,
        key_id,
        sealed,
        last_step: 0,
        created_at: ctx.now(),
        confirmed_at: None,
        revision: 1,
    };
    let codes = codes_of(&secret, &login)?;
    let uri = codes.to_url().map_err(|error| Error::Internal(error.to_string()))?;
    let tx = ctx.write_tx().await?;
    store::replace_unconfirmed(&tx, &grant, row).await?;
    ctx.record(&tx, act::ManageSignIn::ACTION, ("totp", id.0), &[]).await?;
    tx.commit().await?;
    Ok(Enrolment { secret: codes.secret().to_base32(), uri })
}

/// Shows that the app has the secret: from now on it is asked for. Gives the recovery codes. Every other session ends,
/// since it was opened with less. `secret` is what the asking request is signed with.
///
/// # Errors
/// [`Error::Invalid`] for another code; a refusal when there is nothing to confirm.
pub async fn confirm_totp(ctx: &Ctx, secret: &str, typed: &str) -> Result<Vec<String>, Error> {
    let (id, app) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, &ctx.app);
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    let Some(row) = store::find(app.db.reader(), id).await? else {
        return Err(Error::refused("totp_not_begun"));
    };
    if row.confirmed_at.is_some() {
        return Err(Error::refused("totp_there"));
    }
    let Some(step) = step_of(app, &row, &digits(typed), ctx.now())? else {
        return Err(Error::field("/code", "wrong_code"));
    };
    let tx = ctx.write_tx().await?;
    store::confirm_if_unchanged(&tx, &grant, row.revision, step, ctx.now()).await?;
    let shown = recovery_code::make(ctx, &tx, &grant).await?;
    end_others(ctx, &tx, &grant, secret).await?;
    ctx.record(&tx, act::ManageSignIn::ACTION, ("totp", id.0), &[]).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Takes one's own codes by time away, for another telephone: a code has to come, or a recovery code. With the last
/// second factor the recovery codes go.
///
/// # Errors
/// [`Error::Invalid`] for a wrong code; a refusal for who has none; [`Error::ConfirmationNeeded`].
pub async fn remove_totp(ctx: &Ctx, typed: &str) -> Result<UserId, Error> {
    let (id, app) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, &ctx.app);
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    if !store::find_whether_confirmed(app.db.reader(), id.0).await? {
        return Err(Error::refused("no_second_factor"));
    }
    ctx.require_confirmed()?;
    // Whoever found an open session has tries of their own, so that they cannot lock the owner out.
    let proved = second_factor::prove(ctx, id, device::of_session(id), typed).await;
    let proved = proved.map_err(at_the_field)?;
    let tx = ctx.write_tx().await?;
    second_factor::spend(ctx, &tx, id, &proved).await.map_err(at_the_field)?;
    store::delete(&tx, &grant).await?;
    if !second_factor::is_there_in(&tx, id).await? {
        codes::replace_all(&tx, &grant, Vec::new()).await?;
    }
    ctx.record(&tx, act::ManageSignIn::ACTION, ("totp", id.0), &[]).await?;
    tx.commit().await?;
    Ok(id)
}

/// The proof that a code of this login is, if it is one.
pub(super) async fn judge(app: &App, id: UserId, typed: &str) -> Result<Option<Proof>, Error> {
    let row = store::find(app.db.reader(), id).await?.filter(|row| row.confirmed_at.is_some());
    let Some(row) = row else { return Ok(None) };
    Ok(step_of(app, &row, &digits(typed), app.clock.now())?.map(Proof::Step))
}

/// What was typed without the spaces that apps put between three digits.
fn digits(typed: &str) -> String {
    typed.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn at_the_field(error: Error) -> Error {
    match error {
        Error::WrongSecondFactor => Error::field("/code", "wrong_code"),
        other => other,
    }
}

fn internal(error: Unsealable) -> Error {
    Error::Internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // Appendix B, the last six digits of the eight, for SHA-1.
        let totp = codes_of(b"12345678901234567890", "somebody").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.check(code, seconds), Some(seconds / STEP_SECONDS), "{seconds}");
            for near in [seconds - STEP_SECONDS, seconds + STEP_SECONDS] {
                assert_eq!(totp.check(code, near), Some(seconds / STEP_SECONDS), "{seconds} at {near}");
            }
            for far in [seconds.saturating_sub(3 * STEP_SECONDS), seconds + 2 * STEP_SECONDS] {
                assert_eq!(totp.check(code, far).filter(|_| seconds > 59), None, "{seconds} at {far}");
            }
        }
    }

    #[test]
    fn an_app_is_told_whose_codes_they_are() {
        let totp = codes_of(b"12345678901234567890", "a:b").unwrap();
        assert_eq!(
            totp.to_url().unwrap(),
            "otpauth://totp/Ballast:a_b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ballast"
        );
    }
}
