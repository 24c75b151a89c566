//! Where an organisation's people sign in by OpenID Connect: its issuer, and what we are called there.

use ballast_domain::base::id::OrganisationId;
use ballast_domain::identity::open_id::{CODE_CHARS_MAX, is_code};
use ballast_domain::identity::policy::{Act as _, Target, act};
use openidconnect::url::Url;
use serde_json::{Value, json};
use uuid::Uuid;

use super::open_id::{ISSUER_BYTES_MAX, answer_path};
use crate::entity::identity::open_id_provider::Model;
use crate::outside::keys::SealedKey;
use crate::service::audit::audit_entry::Changes;
use crate::service::organisation::organisation::get_organisation;
use crate::service::{App, Ctx, Error, Field, Seen, text};
use crate::store::audit::audit_entry::Touch;
use crate::store::identity::open_id_provider as store;
use crate::words::Arg;

/// The longest name and secret that an issuer knows us by, in characters.
const CLIENT_CHARS_MAX: usize = 500;

/// A provider to be.
#[derive(Clone, Debug)]
pub struct NewOpenIdProvider {
    /// What stands in its address here.
    pub code: String,
    /// The issuer's address.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// The secret by which we are known there.
    pub client_secret: String,
    /// Whether people can sign in by it.
    pub enabled: bool,
}

/// What of a provider is to be another; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct OpenIdProviderChange {
    /// What stands in its address here.
    pub code: Option<String>,
    /// The issuer's address.
    pub issuer: Option<String>,
    /// What we are called there.
    pub client_id: Option<String>,
    /// The secret by which we are known there.
    pub client_secret: Option<String>,
    /// Whether people can sign in by it.
    pub enabled: Option<bool>,
}

/// A provider, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIdProviderView {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub organisation: OrganisationId,
    /// What stands in its address here.
    pub code: String,
    /// The issuer's address.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// Whether people can sign in by it.
    pub enabled: bool,
    /// The path to which the issuer has to send people back.
    pub answer_path: String,
    /// The revision.
    pub revision: i64,
}

fn view(row: Model) -> OpenIdProviderView {
    OpenIdProviderView {
        id: row.id,
        organisation: OrganisationId(row.organisation_id),
        answer_path: answer_path(&row.code),
        code: row.code,
        issuer: row.issuer,
        client_id: row.client_id,
        enabled: row.status == "on",
        revision: row.revision,
    }
}

/// Where a provider's secret is sealed for.
pub(crate) fn key_place(id: Uuid) -> String {
    format!("open_id_provider|sealed|{id}")
}

fn seal(app: &App, id: Uuid, secret: &str) -> Result<SealedKey, Error> {
    let sealed = app.keys.seal_own_key(&key_place(id), secret.as_bytes(), &app.random);
    sealed.map_err(|error| Error::Internal(error.to_string()))
}

/// The secret by which we are known at a provider.
pub(super) fn secret(app: &App, row: &Model) -> Result<String, Error> {
    let opened = app.keys.open_own_key(&key_place(row.id), &row.key_id, &row.sealed);
    let opened = opened.map_err(|error| Error::Internal(error.to_string()))?;
    String::from_utf8(opened).map_err(|error| Error::Internal(error.to_string()))
}

/// That of an organisation, if it has one.
///
/// # Errors
/// [`Error::NotFound`] for an organisation out of reach.
pub async fn find_open_id_provider(
    ctx: &Ctx,
    organisation: OrganisationId,
) -> Result<Option<OpenIdProviderView>, Error> {
    let scope = ctx.scope::<act::ManageOpenId>()?;
    ctx.authorise::<act::ManageOpenId>(&of(organisation))?;
    get_organisation(ctx, organisation).await?;
    Ok(store::find_of(ctx.app.db.reader(), &scope, organisation).await?.map(view))
}

/// One in reach.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_open_id_provider(ctx: &Ctx, id: Uuid) -> Result<OpenIdProviderView, Error> {
    let scope = ctx.scope::<act::ManageOpenId>()?;
    Ok(view(store::get(ctx.app.db.reader(), &scope, id).await?))
}

fn of(organisation: OrganisationId) -> Target {
    Target { organisations: vec![organisation], ..Target::default() }
}

/// Gives an organisation its own sign-in.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Duplicate`] when it has one, or the code is taken; [`Error::NotFound`] for an organisation
/// out of reach.
pub async fn create_open_id_provider(
    ctx: &Ctx,
    organisation: OrganisationId,
    new: NewOpenIdProvider,
) -> Result<Uuid, Error> {
    let id = ctx.app.random.timed_id(ctx.now());
    let grant = ctx.authorise::<act::ManageOpenId>(&Target { id, ..of(organisation) })?;
    get_organisation(ctx, organisation).await?;
    let mut problems = Vec::new();
    let row = Model {
        id,
        organisation_id: organisation.0,
        code: check_code(&mut problems, &new.code),
        issuer: check_issuer(&mut problems, &ctx.app, &new.issuer),
        client_id: text::clean(&mut problems, "/client_id", &new.client_id, CLIENT_CHARS_MAX),
        key_id: String::new(),
        sealed: Vec::new(),
        status: status(new.enabled),
        revision: 1,
    };
    let secret = text::clean(&mut problems, "/client_secret", &new.client_secret, CLIENT_CHARS_MAX);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let SealedKey { key_id, sealed } = seal(&ctx.app, id, &secret)?;
    let row = Model { key_id, sealed, ..row };
    let mut changes = Changes::new();
    changes.described(organisation, touch(&row), Value::Null, told(&row));
    let tx = ctx.write_tx().await?;
    store::insert(&tx, &grant, row).await?;
    ctx.record_changes(&tx, act::ManageOpenId::ACTION, ("open_id_provider", id), &changes).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes it. A change that changes nothing leaves nothing behind either; a secret is always taken for another one.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] when it is not at the revision that was seen; [`Error::Invalid`].
