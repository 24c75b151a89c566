//! The part of JSON Schema that the API's document uses, and what a value breaks of it: all at once, with a pointer
//! and a stable code each. A keyword that is not known here is refused when the table is made, not passed over.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use regex::Regex;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::json::step;
use super::limits::FAULTS_MAX;
use crate::service::Field;
use crate::words::Arg;

/// How deeply schemas may refer to one another; a schema that refers to itself ends here.
const REFERENCES_MAX: usize = 12;

/// What is wrong with a value, and how badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, which code, which figures.
    pub field: Field,
    /// Whether the value is of another kind than asked for, so that nothing can be made of it; else it is only out of
    /// its limits.
    pub misshapen: bool,
}

impl Fault {
    /// A value of another kind.
    #[must_use]
    pub fn shape(pointer: &str, code: &'static str) -> Self {
        Self { field: Field::new(pointer, code), misshapen: true }
    }

    fn limit(pointer: &str, code: &'static str, figures: &[(&'static str, i64)]) -> Self {
        let field = figures
            .iter()
            .fold(Field::new(pointer, code), |field, (name, figure)| field.with(name, Arg::Int(*figure)));
        Self { field, misshapen: false }
    }
}

/// Why a schema cannot be used: the keyword or reference that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood(pub String);

/// A schema, ready to check values.
#[derive(Clone, Debug)]
pub struct Schema {
    kind: Kind,
    nullable: bool,
    choices: Vec<Value>,
}

#[derive(Clone, Debug)]
enum Kind {
    Any,
    Text(TextRule),
    Integer { min: i64, max: i64 },
    Boolean,
    List { items: Box<Schema>, min: usize, max: usize, unique: bool },
    Object { fields: BTreeMap<String, Schema>, required: Vec<String>, closed: bool },
}

#[derive(Clone, Debug)]
struct TextRule {
    format: Format,
    min: usize,
    max: usize,
    pattern: Option<Regex>,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Plain,
    Uuid,
    Date,
    Instant,
}

impl Schema {
    /// Reads a schema of a document.
    ///
    /// # Errors
    /// [`NotUnderstood`].
    pub fn read(document: &Value, schema: &Value) -> Result<Self, NotUnderstood> {
        read(document, schema, 0)
    }

    /// Everything that is wrong with a value.
    pub fn check(&self, value: &Value, pointer: &str, faults: &mut Vec<Fault>) {
        if faults.len() >= FAULTS_MAX || (value.is_null() && self.nullable) {
            return;
        }
        let before = faults.len();
        match &self.kind {
            Kind::Any => {}
            Kind::Text(rule) => match value.as_str() {
                None => faults.push(Fault::shape(pointer, "not_text")),
                Some(text) if self.choices.is_empty() => rule.check(text, pointer, faults),
                Some(_) => {}
            },
            Kind::Integer { min, max } => check_integer(value, (*min, *max), pointer, faults),
            Kind::Boolean if !value.is_boolean() => faults.push(Fault::shape(pointer, "not_boolean")),
            Kind::Boolean => {}
            Kind::List { items, min, max, unique } => match value.as_array() {
                None => faults.push(Fault::shape(pointer, "not_list")),
                Some(list) => {
                    check_count(list.len(), (*min, *max), pointer, faults);
                    for (n, item) in list.iter().enumerate().take(*max) {
                        items.check(item, &format!("{pointer}/{n}"), faults);
                        if *unique && list.iter().take(n).any(|other| other == item) {
                            faults.push(Fault::limit(&format!("{pointer}/{n}"), "doubled", &[]));
                        }
                    }
                }
            },
            Kind::Object { fields, required, closed } => match value.as_object() {
                None => faults.push(Fault::shape(pointer, "not_object")),
                Some(object) => check_object(object, fields, required, *closed, pointer, faults),
            },
        }
        if faults.len() == before && !self.choices.is_empty() && !self.choices.contains(value) {
            faults.push(Fault::shape(pointer, "unknown_choice"));
        }
    }

