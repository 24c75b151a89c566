//! Signing in by an organisation's own provider, and linking one's login to one's account there. No login springs up by
//! itself: who signs in has linked it before, while they were signed in.

use std::sync::Arc;

use ballast_domain::base::civil_time::{CivilDate, Instant, shanghai_date};
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::identity::open_id::{LINKS_MAX, Owner, SECONDS, opens};
use ballast_domain::identity::policy::{Act as _, Action, Target, act};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::open_id::{self, Answered, Asked};
use super::session::{Entered, Opened, Purpose, hash_token, open};
use super::{device, half_session, open_id_provider, second_factor};
use crate::entity::identity::{open_id_link, open_id_provider as provider, user};
use crate::service::{App, Ctx, Error};
use crate::store::audit::audit_entry;
use crate::store::identity::{open_id_link as store, open_id_provider as providers, user as users};
use crate::store::person::person;
use crate::words::Arg;

/// What a browser takes along is sealed for this place, and what it is asked to confirm for that one.
const ON_THE_WAY: &str = "open_id|on_the_way";
const TO_CONFIRM: &str = "open_id|to_confirm";

/// A way to sign in elsewhere, as anybody sees it who has its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// What stands in its address here.
    pub code: String,
    /// The issuer's host.
    pub host: String,
}

/// A link of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIdLinkView {
    /// Which.
    pub id: Uuid,
    /// The issuer's address.
    pub issuer: String,
    /// Its host.
    pub host: String,
    /// Since when.
    pub created_at: Instant,
    /// The last day on which it was used.
    pub last_used_on: Option<CivilDate>,
}

/// Where to send a browser, and what it takes along.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The issuer's page.
    pub url: String,
    /// The cookie that it has to bring back.
    pub cookie: String,
}

/// What a browser brings back.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'a> {
    /// The request.
    pub request_id: &'a str,
    /// The code of the way that it comes by.
    pub door: &'a str,
    /// The cookie that it took along; empty without one.
    pub cookie: &'a str,
    /// What the issuer gave back; empty without.
    pub state: &'a str,
    /// The issuer's code; empty when it refused.
    pub code: &'a str,
    /// Who the issuer says it is, if it says so (RFC 9207).
    pub issuer: Option<&'a str>,
    /// The cookie by which a browser is known that signed in before; empty without one.
    pub devices: &'a str,
    /// The family of browser and system.
    pub label: &'a str,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub enum Came {
    /// Somebody is in, or at the second factor, and wants to go on to a page.
    In(Entered, Option<String>),
    /// Whoever is signed in is asked whether to link their login.
    ToConfirm {
        /// The issuer's host.
        host: String,
        /// What they send back to say yes.
        sealed: String,
    },
}

#[derive(Deserialize, Serialize)]
struct OnTheWay {
    asked: Asked,
    provider: Uuid,
    /// Whose login is to be linked; none for signing in.
    user: Option<Uuid>,
    next: Option<String>,
    until: i64,
}

#[derive(Deserialize, Serialize)]
struct ToConfirm {
    user: Uuid,
    issuer: String,
    subject_hash: Vec<u8>,
    until: i64,
}

/// Whether anybody can sign in elsewhere.
///
/// # Errors
/// What the database says.
pub async fn is_offered(app: &App) -> Result<bool, Error> {
    Ok(app.open_id.is_possible() && providers::find_whether_open(app.db.reader()).await?)
}

/// The way that is called so.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find_door(app: &App, code: &str) -> Result<Door, Error> {
    Ok(door(&find_provider(app, code).await?))
}

async fn find_provider(app: &App, code: &str) -> Result<provider::Model, Error> {
    if !app.open_id.is_possible() {
        return Err(Error::NotFound);
    }
    providers::find_open(app.db.reader(), code).await?.ok_or(Error::NotFound)
}

fn door(row: &provider::Model) -> Door {
    Door { code: row.code.clone(), host: open_id::host(&row.issuer) }
}

