//! The server and the one stack of middleware around everything it serves.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poem::endpoint::BoxEndpoint;
use poem::http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE,
    HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use poem::http::{Method, StatusCode};
use poem::listener::{Acceptor as _, AcceptorExt as _, BoxAcceptor, Listener as _, TcpAcceptor, TcpListener};
use poem::middleware::CatchPanic;
use poem::{Body, Endpoint, EndpointExt as _, IntoResponse as _, Request, Response, Server};
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError};

use super::gate::{self, Gate};
use super::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX, HEADERS_MAX, SHUTDOWN_TIME_MAX, URL_BYTES_MAX};
use super::patience::PatientAcceptor;
use super::problem::{self, Code, Problem};
use super::rate::RateLimits;
use super::request::{self, LANGUAGE_COOKIE, RECEIPT_HEADER, REQUEST_ID_HEADER, RequestInfo};
use super::settings::{HttpSettings, Times};
use super::table::{RouteTable, Routes};
use super::{client, cors, csrf, idempotency, metrics};
use crate::service::{App, Field};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Draws an error as a page. Handed in, since this layer knows no page.
pub type ErrorPage = fn(&RequestInfo, StatusCode, &str, &str) -> String;

/// The API's document, for the page that draws it. Handed in, since this layer knows no API.
#[derive(Clone, Copy, Debug)]
pub struct DocumentText(pub &'static str);

/// What the layers above hand in: this one knows neither the API nor the pages.
pub struct Parts {
    /// Everything that is served.
    pub routes: Routes,
    /// The API's document.
    pub document: &'static str,
    /// What the document says of each operation.
    pub gate: Gate,
    /// How an error looks to people.
    pub error_page: ErrorPage,
    /// What is known of the surroundings.
    pub settings: HttpSettings,
}

/// Everything that stands between a socket and the routes, in one place, outermost first: request id and
/// language, the log line and the measurements, security headers, problems and error pages, panics, the limits of
/// address and headers, methods and other origins, rates, forged forms, the time limit, the limit of the body, and
/// for the API the gate. Boxed in between, or each layer would hold the futures of all below it on its own stack.
pub fn stack(parts: Parts, app: Arc<App>) -> BoxEndpoint<'static> {
    let (routes, pages) = parts.routes.split();
    let (gate, settings) = (Arc::new(parts.gate), Arc::new(parts.settings));
    let table = Arc::new(gate.table().joined(pages));
    let limits = Arc::new(RateLimits::new(settings.rates, &settings.ticks));
    let error_page = parts.error_page;
    let (outer, rated, tabled) = (app.clone(), limits.clone(), table.clone());
    let (known, seen, times) = (settings.clone(), table.clone(), settings.times);
    routes
        .around(move |ep, req| gate::guard(ep, req, gate.clone(), limits.clone()))
        .boxed()
        .data(app)
        .data(DocumentText(parts.document))
        .data(rated.clone())
        .around(move |ep, req| limit_body(ep, req, times.body))
        .around(move |ep, req| limit_time(ep, req, times.request))
        .boxed()
        .around(refuse_forged)
        .around(move |ep, req| limit_rate(ep, req, rated.clone()))
        .around(move |ep, req| cors::options(ep, req, tabled.clone()))
        .around(limit_headers)
        .with(CatchPanic::new())
        .boxed()
        .around(move |ep, req| problems(ep, req, error_page, table.clone()))
        .boxed()
        .around(move |ep, req| cors::headers(ep, req, settings.clone()))
        .around(security_headers)
        .around(move |ep, req| identify(ep, req, outer.clone(), known.clone(), seen.clone()))
        .boxed()
}

async fn identify(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    app: Arc<App>,
    settings: Arc<HttpSettings>,
    table: Arc<RouteTable>,
) -> poem::Result<Response> {
    let start = Instant::now();
    let info = RequestInfo::read(&req, app.fresh_request_id(), client::read(&req, &settings));
    let (method, path) = (req.method().clone(), req.uri().path().to_owned());
    let mut response = request::within(info.clone(), ep.get_response(req)).await;
    if let Ok(id) = HeaderValue::from_str(&info.id) {
        response.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), id);
    }
    for (entry, leaf) in info.receipts.list() {
        if let Ok(receipt) = HeaderValue::from_str(&format!("{entry} {leaf}")) {
            response.headers_mut().append(HeaderName::from_static(RECEIPT_HEADER), receipt);
        }
    }
    if let Some(chosen) = &info.chosen_language {
        let cookie = format!("{LANGUAGE_COOKIE}={chosen}; Path=/; Max-Age=31536000; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    if method == Method::HEAD {
        // The headers of the answer to GET, also where that is an error, and nothing behind them.
        response.set_body(());
    }
    let status = response.status();
    metrics::count(&app, table.find(&path), &method, status, start.elapsed());
    tracing::info!(request_id = info.id, %method, path, status = status.as_u16(), "request");
    Ok(response)
}

