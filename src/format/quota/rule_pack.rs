//! A quota pack as a TOML file, and those that ship inside the binary.
//!
//! Every number that a rule uses is in the file, with its source: there are no defaults, and an unknown field is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::quota::pack::{self, Bar, Example, Pack, Parameter, Rule, Standing};
use ballast_domain::quota::trace::Trust;

use super::case_facts;
use super::fact_shape::{Misshapen, PARAMETER_VALUES};
use super::json_reader::Object;
use super::rule_family::{self, FamilyRow};

/// The packs that ship inside the binary.
pub const EMBEDDED: &[&str] = &[
    include_str!("../../../rules/quota/cn-border-port.toml"),
    include_str!("../../../rules/quota/cn-dandong-2012.toml"),
    include_str!("../../../rules/quota/cn-intern-2016.toml"),
    include_str!("../../../rules/quota/cn-intern-2021.toml"),
    include_str!("../../../rules/quota/cn-work-permit-points.toml"),
    include_str!("../../../rules/quota/kr-employment-permit.toml"),
    include_str!("../../../rules/quota/sa-nitaqat.toml"),
    include_str!("../../../rules/quota/sg-work-pass.toml"),
    include_str!("../../../rules/quota/tw-3k5.toml"),
    include_str!("../../../rules/quota/us-h2b.toml"),
    include_str!("../../../rules/quota/ae-emiratisation.toml"),
    include_str!("../../../rules/quota/test-families.toml"),
];

