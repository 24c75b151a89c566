//! Somebody who makes requests, and what comes back.

use ballast::http::request::REQUEST_ID_HEADER;
use ballast::http::session::SESSION_COOKIE;
use ballast::outside::keys::hex;
use ballast::service::Ctx;
use ballast::service::context::Receipts;
use ballast::service::identity::session::{self, Purpose, TOKEN_PREFIX, hash_token};
use ballast::words::Locale;
use poem::Body;
use poem::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, IF_MATCH, WWW_AUTHENTICATE};
use poem::http::{Method, StatusCode};
use serde_json::Value;

use super::app::TestApp;
use super::document::check_documented;
use super::town::Side;

/// Somebody with a login of the town, or nobody.
#[derive(Clone)]
pub struct Identity<'a> {
    app: &'a TestApp,
    /// The role's code; `nobody` without a login.
    pub role: &'static str,
    token: Option<String>,
    cookie: Option<String>,
}

/// The login of a role on a side of the town.
pub fn login(role: &str, side: Side) -> String {
    match side {
        Side::Home => format!("home.{role}"),
        Side::Other => format!("other.{role}"),
    }
}

/// The token of a login: the town puts it into the database.
pub fn token(login: &str) -> String {
    format!("{TOKEN_PREFIX}{}", hex(&hash_token(login)))
}

/// The secret of a page session of a login, likewise.
pub fn cookie(login: &str) -> String {
    hex(&hash_token(&format!("page {login}")))
}

impl<'a> Identity<'a> {
    pub(super) fn nobody(app: &'a TestApp) -> Self {
        Self { app, role: "nobody", token: None, cookie: None }
    }

    pub(super) fn of(app: &'a TestApp, role: &'static str, side: Side) -> Self {
        let login = login(role, side);
        Self { app, role, token: Some(token(&login)), cookie: Some(cookie(&login)) }
    }

    /// The same with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The context in which a use case serves this identity.
    pub async fn ctx(&self) -> Ctx {
        let token = self.token.as_deref().expect("nobody has no context");
        let found = session::authenticate(&self.app.app, token, Purpose::Api).await.unwrap();
        let found = found.expect("the login is there");
        Ctx {
            app: self.app.app.clone(),
            actor: found.actor,
            request_id: "test".to_owned(),
            locale: Locale::En,
            receipts: Receipts::default(),
            retry: None,
            confirmed_at: found.confirmed_at,
        }
    }

    /// GET, for example `/api/v1/people`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// GET of a page, as a browser that has signed in asks for it.
    pub async fn page(&self, path: &str) -> Answer {
        self.browse(Method::GET, path, &[], Body::empty()).await
    }

    /// The same with another cookie beside the session's.
    pub async fn page_beside(&self, path: &str, cookie: &str) -> Answer {
        let own =
            self.cookie.as_ref().map(|secret| format!("{SESSION_COOKIE}={secret}; ")).unwrap_or_default();
        let both = format!("{own}{cookie}");
        let bare = Self { token: None, ..self.clone() };
        bare.send_raw(Method::GET, path, &[("cookie", &both)], Body::empty()).await
    }

