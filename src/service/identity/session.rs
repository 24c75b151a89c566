//! Signing in and out. A wrong login and a wrong password cost and answer the same.

use std::sync::Arc;

use ballast_domain::base::civil_time::{CivilDate, Instant, shanghai_date};
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Action, Actor, Grant, Target, act};
use ballast_domain::identity::token_scope::Scopes;
use chrono::Duration;
use sha2::{Digest as _, Sha256};

use super::second_factor::{Proved, own};
use super::sign_in_failure::{self, Counter};
use super::{device, half_session, password, second_factor};
use crate::entity::identity::{api_token, session as entity};
use crate::outside::keys::{hex, mac};
use crate::service::{App, Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry;
use crate::store::identity::{
    api_token as tokens, half_session as halves, session, sign_in_failure as failures, user,
};
use crate::words::Locale;

/// How long a page session and an API token last.
pub const SESSION_HOURS: i64 = 12;
/// What a token of the API begins with, so that scanners find lost ones.
pub const TOKEN_PREFIX: &str = "blst_";

/// The name of a token that somebody got with login and password.
pub const SIGN_IN_TOKEN: &str = "sign-in";
/// The most sessions that are shown.
const SHOWN_MAX: u64 = 100;

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
    /// What the token may be used for; none without limit.
    pub scopes: Option<Scopes>,
    /// Whether the roles need a second factor that the login has not got: it may set one up and nothing else.
    pub must_enrol: bool,
    /// When the password, or what stands for it, was last shown with it. A token of a program is for nothing that asks.
    pub confirmed_at: Option<Instant>,
}

/// What a login is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Pages, by cookie.
    Pages,
    /// The API, by bearer token.
    Api,
}

/// Somebody who wants to sign in.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The request.
    pub request_id: &'a str,
    /// As typed.
    pub login: &'a str,
    /// As typed.
    pub password: String,
    /// A code of the second factor, as typed, where it comes with the password.
    pub code: Option<&'a str>,
    /// What for.
    pub purpose: Purpose,
    /// The cookie by which a browser is known that signed in before; empty without one.
    pub devices: &'a str,
    /// The family of browser and system.
    pub label: &'a str,
}

/// Somebody got in.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What they sign their requests with.
    pub secret: Secret,
    /// The cookie by which this browser is known from now on.
    pub devices: String,
}

/// How far somebody got with login and password.
#[derive(Clone, Debug)]
pub enum Entered {
    /// All the way.
    Whole(Opened),
    /// To the second factor: with this secret its code can be tried, and nothing else done.
    Half(Secret),
}

/// What is asked of a login beside its password.
enum Asked {
    Nothing,
    /// The code that came with it.
    Proved(Proved),
    /// A code that is to come.
    Later,
}

