//! The check that a form was sent from one of our own pages: an origin check and a token bound to the
//! session.

use poem::Request;
use poem::http::header::{HOST, ORIGIN};

use crate::service::identity::session;

/// The token for the forms of one session: nothing is stored, and another session's is worth nothing.
#[must_use]
pub fn token(secret: &str) -> String {
    session::form_token(secret)
}

/// Whether a form's token is the session's. Compared by their MACs, so that time tells nothing.
#[must_use]
pub fn fits(secret: &str, given: &str) -> bool {
    session::hash_token(&session::form_token(secret)) == session::hash_token(given)
}

/// Whether a request comes from our own pages as far as the browser says: `Sec-Fetch-Site`, else `Origin`
/// against `Host`. A client that sends neither is no browser, and carries no cookie by accident.
#[must_use]
pub fn same_origin(request: &Request) -> bool {
    if let Some(site) = request.header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let host = request.headers().get(HOST).and_then(|v| v.to_str().ok());
    match request.headers().get(ORIGIN).map(|v| v.to_str()) {
        None => true,
        Some(Ok(origin)) => origin.split_once("://").map(|(_, authority)| authority) == host,
        Some(Err(_)) => false,
    }
}
