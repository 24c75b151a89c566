//! JSON in its one canonical form (RFC 8785): names in order, no spaces, integers only. The same value is always the same
//! bytes, so that a digest or a MAC over them means the value.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// A value. There are no fractions: what is not an integer is text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// Not there.
    Null,
    /// Yes or no.
    Flag(bool),
    /// An integer, exact for every reader up to 2^53.
    Integer(i64),
    /// Text.
    Text(String),
    /// In the order given.
    List(Vec<Self>),
    /// By name. Names are ASCII, so their order in bytes is the order that the standard asks for.
    Object(BTreeMap<&'static str, Self>),
    /// By names that are data.
    Map(BTreeMap<String, Self>),
}

impl Json {
    /// Text.
    #[must_use]
    pub fn text(of: impl fmt::Display) -> Self {
        Self::Text(of.to_string())
    }

    /// An object.
    #[must_use]
    pub fn object<const N: usize>(fields: [(&'static str, Self); N]) -> Self {
        Self::Object(BTreeMap::from(fields))
    }

    /// A list.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// What is there, or null.
    #[must_use]
    pub fn or_null(of: Option<impl fmt::Display>) -> Self {
        of.map_or(Self::Null, Self::text)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Integer(n) => write!(f, "{n}"),
            Self::Text(text) => write_text(f, text),
            Self::List(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { "," })?;
                }
                f.write_char(']')
            }
            Self::Object(fields) => write_fields(f, fields.iter().map(|(name, value)| (*name, value))),
            Self::Map(fields) => write_fields(f, fields.iter().map(|(name, value)| (name.as_str(), value))),
        }
    }
}

fn write_fields<'a>(
    f: &mut fmt::Formatter<'_>,
    fields: impl Iterator<Item = (&'a str, &'a Json)>,
) -> fmt::Result {
    f.write_char('{')?;
    for (at, (name, value)) in fields.enumerate() {
        f.write_str(if at == 0 { "" } else { "," })?;
        write_text(f, name)?;
        write!(f, ":{value}")?;
    }
    f.write_char('}')
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for letter in text.chars() {
        match letter {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\u{8}' => f.write_str("\\b")?,
            '\t' => f.write_str("\\t")?,
            '\n' => f.write_str("\\n")?,
            '\u{c}' => f.write_str("\\f")?,
            '\r' => f.write_str("\\r")?,
            control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_only_what_must_be_is_escaped() {
        let value = Json::object([
            ("z", Json::list([Json::Integer(-4), Json::Flag(true), Json::Null])),
            ("a", Json::text("北\"\\\n\u{1f}/")),
        ]);
        assert_eq!(value.to_string(), "{\"a\":\"北\\\"\\\\\\n\\u001f/\",\"z\":[-4,true,null]}");
    }
}
