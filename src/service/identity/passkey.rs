//! Passkeys (WebAuthn): a key on somebody's own device that only opens for them, by a finger, a face or a number, and
//! only at our own address. Signing in with one is both factors at once. What we keep of it is public.

use std::sync::Arc;

use ballast_domain::base::civil_time::{CivilDate, Instant, shanghai_date};
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Act as _, Action, Target, act};
use chrono::Duration;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};
use webauthn_rs_proto::ResidentKeyRequirement;

use super::second_factor::own;
use super::session::{Opened, Purpose, end_others, open};
use super::{device, recovery_code, second_factor};
use crate::entity::identity::{passkey, passkey_challenge};
use crate::service::{App, Ctx, Error, text};
use crate::store::audit::audit_entry;
use crate::store::identity::{
    passkey as store, passkey_challenge as challenges, recovery_code as codes, user,
};
use crate::words::Arg;

/// How long a question waits for its answer, in seconds.
pub const SECONDS: i64 = 300;
/// The most passkeys of one login.
pub const PASSKEYS_MAX: u64 = 20;
/// The longest answer of a device, in bytes of JSON.
const ANSWER_BYTES_MAX: usize = 16_384;

/// What devices know us by.
#[derive(Debug)]
pub struct RelyingParty(Webauthn);

impl RelyingParty {
    /// By the address at which people open our pages, `https://ballast.example`. None for one at which browsers have no
    /// passkeys: without TLS (but on the machine itself, as `http://localhost:8080`), or without a name.
    #[must_use]
    pub fn at(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let name = url.domain()?.to_owned();
        if url.scheme() != "https" && name != "localhost" {
            return None;
        }
        let built = WebauthnBuilder::new(&name, &url).ok()?.rp_name("Ballast").build();
        built.ok().map(Self)
    }
}

/// A question to a device.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Which; it goes along with the answer.
    pub id: Uuid,
    /// What the browser is asked with, as JSON.
    pub options: String,
}

/// A passkey, without anything of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyView {
    /// Which.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Instant,
    /// The last day on which it was used.
    pub last_used_on: Option<CivilDate>,
}

/// A passkey to be.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// The question that was asked.
    pub challenge: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What the device answered, as JSON.
    pub credential: String,
}

/// A device that answers in the place of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The request.
    pub request_id: &'a str,
    /// The question that was asked.
    pub challenge: Uuid,
    /// What the device answered, as JSON.
    pub credential: &'a str,
    /// The cookie by which a browser is known that signed in before; empty without one.
    pub devices: &'a str,
    /// The family of browser and system.
    pub label: &'a str,
}

fn party(app: &App) -> Result<&Webauthn, Error> {
    app.relying_party.as_ref().map(|party| &party.0).ok_or_else(|| Error::refused("passkeys_off"))
}

/// One's own passkeys.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_passkeys(ctx: &Ctx) -> Result<Vec<PasskeyView>, Error> {
    let scope = ctx.scope::<act::ManageSignIn>()?;
    let rows = store::list(ctx.app.db.reader(), &scope, PASSKEYS_MAX).await?;
    let view = |row: passkey::Model| PasskeyView {
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        last_used_on: row.last_used_on,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Asks a device for another passkey of one's own.
///
/// # Errors
/// A refusal where there are none, in a demonstration, and for who has too many; [`Error::ConfirmationNeeded`].
pub async fn begin_passkey(ctx: &Ctx) -> Result<Challenge, Error> {
    let (id, app) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, &ctx.app);
    ctx.authorise::<act::ManageSignIn>(&own(id))?;
    if app.demonstration {
        return Err(Error::refused("demonstration_shared"));
    }
    ctx.require_confirmed()?;
    let (party, db) = (party(app)?, app.db.reader());
    let known = store::list(db, &ctx.scope()?, PASSKEYS_MAX).await?;
    if known.len() as u64 >= PASSKEYS_MAX {
        let max = Arg::Int(i64::try_from(PASSKEYS_MAX).unwrap_or(i64::MAX));
        return Err(Error::refused_with("too_many_passkeys", vec![("max", max)]));
    }
    let (login, known) = (user::get(db, id).await?, known.into_iter().map(|row| row.credential_id).collect());
    let asked = party.start_passkey_registration(id.0, &login.login, &login.display_name, Some(known));
    let (mut options, state) = asked.map_err(|error| internal(&error))?;
    // Found by the device without a login being typed.
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    ask(app, Some(id), &state, &options.public_key).await
}

