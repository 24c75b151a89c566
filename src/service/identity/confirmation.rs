//! Showing the password again: what outlives a session is done only soon after.

use ballast_domain::identity::policy::{Act as _, act};

use super::second_factor::own;
use super::session::hash_token;
use super::sign_in_failure::{self, Counter};
use super::{device, password};
use crate::entity::identity::user;
use crate::service::{Ctx, Error};
use crate::store::identity::{session, sign_in_failure as failures, user as users};
use ballast_domain::base::id::UserId;

/// Shows one's password again with the session or token that asks; `secret` is what its request is signed with.
///
/// # Errors
/// [`Error::Invalid`] for another password.
pub async fn confirm_password(ctx: &Ctx, secret: &str, typed: String) -> Result<UserId, Error> {
    let id = ctx.actor.user_id().ok_or(Error::Unauthenticated)?;
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    let row = users::get(ctx.app.db.reader(), id).await?;
    let shown = show_own(ctx, &row, "/password", typed).await?;
    let tx = ctx.write_tx().await?;
    session::confirm(&tx, &grant, &hash_token(secret), ctx.now()).await?;
    if shown.failed {
        failures::delete(&tx, shown.counter.key()).await?;
    }
    ctx.record(&tx, act::ManageSignIn::ACTION, ("user", id.0), &[]).await?;
    tx.commit().await?;
    Ok(id)
}

/// A password that was right, and what was counted before it.
pub(super) struct Shown {
    pub(super) counter: Counter,
    pub(super) failed: bool,
}

/// Looks at the password that whoever sits at an open session typed. They have tries of their own: whoever found the
/// session must not be able to try passwords at it for ever, nor lock the owner out.
pub(super) async fn show_own(
    ctx: &Ctx,
    row: &user::Model,
    pointer: &str,
    typed: String,
) -> Result<Shown, Error> {
    let app = &ctx.app;
    let counter = Counter::of_password(app, &row.login, device::of_session(UserId(row.id)));
    let standing = sign_in_failure::standing(app, &counter).await?;
    let checked = password::verify(app, typed, row.password_hash.clone()).await?;
    if standing.locked || !checked.fits {
        if !standing.locked {
            sign_in_failure::count(ctx, &counter, Some(row.id)).await?;
        }
        return Err(Error::field(pointer, "wrong_password"));
    }
    Ok(Shown { counter, failed: standing.failed })
}