/// Sends somebody to sign in elsewhere. `next` is the page that they want.
///
/// # Errors
/// [`Error::NotFound`]; a refusal when the issuer does not answer.
pub async fn begin_sign_in(app: &App, code: &str, next: Option<&str>) -> Result<Sent, Error> {
    let row = find_provider(app, code).await?;
    send(app, &row, None, next.map(str::to_owned)).await
}

/// Sends oneself to sign in elsewhere, to link one's login with the account there.
///
/// # Errors
/// [`Error::NotFound`] for one that would not open one's login; [`Error::ConfirmationNeeded`]; a refusal for who has too
/// many.
pub async fn begin_link(ctx: &Ctx, code: &str) -> Result<Sent, Error> {
    let user = ctx.actor.user_id().ok_or(Error::Unauthenticated)?;
    let row = find_provider(&ctx.app, code).await?;
    if !is_openable(&ctx.app, &row, user, ctx.actor.person_id()).await? {
        return Err(Error::NotFound);
    }
    ctx.require_confirmed()?;
    check_count(ctx).await?;
    send(&ctx.app, &row, Some(user.0), None).await
}

async fn send(
    app: &App,
    row: &provider::Model,
    user: Option<Uuid>,
    next: Option<String>,
) -> Result<Sent, Error> {
    let (url, asked) = open_id::ask(app, row).await?;
    let until = app.clock.now().timestamp() + SECONDS;
    let taken = OnTheWay { asked, provider: row.id, user, next, until };
    Ok(Sent { url, cookie: seal(app, ON_THE_WAY, &taken)? })
}

/// Takes somebody in who comes back, or asks whether to link the login that they are signed in with. `asker` is who is
/// signed in.
///
/// # Errors
/// [`Error::WrongCredentials`] for whatever does not fit, uniformly; a refusal when the issuer does not answer.
pub async fn come_back(app: &Arc<App>, asker: Option<&Ctx>, returned: Returned<'_>) -> Result<Came, Error> {
    let wrong = || Error::WrongCredentials;
    let taken: OnTheWay = unseal(app, ON_THE_WAY, returned.cookie).ok_or_else(wrong)?;
    let row = find_provider(app, returned.door).await.map_err(|error| match error {
        Error::NotFound => wrong(),
        error => error,
    })?;
    let fits = taken.provider == row.id
        && taken.until > app.clock.now().timestamp()
        && hash_token(&taken.asked.state) == hash_token(returned.state)
        && returned.issuer.is_none_or(|issuer| issuer == row.issuer);
    if !fits || returned.code.is_empty() {
        return Err(wrong());
    }
    let secret = open_id_provider::secret(app, &row)?;
    let answered = Answered { asked: taken.asked, code: returned.code, secret };
    let subject = open_id::subject(app, &row, answered).await?;
    let hash = subject_hash(app, &row.issuer, &subject);
    match (taken.user, asker) {
        (None, _) => {
            let entered = enter(app, &row, &hash, returned).await?;
            Ok(Came::In(entered, taken.next))
        }
        (Some(user), Some(ctx)) if ctx.actor.user_id() == Some(UserId(user)) => {
            let until = app.clock.now().timestamp() + SECONDS;
            let issuer = row.issuer.clone();
            let asked = ToConfirm { user, issuer, subject_hash: hash, until };
            Ok(Came::ToConfirm { host: open_id::host(&row.issuer), sealed: seal(app, TO_CONFIRM, &asked)? })
        }
        (Some(_), _) => Err(wrong()),
    }
}