/// Keeps a passkey that a device has made. For who had no second factor before, recovery codes come with it, and every
/// other session ends. `secret` is what the asking request is signed with.
///
/// # Errors
/// [`Error::Invalid`] for a name or an answer that does not fit; a refusal for a key that is there.
pub async fn finish_passkey(ctx: &Ctx, secret: &str, new: NewPasskey) -> Result<(Uuid, Vec<String>), Error> {
    let (id, app) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, &ctx.app);
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    let mut problems = Vec::new();
    let name = text::clean(&mut problems, "/name", &new.name, text::NAME_CHARS_MAX);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let bad = || Error::field("/credential", "bad_passkey");
    let state: PasskeyRegistration = answered(app, new.challenge, Some(id)).await?.ok_or_else(bad)?;
    let answer: RegisterPublicKeyCredential = read(&new.credential).ok_or_else(bad)?;
    let made = party(app)?.finish_passkey_registration(&answer, &state);
    let made = made.map_err(|error| {
        tracing::debug!(%error, "a passkey is refused");
        bad()
    })?;
    let db = app.db.reader();
    if store::find_by_credential(db, made.cred_id()).await?.is_some() {
        return Err(Error::refused("passkey_there"));
    }
    let first = !second_factor::is_there(app, id).await?;
    let row = passkey::Model {
        id: app.random.timed_id(ctx.now()),
        user_id: id.0,
        name,
        credential_id: made.cred_id().to_vec(),
        credential: write(&made)?,
        counter: 0,
        created_at: ctx.now(),
        last_used_on: None,
    };
    let made = row.id;
    let tx = ctx.write_tx().await?;
    store::insert(&tx, &grant, row).await?;
    let shown = if first {
        end_others(ctx, &tx, &grant, secret).await?;
        recovery_code::make(ctx, &tx, &grant).await?
    } else {
        Vec::new()
    };
    ctx.record(&tx, act::ManageSignIn::ACTION, ("passkey", made), &[]).await?;
    tx.commit().await?;
    Ok((made, shown))
}

/// Takes one of one's own passkeys away; with the last second factor the recovery codes go.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::ConfirmationNeeded`].
pub async fn remove_passkey(ctx: &Ctx, id: Uuid) -> Result<(), Error> {
    let scope = ctx.scope::<act::ManageSignIn>()?;
    let row = store::get(ctx.app.db.reader(), &scope, id).await?;
    let owner = UserId(row.user_id);
    let target = Target { id, user: Some(owner), ..Target::default() };
    let grant = ctx.authorise::<act::ManageSignIn>(&target)?;
    let all = ctx.authorise::<act::ManageSignIn>(&own(owner))?;
    ctx.require_confirmed()?;
    let tx = ctx.write_tx().await?;
    store::delete(&tx, &grant).await?;
    if !second_factor::is_there_in(&tx, owner).await? {
        codes::replace_all(&tx, &all, Vec::new()).await?;
    }
    ctx.record(&tx, act::ManageSignIn::ACTION, ("passkey", id), &[]).await?;
    Ok(tx.commit().await?)
}

/// Asks whoever sits there for a passkey of theirs.
///
/// # Errors
/// A refusal where there are none.
pub async fn begin_sign_in(app: &App) -> Result<Challenge, Error> {
    let (options, state) =
        party(app)?.start_discoverable_authentication().map_err(|error| internal(&error))?;
    ask(app, None, &state, &options.public_key).await
}

