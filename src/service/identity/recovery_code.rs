//! Ten codes that take the place of a second factor, each once. They are shown when they are made, and never again.

use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Act as _, Grant, act};
use ballast_domain::identity::recovery_code as rules;

use super::second_factor::{self, own};
use crate::entity::identity::recovery_code::Model;
use crate::service::{App, Ctx, Error};
use crate::store::Tx;
use crate::store::identity::recovery_code as store;

/// What is kept of a login's code.
pub(super) fn hash(app: &App, user: UserId, folded: &str) -> Vec<u8> {
    app.keys.own_mac("recovery_code", &format!("{}|{folded}", user.0)).to_vec()
}

/// Makes a login new codes in the place of those it had; the grant is for the login.
pub(super) async fn make(ctx: &Ctx, tx: &Tx, grant: &Grant<act::ManageSignIn>) -> Result<Vec<String>, Error> {
    let (app, user, now) = (&ctx.app, UserId(grant.id()), ctx.now());
    let codes: Vec<String> = (0..rules::COUNT).map(|_| rules::write(app.random.bytes())).collect();
    let row = |code: &String| {
        let folded = rules::fold(code).unwrap_or_default();
        Model {
            id: app.random.timed_id(now),
            user_id: user.0,
            code_hash: hash(app, user, &folded),
            created_at: now,
            used_at: None,
        }
    };
    store::replace_all(tx, grant, codes.iter().map(row).collect()).await?;
    Ok(codes)
}

/// Makes oneself new codes; those of before are worth nothing from then on.
///
/// # Errors
/// A refusal for who has no second factor; [`Error::ConfirmationNeeded`].
pub async fn renew_recovery_codes(ctx: &Ctx) -> Result<Vec<String>, Error> {
    let user = ctx.actor.user_id().ok_or(Error::Unauthenticated)?;
    let grant = ctx.authorise::<act::ManageSignIn>(&own(user))?;
    if !second_factor::is_there(&ctx.app, user).await? {
        return Err(Error::refused("no_second_factor"));
    }
    ctx.require_confirmed()?;
    let tx = ctx.write_tx().await?;
    let codes = make(ctx, &tx, &grant).await?;
    ctx.record(&tx, act::ManageSignIn::ACTION, ("recovery_code", user.0), &[]).await?;
    tx.commit().await?;
    Ok(codes)
}