/// Checks login and password and opens a session or makes a token; where the login has a second factor and no code came
/// along, only half a session. Who has to wait is told the same as who is wrong, after the same work.
///
/// # Errors
/// [`Error::WrongCredentials`], also for a locked login; [`Error::SecondFactorRequired`] from a program;
/// [`Error::WrongSecondFactor`]; [`Error::Unavailable`] when too many passwords wait.
pub async fn sign_in(app: &Arc<App>, attempt: Attempt<'_>) -> Result<Entered, Error> {
    let login = fold_login(attempt.login);
    let device = device::find(app, attempt.devices, &login);
    let counter = Counter::of_password(app, &login, device.clone());
    let standing = sign_in_failure::standing(app, &counter).await?;
    let found = user::find_by_login(app.db.reader(), &login).await?;
    let hash = found.as_ref().and_then(|u| u.password_hash.clone());
    let checked = password::verify(app, attempt.password.clone(), hash).await?;
    let nobody = Ctx { request_id: attempt.request_id.to_owned(), ..Ctx::of_machinery(app.clone()) };
    let known = found.as_ref().map(|user| user.id);
    let user = found.filter(|u| checked.fits && !standing.locked && u.status == "active");
    let Some(user) = user else {
        if !standing.locked {
            sign_in_failure::count(&nobody, &counter, known).await?;
        }
        return Err(Error::WrongCredentials);
    };
    let rehashed = if checked.outdated { Some(password::hash(app, attempt.password).await?) } else { None };
    let actor = user::load_actor(app.db.reader(), &user, shanghai_date(app.clock.now())).await?;
    let (ctx, id) = (Ctx { actor, ..nobody }, UserId(user.id));
    let asked = ask(&ctx, id, device, attempt.code, attempt.purpose).await?;
    let tx = ctx.write_tx().await?;
    if let (Some(before), Some(hash)) = (&user.password_hash, rehashed) {
        user::rehash_if_unchanged(&tx, user.id, before, hash).await?;
    }
    if standing.failed {
        failures::delete(&tx, counter.key()).await?;
    }
    match asked {
        Asked::Nothing => {}
        Asked::Proved(proved) => second_factor::spend(&ctx, &tx, id, &proved).await?,
        Asked::Later => {
            let half = half_session::begin(&ctx, &tx, id, attempt.label).await?;
            audit_entry::exempt(&tx);
            tx.commit().await?;
            return Ok(Entered::Half(half));
        }
    }
    let secret = open(&ctx, &tx, id, attempt.purpose, attempt.label, Some(ctx.now())).await?;
    ctx.record(&tx, Action::SignIn, ("user", user.id), &[]).await?;
    tx.commit().await?;
    Ok(Entered::Whole(Opened { secret, devices: device::remember(app, attempt.devices, &login) }))
}

async fn ask(
    ctx: &Ctx,
    user: UserId,
    device: Vec<u8>,
    code: Option<&str>,
    purpose: Purpose,
) -> Result<Asked, Error> {
    if !second_factor::is_there(&ctx.app, user).await? {
        return Ok(Asked::Nothing);
    }
    match (code, purpose) {
        (Some(code), _) => Ok(Asked::Proved(second_factor::prove(ctx, user, device, code).await?)),
        (None, Purpose::Pages) => Ok(Asked::Later),
        // A program sends both at once.
        (None, Purpose::Api) => Err(Error::SecondFactorRequired),
    }
}

/// Opens a session, or makes a token that is as short-lived. `confirmed_at` is none for whom somebody else has let in, who
/// may have asked them nothing.
pub(super) async fn open(
    ctx: &Ctx,
    tx: &Tx,
    user: UserId,
    purpose: Purpose,
    label: &str,
    confirmed_at: Option<Instant>,
) -> Result<Secret, Error> {
    let (app, now) = (&ctx.app, ctx.now());
    let random = hex(&app.random.bytes::<32>());
    let token = if purpose == Purpose::Api { format!("{TOKEN_PREFIX}{random}") } else { random };
    let expires_at = now + Duration::hours(SESSION_HOURS);
    let (id, token_hash) = (app.random.timed_id(now), hash_token(&token));
    if purpose == Purpose::Api {
        let row = api_token::Model {
            id,
            user_id: user.0,
            name: SIGN_IN_TOKEN.to_owned(),
            prefix: TOKEN_PREFIX.to_owned(),
            token_hash,
            created_at: now,
            expires_at,
            revoked_at: None,
            scopes: None,
            last_used_on: Some(ctx.today()),
            confirmed_at,
        };
        tokens::insert_token(tx, row).await?;
    } else {
        let row = entity::Model {
            id,
            user_id: user.0,
            token_hash,
            created_at: now,
            expires_at,
            label: Some(label.to_owned()),
            last_used_on: Some(ctx.today()),
            confirmed_at,
        };
        session::insert_session(tx, row).await?;
    }
    Ok(Secret { token, expires_at })
}