/// Refuses an address or headers that are longer than any client of ours has.
async fn limit_headers(ep: Arc<impl Endpoint<Output = Response>>, req: Request) -> poem::Result<Response> {
    let asked = req.uri().path_and_query().map_or(0, |asked| asked.as_str().len());
    if asked > URL_BYTES_MAX {
        return Ok(StatusCode::URI_TOO_LONG.into_response());
    }
    let bytes: usize = req.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if req.headers().len() > HEADERS_MAX || bytes > HEADER_BYTES_MAX {
        return Ok(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response());
    }
    ep.call(req).await
}

/// Where a password or what stands for one is tried.
const SIGNS_IN: [&str; 9] = [
    "/sign-in",
    "/sign-in/link",
    "/sign-in/code",
    "/sign-in/second-factor",
    "/sign-in/passkey",
    "/sign-in/passkey/challenge",
    "/sign-in/forgotten",
    "/api/v1/tokens",
    "/api/v1/password-reset-requests",
];
/// From here somebody is sent to sign in elsewhere and comes back, all by following links: asking there is an attempt.
const OPEN_ID: &str = "/sign-in/open-id";

fn signs_in(method: &Method, path: &str) -> bool {
    (*method == Method::POST && SIGNS_IN.contains(&path)) || path.starts_with(OPEN_ID)
}

/// Counts a request of its address, and an attempt to sign in once more. Whether the process lives may always be
/// asked.
async fn limit_rate(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    limits: Arc<RateLimits>,
) -> poem::Result<Response> {
    let (path, address) = (req.uri().path(), request::current().client.address);
    if !matches!(path, "/livez" | "/readyz") {
        limits.request(address).map_err(Problem::from)?;
    }
    if signs_in(req.method(), path) {
        limits.sign_in(address).map_err(Problem::from)?;
    }
    ep.call(req).await
}

/// Refuses what would change something and comes with a browser's cookie, or as a form of ours, from elsewhere.
async fn refuse_forged(ep: Arc<impl Endpoint<Output = Response>>, req: Request) -> poem::Result<Response> {
    let safe = matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let by_cookie = !req.headers().contains_key(AUTHORIZATION) && req.headers().contains_key(COOKIE);
    let page = request::current().wants_page;
    if !safe && (by_cookie || page) && !csrf::same_origin(&req) {
        return Ok(problem::with_fields(StatusCode::FORBIDDEN, "cross_origin", &[]));
    }
    ep.call(req).await
}