/// Why a file is not a pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not TOML, or not of this form.
    #[error("line {line}: {detail}")]
    Form {
        /// The line, from 1; zero where the reader cannot tell.
        line: usize,
        /// What the reader says.
        detail: String,
    },
    /// A value that is none of its kind.
    #[error("{place}: {detail}")]
    Value {
        /// Where in the file.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// Facts of an example that are no case.
    #[error("example {id}: {problems:?}")]
    Example {
        /// The example.
        id: String,
        /// Everything that is wrong with it.
        problems: Vec<Misshapen>,
    },
    /// Of the right form, but it contradicts itself.
    #[error("the pack contradicts itself: {0:?}")]
    Problems(Vec<pack::Problem>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    version: String,
    country: String,
    currency: Option<String>,
    standing: String,
    title: Title,
    #[serde(default)]
    parameter: Vec<ParameterRow>,
    #[serde(default)]
    bar: Vec<BarRow>,
    rule: Vec<RuleRow>,
    #[serde(default)]
    example: Vec<ExampleRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterRow {
    name: String,
    key: Option<String>,
    number: Option<toml::Value>,
    choice: Option<String>,
    numbers: Option<toml::Value>,
    steps: Option<toml::Value>,
    bands: Option<toml::Value>,
    from: Option<String>,
    to: Option<String>,
    trust: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BarRow {
    id: String,
    countries: Vec<String>,
    from: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    id: String,
    source: String,
    family: FamilyRow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleRow {
    id: String,
    on: String,
    source: String,
    facts: toml::Table,
    expect: BTreeMap<String, toml::Value>,
}

/// Reads a pack and checks that it does not contradict itself. Its examples are run by whoever tests it.
///
/// # Errors
/// [`Error`].
pub fn parse(text: &str) -> Result<Pack, Error> {
    let file: File = toml::from_str(text).map_err(|error| Error::Form {
        line: error.span().map_or(0, |span| line_of(text, span.start)),
        detail: error.message().to_owned(),
    })?;
    let pack = read(file)?;
    let problems = pack.problems();
    if problems.is_empty() { Ok(pack) } else { Err(Error::Problems(problems)) }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn read(file: File) -> Result<Pack, Error> {
    let standing = choice(&file.standing, Standing::parse, "standing")?;
    Ok(Pack {
        standing,
        titles: (file.title.zh, file.title.en),
        parameters: file.parameter.into_iter().map(parameter).collect::<Result<_, _>>()?,
        bars: file.bar.into_iter().map(bar).collect::<Result<_, _>>()?,
        rules: file.rule.into_iter().map(rule).collect::<Result<_, _>>()?,
        examples: file.example.into_iter().map(example).collect::<Result<_, _>>()?,
        name: file.name,
        version: file.version,
        country: file.country,
        currency: file.currency,
    })
}

pub(super) fn wrong(place: &str, detail: impl Into<String>) -> Error {
    Error::Value { place: place.to_owned(), detail: detail.into() }
}

pub(super) fn choice<T>(code: &str, parse: fn(&str) -> Option<T>, place: &str) -> Result<T, Error> {
    parse(code).ok_or_else(|| wrong(place, code))
}

pub(super) fn choices<T>(
    codes: &[String],
    parse: fn(&str) -> Option<T>,
    place: &str,
) -> Result<Vec<T>, Error> {
    codes.iter().map(|code| choice(code, parse, place)).collect()
}

pub(super) fn day(text: &str, place: &str) -> Result<CivilDate, Error> {
    text.parse().map_err(|error| wrong(place, format!("{text}: {error}")))
}

fn parameter(row: ParameterRow) -> Result<Parameter, Error> {
    let place = pack::full_name(&row.name, row.key.as_deref());
    let mut value = Map::new();
    let given = [
        ("number", row.number),
        ("choice", row.choice.map(toml::Value::String)),
        ("numbers", row.numbers),
        ("steps", row.steps),
        ("bands", row.bands),
    ];
    for (name, given) in given {
        if let Some(given) = given {
            value.insert(name.to_owned(), json(&given, &place)?);
        }
    }
    if value.len() != 1 {
        return Err(wrong(&place, format!("exactly one of {}", PARAMETER_VALUES.join(", "))));
    }
    let value = Value::Object(value);
    let read = case_facts::parameter_value(&Object::of(&value));
    Ok(Parameter {
        value: read.ok_or_else(|| wrong(&place, format!("not exact: {value}")))?,
        valid_from: row.from.as_deref().map(|text| day(text, &place)).transpose()?,
        valid_to: row.to.as_deref().map(|text| day(text, &place)).transpose()?,
        trust: choice(&row.trust, Trust::parse, &place)?,
        source: row.source,
        name: row.name,
        key: row.key,
    })
}

fn bar(row: BarRow) -> Result<Bar, Error> {
    let from = day(&row.from, &row.id)?;
    Ok(Bar { id: row.id, countries: row.countries, from, source: row.source })
}

fn rule(row: RuleRow) -> Result<Rule, Error> {
    Ok(Rule { family: rule_family::read(row.family, &row.id)?, id: row.id, source: row.source })
}

fn example(row: ExampleRow) -> Result<Example, Error> {
    let place = format!("example {}", row.id);
    let facts = json(&toml::Value::Table(row.facts), &place)?;
    let facts = case_facts::from_value(&facts).map_err(|error| match error {
        case_facts::Error::Problems(problems) => Error::Example { id: row.id.clone(), problems },
        other => wrong(&place, other.to_string()),
    })?;
    let expect: Result<Vec<(String, String)>, Error> = row
        .expect
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name, text)),
            toml::Value::Integer(n) => Ok((name, n.to_string())),
            _ => Err(wrong(&place, format!("{name}: neither text nor an integer"))),
        })
        .collect();
    Ok(Example { on: day(&row.on, &place)?, source: row.source, facts, expect: expect?, id: row.id })
}

/// TOML as JSON, so that an example is read as a case is. TOML's own dates and floating numbers are not exact enough to
/// mean one thing, so both are refused.
fn json(value: &toml::Value, place: &str) -> Result<Value, Error> {
    Ok(match value {
        toml::Value::String(text) => Value::from(text.as_str()),
        toml::Value::Integer(n) => Value::from(*n),
        toml::Value::Boolean(flag) => Value::from(*flag),
        toml::Value::Array(items) => {
            Value::Array(items.iter().map(|item| json(item, place)).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => {
            let fields: Result<Map<String, Value>, Error> =
                table.iter().map(|(name, value)| Ok((name.clone(), json(value, place)?))).collect();
            Value::Object(fields?)
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) => {
            return Err(wrong(place, format!("write {value} in quotation marks")));
        }
    })
}
