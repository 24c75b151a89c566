//! The kinds of values that bodies and parameters are made of, so that the document says their limits. The use
//! cases check again: files and the command line come past here.

use std::borrow::Cow;
use std::fmt::Debug;
use std::marker::PhantomData;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};
use serde_json::Value;

use crate::service::page::LIMIT_MAX;
use crate::service::text::{NAME_CHARS_MAX, REFERENCE_CHARS_MAX};
use ballast_domain::identity::mail_address::CHARS_MAX as MAIL_CHARS_MAX;
use ballast_domain::identity::open_id::CODE_CHARS_MAX;
use ballast_domain::person::rights_request::TEXT_CHARS_MAX;

/// The most that one amount of money can be, in fen: ten thousand million yuan.
const FEN_MAX: i64 = 1_000_000_000_000;
/// No control characters, in a form that every reader of patterns understands.
pub const NO_CONTROL: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

/// What a kind of text looks like.
pub trait Form: Clone + Debug + Send + Sync + 'static {
    /// Its name in messages of the framework.
    const NAME: &'static str;
    /// The least and the most characters.
    const CHARS: (usize, usize);
    /// What it is made of, as a regular expression.
    const PATTERN: &'static str = NO_CONTROL;
    /// One that fits.
    const EXAMPLE: &'static str;
    /// The format, where OpenAPI has one.
    const FORMAT: Option<&'static str> = None;
}

/// Declares a kind of text.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $form:ident, { $($body:tt)* }) => {
        $(#[$doc])*
        pub type $name = Text<$form>;

        #[doc = concat!("The form of [`", stringify!($name), "`].")]
        #[derive(Clone, Debug)]
        pub struct $form;

        impl Form for $form {
            const NAME: &'static str = stringify!($name);
            $($body)*
        }
    };
}

text!(
    /// A name or a title.
    Name, NameForm, {
        const CHARS: (usize, usize) = (1, NAME_CHARS_MAX);
        const EXAMPLE: &'static str = "钳工";
    }
);
text!(
    /// A reference, a number on a paper, a short code.
    Reference, ReferenceForm, {
        const CHARS: (usize, usize) = (1, REFERENCE_CHARS_MAX);
        const EXAMPLE: &'static str = "x";
    }
);
text!(
    /// What stands in an address: small letters, digits, hyphens between.
    AddressCode, AddressCodeForm, {
        const CHARS: (usize, usize) = (2, CODE_CHARS_MAX);
        const PATTERN: &'static str = "^[a-z0-9][a-z0-9-]*[a-z0-9]$";
        const EXAMPLE: &'static str = "ya-lu";
    }
);
text!(
    /// The address of an issuer of OpenID Connect.
    Issuer, IssuerForm, {
        const CHARS: (usize, usize) = (10, 500);
        const EXAMPLE: &'static str = "https://login.example";
    }
);
text!(
    /// What we are called, or known by, at an issuer.
    ClientText, ClientTextForm, {
        const CHARS: (usize, usize) = (1, 500);
        const EXAMPLE: &'static str = "ballast";
    }
);
text!(
    /// A password as it is typed.
    Secret, SecretForm, {
        const CHARS: (usize, usize) = (1, 1024);
        const EXAMPLE: &'static str = "correct horse battery";
        const FORMAT: Option<&'static str> = Some("password");
    }
);
text!(
    /// Why something is asked for, in somebody's own words.
    Reason, ReasonForm, {
        const CHARS: (usize, usize) = (1, TEXT_CHARS_MAX);
        const EXAMPLE: &'static str = "身份证上的名字不同。";
    }
);
text!(
    /// A code by time or a recovery code, as it is typed.
    OneTimeCode, OneTimeCodeForm, {
        const CHARS: (usize, usize) = (1, 40);
        const EXAMPLE: &'static str = "123456";
    }
);
text!(
    /// A region's code.
    RegionDigits, RegionForm, {
        const CHARS: (usize, usize) = (2, 12);
        const PATTERN: &'static str = "^[1-8]([0-9]|[0-9]{3}|[0-9]{5}|[0-9]{8}|[0-9]{11})$";
        const EXAMPLE: &'static str = "210604";
    }
);
text!(
    /// A country's code (ISO 3166-1, two letters).
    CountryCode, CountryForm, {
        const CHARS: (usize, usize) = (2, 2);
        const PATTERN: &'static str = "^[A-Za-z]*$";
        const EXAMPLE: &'static str = "CN";
    }
);
text!(
    /// What is searched for: something beside spaces.
    SearchText, SearchForm, {
        const CHARS: (usize, usize) = (1, NAME_CHARS_MAX);
        const PATTERN: &'static str =
            "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$";
        const EXAMPLE: &'static str = "钳工";
    }
);
text!(
    /// How a name begins; empty for any.
    NameStart, NameStartForm, {
        const CHARS: (usize, usize) = (0, NAME_CHARS_MAX);
        const EXAMPLE: &'static str = "林";
    }
);
text!(
    /// A mail address; empty for none.
    MailAddress, MailAddressForm, {
        const CHARS: (usize, usize) = (0, MAIL_CHARS_MAX);
        const EXAMPLE: &'static str = "zhou@example.com";
    }
);
text!(
    /// A cursor, as a list gave it.
    Cursor, CursorForm, {
        const CHARS: (usize, usize) = (1, 100);
        const PATTERN: &'static str = "^[0-9a-z]*$";
        const EXAMPLE: &'static str = "0";
    }
);

