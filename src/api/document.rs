//! The API's document, as it is printed and served: the framework's, with what it leaves out.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use poem::{Response, handler};
use serde_json::{Map, Value, json};

use super::scalar::NO_CONTROL;
use crate::http::etag::TAGS_PATTERN;
use crate::http::idempotency::KEY_HEADER;

/// Transitions that change nothing when they are said again, and what is shown once and kept nowhere: they take no
/// key for retries.
const REPEATABLE: [&str; 11] = [
    "/cancellation",
    "/reading",
    "/number-readings",
    "/me/tokens",
    "/totp-enrolments",
    "/totp-confirmations",
    "/recovery-codes",
    "/invitations",
    "/password-resets",
    "/sign-in-codes",
    "/logins",
];
/// Fields of a change that `null` clears.
const CLEARABLE: [(&str, &str); 1] = [("VacancyPatch", "age_min")];
/// Headers that the framework shouts, and programs that are made of the document would repeat.
const HEADERS: [(&str, &str); 4] = [
    ("WWW-AUTHENTICATE", "WWW-Authenticate"),
    ("RETRY-AFTER", "Retry-After"),
    ("RATELIMIT", "RateLimit"),
    ("RATELIMIT-POLICY", "RateLimit-Policy"),
];

static DOCUMENT: LazyLock<String> = LazyLock::new(build);

/// The document: OpenAPI 3.0.0 as JSON, ending in a line feed. The same bytes for the same binary.
#[must_use]
pub fn document() -> &'static str {
    &DOCUMENT
}

/// Serves the document.
#[handler]
pub fn serve_document() -> Response {
    Response::builder().content_type("application/json").body(document())
}

fn build() -> String {
    let text = super::service().spec();
    let Ok(mut document) = serde_json::from_str::<Value>(&text) else { return text };
    for schema in bodies(&document) {
        let path = format!("/components/schemas/{schema}");
        if let Some(Value::Object(schema)) = document.pointer_mut(&path) {
            // Every body refuses fields that it does not know; the framework does not say so.
            schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    }
    for (schema, field) in CLEARABLE {
        let path = format!("/components/schemas/{schema}/properties/{field}");
        if let Some(Value::Object(field)) = document.pointer_mut(&path) {
            field.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
    declare_headers(&mut document);
    plain(&mut document);
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete(path, method, operation);
        }
    }
    serde_json::to_string_pretty(&document).map_or(text, |pretty| pretty + "\n")
}

/// What the middleware reads for every operation of a kind: the key of a signed-in caller's POST, and the tags
/// of who may have a row already.
fn declare_headers(document: &mut Value) {
    let key = json!({
        "name": KEY_HEADER,
        "schema": { "type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]*$" },
        "in": "header",
        "description": "A key of your own, good for 7 days: the same request under it is carried out once.",
        "required": false,
        "deprecated": false,
        "explode": true
    });
    let tags = json!({
        "name": "If-None-Match",
        "schema": { "type": "string" },
        "in": "header",
        "description": "The `ETag` that you have: 304 if you would get the same again.",
        "required": false,
        "deprecated": false,
        "explode": true
    });
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else { continue };
        let repeatable = REPEATABLE.iter().any(|end| path.ends_with(end));
        for (method, operation) in item.iter_mut() {
            let secured = operation.get("security").is_some();
            say_what_a_tag_is(operation);
            let shows_known = operation.pointer("/responses/304").is_some();
            let header = match method.as_str() {
                "post" if secured && !repeatable => &key,
                "get" if shows_known => &tags,
                _ => continue,
            };
            let Some(operation) = operation.as_object_mut() else { continue };
            let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
            if let Value::Array(parameters) = parameters {
                parameters.push(header.clone());
            }
        }
    }
}

/// The form of `If-Match`, which the framework knows only as text.
fn say_what_a_tag_is(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let tags = parameter.get("name").and_then(Value::as_str) == Some("If-Match");
        if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut).filter(|_| tags) {
            schema.insert("pattern".to_owned(), Value::from(TAGS_PATTERN));
        }
    }
}

