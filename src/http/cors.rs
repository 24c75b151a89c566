//! Pages of other origins that may call the API: those that the settings name, and no others. They bring a bearer
//! token; cookies are never let through.

use std::sync::Arc;

use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, HeaderValue,
    ORIGIN, VARY,
};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, Request, Response};

use super::settings::HttpSettings;
use super::table::RouteTable;

/// The headers that such a page may send.
const SENT: &str =
    "accept-language, authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";
/// The headers of an answer that it may read.
const READ: &str = "ballast-receipt, etag, idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id";
/// For how many seconds a browser may remember it.
const REMEMBERED: &str = "600";

/// Answers OPTIONS with the methods that an address has, and a browser that asks before it lets a page call.
///
/// # Errors
/// What the routes answer; 404 for an address that is not there.
pub async fn options(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    table: Arc<RouteTable>,
) -> poem::Result<Response> {
    if *req.method() != Method::OPTIONS {
        return ep.call(req).await;
    }
    let Some(allow) = table.allow(req.uri().path()) else { return Err(StatusCode::NOT_FOUND.into()) };
    Ok(Response::builder().status(StatusCode::NO_CONTENT).header(ALLOW, &allow).finish())
}

/// Tells a browser whose page may read the answer, whatever the answer is.
///
/// # Errors
/// None.
pub async fn headers(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    settings: Arc<HttpSettings>,
) -> poem::Result<Response> {
    let program = req.uri().path().starts_with("/api/");
    let origin = req.headers().get(ORIGIN).filter(|origin| program && allowed(origin, &settings)).cloned();
    let asks_before =
        *req.method() == Method::OPTIONS && req.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = ep.get_response(req).await;
    let allow = response.headers().get(ALLOW).cloned();
    let headers = response.headers_mut();
    if program && !settings.cors_origins.is_empty() {
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    let Some(origin) = origin else { return Ok(response) };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READ));
    if let (true, Some(allow)) = (asks_before, allow) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, allow);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SENT));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBERED));
    }
    Ok(response)
}

fn allowed(origin: &HeaderValue, settings: &HttpSettings) -> bool {
    settings.cors_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}