    /// POST of a form whose fields are encoded already, likewise. `headers` say where the form was.
    pub async fn submit(&self, path: &str, headers: &[(&str, &str)], fields: &str) -> Answer {
        let form = [(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        let headers = [&form, headers].concat();
        self.browse(Method::POST, path, &headers, Body::from_string(fields.to_owned())).await
    }

    /// The token that the forms of this session have, as a page shows it.
    pub async fn form_token(&self) -> String {
        let page = self.page("/").await.expect_status(200).text();
        let (_, after) = page.split_once("name=\"csrf\" value=\"").expect("a page has the sign-out form");
        after.split_once('"').unwrap().0.to_owned()
    }

    /// The same with another page session.
    pub fn with_cookie(&self, secret: &str) -> Self {
        Self { cookie: Some(secret.to_owned()), ..self.clone() }
    }

    /// A browser has a cookie and no token.
    async fn browse(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let cookie = self.cookie.as_ref().map(|secret| format!("{SESSION_COOKIE}={secret}"));
        let cookie = cookie.as_deref().map(|cookie| ("cookie", cookie));
        let headers = [cookie.as_slice(), headers].concat();
        Self { token: None, ..self.clone() }.send_raw(method, path, &headers, body).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Any method, with or without a JSON body.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send_with(method, path, &[], body).await
    }

    /// The same with more headers.
    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let kind = body.as_ref().map(|_| (CONTENT_TYPE.as_str(), "application/json"));
        let headers = [kind.as_slice(), headers].concat();
        let body = body.map_or_else(Body::empty, |body| Body::from_string(body.to_string()));
        self.send_raw(method, path, &headers, body).await
    }

    /// PATCH of the row whose tag was seen.
    pub async fn patch(&self, path: &str, tag: &str, body: Value) -> Answer {
        self.send_with(Method::PATCH, path, &[(IF_MATCH.as_str(), tag)], Some(body)).await
    }

    /// POST of a step of the row whose tag was seen.
    pub async fn step(&self, path: &str, tag: &str) -> Answer {
        self.send_with(Method::POST, path, &[(IF_MATCH.as_str(), tag)], None).await
    }

    /// A request with headers and a body as they are.
    pub async fn send_raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = self.app.client.request(method.clone(), path).body(body);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.0;
        let (parts, body) = response.into_parts();
        check_documented(&method, path, parts.status.as_u16());
        Answer {
            asked: format!("{} {method} {path}", self.role),
            status: parts.status,
            headers: parts.headers,
            body: body.into_vec().await.expect("the answer's body can be read"),
        }
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What it answers: role, method, path.
    pub asked: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Panics unless the status is this one.
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text());
        self
    }

    /// Panics unless this is a whole problem of this status and code, in words, with the header's request id.
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect_status(status);
        let asked = &answer.asked;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{asked}");
        let body = answer.json();
        let fields: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = ["type", "title", "status", "detail", "code", "request_id", "errors"];
        known.sort_unstable();
        let mut sorted = fields;
        sorted.sort_unstable();
        assert_eq!(sorted, known, "{asked}");
        assert_eq!((&body["status"], &body["code"]), (&status.into(), &code.into()), "{asked}: {body}");
        assert_eq!(body["type"], format!("/docs#problem-{code}"), "{asked}");
        assert!(!answer.header(REQUEST_ID_HEADER).is_empty(), "{asked}");
        assert_eq!(body["request_id"], answer.header(REQUEST_ID_HEADER), "{asked}");
        assert_eq!(answer.headers.contains_key(WWW_AUTHENTICATE), status == 401, "{asked}");
        for words in [&body["title"], &body["detail"]] {
            assert!(in_words(words.as_str().unwrap()), "{asked}: {words} is a key, not words");
        }
        for error in body["errors"].as_array().unwrap() {
            assert!(in_words(error["detail"].as_str().unwrap()), "{asked}: {error} has a key, not words");
        }
        answer
    }

    /// Body and headers as one text without the request's id: two answers that nobody can tell apart are equal.
    pub fn without_request_id(&self) -> String {
        let id = self.header(REQUEST_ID_HEADER);
        let mut lines: Vec<String> =
            self.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort_unstable();
        let whole = format!("{}\n{}\n\n{}", self.status, lines.join("\n"), self.text());
        if id.is_empty() { whole } else { whole.replace(id, "REQUEST-ID") }
    }
}

/// A key that has no message shows as itself: `error-stale-detail`, `field-required`, `status-404`.
fn in_words(text: &str) -> bool {
    let keyed = ["error-", "field-", "refusal-", "status-"].iter().any(|prefix| text.starts_with(prefix));
    !text.is_empty() && (!keyed || text.contains(' '))
}
