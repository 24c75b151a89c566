//! JSON in which no name stands twice, and typed reading of what was checked against its form.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::ratio::{Ratio, whole};
use ballast_domain::quota::window::Month;

use super::fact_shape::{date, number};

/// A value in which no object has a name twice: of two, a plain reader silently keeps the last.
#[derive(Debug)]
pub struct Strict(pub Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
        Ok(Value::from(n))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Value, E> {
        Ok(Value::from(n))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
        Ok(Value::from(n))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let Strict(value) = map.next_value()?;
            if object.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format_args!("\"{name}\" stands twice in one object")));
            }
        }
        Ok(Value::Object(object))
    }
}

/// An object that was checked against its form: what is not there is not given.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a>(Option<&'a Map<String, Value>>);

impl<'a> Object<'a> {
    /// Of a value that was checked.
    #[must_use]
    pub fn of(value: &'a Value) -> Self {
        Self(value.as_object())
    }

    /// A field that is given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.and_then(|map| map.get(name)).filter(|value| !value.is_null())
    }

    /// Text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Value::as_str).map(ToOwned::to_owned)
    }

    /// Text that must be there.
    #[must_use]
    pub fn required_text(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// A choice by its code.
    #[must_use]
    pub fn choice<T>(&self, name: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        self.get(name).and_then(Value::as_str).and_then(parse)
    }

    /// A date.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<CivilDate> {
        self.get(name).and_then(date)
    }

    /// A date that must be there.
    #[must_use]
    pub fn required_date(&self, name: &str) -> CivilDate {
        self.date(name).unwrap_or_default()
    }

    /// A month.
    #[must_use]
    pub fn month(&self, name: &str) -> Option<Month> {
        self.choice(name, Month::parse)
    }

    /// A number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<Ratio> {
        self.get(name).and_then(number)
    }

    /// A number that must be there.
    #[must_use]
    pub fn required_number(&self, name: &str) -> Ratio {
        self.number(name).unwrap_or_else(|| whole(0))
    }

    /// Yes or no, no where it is not given.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    /// A list, where it is given.
    #[must_use]
    pub fn list<T>(&self, name: &str, read: impl Fn(&'a Value) -> T) -> Option<Vec<T>> {
        self.get(name).and_then(Value::as_array).map(|items| items.iter().map(read).collect())
    }

    /// A list of objects, empty where it is not given.
    #[must_use]
    pub fn objects<T>(&self, name: &str, read: impl Fn(Object<'a>) -> T) -> Vec<T> {
        self.list(name, |value| read(Object::of(value))).unwrap_or_default()
    }

    /// Texts, where they are given.
    #[must_use]
    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.list(name, |value| value.as_str().unwrap_or_default().to_owned())
    }

    /// Pairs, where they are given.
    #[must_use]
    pub fn pairs<T>(&self, name: &str, second: impl Fn(&Value) -> Option<T>) -> Option<Vec<(Ratio, T)>> {
        let items = self.get(name).and_then(Value::as_array)?;
        items
            .iter()
            .map(|item| match item.as_array().map(Vec::as_slice) {
                Some([at, value]) => Some((number(at)?, second(value)?)),
                _ => None,
            })
            .collect()
    }

    /// An object inside, where it is given.
    #[must_use]
    pub fn object<T>(&self, name: &str, read: impl Fn(Object<'a>) -> T) -> Option<T> {
        self.get(name).map(|value| read(Object::of(value)))
    }
}