/// Says in OpenAPI's own words what the framework says in its own: dates, bounds that are whole numbers, the names of
/// headers; and a reference with words of its own as a reference alone, with the words beside it, since generators of
/// clients take two schemas in an `allOf` for two objects to be merged.
fn plain(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (shouted, name) in HEADERS {
                if let Some(header) = fields.remove(shouted) {
                    fields.insert(name.to_owned(), header);
                }
            }
            let words = |one: &Value| one.as_object().is_some_and(|f| f.keys().eq(["description"]));
            if fields.contains_key("description")
                && let Some(Value::Array(all)) = fields.get_mut("allOf")
            {
                all.retain(|one| !words(one));
            }
            if fields.get("format").and_then(Value::as_str) == Some("naive-date") {
                fields.insert("format".to_owned(), Value::from("date"));
            }
            for bound in ["minimum", "maximum"] {
                #[expect(clippy::cast_possible_truncation, reason = "a bound without a fraction, below 2^53")]
                let whole =
                    fields.get(bound).and_then(Value::as_f64).filter(|b| b.fract() == 0.0).map(|b| b as i64);
                if let Some(whole) = whole {
                    fields.insert(bound.to_owned(), Value::from(whole));
                }
            }
            fields.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Adds the parameter that every operation takes, and leaves of the problems only those that this one can
/// answer with: the framework lists all of them everywhere.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let has = |name: &str| operation.get(name).is_some();
    let secured = operation.get("security").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    let (unsafe_method, body, row) = (method != "get", has("requestBody"), path.contains('{'));
    let takes = |header: &str| {
        let all = operation.get("parameters").and_then(Value::as_array);
        all.is_some_and(|all| all.iter().any(|one| one.get("name").and_then(Value::as_str) == Some(header)))
    };
    let (conditional, keyed) = (takes("If-Match"), takes(KEY_HEADER));
    let can = |status: &str| match status {
        // Login and password are asked for where nobody has to be signed in.
        "401" => secured || path == "/tokens",
        // Also for what a browser sends from elsewhere.
        "403" => secured || unsafe_method,
        "404" => row || (body && secured) || path.starts_with("/audit-checkpoints/"),
        "408" | "413" => unsafe_method,
        // Nobody is ranked for a vacancy that is closed, and nothing is proved before it is signed.
        // Nobody can ask for a mail where there is no mail server.
        "409" if path == "/password-reset-requests" => true,
        "409" => secured && (unsafe_method || path.contains("/shortlist") || path.ends_with("/proof")),
        "412" => unsafe_method && row,
        "415" => body,
        // Also for a key of another request.
        "422" => body || keyed,
        "428" => conditional,
        _ => true,
    };
    let problem = |response: &Value| response.pointer("/content/application~1problem+json").is_some();
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        responses.retain(|status, response| !problem(response) || can(status));
    }
    let language = json!({
        "name": "lang",
        "in": "query",
        "description": "The language of words: `zh-CN` or `en`. Without it, `Accept-Language` decides.",
        "required": false,
        "schema": { "type": "string", "maxLength": 35, "pattern": NO_CONTROL },
    });
    if let Some(operation) = operation.as_object_mut() {
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.push(language);
        }
    }
}

/// The names of all schemas that a request body is made of.
fn bodies(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flat_map(Map::values);
    for operation in paths.filter_map(Value::as_object).flat_map(Map::values) {
        if let Some(body) = operation.get("requestBody") {
            collect(document, body, &mut found);
        }
    }
    found
}

/// Follows every reference of a value.
fn collect(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next())
            {
                let schema = document.pointer(&format!("/components/schemas/{name}"));
                let object = schema.and_then(|s| s.get("type")).and_then(Value::as_str) == Some("object");
                if object && found.insert(name.to_owned()) {
                    schema.into_iter().for_each(|schema| collect(document, schema, found));
                }
            }
            fields.values().for_each(|field| collect(document, field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(document, item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
