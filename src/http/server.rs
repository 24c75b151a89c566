//! The server and the one stack of middleware around everything it serves.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue,
    REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use poem::http::{Method, StatusCode};
use poem::listener::{Acceptor, Listener as _, TcpAcceptor, TcpListener};
use poem::middleware::CatchPanic;
use poem::{Body, Endpoint, EndpointExt as _, IntoResponse as _, Request, Response, Route, Server};
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError};

use super::idempotency;
use super::limits::{BODY_BYTES_MAX, REQUEST_TIME_MAX, SHUTDOWN_TIME_MAX};
use super::problem::{self, FieldProblem};
use super::request::{self, LANGUAGE_COOKIE, RECEIPT_HEADER, REQUEST_ID_HEADER, RequestInfo};
use crate::service::App;

/// Draws an error as a page. Handed in, since this layer knows no page.
pub type ErrorPage = fn(&RequestInfo, StatusCode, &str, &str) -> String;

/// The API's document, for the page that draws it. Handed in, since this layer knows no API.
#[derive(Clone, Copy, Debug)]
pub struct DocumentText(pub &'static str);

/// Everything that stands between a socket and the routes, in one place, outermost first: request id and
/// language, the log line, security headers, problems and error pages, panics, the time limit, the limit of
/// the body.
pub fn stack(
    routes: Route,
    app: Arc<App>,
    document: DocumentText,
    error_page: ErrorPage,
) -> BoxEndpoint<'static> {
    let random = app.clone();
    routes
        .data(app)
        .data(document)
        .around(limit_body)
        .around(limit_time)
        .with(CatchPanic::new())
        .around(move |ep, req| problems(ep, req, error_page))
        .around(security_headers)
        .around(move |ep, req| {
            let fresh = random.fresh_request_id();
            identify(ep, req, fresh)
        })
        .boxed()
}

async fn identify(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    fresh: String,
) -> poem::Result<Response> {
    let info = RequestInfo::read(&req, fresh);
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
    let status = response.status().as_u16();
    tracing::info!(request_id = info.id, %method, path, status, "request");
    Ok(response)
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
) -> poem::Result<Response> {
    let info = request::current();
    let response = match ep.call(req).await {
        Ok(response) => response,
        Err(error) => translate(error),
    };
    let status = response.status();
    let plain = !(status.is_client_error() || status.is_server_error());
    let typed = response.content_type().is_some_and(|t| t.starts_with("application/problem+json"));
    let page = response.content_type().is_some_and(|t| t.starts_with("text/html"));
    if plain || page || (typed && !info.wants_page) {
        return Ok(response);
    }
    let code = code_of(status);
    let detail = info.words().t(&format!("error-{code}-detail"));
    Ok(if info.wants_page {
        let html = error_page(&info, status, code, &detail);
        Response::builder().status(status).content_type("text/html; charset=utf-8").body(html)
    } else {
        problem_response(status, code, detail, Vec::new())
    })
}

/// An error of the framework with what it knows.
fn translate(error: poem::Error) -> Response {
    let words = request::current().words();
    let field = |pointer: &str, code: &str, reason: &str| {
        vec![FieldProblem { pointer: pointer.to_owned(), code: code.to_owned(), detail: reason.to_owned() }]
    };
    let bad = StatusCode::BAD_REQUEST;
    if let Some(err) = error.downcast_ref::<ParseRequestPayloadError>() {
        let errors = field("", "bad_body", &err.reason);
        return problem_response(bad, "bad_body", words.t("error-bad_body-detail"), errors);
    }
    // An id that is no id names nothing, in the API and among the pages.
    if error.is::<ParsePathError>() || error.is::<poem::error::ParsePathError>() {
        tracing::debug!(%error, "a path that is no id");
        return problem_response(
            StatusCode::NOT_FOUND,
            "not_found",
            words.t("error-not_found-detail"),
            Vec::new(),
        );
    }
    if let Some(err) = error.downcast_ref::<ParseParamError>() {
        let errors = field(err.name, "bad_parameter", &err.reason);
        return problem_response(bad, "bad_parameter", words.t("error-bad_parameter-detail"), errors);
    }
    if error.is::<ContentTypeError>() {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return problem_response(
            status,
            "unsupported_media_type",
            words.t("error-unsupported_media_type-detail"),
            Vec::new(),
        );
    }
    error.into_response()
}

fn problem_response(status: StatusCode, code: &str, detail: String, errors: Vec<FieldProblem>) -> Response {
    use poem_openapi::types::ToJSON as _;
    let body = problem::body(status, code, detail, errors).to_json_string();
    let response = Response::builder().status(status).content_type("application/problem+json");
    if status == StatusCode::UNAUTHORIZED {
        return response.header("WWW-Authenticate", "Bearer").body(body);
    }
    response.body(body)
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
        415 => "unsupported_media_type",
        422 => "invalid",
        428 => "precondition_required",
        503 => "unavailable",
        _ => "internal",
    }
}

async fn limit_time(ep: Arc<impl Endpoint<Output = Response>>, req: Request) -> poem::Result<Response> {
    match tokio::time::timeout(REQUEST_TIME_MAX, ep.call(req)).await {
        Ok(answer) => answer,
        Err(_elapsed) => Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
    }
}

/// Reads the body up to its limit before anything else looks at it. A longer one is refused by its declared
/// length, without reading it, or as soon as it grows past the limit.
async fn limit_body(ep: Arc<impl Endpoint<Output = Response>>, mut req: Request) -> poem::Result<Response> {
    if matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return ep.call(req).await;
    }
    let declared = req.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    }
    match req.take_body().into_bytes_limit(BODY_BYTES_MAX).await {
        Ok(bytes) => {
            idempotency::note(&mut req, &bytes);
            req.set_body(Body::from_bytes(bytes));
        }
        Err(poem::error::ReadBodyError::PayloadTooLarge) => {
            return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        Err(_unreadable) => return Ok(StatusCode::BAD_REQUEST.into_response()),
    }
    if !req.headers().contains_key(CONTENT_TYPE) && req.uri().path().starts_with("/api/") {
        // Without a type the body would be guessed at.
        req.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    ep.call(req).await
}

/// A bound socket, and the address that it got.
pub struct Bound {
    acceptor: TcpAcceptor,
    /// `http://ADDRESS:PORT`.
    pub address: String,
}

/// Binds the address before anything is promised to anybody.
///
/// # Errors
/// What the system says, for example that the port is in use.
pub async fn bind(listen: &str) -> std::io::Result<Bound> {
    let acceptor = TcpListener::bind(listen.to_owned()).into_acceptor().await?;
    let address = acceptor
        .local_addr()
        .first()
        .and_then(|a| a.0.as_socket_addr().copied())
        .map_or_else(|| listen.to_owned(), |a| a.to_string());
    Ok(Bound { acceptor, address: format!("http://{address}") })
}

/// Serves until the process is told to stop (SIGINT or SIGTERM), then lets running requests end.
///
/// # Errors
/// What the system says.
pub async fn run(bound: Bound, endpoint: BoxEndpoint<'static>) -> std::io::Result<()> {
    let signal = stop_signal()?;
    let stop = async move {
        signal.await;
        tracing::info!("stopping: running requests may end");
    };
    Server::new_with_acceptor(bound.acceptor)
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
