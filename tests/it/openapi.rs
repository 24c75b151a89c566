//! The document of the API keeps its own rules, and is the one in the repository.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::harness::{document, operations};

/// The verbs of operation ids, by method. A transition is a new noun that is created.
const VERBS: [(&str, &[&str]); 5] = [
    ("GET", &["get", "list", "export"]),
    ("POST", &["create", "import"]),
    ("PUT", &["replace"]),
    ("PATCH", &["update"]),
    ("DELETE", &["delete"]),
];

#[test]
fn the_document_is_the_one_in_the_repository() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/ballast.json");
    if let Ok(kept) = std::fs::read_to_string(kept) {
        assert!(
            kept == ballast::api::document(),
            "print it again: cargo run -- openapi > openapi/ballast.json"
        );
    }
}

#[test]
fn operation_ids_are_a_verb_and_a_resource_and_unique() {
    let mut seen = BTreeSet::new();
    for operation in operations() {
        let (id, method) = (&operation.id, operation.method.as_str());
        let verbs = VERBS.iter().find(|(known, _)| known == &method).map_or(&[][..], |(_, verbs)| verbs);
        let (verb, resource) = id.split_once('_').unwrap_or((id, ""));
        assert!(verbs.contains(&verb), "{id}: {method} is one of {verbs:?}");
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        assert!(resource.split('_').all(plain), "{id} is snake case");
        assert!(seen.insert(id.clone()), "{id} twice");
    }
}

#[test]
fn paths_are_plural_kebab_case() {
    for operation in operations() {
        for part in operation.path.trim_start_matches("/api/v1").split('/').filter(|part| !part.is_empty()) {
            let plain = part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            let parameter = part.starts_with('{') && part.ends_with('}');
            assert!(plain || parameter, "{}: {part}", operation.path);
        }
        assert!(operation.said["summary"].is_string(), "{} has no summary", operation.id);
        assert!(operation.said["tags"].is_array(), "{} is in no chapter", operation.id);
    }
}

#[test]
fn every_operation_says_which_problems_it_answers_with() {
    for operation in operations() {
        for status in ["400", "429", "431", "500", "503"] {
            let said = &operation.said["responses"][status]["content"]["application/problem+json"];
            assert!(said.is_object(), "{} says nothing of {status}", operation.id);
        }
    }
}

#[test]
fn every_schema_property_and_parameter_is_described() {
    let document = document();
    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (property, said) in schema["properties"].as_object().into_iter().flatten() {
            if !described(said) {
                missing.push(format!("{name}.{property}"));
            }
        }
    }
    for operation in operations() {
        for parameter in operation.said["parameters"].as_array().into_iter().flatten() {
            // That `id` is the id of what the path names goes without saying.
            if parameter["in"] != "path" && !described(parameter) {
                missing.push(format!("{}: {}", operation.id, parameter["name"]));
            }
        }
    }
    assert!(missing.is_empty(), "not described: {}", missing.join(", "));
}

fn described(said: &Value) -> bool {
    let text = |value: &Value| value["description"].as_str().is_some_and(|text| !text.trim().is_empty());
    // Beside a reference a description cannot stand: it is wrapped, or the type's own holds.
    text(said)
        || said["$ref"].is_string()
        || said["allOf"].as_array().is_some_and(|all| all.iter().any(described))
}

#[test]
fn a_change_says_of_a_field_what_a_new_row_says() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    // The words differ, and a change may say null where a new row leaves out.
    let limits = |said: &Value| {
        let mut said = said.clone();
        said.as_object_mut().unwrap().retain(|key, _| !["description", "nullable"].contains(&key.as_str()));
        said
    };
    let mut compared = 0;
    for (name, patch) in schemas {
        let Some(noun) = name.strip_suffix("Patch") else { continue };
        let new = &schemas[&format!("{noun}Input")]["properties"];
        for (field, said) in patch["properties"].as_object().unwrap() {
            assert_eq!(limits(said), limits(&new[field]), "{name}.{field}");
            compared += 1;
        }
    }
    assert!(compared >= 11, "only {compared} fields were compared");
}

#[test]
fn no_object_of_the_printed_document_has_a_key_twice() {
    serde_json::from_str::<NoDoubles>(ballast::api::document()).expect("each key once");
    let doubled = serde_json::from_str::<NoDoubles>(r#"{"a": [{"b": 1, "b": 2}]}"#);
    assert!(doubled.err().is_some_and(|error| error.to_string().contains("b twice")));
}

#[test]
fn what_the_fuzzing_leaves_as_it_is_is_little_and_has_reasons() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Not beside a test program that was carried elsewhere.
    let Ok(text) = std::fs::read_to_string(root.join("tests/fuzz/exemptions.toml")) else { return };
    let table: toml::Table = text.parse().unwrap();
    let entries = table.get("exemption").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    assert!(entries.len() <= 5, "{} exemptions", entries.len());
    for entry in entries {
        let said = |name: &str| entry.get(name).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        for name in ["operation", "check", "reason"] {
            assert!(!said(name).trim().is_empty(), "an exemption without {name}: {entry}");
        }
        assert!(said("reason").ends_with('.'), "a reason is a sentence: {entry}");
    }
}

/// Any JSON whose objects have each key once; serde's own value keeps the last of two.
struct NoDoubles;

impl<'de> Deserialize<'de> for NoDoubles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = NoDoubles;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NoDoubles, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some((key, _)) = map.next_entry::<String, NoDoubles>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("{key} twice")));
            }
        }
        Ok(NoDoubles)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<NoDoubles, A::Error> {
        while seq.next_element::<NoDoubles>()?.is_some() {}
        Ok(NoDoubles)
    }

    fn visit_bool<E>(self, _: bool) -> Result<NoDoubles, E> {
        Ok(NoDoubles)
    }

    fn visit_i64<E>(self, _: i64) -> Result<NoDoubles, E> {
        Ok(NoDoubles)
    }

    fn visit_u64<E>(self, _: u64) -> Result<NoDoubles, E> {
        Ok(NoDoubles)
    }

    fn visit_f64<E>(self, _: f64) -> Result<NoDoubles, E> {
        Ok(NoDoubles)
    }

    fn visit_str<E>(self, _: &str) -> Result<NoDoubles, E> {
        Ok(NoDoubles)
    }

    fn visit_unit<E>(self) -> Result<NoDoubles, E> {
        Ok(NoDoubles)
    }
}