    /// A parameter's text as the value that it stands for; none when it stands for none of this kind.
    #[must_use]
    pub fn value_of(&self, text: &str) -> Option<Value> {
        match &self.kind {
            Kind::Integer { .. } => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                // A number that no integer type holds is out of every range, and still a number.
                plain.then(|| text.parse::<i64>().map_or(Value::from(u64::MAX), Value::from))
            }
            Kind::Boolean => text.parse::<bool>().ok().map(Value::Bool),
            Kind::Any | Kind::Text(_) => Some(Value::from(text)),
            Kind::List { .. } | Kind::Object { .. } => None,
        }
    }

    /// The code of a parameter's text that stands for no value of this kind.
    #[must_use]
    pub fn mismatch(&self) -> &'static str {
        match &self.kind {
            Kind::Integer { .. } => "not_integer",
            Kind::Boolean => "not_boolean",
            Kind::List { .. } => "not_list",
            Kind::Object { .. } => "not_object",
            Kind::Any | Kind::Text(_) => "not_text",
        }
    }
}

impl TextRule {
    fn check(&self, text: &str, pointer: &str, faults: &mut Vec<Fault>) {
        if let Some(code) = self.misfit(text) {
            faults.push(Fault::shape(pointer, code));
            return;
        }
        // PostgreSQL cannot store the first of them, and no name has the others.
        if text.chars().any(char::is_control) {
            faults.push(Fault::limit(pointer, "control_character", &[]));
            return;
        }
        let chars = text.chars().count();
        if chars < self.min {
            let figures = &[("min", whole(self.min))];
            let missing = Fault::limit(pointer, "required", &[]);
            faults.push(if chars == 0 { missing } else { Fault::limit(pointer, "too_short", figures) });
        } else if chars > self.max {
            faults.push(Fault::limit(pointer, "too_long", &[("max", whole(self.max))]));
        } else if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            faults.push(Fault::limit(pointer, "bad_form", &[]));
        }
    }

    /// The code of a text that is not of the format.
    fn misfit(&self, text: &str) -> Option<&'static str> {
        match self.format {
            Format::Plain => None,
            Format::Uuid => Uuid::try_parse(text).is_err().then_some("bad_id"),
            Format::Date => {
                let good = text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
                (!good || !text.is_ascii()).then_some("bad_date")
            }
            Format::Instant => DateTime::parse_from_rfc3339(text).is_err().then_some("bad_instant"),
        }
    }
}

fn check_integer(value: &Value, (min, max): (i64, i64), pointer: &str, faults: &mut Vec<Fault>) {
    if value.is_i64() || value.is_u64() {
        if value.as_i64().is_none_or(|number| !(min..=max).contains(&number)) {
            faults.push(Fault::limit(pointer, "out_of_range", &[("min", min), ("max", max)]));
        }
    } else {
        faults.push(Fault::shape(pointer, "not_integer"));
    }
}

fn check_count(count: usize, (min, max): (usize, usize), pointer: &str, faults: &mut Vec<Fault>) {
    if count < min {
        faults.push(Fault::limit(pointer, "too_few", &[("min", whole(min))]));
    } else if count > max {
        faults.push(Fault::limit(pointer, "too_many", &[]));
    }
}

fn check_object(
    object: &Map<String, Value>,
    fields: &BTreeMap<String, Schema>,
    required: &[String],
    closed: bool,
    pointer: &str,
    faults: &mut Vec<Fault>,
) {
    for name in required.iter().filter(|name| !object.contains_key(*name)) {
        faults.push(Fault::shape(&step(pointer, name), "missing_field"));
    }
    for (name, value) in object {
        match fields.get(name) {
            Some(schema) => schema.check(value, &step(pointer, name), faults),
            None if closed && faults.len() < FAULTS_MAX => {
                faults.push(Fault::shape(&step(pointer, name), "unknown_field"));
            }
            None => {}
        }
    }
}

/// What is said of a schema and constrains nothing.
const SAYINGS: [&str; 8] =
    ["description", "title", "example", "default", "deprecated", "readOnly", "writeOnly", "nullable"];

