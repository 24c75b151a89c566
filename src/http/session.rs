//! Who sends a request: by bearer token for the API, by cookie for the pages. The two are never mixed.

use std::sync::Arc;

use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::idempotency;
use super::problem::Problem;
use super::request;
use crate::service::identity::session::{self, Purpose, SignedIn};
use crate::service::{App, Ctx, Error};

/// The cookie of a page session.
pub const SESSION_COOKIE: &str = "ballast_session";

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

async fn check_bearer(request: &Request, bearer: Bearer) -> poem::Result<Ctx> {
    let app = app_of(request)?;
    let found = session::authenticate(&app, &bearer.token, Purpose::Api).await.map_err(Problem::from)?;
    let signed_in = found.ok_or(Problem::from(Error::Unauthenticated))?;
    Ok(Ctx { retry: idempotency::retry(request)?, ..context(app, &signed_in) })
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
}

/// The signed-in user of a page request.
///
/// # Errors
/// What the database says.
pub async fn page_user(request: &Request) -> poem::Result<Option<PageUser>> {
    let app = app_of(request)?;
    let Some(token) = request::cookie(request, SESSION_COOKIE).map(str::to_owned) else { return Ok(None) };
    let found = session::authenticate(&app, &token, Purpose::Pages).await.map_err(Problem::from)?;
    Ok(found.map(|signed_in| PageUser {
        ctx: context(app, &signed_in),
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
    }
}
