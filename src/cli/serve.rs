//! `ballast serve`: where the parts are put together.

use std::io::Write as _;
use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::{Route, get};

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::http::{health, server};
use crate::runtime::{self, Runtime};
use crate::service::App;
use crate::{api, web};

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The address and port to serve at.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

/// Serves until told to stop.
///
/// # Errors
/// [`Failure`] that says what to do, for example about a port in use.
pub async fn run(config: &Config, args: Args) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let listen = args.listen.unwrap_or_else(|| config.settings.listen.clone());
    let bound = bind(&listen).await?;
    writeln!(Stdout, "{}/", bound.address)?;
    listen_until_stopped(bound, app).await
}

/// Binds the address.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn bind(listen: &str) -> Result<server::Bound, Failure> {
    server::bind(listen).await.map_err(|error| {
        let what = if error.kind() == std::io::ErrorKind::AddrInUse {
            "is in use: stop what uses it, or choose another".to_owned()
        } else {
            format!("cannot be used ({error}): choose another")
        };
        Failure::new(format!("the address {listen} {what} with --listen or --port"))
    })
}

/// Serves an installation at a bound address, and does the work that is put in.
///
/// # Errors
/// What the system says.
pub async fn listen_until_stopped(bound: server::Bound, app: Arc<App>) -> Result<(), Failure> {
    let loops = Runtime::start(&app, runtime::Settings::default());
    let served = server::run(bound, stack(app)).await;
    loops.stop().await;
    served.map_err(|e| Failure::new(format!("the server stopped: {e}")))
}

/// Everything that is served, with the stack around it.
#[must_use]
pub fn stack(app: Arc<App>) -> BoxEndpoint<'static> {
    server::stack(routes(), app, server::DocumentText(api::document()), web::error_page)
}

/// Everything that is served, without the stack around it.
#[must_use]
pub fn routes() -> Route {
    let route = Route::new()
        .nest("/api/v1", api::service())
        .at("/openapi.json", get(api::serve_document))
        .at("/livez", get(health::livez))
        .at("/readyz", get(health::readyz));
    web::add_routes(route)
}