fn read(document: &Value, schema: &Value, depth: usize) -> Result<Schema, NotUnderstood> {
    let not_understood = |what: &str| NotUnderstood(what.to_owned());
    let said = schema.as_object().ok_or_else(|| not_understood("a schema that is no object"))?;
    if depth > REFERENCES_MAX {
        return Err(not_understood("schemas that refer to one another too deeply"));
    }
    if let Some(name) = said.get("$ref").and_then(Value::as_str) {
        let referred = document.pointer(name.trim_start_matches('#')).ok_or_else(|| not_understood(name))?;
        return read(document, referred, depth + 1);
    }
    let nullable = said.get("nullable").and_then(Value::as_bool).unwrap_or(false);
    if let Some(all) = said.get("allOf").and_then(Value::as_array) {
        known(said, &["allOf"])?;
        let inner = read(document, only_one(all)?, depth + 1)?;
        return Ok(Schema { nullable: nullable || inner.nullable, ..inner });
    }
    let choices = said.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
    let kind = match said.get("type").and_then(Value::as_str) {
        None => known(said, &[]).map(|()| Kind::Any)?,
        Some("string") => Kind::Text(text_rule(said)?),
        Some("integer") => integer(said)?,
        Some("boolean") => known(said, &["type"]).map(|()| Kind::Boolean)?,
        Some("array") => {
            known(said, &["type", "items", "minItems", "maxItems", "uniqueItems"])?;
            let items = said.get("items").ok_or_else(|| not_understood("a list of nothing"))?;
            Kind::List {
                items: Box::new(read(document, items, depth + 1)?),
                min: count(said, "minItems").unwrap_or(0),
                max: count(said, "maxItems").unwrap_or(usize::MAX),
                unique: said.get("uniqueItems").and_then(Value::as_bool).unwrap_or(false),
            }
        }
        Some("object") => object(document, said, depth)?,
        Some(other) => return Err(not_understood(other)),
    };
    Ok(Schema { kind, nullable, choices })
}

/// The framework wraps a reference that has words of its own: beside it stands what constrains nothing.
fn only_one(all: &[Value]) -> Result<&Value, NotUnderstood> {
    let says_only = |one: &&Value| one.as_object().is_some_and(|said| known(said, &[]).is_ok());
    let mut constraining = all.iter().filter(|one| !says_only(one));
    match (constraining.next(), constraining.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(NotUnderstood("allOf of several".to_owned())),
    }
}

fn object(document: &Value, said: &Map<String, Value>, depth: usize) -> Result<Kind, NotUnderstood> {
    known(said, &["type", "properties", "required", "additionalProperties"])?;
    let mut fields = BTreeMap::new();
    for (name, property) in said.get("properties").and_then(Value::as_object).into_iter().flatten() {
        fields.insert(name.clone(), read(document, property, depth + 1)?);
    }
    let required = said.get("required").and_then(Value::as_array).into_iter().flatten();
    Ok(Kind::Object {
        fields,
        required: required.filter_map(Value::as_str).map(str::to_owned).collect(),
        closed: said.get("additionalProperties") == Some(&Value::Bool(false)),
    })
}

fn text_rule(said: &Map<String, Value>) -> Result<TextRule, NotUnderstood> {
    known(said, &["type", "format", "minLength", "maxLength", "pattern", "enum"])?;
    let format = match said.get("format").and_then(Value::as_str) {
        None | Some("password") => Format::Plain,
        Some("uuid") => Format::Uuid,
        Some("date") => Format::Date,
        Some("date-time") => Format::Instant,
        Some(other) => return Err(NotUnderstood(other.to_owned())),
    };
    let pattern = said.get("pattern").and_then(Value::as_str);
    let pattern = pattern.map(|text| Regex::new(text).map_err(|error| NotUnderstood(error.to_string())));
    Ok(TextRule {
        format,
        min: count(said, "minLength").unwrap_or(0),
        max: count(said, "maxLength").unwrap_or(usize::MAX),
        pattern: pattern.transpose()?,
    })
}

fn integer(said: &Map<String, Value>) -> Result<Kind, NotUnderstood> {
    known(said, &["type", "format", "minimum", "maximum", "enum"])?;
    let (least, most) = match said.get("format").and_then(Value::as_str) {
        Some("int64") | None => (i64::MIN, i64::MAX),
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint8") => (0, u8::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some("uint64") => (0, i64::MAX),
        Some(other) => return Err(NotUnderstood(other.to_owned())),
    };
    let bound = |name: &str| said.get(name).and_then(Value::as_i64);
    Ok(Kind::Integer {
        min: bound("minimum").unwrap_or(least).max(least),
        max: bound("maximum").unwrap_or(most).min(most),
    })
}

/// Refuses a keyword that would be passed over.
fn known(said: &Map<String, Value>, keywords: &[&str]) -> Result<(), NotUnderstood> {
    let unknown = |name: &&String| !keywords.contains(&name.as_str()) && !SAYINGS.contains(&name.as_str());
    said.keys().find(unknown).map_or(Ok(()), |name| Err(NotUnderstood(name.clone())))
}

