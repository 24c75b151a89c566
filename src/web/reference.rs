//! The reference of the API, drawn from its own document: no script, no outside address.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{Request, Response, handler};
use serde_json::Value;

use crate::http::request;
use crate::http::server::DocumentText;
use crate::web::frame;
use crate::web::ui::layout::{self, Page};
use crate::web::ui::parts;
use crate::words::{self, Arg, Words};

/// The page. It is in English, as the document is; the frame follows the reader's language.
#[handler]
pub async fn show(request: &Request) -> Response {
    let words = request::current().words();
    let text = request.data::<DocumentText>().map_or("{}", |d| d.0);
    let document: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let page = Page::new(words, words.t("reference-title"), frame::path_of(request));
    frame::html_response(StatusCode::OK, layout::page(&page, chapters(words, &document)).into_string())
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn chapters(words: Words, document: &Value) -> Markup {
    let empty = serde_json::Map::new();
    let paths = document.get("paths").and_then(Value::as_object).unwrap_or(&empty);
    let info = document.get("info").unwrap_or(&Value::Null);
    html! {
        div.page-head {
            div {
                h1 { (words.t("reference-title")) }
                p lang="en" { (text(info, "title")) " " (text(info, "version")) " · " (text(info, "description")) }
            }
            div.actions { a.btn.alt href="/openapi.json" { "openapi.json" } }
        }
        div.stack lang="en" {
            @for (path, methods) in paths {
                @for (method, operation) in methods.as_object().unwrap_or(&empty) {
                    (one(path, method, operation))
                }
            }
        }
        (problem_codes(words))
    }
}

/// Every code that a problem can have, where its `type` points to.
fn problem_codes(words: Words) -> Markup {
    let messages = words::variables(words.locale());
    // A figure that is known only when it happens is left open.
    let said = |key: &str| {
        let open = messages.get(key)?.iter().map(|name| (name.as_str(), Arg::from("…"))).collect::<Vec<_>>();
        Some(words.ta(key, &open))
    };
    let code = |key: &str| {
        if let Some(code) = key.strip_prefix("refusal-") {
            return Some((code.to_owned(), said(key)?));
        }
        let code = key.strip_prefix("error-").filter(|code| !code.ends_with("-detail"))?;
        Some((code.to_owned(), said(&format!("error-{code}-detail"))?))
    };
    parts::panel(
        "h-problems",
        &words.t("reference-problems"),
        None,
        html! {
            dl.facts {
                @for (code, text) in messages.keys().filter_map(|key| code(key)) {
                    dt id={ "problem-" (code) } { span.code { (code) } }
                    dd { (text) }
                }
            }
        },
    )
}

fn one(path: &str, method: &str, operation: &Value) -> Markup {
    let id = text(operation, "operationId");
    let empty = serde_json::Map::new();
    let none = Vec::new();
    let parameters = operation.get("parameters").and_then(Value::as_array).unwrap_or(&none);
    let responses = operation.get("responses").and_then(Value::as_object).unwrap_or(&empty);
    let takes = operation.get("requestBody").map(schema_name);
    parts::panel(
        id,
        &format!("{} /api/v1{path}", method.to_uppercase()),
        Some(html! { span.code { (id) } }),
        html! {
            p { (text(operation, "summary")) }
            @if !text(operation, "description").is_empty() { p.quiet { (text(operation, "description")) } }
            details.twin {
                summary { "Parameters, body, answers" }
                dl.facts {
                    @for parameter in parameters {
                        dt { span.code { (text(parameter, "name")) } " (" (text(parameter, "in")) ")" }
                        dd { (text(parameter, "description")) }
                    }
                    @if let Some(body) = &takes { dt { "body" } dd { span.code { (body) } } }
                    @for (status, response) in responses {
                        dt { span.code { (status) } }
                        dd { (text(response, "description")) " " span.code { (schema_name(response)) } }
                    }
                }
            }
        },
    )
}

/// The name of the schema that a body or an answer has.
fn schema_name(value: &Value) -> String {
    let content = value.get("content").and_then(Value::as_object);
    let schema = content.and_then(|c| c.values().next()).and_then(|media| media.get("schema"));
    let reference = schema.and_then(|s| s.get("$ref")).and_then(Value::as_str);
    reference.and_then(|r| r.rsplit('/').next()).unwrap_or_default().to_owned()
}
