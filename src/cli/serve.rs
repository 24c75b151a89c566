//! `ballast serve`: where the parts are put together.

use std::io::Write as _;
use std::sync::Arc;

use poem::endpoint::BoxEndpoint;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::http::gate::Gate;
use crate::http::settings::HttpSettings;
use crate::http::table::{Routes, get};
use crate::http::{health, metrics, server};
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
    let bound = bind(&listen, config).await?;
    writeln!(Stdout, "{}/", bound.address)?;
    listen_until_stopped(config, bound, app).await
}

/// Binds the address.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn bind(listen: &str, config: &Config) -> Result<server::Bound, Failure> {
    let tls = config.settings.tls()?;
    server::bind(listen, tls).await.map_err(|error| {
        if tls.is_some() && error.kind() != std::io::ErrorKind::AddrInUse {
            return Failure::new(format!("TLS cannot be served at {listen}: {error}"));
        }
        let what = if error.kind() == std::io::ErrorKind::AddrInUse {
            "is in use: stop what uses it, or choose another".to_owned()
        } else {
            format!("cannot be used ({error}): choose another")
        };
        Failure::new(format!("the address {listen} {what} with --listen or --port"))
    })
}

/// Serves an installation at a bound address and its measurements at theirs, and does the work that is put in.
///
/// # Errors
/// What the system says; a setting that is wrong.
pub async fn listen_until_stopped(
    config: &Config,
    bound: server::Bound,
    app: Arc<App>,
) -> Result<(), Failure> {
    let settings = config.settings.http()?;
    let times = settings.times;
    let endpoint = stack(app.clone(), settings)?;
    let stopped = |error: std::io::Error| Failure::new(format!("the server stopped: {error}"));
    let Some(listen) = &config.settings.metrics_listen else {
        let loops = Runtime::start(&app, runtime::Settings::default());
        let served = server::run(bound, endpoint, times).await;
        loops.stop().await;
        return served.map_err(stopped);
    };
    let measured = server::bind(listen, None).await.map_err(|error| {
        Failure::new(format!(
            "the address {listen} of metrics_listen cannot be used ({error}): choose another"
        ))
    })?;
    let loops = Runtime::start(&app, runtime::Settings::default());
    let served = tokio::try_join!(
        server::run(bound, endpoint, times),
        server::run(measured, metrics::endpoint(app), times)
    );
    loops.stop().await;
    served.map(|_ended| ()).map_err(stopped)
}

/// Everything that is served, with the stack around it.
///
/// # Errors
/// When the API's document says something that would not be kept.
pub fn stack(app: Arc<App>, settings: HttpSettings) -> Result<BoxEndpoint<'static>, Failure> {
    Ok(server::stack(parts(routes(), settings)?, app))
}

/// What the stack is put together from.
///
/// # Errors
/// When the API's document says something that would not be kept.
pub fn parts(routes: Routes, settings: HttpSettings) -> Result<server::Parts, Failure> {
    let document = api::document();
    let gate = Gate::read(document)
        .map_err(|what| Failure::new(format!("the API's document cannot be kept: {}", what.0)))?;
    Ok(server::Parts { routes, document, gate, error_page: web::error_page, settings })
}

/// Everything that is served, without the stack around it.
#[must_use]
pub fn routes() -> Routes {
    let routes = Routes::default()
        .nest("/api/v1", api::service())
        .at("/openapi.json", get(api::serve_document))
        .at("/livez", get(health::livez))
        .at("/readyz", get(health::readyz));
    web::add_routes(routes)
}
