//! What a request knows of itself from its first line of code to its last: its id and its language.

use poem::Request;
use poem::http::header::{ACCEPT_LANGUAGE, COOKIE};

use super::client::Client;
use super::etag;
use super::limits::REQUEST_ID_BYTES_MAX;
use crate::service::context::Receipts;
use crate::words::{Locale, Words};

/// The cookie that keeps a language chosen on a page.
pub const LANGUAGE_COOKIE: &str = "ballast_lang";
/// The header with a request's id, in both directions.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// The header with the receipt of an entry of the log: its id and its leaf hash.
pub const RECEIPT_HEADER: &str = "ballast-receipt";

/// Id, language and whether pages or programs ask.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// As in the log lines and the answer's header.
    pub id: String,
    /// The language of words.
    pub locale: Locale,
    /// Whether a person looks at a page, so that errors are pages too.
    pub wants_page: bool,
    /// The path, for the language switch of an error page.
    pub path: String,
    /// The tags that the caller has already.
    pub if_none_match: Option<String>,
    /// The tag of a language that this request chooses for the next ones too.
    pub chosen_language: Option<&'static str>,
    /// The entries of the log that it has committed.
    pub receipts: Receipts,
    /// The other end of the connection.
    pub client: Client,
    /// Which list is asked for, in which order: path and query without what only turns the pages.
    pub list: String,
}

tokio::task_local! {
    static CURRENT: RequestInfo;
}

impl RequestInfo {
    /// Reads a request. An id from outside is taken over if it is short and plain, else `fresh` is used.
    #[must_use]
    pub fn read(request: &Request, fresh: String, client: Client) -> Self {
        let plain = |id: &&str| {
            !id.is_empty()
                && id.len() <= REQUEST_ID_BYTES_MAX
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let id = request.header(REQUEST_ID_HEADER).filter(plain).map_or(fresh, str::to_owned);
        let switched = query_value(request, "lang").and_then(Locale::parse);
        let kept = cookie(request, LANGUAGE_COOKIE).and_then(Locale::parse);
        let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let locale = switched.or(kept).unwrap_or_else(|| Locale::negotiate(accepted));
        let path = request.uri().path();
        let program = path.starts_with("/api/") || matches!(path, "/livez" | "/readyz" | "/openapi.json");
        Self {
            id,
            locale,
            wants_page: !program,
            path: path.to_owned(),
            if_none_match: etag::if_none_match(request),
            chosen_language: switched.map(Locale::tag),
            receipts: Receipts::default(),
            client,
            list: list_of(request),
        }
    }

    /// The words of this request's language.
    #[must_use]
    pub fn words(&self) -> Words {
        Words(self.locale)
    }
}

/// Runs a future as part of a request.
pub async fn within<T>(info: RequestInfo, future: impl Future<Output = T>) -> T {
    CURRENT.scope(info, future).await
}

/// The request that this code runs in; an empty one outside of any.
#[must_use]
pub fn current() -> RequestInfo {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| RequestInfo {
        id: String::new(),
        locale: Locale::ZhCn,
        wants_page: false,
        path: String::new(),
        if_none_match: None,
        chosen_language: None,
        receipts: Receipts::default(),
        client: Client::default(),
        list: String::new(),
    })
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let header = request.headers().get(COOKIE)?.to_str().ok()?;
    header.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(n, _)| *n == name).map(|(_, v)| v)
}

/// The parameters that do not say which list it is.
const TURNING: [&str; 4] = ["limit", "cursor", "with_total", "lang"];

/// The path and the sorted parameters that say which list is asked for.
fn list_of(request: &Request) -> String {
    let query = request.uri().query().unwrap_or_default();
    let says = |pair: &&str| !TURNING.contains(&pair.split('=').next().unwrap_or_default());
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).filter(says).collect();
    pairs.sort_unstable();
    format!("{}?{}", request.uri().path(), pairs.join("&"))
}

/// The value of a plain parameter of the query, not decoded.
fn query_value<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request
        .uri()
        .query()?
        .split('&')
        .filter_map(|p| p.split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v)
}
