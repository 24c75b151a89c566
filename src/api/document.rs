//! The API's document, as it is printed and served: the framework's, with what it leaves out.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use poem::{Response, handler};
use serde_json::{Map, Value, json};

use crate::http::idempotency::KEY_HEADER;

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
    declare_headers(&mut document);
    serde_json::to_string_pretty(&document).map_or(text, |pretty| pretty + "\n")
}

/// What the middleware reads for every operation of a kind: the key of a signed-in caller's POST, and the tags
/// of who may have a row already.
fn declare_headers(document: &mut Value) {
    let key = json!({
        "name": KEY_HEADER,
        "schema": { "type": "string", "minLength": 8, "maxLength": 128 },
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
    for item in paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        for (method, operation) in item.iter_mut() {
            let secured = operation.get("security").is_some();
            let shows_known = operation.pointer("/responses/304").is_some();
            let header = match method.as_str() {
                "post" if secured => &key,
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
