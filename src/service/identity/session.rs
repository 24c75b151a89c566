//! Signing in and out. A wrong login and a wrong password cost and answer the same.

use std::sync::Arc;

use ballast_domain::base::civil_time::{Instant, shanghai_date};
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Action, Actor};
use chrono::Duration;
use sha2::{Digest as _, Sha256};

use super::password;
use crate::entity::identity::api_token;
use crate::outside::keys::{hex, mac};
use crate::service::context::Receipts;
use crate::service::{App, Ctx, Error};
use crate::store::identity::{session, user};
use crate::words::Locale;

/// How long a page session and an API token last.
pub const SESSION_HOURS: i64 = 12;
/// What a token of the API begins with, so that scanners find lost ones.
pub const TOKEN_PREFIX: &str = "blst_";

/// A secret that is shown once, and until when it is good.
#[derive(Clone, Debug)]
pub struct Secret {
    /// For the cookie or the `Authorization` header.
    pub token: String,
    /// When it ends.
    pub expires_at: Instant,
}

/// A signed-in user.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What the policy knows.
    pub actor: Actor,
    /// As shown.
    pub display_name: String,
    /// The language chosen, if any.
    pub locale: Option<Locale>,
}

/// What a login is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Pages, by cookie.
    Pages,
    /// The API, by bearer token.
    Api,
}

/// Checks login and password and opens a session or makes a token.
///
/// # Errors
/// [`Error::WrongCredentials`], also for a locked login.
pub async fn sign_in(
    app: &Arc<App>,
    request_id: &str,
    login: &str,
    password: String,
    purpose: Purpose,
) -> Result<Secret, Error> {
    let found = user::find_by_login(app.db.reader(), &fold_login(login)).await?;
    let hash = found.as_ref().and_then(|u| u.password_hash.clone());
    let fits = password::verify(app, password, hash).await?;
    let found = found.filter(|u| fits && u.status == "active").ok_or(Error::WrongCredentials)?;
    let now = app.clock.now();
    let actor = user::load_actor(app.db.reader(), &found, shanghai_date(now)).await?;
    let ctx = Ctx {
        app: app.clone(),
        actor,
        request_id: request_id.to_owned(),
        locale: Locale::ZhCn,
        receipts: Receipts::default(),
        retry: None,
    };
    let random = hex(&app.random.bytes::<32>());
    let token = if purpose == Purpose::Api { format!("{TOKEN_PREFIX}{random}") } else { random };
    let expires_at = now + Duration::hours(SESSION_HOURS);
    let (id, token_hash) = (app.random.timed_id(now), hash_token(&token));
    let tx = ctx.write_tx().await?;
    if purpose == Purpose::Api {
        let row = api_token::Model {
            id,
            user_id: found.id,
            name: "sign-in".to_owned(),
            prefix: TOKEN_PREFIX.to_owned(),
            token_hash,
            created_at: now,
            expires_at,
            revoked_at: None,
        };
        session::insert_token(&tx, row).await?;
    } else {
        session::insert_session(&tx, id, UserId(found.id), token_hash, now, expires_at).await?;
    }
    ctx.record(&tx, Action::SignIn, ("user", found.id), &[]).await?;
    tx.commit().await?;
    Ok(Secret { token, expires_at })
}

/// Who a secret stands for; none when it is unknown, ended, or its login is locked.
///
/// # Errors
/// What the database says.
pub async fn authenticate(app: &App, token: &str, purpose: Purpose) -> Result<Option<SignedIn>, Error> {
    let (now, hash) = (app.clock.now(), hash_token(token));
    let (db, day) = (app.db.reader(), shanghai_date(now));
    let found = match purpose {
        Purpose::Pages => session::find_session(db, &hash, now, day).await?,
        Purpose::Api => session::find_token(db, &hash, now, day).await?,
    };
    Ok(found.map(|holder| SignedIn {
        actor: holder.actor,
        display_name: holder.display_name,
        locale: holder.locale.as_deref().and_then(Locale::parse),
    }))
}

/// Ends a session or a token.
///
/// # Errors
/// What the database says.
pub async fn sign_out(ctx: &Ctx, token: &str, purpose: Purpose) -> Result<(), Error> {
    let (hash, now) = (hash_token(token), ctx.now());
    let user = ctx.actor.user_id().ok_or(Error::Unauthenticated)?;
    let tx = ctx.write_tx().await?;
    match purpose {
        Purpose::Pages => session::delete_session(&tx, &hash).await?,
        Purpose::Api => session::revoke_token(&tx, &hash, now).await?,
    }
    ctx.record(&tx, Action::SignIn, ("user", user.0), &[]).await?;
    Ok(tx.commit().await?)
}

/// The name of a login as it is compared: lower case without outer spaces.
#[must_use]
pub fn fold_login(login: &str) -> String {
    login.trim().to_lowercase()
}

/// The token for the forms of one session: nothing is stored, and another session's is worth nothing.
#[must_use]
pub fn form_token(token: &str) -> String {
    hex(&mac(&hash_token(token), &[b"csrf"]))
}

/// What is kept of a token.
#[must_use]
pub fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
