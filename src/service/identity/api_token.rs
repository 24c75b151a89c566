//! Tokens of one's own for programs: named, for less than oneself may do, shown once, for a year at most.

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::identity::token_scope::Scopes;
use chrono::Duration;
use uuid::Uuid;

use super::session::{Secret, TOKEN_PREFIX, fold_login, hash_token};
use crate::entity::identity::api_token;
use crate::outside::keys::hex;
use crate::service::{Ctx, Error, Field, text};
use crate::store::identity::{api_token as store, user};
use crate::words::Arg;

/// The longest life of a token, in days.
pub const DAYS_MAX: i64 = 365;
/// The most tokens of one login that can be used.
pub const TOKENS_MAX: u64 = 50;
/// Characters of a token by which its owner knows it again.
const PREFIX_CHARS: usize = 9;
/// The longest list: of one login, or at the command line of all.
const SHOWN_MAX: u64 = 1_000;

/// A token to be.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for, `hiring:read`.
    pub scopes: Vec<String>,
    /// How long it lasts, in days.
    pub days: i64,
}

/// A token without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenView {
    /// Which.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// What it may be used for; none without limit.
    pub scopes: Option<Vec<String>>,
    /// Since when.
    pub created_at: Instant,
    /// Until when.
    pub expires_at: Instant,
    /// The last day on which it was used.
    pub last_used_on: Option<CivilDate>,
}

/// Makes a token of one's own. Its secret is in the answer and nowhere else.
///
/// # Errors
/// [`Error::Invalid`]; a refusal when one has too many; [`Error::ConfirmationNeeded`].
pub async fn create_own_token(ctx: &Ctx, new: NewToken) -> Result<(Uuid, Secret), Error> {
    let user = ctx.actor.user_id().ok_or(Error::Unauthenticated)?;
    let (id, now) = (ctx.app.random.timed_id(ctx.now()), ctx.now());
    ctx.authorise::<act::ManageSignIn>(&Target { id, user: Some(user), ..Target::default() })?;
    ctx.require_confirmed()?;
    let mut problems = Vec::new();
    let name = text::clean(&mut problems, "/name", &new.name, text::NAME_CHARS_MAX);
    let scopes = Scopes::parse(&new.scopes.join(" "));
    if scopes.is_none() {
        problems.push(Field::new("/scopes", "unknown_scope"));
    }
    if !(1..=DAYS_MAX).contains(&new.days) {
        let range = [("min", Arg::Int(1)), ("max", Arg::Int(DAYS_MAX))];
        problems.push(Field { args: range.to_vec(), ..Field::new("/days", "out_of_range") });
    }
    let Some(scopes) = scopes.filter(|_| problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    if store::find_count(ctx.app.db.reader(), user.0, now).await? >= TOKENS_MAX {
        let max = Arg::Int(i64::try_from(TOKENS_MAX).unwrap_or(i64::MAX));
        return Err(Error::refused_with("too_many_tokens", vec![("max", max)]));
    }
    let token = format!("{TOKEN_PREFIX}{}", hex(&ctx.app.random.bytes::<32>()));
    let expires_at = now + Duration::days(new.days);
    let row = api_token::Model {
        id,
        user_id: user.0,
        name,
        prefix: token.chars().take(PREFIX_CHARS).collect(),
        token_hash: hash_token(&token),
        created_at: now,
        expires_at,
        revoked_at: None,
        scopes: Some(scopes.codes().join(" ")),
        last_used_on: None,
        confirmed_at: None,
    };
    let tx = ctx.write_tx().await?;
    store::insert_token(&tx, row).await?;
    ctx.record(&tx, act::ManageSignIn::ACTION, ("api_token", id), &[]).await?;
    tx.commit().await?;
    Ok((id, Secret { token, expires_at }))
}

/// One's own tokens that can be used, newest first; at the command line those of a login, or of all.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] for a login that is not there.
pub async fn list_own_tokens(ctx: &Ctx, login: Option<&str>) -> Result<Vec<TokenView>, Error> {
    let (scope, db) = (ctx.scope::<act::ManageSignIn>()?, ctx.app.db.reader());
    let user = match login {
        None => None,
        Some(login) => {
            let found = user::find_by_login(db, &fold_login(login)).await?;
            Some(found.ok_or(Error::NotFound)?.id)
        }
    };
    let rows = store::list(db, &scope, user, ctx.now(), SHOWN_MAX).await?;
    Ok(rows.into_iter().map(view).collect())
}

/// Ends one of one's own tokens.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke_own_token(ctx: &Ctx, id: Uuid) -> Result<(), Error> {
    let scope = ctx.scope::<act::ManageSignIn>()?;
    let row = store::get(ctx.app.db.reader(), &scope, id, ctx.now()).await?;
    let target = Target { id, user: Some(UserId(row.user_id)), ..Target::default() };
    let grant = ctx.authorise::<act::ManageSignIn>(&target)?;
    let tx = ctx.write_tx().await?;
    store::revoke(&tx, &grant, ctx.now()).await?;
    ctx.record(&tx, act::ManageSignIn::ACTION, ("api_token", id), &[]).await?;
    Ok(tx.commit().await?)
}

fn view(row: api_token::Model) -> TokenView {
    TokenView {
        id: row.id,
        name: row.name,
        prefix: row.prefix,
        scopes: row.scopes.map(|scopes| scopes.split_whitespace().map(str::to_owned).collect()),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_on: row.last_used_on,
    }
}
