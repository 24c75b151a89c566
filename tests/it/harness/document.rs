//! The OpenAPI document as the tests read it: its operations, and a body that each of them takes.

use std::sync::LazyLock;

use ballast::api;
use poem::http::Method;
use serde_json::{Map, Value, json};

use super::town::Place;

/// Where the API lives, whether the document says so in each path or once for all.
const PREFIX: &str = "/api/v1";

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(api::document()).expect("the document is JSON"));

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its operation id.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path with the prefix, `/api/v1/people/{id}`.
    pub path: String,
    /// What the document says of it.
    pub said: Value,
}

/// Every operation, in the document's order.
pub fn operations() -> Vec<Operation> {
    let document = document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, said) in item.as_object().expect("a path's methods") {
            all.push(Operation {
                id: said["operationId"].as_str().unwrap_or("").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                path: format!("{PREFIX}{}", path.trim_start_matches(PREFIX)),
                said: said.clone(),
            });
        }
    }
    assert!(!all.is_empty(), "the document has no operation");
    all
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(operations);

/// Panics when an operation answers with a status that the document does not say of it.
pub fn check_documented(method: &Method, path: &str, status: u16) {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |template: &str| {
        let (wanted, given) = (template.split('/'), path.split('/'));
        wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(wanted, given)| wanted == given || wanted.starts_with('{'))
    };
    let found = OPERATIONS.iter().filter(|known| known.method == *method && fits(&known.path));
    let Some(operation) = found.min_by_key(|known| known.path.matches('{').count()) else { return };
    let said = &operation.said["responses"][status.to_string()];
    assert!(said.is_object(), "{} answers {status}, which the document does not say", operation.id);
}

impl Operation {
    /// Whether its path names a row. A kind of file is none: it belongs to nobody.
    pub fn names_a_row(&self) -> bool {
        self.path.replace("{kind}", "").contains('{')
    }

    /// The path with the rows of one side of the town in it. A new kind of row has to be told to [`Place`].
    pub fn path_in(&self, place: &Place) -> String {
        self.fill(|noun, name| {
            place.row(noun, name).unwrap_or_else(|| {
                panic!("{}: tell Place::row of the town what {{{name}}} of {noun} is", self.id)
            })
        })
    }

    /// The path with each parameter replaced by one text.
    pub fn path_with(&self, text: &str) -> String {
        self.fill(|_, _| text.to_owned())
    }

    /// Each parameter, with the part of the path before it, replaced.
    fn fill(&self, value: impl Fn(&str, &str) -> String) -> String {
        let mut noun = "";
        let parts = self.path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let filled = name.map_or_else(|| part.to_owned(), |name| value(noun, name));
            noun = part;
            filled
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether it has this header as a parameter, and must have it.
    pub fn header(&self, name: &str) -> Option<bool> {
        let mut all = self.said["parameters"].as_array().into_iter().flatten();
        let said = all.find(|said| said["in"] == "header" && said["name"] == name)?;
        Some(said["required"] == true)
    }

    /// A body that fits the operation's schema, if it takes one.
    pub fn body(&self) -> Option<Value> {
        let content = self.said["requestBody"]["content"].as_object()?;
        let json = content.iter().find(|(kind, _)| kind.starts_with("application/json"))?.1;
        Some(sample_body(document(), &json["schema"]))
    }
}

/// The smallest value that fits a schema, with every required property.
fn sample_body(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        return sample_body(document, document.pointer(pointer).expect("a reference to a schema"));
    }
    if let Some(all) = schema["allOf"].as_array() {
        return sample_body(document, all.first().expect("a schema"));
    }
    if let Some(one) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        return sample_body(document, one.first().expect("a schema"));
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    match (schema["type"].as_str().unwrap_or("object"), schema["format"].as_str()) {
        ("string", Some("date" | "naive-date")) => json!("2026-12-01"),
        ("string", Some("date-time")) => json!("2026-12-01T00:00:00Z"),
        ("string", Some("uuid")) => json!("00000000-0000-4000-8000-000000000001"),
        ("string", _) => json!("x"),
        ("integer", _) => json!(schema["minimum"].as_f64().map_or(1, |least| least as i64)),
        ("number", _) => json!(1),
        ("boolean", _) => json!(true),
        ("array", _) => match schema["minItems"].as_u64() {
            None | Some(0) => json!([]),
            Some(_) => json!([sample_body(document, &schema["items"])]),
        },
        _ => {
            let mut object = Map::new();
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().expect("a name");
                object.insert(name.to_owned(), sample_body(document, &schema["properties"][name]));
            }
            Value::Object(object)
        }
    }
}