/// Opens a session for the login that an account is linked to; half a one where it has a second factor, which is asked
/// for whatever the issuer asked.
async fn enter(
    app: &Arc<App>,
    row: &provider::Model,
    hash: &[u8],
    returned: Returned<'_>,
) -> Result<Entered, Error> {
    let wrong = || Error::WrongCredentials;
    let db = app.db.reader();
    let link = store::find_by_subject(db, hash).await?.ok_or_else(wrong)?;
    let user: user::Model = users::get(db, UserId(link.user_id)).await?;
    let (id, person) = (UserId(user.id), user.person_id.map(PersonId));
    if user.status != "active" || !is_openable(app, row, id, person).await? {
        return Err(wrong());
    }
    let now = app.clock.now();
    let actor = users::load_actor(db, &user, shanghai_date(now)).await?;
    let nobody = Ctx::of_machinery(app.clone());
    let ctx = Ctx { actor, request_id: returned.request_id.to_owned(), ..nobody };
    let half = second_factor::is_there(app, id).await?;
    let tx = ctx.write_tx().await?;
    if !store::record_use_if_there(&tx, link.id, ctx.today()).await? {
        return Err(wrong());
    }
    if half {
        let half = half_session::begin(&ctx, &tx, id, returned.label).await?;
        audit_entry::exempt(&tx);
        tx.commit().await?;
        return Ok(Entered::Half(half));
    }
    let secret = open(&ctx, &tx, id, Purpose::Pages, returned.label, None).await?;
    ctx.record(&tx, Action::SignIn, ("user", id.0), &[]).await?;
    tx.commit().await?;
    Ok(Entered::Whole(Opened { secret, devices: device::remember(app, returned.devices, &user.login) }))
}

/// Whether a provider's organisation may open a login: with all that it may do, by every role that has not ended.
async fn is_openable(
    app: &App,
    row: &provider::Model,
    user: UserId,
    person: Option<PersonId>,
) -> Result<bool, Error> {
    let (db, today) = (app.db.reader(), shanghai_date(app.clock.now()));
    let organisation = OrganisationId(row.organisation_id);
    let held = users::find_memberships_of(db, user, today).await?;
    let roles: Vec<(&str, Option<OrganisationId>)> =
        held.iter().map(|row| (row.role.as_str(), row.organisation_id.map(OrganisationId))).collect();
    let owner = match person {
        None => Owner::NotOnRecord,
        Some(_) if ties(app, person).await?.contains(&organisation) => {
            Owner::Tied(providers::get_kind(db, row).await?)
        }
        Some(_) => Owner::Stranger,
    };
    Ok(opens(organisation, &roles, owner))
}

/// The organisations that a person is tied to today.
async fn ties(app: &App, person: Option<PersonId>) -> Result<Vec<OrganisationId>, Error> {
    let people: Vec<PersonId> = person.into_iter().collect();
    let found = person::targets(app.db.reader(), &people, shanghai_date(app.clock.now())).await?;
    Ok(found.into_iter().flat_map(|target| target.tied).collect())
}

/// Links one's login with the account that one showed, having said yes.
///
/// # Errors
/// [`Error::ConfirmationNeeded`]; a refusal for what was not asked of oneself, or too long ago, for an account that a login
/// is linked to, and in a demonstration, whose logins are everybody's.
pub async fn link(ctx: &Ctx, sealed: &str) -> Result<Uuid, Error> {
    let (id, app) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, &ctx.app);
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id.0, id))?;
    if app.demonstration {
        return Err(Error::refused("demonstration_shared"));
    }
    ctx.require_confirmed()?;
    let asked: Option<ToConfirm> = unseal(app, TO_CONFIRM, sealed);
    let asked = asked.filter(|asked| asked.user == id.0 && asked.until > ctx.now().timestamp());
    let asked = asked.ok_or_else(|| Error::refused("open_id_too_late"))?;
    check_count(ctx).await?;
    if store::find_by_subject(app.db.reader(), &asked.subject_hash).await?.is_some() {
        return Err(Error::Duplicate("open_id_linked"));
    }
    let row = open_id_link::Model {
        id: app.random.timed_id(ctx.now()),
        user_id: id.0,
        issuer: asked.issuer,
        subject_hash: asked.subject_hash,
        created_at: ctx.now(),
        last_used_on: None,
    };
    let made = row.id;
    let tx = ctx.write_tx().await?;
    store::insert(&tx, &grant, row).await?;
    ctx.record(&tx, act::ManageSignIn::ACTION, ("open_id_link", made), &[]).await?;
    tx.commit().await?;
    Ok(made)
}

