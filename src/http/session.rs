//! Who sends a request: by bearer token for the API, by cookie for the pages. The two are never mixed.

use std::sync::Arc;

use ballast_domain::identity::token_scope::Scopes;
use poem::Request;
use poem::http::header::AUTHORIZATION;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::idempotency;
use super::problem::Problem;
use super::rate::RateLimits;
use super::request;
use crate::service::identity::device::KEPT_DAYS;
use crate::service::identity::session::{self, Purpose, SignedIn};
use crate::service::{App, Ctx, Error};

/// The cookie of a page session over plain HTTP: on the machine itself, or where nothing else is to be had.
pub const SESSION_COOKIE: &str = "ballast_session";
/// The cookie of a page session over TLS. With this prefix a browser takes it only when it is `Secure`, from this
/// host alone, and for all its paths.
pub const SECURE_SESSION_COOKIE: &str = "__Host-ballast_session";

/// The name of the session's cookie on the connection of the current request.
#[must_use]
pub fn cookie_name() -> &'static str {
    if request::current().client.https { SECURE_SESSION_COOKIE } else { SESSION_COOKIE }
}

/// A session's cookie for so many seconds; an empty secret for none ends it.
#[must_use]
pub fn set_cookie(secret: &str, seconds: i64) -> String {
    cookie(cookie_name(), secret, seconds)
}

/// The cookie by which a browser that signed in before is known; it opens nothing.
pub const DEVICE_COOKIE: &str = "ballast_device";
/// The same over TLS.
pub const SECURE_DEVICE_COOKIE: &str = "__Host-ballast_device";

fn device_cookie_name() -> &'static str {
    if request::current().client.https { SECURE_DEVICE_COOKIE } else { DEVICE_COOKIE }
}

/// What a browser says of its earlier sign-ins; empty for none.
#[must_use]
pub fn devices(request: &Request) -> &str {
    request::cookie(request, device_cookie_name()).unwrap_or_default()
}

/// Keeps a browser known.
#[must_use]
pub fn set_device_cookie(devices: &str) -> String {
    cookie(device_cookie_name(), devices, KEPT_DAYS * 86_400)
}

/// The cookie of a sign-in whose second factor is still to come; it opens nothing.
const HALF_COOKIE: &str = "ballast_half";
/// The same over TLS.
const SECURE_HALF_COOKIE: &str = "__Host-ballast_half";

fn half_cookie_name() -> &'static str {
    if request::current().client.https { SECURE_HALF_COOKIE } else { HALF_COOKIE }
}

/// The secret of a sign-in whose second factor is still to come; empty for none.
#[must_use]
pub fn half(request: &Request) -> &str {
    request::cookie(request, half_cookie_name()).unwrap_or_default()
}

/// Keeps that secret for so many seconds; an empty one for none ends it.
#[must_use]
pub fn set_half_cookie(secret: &str, seconds: i64) -> String {
    cookie(half_cookie_name(), secret, seconds)
}

/// The cookie of who signs in elsewhere and has to come back; it opens nothing.
const OPEN_ID_COOKIE: &str = "ballast_open_id";
/// The same over TLS.
const SECURE_OPEN_ID_COOKIE: &str = "__Host-ballast_open_id";

fn open_id_cookie_name() -> &'static str {
    if request::current().client.https { SECURE_OPEN_ID_COOKIE } else { OPEN_ID_COOKIE }
}

/// What a browser took along when it was sent to sign in elsewhere; empty for nothing.
#[must_use]
pub fn open_id(request: &Request) -> &str {
    request::cookie(request, open_id_cookie_name()).unwrap_or_default()
}

/// Gives it that for so many seconds; an empty one for none ends it.
#[must_use]
pub fn set_open_id_cookie(sealed: &str, seconds: i64) -> String {
    cookie(open_id_cookie_name(), sealed, seconds)
}

fn cookie(name: &str, value: &str, seconds: i64) -> String {
    let secure = if request::current().client.https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The token that a request of the API is signed with; empty for none.
#[must_use]
pub fn bearer(request: &Request) -> &str {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.and_then(|header| header.split_once(' ')).map_or("", |(_, token)| token.trim())
}

/// A token of the API: `Authorization: Bearer blst_…`. Get one with `POST /api/v1/tokens`.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", bearer_format = "blst_ and 64 hexadecimal digits", checker = "check_bearer")]
pub struct Caller(Ctx);

impl Caller {
    /// The context of the use case.
    #[must_use]
    pub fn ctx(&self) -> &Ctx {
        &self.0
    }
}

/// What the gate found out about who sends a request, so that nobody asks twice.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The context of the use case.
    pub ctx: Ctx,
    /// What the token may be used for; none without limit.
    pub scopes: Option<Scopes>,
    /// Whether it may only set up a second factor.
    pub must_enrol: bool,
}

async fn check_bearer(request: &Request, bearer: Bearer) -> poem::Result<Ctx> {
    match request.data::<Signed>() {
        Some(signed) => Ok(signed.ctx.clone()),
        None => Ok(api_context(request, &bearer.token).await?.ctx),
    }
}

/// Who a token of the API stands for.
///
/// # Errors
/// A problem: nobody.
pub async fn api_context(request: &Request, token: &str) -> poem::Result<Signed> {
    let app = app_of(request)?;
    let found = session::authenticate(&app, token, Purpose::Api).await.map_err(Problem::from)?;
    let signed_in = found.ok_or(Problem::from(Error::Unauthenticated))?;
    let ctx = Ctx { retry: idempotency::retry(request)?, ..context(app, &signed_in) };
    Ok(Signed { ctx, scopes: signed_in.scopes, must_enrol: signed_in.must_enrol })
}

/// What a token or a session's secret is counted under.
#[must_use]
pub fn digest(secret: &str) -> [u8; 32] {
    session::hash_token(secret).try_into().unwrap_or_default()
}

/// A person who looks at a page.
#[derive(Clone, Debug)]
pub struct PageUser {
    /// The context of the use case.
    pub ctx: Ctx,
    /// As shown.
    pub display_name: String,
    /// The session's secret, for the tokens of its forms.
    pub session: String,
    /// Whether they have to set up a second factor before anything else.
    pub must_enrol: bool,
}

/// The signed-in user of a page request.
///
/// # Errors
/// What the database says.
pub async fn page_user(request: &Request) -> poem::Result<Option<PageUser>> {
    let app = app_of(request)?;
    let Some(token) = request::cookie(request, cookie_name()).map(str::to_owned) else { return Ok(None) };
    let found = session::authenticate(&app, &token, Purpose::Pages).await.map_err(Problem::from)?;
    if let (Some(_), Some(limits)) = (&found, request.data::<Arc<RateLimits>>()) {
        limits.credential(digest(&token)).map_err(Problem::from)?;
    }
    Ok(found.map(|signed_in| PageUser {
        ctx: context(app, &signed_in),
        must_enrol: signed_in.must_enrol,
        display_name: signed_in.display_name,
        session: token,
    }))
}

/// The installation that a request is served by.
///
/// # Errors
/// When the server was put together without one.
pub fn app_of(request: &Request) -> poem::Result<Arc<App>> {
    let missing = || Problem::from(Error::Internal("no installation in the request".to_owned()));
    Ok(request.data::<Arc<App>>().cloned().ok_or_else(missing)?)
}

fn context(app: Arc<App>, signed_in: &SignedIn) -> Ctx {
    let info = request::current();
    Ctx {
        app,
        actor: signed_in.actor.clone(),
        request_id: info.id,
        locale: info.locale,
        receipts: info.receipts,
        retry: None,
        confirmed_at: signed_in.confirmed_at,
    }
}