/// Opens a session for whose passkey answered. Nothing is asked beside it: the device has made sure who holds it.
///
/// # Errors
/// [`Error::WrongCredentials`] for whatever does not fit, uniformly.
pub async fn sign_in(app: &Arc<App>, shown: Shown<'_>) -> Result<Opened, Error> {
    let wrong = || Error::WrongCredentials;
    let party = party(app)?;
    let state: DiscoverableAuthentication = answered(app, shown.challenge, None).await?.ok_or_else(wrong)?;
    let answer: PublicKeyCredential = read(shown.credential).ok_or_else(wrong)?;
    let (owner, called) = party.identify_discoverable_authentication(&answer).map_err(|_no_owner| wrong())?;
    let db = app.db.reader();
    let row = store::find_by_credential(db, called).await?.ok_or_else(wrong)?;
    let user = user::get(db, UserId(row.user_id)).await?;
    if row.user_id != owner || user.status != "active" {
        return Err(wrong());
    }
    let mut passkey: Passkey = read(&row.credential).ok_or_else(|| corrupt("passkey.credential"))?;
    let key = DiscoverableKey::from(&passkey);
    let seen = party.finish_discoverable_authentication_v2(&answer, state, &key).map_err(|error| {
        tracing::info!(request_id = shown.request_id, %error, "a passkey is refused");
        wrong()
    })?;
    if !seen.user_verified() {
        return Err(wrong());
    }
    passkey.update_credential(&seen);
    let (now, id) = (app.clock.now(), UserId(user.id));
    let actor = user::load_actor(db, &user, shanghai_date(now)).await?;
    let ctx = Ctx { actor, request_id: shown.request_id.to_owned(), ..Ctx::of_machinery(app.clone()) };
    let counter = i64::from(seen.counter());
    let tx = ctx.write_tx().await?;
    let first = store::record_use_if_unchanged(&tx, &row, write(&passkey)?, counter, ctx.today()).await?;
    if !first {
        return Err(wrong());
    }
    let secret = open(&ctx, &tx, id, Purpose::Pages, shown.label, Some(ctx.now())).await?;
    ctx.record(&tx, Action::SignIn, ("user", id.0), &[]).await?;
    tx.commit().await?;
    Ok(Opened { secret, devices: device::remember(app, shown.devices, &user.login) })
}

/// Keeps a question, and says it.
async fn ask<S: serde::Serialize, O: serde::Serialize>(
    app: &App,
    user: Option<UserId>,
    state: &S,
    options: &O,
) -> Result<Challenge, Error> {
    let (now, id) = (app.clock.now(), app.random.secret_id());
    let row = passkey_challenge::Model {
        id,
        user_id: user.map(|id| id.0),
        state: write(state)?,
        created_at: now,
        expires_at: now + Duration::seconds(SECONDS),
    };
    let tx = app.db.write_tx().await?;
    challenges::insert(&tx, row).await?;
    audit_entry::exempt(&tx);
    tx.commit().await?;
    Ok(Challenge { id, options: write(options)? })
}

/// What has to fit the answer to a question, if it waits for one of this user, or of anybody. It waits no more, whatever
/// the answer is worth.
async fn answered<S: DeserializeOwned>(
    app: &App,
    id: Uuid,
    user: Option<UserId>,
) -> Result<Option<S>, Error> {
    let tx = app.db.write_tx().await?;
    let found = challenges::take(&tx, id, app.clock.now()).await?;
    audit_entry::exempt(&tx);
    tx.commit().await?;
    let Some(row) = found.filter(|row| row.user_id == user.map(|id| id.0)) else { return Ok(None) };
    read(&row.state).map(Some).ok_or_else(|| corrupt("passkey_challenge.state"))
}

fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    if json.len() > ANSWER_BYTES_MAX { None } else { serde_json::from_str(json).ok() }
}

fn write(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))
}

fn corrupt(what: &str) -> Error {
    Error::Internal(format!("{what} cannot be read"))
}

fn internal(error: &WebauthnError) -> Error {
    Error::Internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::RelyingParty;

    #[test]
    fn browsers_have_passkeys_at_a_name_with_tls_and_on_the_machine_itself() {
        for good in ["https://ballast.example", "https://ballast.example:8443", "http://localhost:8080"] {
            assert!(RelyingParty::at(good).is_some(), "{good}");
        }
        for bad in ["http://ballast.example", "https://10.0.0.1", "http://127.0.0.1:8080", "ballast", ""] {
            assert!(RelyingParty::at(bad).is_none(), "{bad}");
        }
    }
}