fn count(said: &Map<String, Value>, name: &str) -> Option<usize> {
    said.get(name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok())
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(schema: Value, value: Value) -> Vec<(String, &'static str, bool)> {
        let schema = Schema::read(&Value::Null, &schema).unwrap();
        let mut faults = Vec::new();
        schema.check(&value, "", &mut faults);
        faults.into_iter().map(|fault| (fault.field.pointer, fault.field.code, fault.misshapen)).collect()
    }

    fn code(schema: Value, value: Value) -> &'static str {
        faults(schema, value).first().map_or("", |fault| fault.1)
    }

    #[test]
    fn a_number_is_no_text_and_a_text_no_number() {
        let integer = json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 9});
        for (value, expected) in [
            (json!(1), ""),
            (json!(9), ""),
            (json!(0), "out_of_range"),
            (json!(10), "out_of_range"),
            (json!(u64::MAX), "out_of_range"),
            (json!("1"), "not_integer"),
            (json!(1.0), "not_integer"),
            (json!(1e30), "not_integer"),
            (json!(true), "not_integer"),
            (json!(null), "not_integer"),
        ] {
            assert_eq!(code(integer.clone(), value.clone()), expected, "{value}");
        }
        assert_eq!(code(json!({"type": "string"}), json!(7)), "not_text");
        assert_eq!(code(json!({"type": "boolean"}), json!("true")), "not_boolean");
        assert_eq!(code(json!({"type": "integer", "format": "uint8"}), json!(256)), "out_of_range");
        assert_eq!(code(json!({"type": "integer", "nullable": true}), json!(null)), "");
    }

    #[test]
    fn a_text_keeps_its_length_its_form_and_its_characters() {
        let text = json!({"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z辽]+$"});
        for (value, expected) in [
            ("ab", ""),
            ("辽辽辽辽", ""),
            ("", "required"),
            ("a", "too_short"),
            ("abcde", "too_long"),
            ("AB", "bad_form"),
            ("a\u{0}", "control_character"),
            ("a\n", "control_character"),
            ("a\u{9f}", "control_character"),
        ] {
            assert_eq!(code(text.clone(), json!(value)), expected, "{value:?}");
        }
        let formats = [
            ("date", "2026-02-28", ""),
            ("date", "2026-02-30", "bad_date"),
            ("date", "2026-2-28", "bad_date"),
            ("date", "2026-02-28T00:00:00Z", "bad_date"),
            ("uuid", "00000000-0000-4000-8000-000000000001", ""),
            ("uuid", "no-id", "bad_id"),
            ("date-time", "2026-02-28T00:00:00Z", ""),
            ("date-time", "2026-02-28", "bad_instant"),
        ];
        for (format, value, expected) in formats {
            assert_eq!(code(json!({"type": "string", "format": format}), json!(value)), expected, "{value}");
        }
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let item = json!({
            "type": "object", "additionalProperties": false, "required": ["a/b"],
            "properties": {"a/b": {"type": "integer"}, "c": {"type": "string", "enum": ["x", "y"]}},
        });
        let list = json!({"type": "array", "items": item, "minItems": 1, "maxItems": 3, "uniqueItems": true});
        let told = faults(list.clone(), json!([{"a/b": 1}, {"a/b": 1}, {"a/b": "2", "c": "z", "d": 1}]));
        let expected = [
            ("/1", "doubled", false),
            ("/2/a~1b", "not_integer", true),
            ("/2/c", "unknown_choice", true),
            ("/2/d", "unknown_field", true),
        ];
        assert_eq!(told, expected.map(|(place, code, shape)| (place.to_owned(), code, shape)));
        assert_eq!(code(list.clone(), json!([{}])), "missing_field");
        assert_eq!(code(list.clone(), json!([])), "too_few");
        assert_eq!(code(list, json!([1, 2, 3, 4])), "too_many");
    }

    #[test]
    fn a_keyword_that_is_not_understood_is_not_passed_over() {
        for schema in [
            json!({"type": "integer", "multipleOf": 2}),
            json!({"type": "string", "format": "email"}),
            json!({"oneOf": [{"type": "string"}]}),
            json!({"type": "number"}),
            json!({"$ref": "#/nowhere"}),
        ] {
            assert!(Schema::read(&Value::Null, &schema).is_err(), "{schema}");
        }
        let itself = json!({"a": {"type": "array", "items": {"$ref": "#/a"}}});
        assert!(Schema::read(&itself, &itself["a"]).is_err());
    }
}