pub async fn update_open_id_provider(
    ctx: &Ctx,
    id: Uuid,
    seen: &Seen,
    change: OpenIdProviderChange,
) -> Result<OpenIdProviderView, Error> {
    let scope = ctx.scope::<act::ManageOpenId>()?;
    let tx = ctx.write_tx().await?;
    let found = store::get(tx.conn(), &scope, id).await?;
    let organisation = OrganisationId(found.organisation_id);
    let target = Target { id, revision: found.revision, ..of(organisation) };
    let grant = ctx.authorise::<act::ManageOpenId>(&target)?;
    seen.check(grant.revision())?;
    let mut problems = Vec::new();
    let mut row = found.clone();
    if let Some(code) = &change.code {
        row.code = check_code(&mut problems, code);
    }
    if let Some(issuer) = &change.issuer {
        row.issuer = check_issuer(&mut problems, &ctx.app, issuer);
    }
    if let Some(client_id) = &change.client_id {
        row.client_id = text::clean(&mut problems, "/client_id", client_id, CLIENT_CHARS_MAX);
    }
    if let Some(secret) = &change.client_secret {
        let secret = text::clean(&mut problems, "/client_secret", secret, CLIENT_CHARS_MAX);
        SealedKey { key_id: row.key_id, sealed: row.sealed } = seal(&ctx.app, id, &secret)?;
    }
    row.status = change.enabled.map_or(row.status, status);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if row == found {
        return Ok(view(found));
    }
    store::update_if_unchanged(&tx, &grant, &row).await?;
    row.revision += 1;
    let mut changes = Changes::new();
    changes.described(organisation, touch(&row), told(&found), told(&row));
    ctx.record_changes(&tx, act::ManageOpenId::ACTION, ("open_id_provider", id), &changes).await?;
    tx.commit().await?;
    Ok(view(row))
}

/// Takes it away, with its secret. Logins stay linked to their accounts at the issuer, which open nothing without it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`].
pub async fn remove_open_id_provider(ctx: &Ctx, id: Uuid, seen: &Seen) -> Result<(), Error> {
    let scope = ctx.scope::<act::ManageOpenId>()?;
    let tx = ctx.write_tx().await?;
    let found = store::get(tx.conn(), &scope, id).await?;
    let organisation = OrganisationId(found.organisation_id);
    let target = Target { id, revision: found.revision, ..of(organisation) };
    let grant = ctx.authorise::<act::ManageOpenId>(&target)?;
    seen.check(grant.revision())?;
    store::delete_if_unchanged(&tx, &grant).await?;
    let last = Touch { revision: found.revision + 1, ..touch(&found) };
    let mut changes = Changes::new();
    changes.described(organisation, last, told(&found), Value::Null);
    ctx.record_changes(&tx, act::ManageOpenId::ACTION, ("open_id_provider", id), &changes).await?;
    Ok(tx.commit().await?)
}

fn touch(row: &Model) -> Touch {
    Touch { kind: "open_id_provider", id: row.id, revision: row.revision }
}

/// What the log tells of it: not its secret, but whether that is another one.
fn told(row: &Model) -> Value {
    json!({
        "client_id": row.client_id,
        "code": row.code,
        "issuer": row.issuer,
        "status": row.status,
    })
}

fn status(enabled: bool) -> String {
    if enabled { "on" } else { "off" }.to_owned()
}

fn check_code(problems: &mut Vec<Field>, code: &str) -> String {
    let code = code.trim().to_lowercase();
    if !is_code(&code) {
        let max = Arg::Int(i64::try_from(CODE_CHARS_MAX).unwrap_or(i64::MAX));
        problems.push(Field::new("/code", "open_id_code").with("max", max));
    }
    code
}

/// The address of an issuer as its tokens name it, so it is kept as it is.
fn check_issuer(problems: &mut Vec<Field>, app: &App, issuer: &str) -> String {
    let issuer = issuer.trim().to_owned();
    let parsed = Url::parse(&issuer).ok().filter(|url| url.query().is_none() && url.fragment().is_none());
    let whole = issuer.len() <= ISSUER_BYTES_MAX && !issuer.contains(char::is_whitespace);
    if !whole || !parsed.is_some_and(|url| app.open_id.takes(&url)) {
        problems.push(Field::new("/issuer", "open_id_issuer"));
    }
    issuer
}