/// Who a secret stands for; none when it is unknown, ended, or its login is locked. The day of its use is kept.
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
    let Some(holder) = found else { return Ok(None) };
    if holder.last_used_on != Some(day) {
        keep_day(app, purpose, holder.held_id, day).await;
    }
    let scopes = match holder.scopes.as_deref() {
        None => None,
        // Scopes that nobody can read allow nothing: an older program meets those of a newer one.
        Some(text) => Some(Scopes::parse(text).ok_or(Error::InsufficientScope)?),
    };
    let needs = app.require_second_factor && holder.actor.needs_second_factor();
    Ok(Some(SignedIn {
        must_enrol: needs && !holder.second_factor,
        confirmed_at: holder.confirmed_at,
        actor: holder.actor,
        display_name: holder.display_name,
        locale: holder.locale.as_deref().and_then(Locale::parse),
        scopes,
    }))
}

/// Keeps the day on which a secret was used. It is a hint for its owner: nobody is refused for want of it.
async fn keep_day(app: &App, purpose: Purpose, id: uuid::Uuid, day: CivilDate) {
    let kept = async {
        let tx = app.db.write_tx().await?;
        match purpose {
            Purpose::Pages => session::record_use(&tx, id, day).await?,
            Purpose::Api => tokens::record_use(&tx, id, day).await?,
        }
        audit_entry::exempt(&tx);
        tx.commit().await
    };
    if let Err(error) = kept.await {
        tracing::warn!(?error, "the day of a sign-in is not kept");
    }
}

/// A session of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Which.
    pub id: uuid::Uuid,
    /// The family of browser and system, `firefox/linux`; none for a session of before.
    pub label: Option<String>,
    /// Since when.
    pub created_at: Instant,
    /// Until when, at the latest.
    pub expires_at: Instant,
    /// The last day on which it was used.
    pub last_used_on: Option<CivilDate>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// One's own sessions, newest first. `secret` is what the asking request is signed with.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_sessions(ctx: &Ctx, secret: &str) -> Result<Vec<SessionView>, Error> {
    let (scope, own) = (ctx.scope()?, hash_token(secret));
    let rows = session::list(ctx.app.db.reader(), &scope, ctx.now(), SHOWN_MAX).await?;
    let view = |row: entity::Model| SessionView {
        id: row.id,
        label: row.label,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_on: row.last_used_on,
        current: row.token_hash == own,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Ends one of one's own sessions.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn end_session(ctx: &Ctx, id: uuid::Uuid) -> Result<(), Error> {
    let scope = ctx.scope::<act::ManageSignIn>()?;
    let row = session::get(ctx.app.db.reader(), &scope, id).await?;
    let target = Target { id, user: Some(UserId(row.user_id)), ..Target::default() };
    let grant = ctx.authorise::<act::ManageSignIn>(&target)?;
    let tx = ctx.write_tx().await?;
    session::delete(&tx, &grant).await?;
    ctx.record(&tx, Action::ManageSignIn, ("session", id), &[]).await?;
    Ok(tx.commit().await?)
}

/// Ends all of one's own sessions, and tokens that were got by signing in, but the one that asks.
///
/// # Errors
/// [`Error::Unauthenticated`] for the operator, who has none.
pub async fn end_other_sessions(ctx: &Ctx, secret: &str) -> Result<(), Error> {
    let user = ctx.actor.user_id().ok_or(Error::Unauthenticated)?;
    let grant = ctx.authorise::<act::ManageSignIn>(&own(user))?;
    let tx = ctx.write_tx().await?;
    end_others(ctx, &tx, &grant, secret).await?;
    ctx.record(&tx, Action::ManageSignIn, ("user", user.0), &[]).await?;
    Ok(tx.commit().await?)
}

/// The same within another change; the grant is for the login.
pub(super) async fn end_others(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Grant<act::ManageSignIn>,
    secret: &str,
) -> Result<(), Error> {
    let own = hash_token(secret);
    session::delete_others(tx, grant, &own).await?;
    halves::delete_of(tx, grant).await?;
    tokens::revoke_others(tx, grant, SIGN_IN_TOKEN, &own, ctx.now()).await?;
    Ok(())
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
        Purpose::Api => tokens::revoke_token(&tx, &hash, now).await?,
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
