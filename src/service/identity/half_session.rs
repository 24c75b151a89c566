//! Between a password and the code of the second factor: a secret for five minutes with which a code can be tried five
//! times, and nothing else done.

use std::sync::Arc;

use ballast_domain::base::civil_time::shanghai_date;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::half_session::{SECONDS, TRIES_MAX};
use ballast_domain::identity::policy::Action;
use chrono::Duration;

use super::session::{Opened, Purpose, Secret, hash_token, open};
use super::{device, second_factor};
use crate::entity::identity::half_session::Model;
use crate::outside::keys::hex;
use crate::service::{App, Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry;
use crate::store::identity::{half_session as store, user};

/// Begins one in the transaction of a password that was right.
pub(super) async fn begin(ctx: &Ctx, tx: &Tx, user: UserId, label: &str) -> Result<Secret, Error> {
    let (now, token) = (ctx.now(), hex(&ctx.app.random.bytes::<32>()));
    let expires_at = now + Duration::seconds(SECONDS);
    let row = Model {
        id: ctx.app.random.timed_id(now),
        user_id: user.0,
        token_hash: hash_token(&token),
        label: label.to_owned(),
        tries: 0,
        created_at: now,
        expires_at,
    };
    store::insert(tx, row).await?;
    Ok(Secret { token, expires_at })
}

/// Whether a secret is one with which a code can still be tried.
///
/// # Errors
/// What the database says.
pub async fn is_waiting(app: &App, token: &str) -> Result<bool, Error> {
    let found = store::find(app.db.reader(), &hash_token(token), app.clock.now()).await?;
    Ok(found.is_some_and(|row| row.tries < TRIES_MAX))
}

/// A code that is tried.
#[derive(Clone, Copy, Debug)]
pub struct Try<'a> {
    /// The request.
    pub request_id: &'a str,
    /// The secret of the half session.
    pub token: &'a str,
    /// As typed.
    pub code: &'a str,
    /// The cookie by which a browser is known that signed in before; empty without one.
    pub devices: &'a str,
}

/// Tries a code, and opens the session that it was missing for. The half session is over then, as it is after five tries
/// and after five minutes.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is over; [`Error::WrongSecondFactor`].
pub async fn finish(app: &Arc<App>, tried: Try<'_>) -> Result<Opened, Error> {
    let (db, now) = (app.db.reader(), app.clock.now());
    let half = store::find(db, &hash_token(tried.token), now).await?.ok_or(Error::Unauthenticated)?;
    let id = UserId(half.user_id);
    let user = user::get(db, id).await?;
    if user.status != "active" {
        return Err(Error::Unauthenticated);
    }
    let actor = user::load_actor(db, &user, shanghai_date(now)).await?;
    let ctx = Ctx { actor, request_id: tried.request_id.to_owned(), ..Ctx::of_machinery(app.clone()) };
    // Counted before it is looked at: of many at once five are looked at.
    let tx = ctx.write_tx().await?;
    let counted = store::count_try_if_below(&tx, half.id, TRIES_MAX).await?;
    audit_entry::exempt(&tx);
    tx.commit().await?;
    if !counted {
        return Err(Error::Unauthenticated);
    }
    let device = device::find(app, tried.devices, &user.login);
    let proved = second_factor::prove(&ctx, id, device, tried.code).await?;
    let tx = ctx.write_tx().await?;
    if !store::delete_if_there(&tx, half.id).await? {
        return Err(Error::Unauthenticated);
    }
    second_factor::spend(&ctx, &tx, id, &proved).await?;
    let secret = open(&ctx, &tx, id, Purpose::Pages, &half.label, Some(ctx.now())).await?;
    ctx.record(&tx, Action::SignIn, ("user", id.0), &[]).await?;
    tx.commit().await?;
    Ok(Opened { secret, devices: device::remember(app, tried.devices, &user.login) })
}