async fn check_count(ctx: &Ctx) -> Result<(), Error> {
    let known = store::list(ctx.app.db.reader(), &ctx.scope()?, LINKS_MAX).await?;
    if (known.len() as u64) < LINKS_MAX {
        return Ok(());
    }
    let max = Arg::Int(i64::try_from(LINKS_MAX).unwrap_or(i64::MAX));
    Err(Error::refused_with("too_many_open_id_links", vec![("max", max)]))
}

/// One's own links.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_open_id_links(ctx: &Ctx) -> Result<Vec<OpenIdLinkView>, Error> {
    let scope = ctx.scope::<act::ManageSignIn>()?;
    let rows = store::list(ctx.app.db.reader(), &scope, LINKS_MAX).await?;
    let view = |row: open_id_link::Model| OpenIdLinkView {
        id: row.id,
        host: open_id::host(&row.issuer),
        issuer: row.issuer,
        created_at: row.created_at,
        last_used_on: row.last_used_on,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The ways by which one could sign in, once one has linked one's login.
///
/// # Errors
/// What the database says.
pub async fn list_own_doors(ctx: &Ctx) -> Result<Vec<Door>, Error> {
    let (app, user) = (&ctx.app, ctx.actor.user_id().ok_or(Error::Unauthenticated)?);
    if !app.open_id.is_possible() {
        return Ok(Vec::new());
    }
    let held = users::find_memberships_of(app.db.reader(), user, ctx.today()).await?;
    let mut near: Vec<OrganisationId> =
        held.iter().filter_map(|row| row.organisation_id.map(OrganisationId)).collect();
    near.extend(ties(app, ctx.actor.person_id()).await?);
    let mut doors = Vec::new();
    for row in providers::list_open_of(app.db.reader(), &near).await? {
        if is_openable(app, &row, user, ctx.actor.person_id()).await? {
            doors.push(door(&row));
        }
    }
    Ok(doors)
}

/// Takes one of one's own links away.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::ConfirmationNeeded`].
pub async fn remove_open_id_link(ctx: &Ctx, id: Uuid) -> Result<(), Error> {
    let scope = ctx.scope::<act::ManageSignIn>()?;
    let row = store::get(ctx.app.db.reader(), &scope, id).await?;
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id, UserId(row.user_id)))?;
    ctx.require_confirmed()?;
    let tx = ctx.write_tx().await?;
    store::delete(&tx, &grant).await?;
    ctx.record(&tx, act::ManageSignIn::ACTION, ("open_id_link", id), &[]).await?;
    Ok(tx.commit().await?)
}

fn own(id: Uuid, user: UserId) -> Target {
    Target { id, user: Some(user), ..Target::default() }
}

/// What an account is found by. An issuer's address has no space.
fn subject_hash(app: &App, issuer: &str, subject: &str) -> Vec<u8> {
    app.keys.own_mac("open_id_link.subject", &format!("{issuer} {subject}")).to_vec()
}

/// Seals what a browser keeps for us.
fn seal(app: &App, place: &str, value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_vec(value).map_err(|error| Error::Internal(error.to_string()))?;
    let sealed = app.keys.seal_own_key(place, &text, &app.random);
    let sealed = sealed.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(format!("{}.{}", sealed.key_id, URL_SAFE_NO_PAD.encode(sealed.sealed)))
}

/// What was sealed for this place; none for anything else.
fn unseal<T: DeserializeOwned>(app: &App, place: &str, kept: &str) -> Option<T> {
    let (key_id, sealed) = kept.split_once('.')?;
    let opened = app.keys.open_own_key(place, key_id, &URL_SAFE_NO_PAD.decode(sealed).ok()?).ok()?;
    serde_json::from_slice(&opened).ok()
}