async fn security_headers(ep: Arc<impl Endpoint<Output = Response>>, req: Request) -> poem::Result<Response> {
    let mut response = ep.get_response(req).await;
    let headers = response.headers_mut();
    let fixed = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Turns whatever is an error and no problem yet into a problem, or into a page for people.
async fn problems(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    error_page: ErrorPage,
    table: Arc<RouteTable>,
) -> poem::Result<Response> {
    let info = request::current();
    let allow = table.allow(req.uri().path());
    let response = match ep.call(req).await {
        Ok(response) => response,
        Err(error) => translate(error),
    };
    let mut response = worded(response, &info, error_page);
    if response.status() == StatusCode::METHOD_NOT_ALLOWED
        && let Some(allow) = allow.and_then(|allow| HeaderValue::from_str(&allow).ok())
    {
        response.headers_mut().insert(ALLOW, allow);
    }
    Ok(response)
}

/// An answer, or in its place the problem or the page that says what went wrong.
fn worded(response: Response, info: &RequestInfo, error_page: ErrorPage) -> Response {
    let status = response.status();
    let plain = !(status.is_client_error() || status.is_server_error());
    let typed = response.content_type().is_some_and(|t| t.starts_with("application/problem+json"));
    let page = response.content_type().is_some_and(|t| t.starts_with("text/html"));
    if plain || page || (typed && !info.wants_page) {
        return response;
    }
    let code = response.data::<Code>().map_or_else(|| code_of(status), |code| code.0);
    let detail = info.words().t(&format!("error-{code}-detail"));
    if !info.wants_page {
        return problem::response(status, code, detail, Vec::new());
    }
    let html = error_page(info, status, code, &detail);
    let mut answer = Response::builder().status(status).content_type("text/html; charset=utf-8").body(html);
    for name in [RETRY_AFTER, RATE_LIMIT, RATE_LIMIT_POLICY] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// An error of the framework. The gate has said what is wrong with a request of the API; this is what is left:
/// bodies that are no JSON, and pages.
fn translate(error: poem::Error) -> Response {
    let bad = StatusCode::BAD_REQUEST;
    if error.is::<ParseRequestPayloadError>() {
        tracing::debug!(%error, "a body that cannot be read");
        return problem::with_fields(bad, "bad_body", &[Field::new("", "unreadable")]);
    }
    // An id that is no id names nothing, in the API and among the pages.
    if error.is::<ParsePathError>() || error.is::<poem::error::ParsePathError>() {
        tracing::debug!(%error, "a path that is no id");
        return problem::with_fields(StatusCode::NOT_FOUND, "not_found", &[]);
    }
    if let Some(err) = error.downcast_ref::<ParseParamError>() {
        tracing::debug!(%error, "a parameter that cannot be read");
        return problem::with_fields(bad, "bad_parameter", &[Field::new(err.name, "unreadable")]);
    }
    if error.is::<ContentTypeError>() {
        return problem::with_fields(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", &[]);
    }
    error.into_response()
}

fn code_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "bad_request",
        401 => "unauthenticated",
        403 => "denied",
        404 => "not_found",
        405 => "method_not_allowed",
        408 => "timeout",
        409 => "conflict",
        412 => "stale",
        413 => "body_too_large",
        414 => "url_too_long",
        415 => "unsupported_media_type",
        422 => "invalid",
        428 => "precondition_required",
        429 => "rate_limited",
        431 => "headers_too_large",
        503 => "unavailable",
        _ => "internal",
    }
}

async fn limit_time(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    longest: Duration,
) -> poem::Result<Response> {
    match tokio::time::timeout(longest, ep.call(req)).await {
        Ok(answer) => answer,
        Err(_elapsed) => Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
    }
}

/// Reads the body up to its limit before anything else looks at it. A longer one is refused by its declared
/// length, without reading it, or as soon as it grows past the limit.
async fn limit_body(
    ep: Arc<impl Endpoint<Output = Response>>,
    mut req: Request,
    longest: Duration,
) -> poem::Result<Response> {
    if matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return ep.call(req).await;
    }
    let declared = req.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    }
    let arriving = req.take_body().into_bytes_limit(BODY_BYTES_MAX);
    match tokio::time::timeout(longest, arriving).await {
        Ok(Ok(bytes)) => {
            idempotency::note(&mut req, &bytes);
            req.set_body(Body::from_bytes(bytes));
        }
        Ok(Err(poem::error::ReadBodyError::PayloadTooLarge)) => {
            return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        Ok(Err(_unreadable)) => return Ok(StatusCode::BAD_REQUEST.into_response()),
        Err(_elapsed) => return Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
    if !req.headers().contains_key(CONTENT_TYPE) && req.uri().path().starts_with("/api/") {
        // Without a type the body would be guessed at.
        req.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    ep.call(req).await
}

/// A bound socket, and the address that it got.
pub struct Bound {
    acceptor: BoxAcceptor,
    /// `http://ADDRESS:PORT`, or `https://` when TLS is spoken.
    pub address: String,
}

/// A certificate and its key, both PEM files.
#[derive(Clone, Copy, Debug)]
pub struct TlsFiles<'f> {
    /// The certificate, and those that vouch for it behind it.
    pub certificate: &'f Path,
    /// The key.
    pub key: &'f Path,
}

/// Binds the address before anything is promised to anybody.
///
/// # Errors
/// What the system says, for example that the port is in use; what is wrong with the files.
pub async fn bind(listen: &str, tls: Option<TlsFiles<'_>>) -> std::io::Result<Bound> {
    let acceptor = TcpListener::bind(listen.to_owned()).into_acceptor().await?;
    let address = acceptor
        .local_addr()
        .first()
        .and_then(|a| a.0.as_socket_addr().copied())
        .map_or_else(|| listen.to_owned(), |a| a.to_string());
    match tls {
        None => Ok(Bound { acceptor: acceptor.boxed(), address: format!("http://{address}") }),
        Some(files) => {
            Ok(Bound { acceptor: with_tls(acceptor, files)?, address: format!("https://{address}") })
        }
    }
}

#[cfg(feature = "tls")]
fn with_tls(acceptor: TcpAcceptor, files: TlsFiles<'_>) -> std::io::Result<BoxAcceptor> {
    use super::tls::{TlsAcceptor, read};
    Ok(TlsAcceptor::new(acceptor, read(files.certificate, files.key)?).boxed())
}

#[cfg(not(feature = "tls"))]
fn with_tls(_acceptor: TcpAcceptor, _files: TlsFiles<'_>) -> std::io::Result<BoxAcceptor> {
    Err(std::io::Error::other("this binary was built without the feature tls"))
}

/// Serves until the process is told to stop (SIGINT or SIGTERM), then lets running requests end.
///
/// # Errors
/// What the system says.
pub async fn run(bound: Bound, endpoint: BoxEndpoint<'static>, times: Times) -> std::io::Result<()> {
    let signal = stop_signal()?;
    let stop = async move {
        signal.await;
        tracing::info!("stopping: running requests may end");
    };
    run_until(bound, endpoint, times, stop).await
}

/// Serves until something happens, then lets running requests end.
///
/// # Errors
/// What the system says.
pub async fn run_until(
    bound: Bound,
    endpoint: BoxEndpoint<'static>,
    times: Times,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    Server::new_with_acceptor(PatientAcceptor::new(bound.acceptor, times))
        .run_with_graceful_shutdown(endpoint, stop, Some(SHUTDOWN_TIME_MAX))
        .await
}

/// Ends when the process is told to stop, by SIGTERM or SIGINT.
///
/// # Errors
/// When the system does not let signals be heard.
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
