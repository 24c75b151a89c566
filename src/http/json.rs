//! Reading a JSON body strictly: each key once, nothing behind the end, not too deep. Says where.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::limits::BODY_DEPTH_MAX;

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON; where it stops being some.
    Syntax {
        /// From 1.
        line: usize,
        /// From 0, as the parser counts.
        column: usize,
    },
    /// Lists and objects are nested too deeply.
    Depth,
}

/// Reads a body; the value, and a pointer to each key that its object has more than once.
///
/// # Errors
/// [`Unreadable`].
pub fn parse(bytes: &[u8]) -> Result<(Value, Vec<String>), Unreadable> {
    let mut found = Found { doubled: Vec::new(), too_deep: false };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Walk { pointer: String::new(), depth: 0, found: &mut found }.deserialize(&mut reader);
    match read.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok((value, found.doubled)),
        Err(_deep) if found.too_deep => Err(Unreadable::Depth),
        Err(error) => Err(Unreadable::Syntax { line: error.line(), column: error.column() }),
    }
}

/// One step of a JSON pointer (RFC 6901).
#[must_use]
pub fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

struct Found {
    doubled: Vec<String>,
    too_deep: bool,
}

struct Walk<'f> {
    pointer: String,
    depth: usize,
    found: &'f mut Found,
}

impl Walk<'_> {
    fn below(&mut self, pointer: String) -> Walk<'_> {
        Walk { pointer, depth: self.depth + 1, found: self.found }
    }

    fn check_depth<E: serde::de::Error>(&mut self) -> Result<(), E> {
        if self.depth < BODY_DEPTH_MAX {
            return Ok(());
        }
        self.found.too_deep = true;
        Err(E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let pointer = step(&self.pointer, &key);
            let value = map.next_value_seed(self.below(pointer.clone()))?;
            if fields.insert(key, value).is_some() {
                self.found.doubled.push(pointer);
            }
        }
        Ok(Value::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut items = Vec::new();
        loop {
            let pointer = format!("{}/{}", self.pointer, items.len());
            match list.next_element_seed(self.below(pointer))? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_twice_is_found_wherever_it_stands() {
        let (value, doubled) = parse(br#"{"a": [{"b/c": 1, "b/c": 2}], "a": 3, "d": {"a": 1}}"#).unwrap();
        assert_eq!(doubled, ["/a/0/b~1c", "/a"]);
        assert_eq!(value["a"], 3);
    }

    #[test]
    fn what_stands_behind_the_end_is_no_json() {
        assert!(parse(b" {} \n").is_ok());
        for bytes in [&b"{} x"[..], b"{}{}", b"", b"{\"a\": 1,}", b"NaN", b"\"\xff\"", b"{\"a\": 1e400}"] {
            assert!(matches!(parse(bytes), Err(Unreadable::Syntax { .. })), "{bytes:?}");
        }
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(BODY_DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(parse(nested(BODY_DEPTH_MAX + 1).as_bytes()), Err(Unreadable::Depth));
        assert_eq!(parse(nested(100_000).as_bytes()), Err(Unreadable::Depth));
    }
}
