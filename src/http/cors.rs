//! Pages of other origins that may call the API: those that the settings name, and no others. They bring a bearer
//! token; cookies are never let through.

use std::sync::Arc;

use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, HeaderName,
    HeaderValue, ORIGIN, VARY,
};
use poem::http::{HeaderMap, Method, StatusCode};
use poem::{Endpoint, Request, Response};

use super::settings::HttpSettings;
use super::table::RouteTable;

/// The headers that such a page may send.
const SENT: &str =
    "accept-language, authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";
/// The headers of an answer that it may read.
const READ: &str =
    "etag, idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id";
/// For how many seconds a browser may remember it.
const REMEMBERED: &str = "600";

/// Answers OPTIONS, and tells a browser whose page may read the answer.
///
/// # Errors
/// What the routes answer.
pub async fn options(
    ep: Arc<impl Endpoint<Output = Response>>,
    req: Request,
    table: Arc<RouteTable>,
    settings: Arc<HttpSettings>,
) -> poem::Result<Response> {
    let program = req.uri().path().starts_with("/api/");
    let origin = req.headers().get(ORIGIN).filter(|origin| program && allowed(origin, &settings)).cloned();
    let mut response = if *req.method() == Method::OPTIONS {
        let Some(allow) = table.allow(req.uri().path()) else {
            return Err(StatusCode::NOT_FOUND.into());
        };
        let mut response = Response::builder().status(StatusCode::NO_CONTENT).header(ALLOW, &allow).finish();
        if origin.is_some() && req.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            let headers = response.headers_mut();
            insert(headers, ACCESS_CONTROL_ALLOW_METHODS, &allow);
            insert(headers, ACCESS_CONTROL_ALLOW_HEADERS, SENT);
            insert(headers, ACCESS_CONTROL_MAX_AGE, REMEMBERED);
        }
        response
    } else {
        ep.get_response(req).await
    };
    if program && !settings.cors_origins.is_empty() {
        response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = origin {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        insert(response.headers_mut(), ACCESS_CONTROL_EXPOSE_HEADERS, READ);
    }
    Ok(response)
}

fn allowed(origin: &HeaderValue, settings: &HttpSettings) -> bool {
    settings.cors_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