/// A text of a form.
#[derive(Clone, Debug)]
pub struct Text<F>(String, PhantomData<F>);

impl<F: Form> Text<F> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> ParseResult<Self> {
        let (min, max) = F::CHARS;
        if !(min..=max).contains(&text.chars().count()) || text.chars().any(char::is_control) {
            return Err(ParseError::custom(format!(
                "from {min} to {max} characters, none of them for control"
            )));
        }
        Ok(Self(text.to_owned(), PhantomData))
    }
}

impl<F: Form> From<Text<F>> for String {
    fn from(text: Text<F>) -> Self {
        text.0
    }
}

impl<F: Form> Type for Text<F> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        F::NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            format: F::FORMAT,
            min_length: Some(F::CHARS.0),
            max_length: Some(F::CHARS.1),
            pattern: Some(F::PATTERN.to_owned()),
            example: Some(Value::from(F::EXAMPLE)),
            ..MetaSchema::new("string")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<F: Form> ParseFromJSON for Text<F> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value.unwrap_or_default() {
            Value::String(text) => Self::parse(&text),
            other => Err(ParseError::expected_type(other)),
        }
    }
}

impl<F: Form> ParseFromParameter for Text<F> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        Self::parse(text)
    }
}

impl<F: Form> ToJSON for Text<F> {
    fn to_json(&self) -> Option<Value> {
        Some(Value::from(self.0.clone()))
    }
}

/// Money: whole fen, never a fraction and never a text.
#[derive(Clone, Copy, Debug)]
pub struct Fen(pub i64);

/// Rows of a page.
#[derive(Clone, Copy, Debug)]
pub struct Limit(pub u64);

/// A whole number between two others.
fn integer_schema(least: i64, most: i64) -> MetaSchemaRef {
    // The framework keeps bounds as floating point; the document is given whole numbers again when it is built.
    #[expect(clippy::cast_precision_loss, reason = "bounds of documents are far below 2^53")]
    let bound = |bound: i64| Some(bound as f64);
    MetaSchemaRef::Inline(Box::new(MetaSchema {
        minimum: bound(least),
        maximum: bound(most),
        ..MetaSchema::new_with_format("integer", "int64")
    }))
}

impl Type for Fen {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "Fen".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        integer_schema(0, FEN_MAX)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Fen {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        match value.as_i64() {
            Some(fen) if (0..=FEN_MAX).contains(&fen) => Ok(Self(fen)),
            Some(_) => Err(ParseError::custom(format!("from 0 to {FEN_MAX}"))),
            None => Err(ParseError::expected_type(value)),
        }
    }
}

impl ToJSON for Fen {
    fn to_json(&self) -> Option<Value> {
        Some(Value::from(self.0))
    }
}

impl Type for Limit {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        integer_schema(1, i64::try_from(LIMIT_MAX).unwrap_or(i64::MAX))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromParameter for Limit {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        match text.parse() {
            Ok(rows) if (1..=LIMIT_MAX).contains(&rows) => Ok(Self(rows)),
            _ => Err(ParseError::custom(format!("from 1 to {LIMIT_MAX}"))),
        }
    }
}
