//! The form of a case, once: what is read is checked against it, and the JSON Schema is printed from it.

use serde_json::{Map, Value, json};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::ratio;
use ballast_domain::quota::facts::{
    Class, Count, Flow, NodeKind, PermitState, PointKind, Position, Status, Tree,
};
use ballast_domain::quota::window::Month;

/// The longest list.
pub const ITEMS_MAX: usize = 200_000;
/// The longest text.
pub const TEXT_MAX: usize = 500;

/// The form of a value.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// A civil date.
    Date,
    /// A calendar month.
    Month,
    /// An exact number.
    Number,
    /// An exact number that is not below zero.
    Amount,
    /// Yes or no.
    Flag,
    /// One of some codes.
    OneOf(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// A list of two values each.
    Pairs(&'static Shape, &'static Shape),
    /// An object.
    Object(&'static [Field]),
    /// An object from some codes to numbers.
    Counts(&'static [&'static str]),
}

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Its form.
    pub shape: Shape,
    /// What it says.
    pub about: &'static str,
}

const fn must(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, required: true, shape, about }
}

const fn may(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, required: false, shape, about }
}

/// Somebody whom a case, a list or a firm names.
const FROM: Field = may("from", Shape::Date, "The first day.");
const UNTIL: Field =
    may("until", Shape::Date, "The first day no more: 2026-12-01 says that 30 November is the last.");

/// A value of a parameter: exactly one of these.
pub const PARAMETER_VALUES: [&str; 5] = ["number", "choice", "numbers", "steps", "bands"];

const ASSUMPTION: Shape = Shape::Object(&[
    must("parameter", Shape::Text, "Its name with the key: ceiling/services."),
    must("source", Shape::Text, "Who says so, and where."),
    may("number", Shape::Number, "Its value, where it is a number."),
    may("choice", Shape::Text, "Its value, where it is a word: floor, ceiling, half_up."),
    may("numbers", Shape::List(&Shape::Number), "Its value, where it is a choice of numbers."),
    may(
        "steps",
        Shape::Pairs(&Shape::Number, &Shape::Number),
        "Its value, where it is steps: [at least, value], rising.",
    ),
    may(
        "bands",
        Shape::Pairs(&Shape::Number, &Shape::Text),
        "Its value, where it is bands: [at least, name], rising.",
    ),
]);

const SUBJECT: Shape = Shape::Object(&[
    may("employer", Shape::Text, "A node of the employer tree; needed where there is more than one."),
    may("port", Shape::Text, "A node of the port tree, the lowest that a permit is charged to."),
    may("sector", Shape::Text, "The sector, by the keys of the pack's parameters."),
    may("activity", Shape::Text, "The activity (F7)."),
    may("size", Shape::Text, "The size class (F7)."),
    may("named_sector", Shape::Flag, "Whether the decree names the sector (F8)."),
]);

const CAP: Shape = Shape::Object(&[
    must("act", Shape::Text, "The act that says so, with its number and article."),
    must("from", Shape::Date, "Its first day."),
    UNTIL,
    may("number", Shape::Amount, "So many."),
    may("unlimited", Shape::Flag, "True: the act says that there is no limit."),
    may(
        "share_of_total",
        Shape::Number,
        "At most this share of all who work there, as F1 has it; then also the next three.",
    ),
    may("months", Shape::Amount, "Mean over so many payroll months; 1 where it is not given."),
    may("cut_off_day", Shape::Amount, "A payroll that is paid later in a month counts a month later."),
    may(
        "weights",
        Shape::Pairs(&Shape::Number, &Shape::Number),
        "[wage of at least, weight], rising; everybody counts one where it is not given.",
    ),
]);

const NODE: Shape = Shape::Object(&[
    must("id", Shape::Text, "Its id."),
    must("tree", Shape::OneOf(Tree::CODES), "Which of the two trees it is in."),
    must("kind", Shape::OneOf(NodeKind::CODES), "What it stands for."),
    may("parent", Shape::Text, "The node above."),
    may(
        "flow",
        Shape::OneOf(Flow::CODES),
        "stock: who leaves gives the place back; flow: what was given out is gone. stock where it is not given.",
    ),
    FROM,
    UNTIL,
    may("caps", Shape::List(&CAP), "Its dated caps. A node without one in force fails closed."),
    may(
        "used",
        Shape::Amount,
        "How many places are taken, where it is stated instead of counted; then also reserved.",
    ),
    may("reserved", Shape::Amount, "How many places are held."),
]);

const PERSON: Shape = Shape::Object(&[
    must("id", Shape::Text, "Its id: one person has one, however many rows there are."),
    may("class", Shape::OneOf(Class::CODES), "Whether the person counts as a local. Not given: unknown."),
    may("country", Shape::Text, "Country of origin, ISO 3166-1 alpha-2."),
    may("student", Shape::Flag, "Whether the person studies."),
]);

const PAYROLL_ROW: Shape = Shape::Object(&[
    must("person", Shape::Text, "Who."),
    may("wage", Shape::Amount, "The month's wage. Not given: unknown."),
    may("role", Shape::OneOf(Position::CODES), "employee where it is not given."),
    may(
        "status",
        Shape::OneOf(Status::CODES),
        "active where it is not given. Only ended is out of the population by itself.",
    ),
    may("part_time", Shape::Flag, "Whether in part-time."),
]);

const PAYROLL: Shape = Shape::Object(&[
    may("employer", Shape::Text, "A node of the employer tree; not needed where there is none or one."),
    must("month", Shape::Month, "The month."),
    may("paid_on", Shape::Date, "When its contributions were paid."),
    may("people", Shape::List(&PAYROLL_ROW), "The rows of the payroll."),
    may(
        "wages",
        Shape::List(&Shape::Amount),
        "Instead of people: wages of local employees, each a person of its own.",
    ),
    may("locals", Shape::Amount, "Instead of people: the weighted locals."),
    may("insured", Shape::Amount, "Insured employees (F3)."),
    may("insured_locals", Shape::Amount, "Local people among them (F3)."),
]);

const EMPLOYMENT: Shape = Shape::Object(&[
    must("person", Shape::Text, "Who."),
    may("employer", Shape::Text, "A node of the employer tree; not needed where there is none or one."),
    must("from", Shape::Date, "The first day."),
    UNTIL,
    may("wage", Shape::Amount, "The monthly wage. Not given: unknown."),
    may("role", Shape::OneOf(Position::CODES), "employee where it is not given."),
    may("status", Shape::OneOf(Status::CODES), "active where it is not given."),
    may("part_time", Shape::Flag, "Whether in part-time."),
]);

const PERMIT: Shape = Shape::Object(&[
    must("id", Shape::Text, "Its id."),
    must("person", Shape::Text, "Whose."),
    may(
        "employer",
        Shape::Text,
        "The employer's node, usually the site; not needed where there is none or one.",
    ),
    may("port", Shape::Text, "The port's node, usually the post."),
    may("pass", Shape::Text, "The kind of pass."),
    may("issued_on", Shape::Date, "When it was issued."),
    may("state", Shape::OneOf(PermitState::CODES), "posted where it is not given."),
    must("from", Shape::Date, "From this day on it takes a place."),
    may(
        "until",
        Shape::Date,
        "The first day that it is not valid any more. A reservation then gives its place back; a permit does not.",
    ),
    may("released_on", Shape::Date, "The first day on which its place is free, with proof of exit."),
]);

const APPLICATION: Shape = Shape::Object(&[
    must("places", Shape::Amount, "How many places."),
    may(
        "countries",
        Shape::List(&Shape::Text),
        "Every nationality of the people, ISO 3166-1 alpha-2. Not given: not proved.",
    ),
    may(
        "renewal",
        Shape::Flag,
        "Whether permits that are there are to be renewed: refused while more are used than may be.",
    ),
]);

const LEVY: Shape = Shape::Object(&[
    may("month", Shape::Month, "The month."),
    may(
        "workers",
        Shape::List(&Shape::Object(&[
            must("id", Shape::Text, "Its id."),
            must("issued_on", Shape::Date, "When the pass was issued: the earliest fills the first tier."),
            must("from", Shape::Date, "The first day."),
            UNTIL,
        ])),
        "Workers by the date of issue.",
    ),
    may(
        "rates",
        Shape::List(&Shape::Object(&[
            must("id", Shape::Text, "Its id."),
            must("monthly", Shape::Amount, "A month's rate."),
            may("days", Shape::Amount, "For so many days, which may be a fraction."),
        ])),
        "Monthly rates whose day is asked.",
    ),
]);

const ADD_ON: Shape = Shape::Object(&[
    may("level", Shape::Text, "The level of the firm."),
    may("add_on", Shape::Number, "The paid add-on, 0 for none."),
    may("returning_investor", Shape::Flag, "Whether the employer is a returning investor."),
]);

const POOL: Shape = Shape::Object(&[
    must("pool", Shape::Text, "The pool."),
    may("used", Shape::Amount, "How many permits were issued out of it."),
    may(
        "issued",
        Shape::List(&Shape::Object(&[
            must("on", Shape::Date, "When."),
            must("number", Shape::Amount, "How many."),
            may("extension", Shape::Flag, "An extension does not count."),
        ])),
        "Instead of used: one by one.",
    ),
    may(
        "rounds",
        Shape::List(&Shape::Object(&[
            must("id", Shape::Text, "Its id."),
            must("cap", Shape::Amount, "Its cap."),
            must("act", Shape::Text, "The act that says so."),
            may("used", Shape::Amount, "How many were issued in it."),
        ])),
        "Rounds inside the pool.",
    ),
]);

const DEMAND: Shape = Shape::Object(&[
    must("places", Shape::Amount, "How many places there are."),
    must("closes_on", Shape::Date, "The last day on which something counts."),
    must(
        "bids",
        Shape::List(&Shape::Object(&[
            must("id", Shape::Text, "The firm."),
            must("requested", Shape::Amount, "How many places it asks for."),
            must("applied_on", Shape::Date, "When it asked."),
            must(
                "points",
                Shape::List(&Shape::Object(&[
                    must("code", Shape::Text, "What for."),
                    must("kind", Shape::OneOf(PointKind::CODES), "Of what kind; a penalty is taken off."),
                    must("points", Shape::Amount, "How many."),
                    must("recorded_on", Shape::Date, "When it was recorded."),
                ])),
                "Its points.",
            ),
        ])),
        "Who asks.",
    ),
]);

const POINTS: Shape = Shape::Object(&[
    may("annual_salary", Shape::Amount, "In the major unit of the currency."),
    may("degree", Shape::Text, "phd, master, bachelor, none."),
    may("experience_years", Shape::Amount, "Whole years of experience."),
    may("months_a_year", Shape::Amount, "Months worked in the country a year."),
    may("hsk", Shape::Amount, "Level of the language test, 0 for none."),
    may("location", Shape::Text, "west, north_east_industrial, poor_county, other."),
    may("age", Shape::Amount, "Age in years."),
    may("born", Shape::Date, "Instead of age: the date of birth."),
    may(
        "distinctions",
        Shape::List(&Shape::Text),
        "elite_university, fortune_500, intellectual_property, five_years_service; empty for none.",
    ),
    may("local_bonus", Shape::Amount, "What the place adds."),
]);

const WEEK: Shape = Shape::Object(&[
    must("on", Shape::Date, "The day: the date asked about, or a whole number of weeks before it."),
    must("nationals", Shape::Amount, "Weighted nationals."),
    must("expats", Shape::Amount, "Expatriates."),
]);

const INTERNSHIP: Shape = Shape::Object(&[
    must(
        "staff",
        Shape::List(&Shape::Object(&[
            may("post", Shape::Text, "The post; not given: the whole staff on post."),
            must("number", Shape::Amount, "How many."),
            FROM,
            UNTIL,
        ])),
        "The staff on post, of all posts and of each.",
    ),
    may(
        "interns",
        Shape::List(&Shape::Object(&[
            may("person", Shape::Text, "Who: counts once; not given: a group."),
            must("school", Shape::Text, "The school."),
            must("post", Shape::Text, "The post."),
            may("number", Shape::Amount, "How many, where it is a group; 1 where it is not given."),
            FROM,
            UNTIL,
        ])),
        "The interns, of all schools.",
    ),
    may(
        "period",
        Shape::Object(&[
            must("from", Shape::Date, "The first day."),
            must("until", Shape::Date, "The first day no more."),
        ]),
        "The days to look at besides the date asked about.",
    ),
]);

const OPENING: Shape = Shape::Object(&[
    may("opened_on", Shape::Date, "When local people could first apply."),
    may("closed_on", Shape::Date, "When they no longer could."),
    may("filled", Shape::Flag, "Whether one was found."),
    may("certified_on", Shape::Date, "When the certificate was issued; the close where it is not given."),
    may(
        "applied_on",
        Shape::Date,
        "When the permit is applied for; the date asked about where it is not given.",
    ),
]);

const USAGE: Shape = Shape::Object(&[
    must(
        "caps",
        Shape::List(&Shape::Object(&[must("number", Shape::Amount, "How many there may be."), FROM, UNTIL])),
        "How many there may be.",
    ),
    may("used", Shape::Amount, "How many there are."),
    may("reserved", Shape::Amount, "How many places are held; 0 where it is not given."),
    may("notice_on", Shape::Date, "When the employer was told of an excess."),
]);

/// The form of a case.
pub const CASE: Shape = Shape::Object(&[
    may("about", Shape::Text, "What the case is, for people."),
    may(
        "ask",
        Shape::List(&Shape::Text),
        "Ids of rules; every rule that the facts bear on where it is not given.",
    ),
    may(
        "assume",
        Shape::List(&ASSUMPTION),
        "Parameters that the case states by itself. They are marked in every answer; a bar cannot be assumed away.",
    ),
    may("subject", SUBJECT, "Of whom the case asks."),
    may("nodes", Shape::List(&NODE), "The employer tree and the port tree."),
    may("people", Shape::List(&PERSON), "People, each once."),
    may("payroll", Shape::List(&PAYROLL), "Payrolls by employer and month."),
    may("employment", Shape::List(&EMPLOYMENT), "Times of employment (F7)."),
    may("permits", Shape::List(&PERMIT), "Permits and reservations."),
    may("counts", Shape::Counts(Count::CODES), "Numbers that are stated instead of counted."),
    may("application", APPLICATION, "What is applied for."),
    may("levy", LEVY, "F1b."),
    may("add_on", ADD_ON, "F3."),
    may("pools", Shape::List(&POOL), "F5."),
    may("demand", DEMAND, "F6."),
    may("points", POINTS, "F6b."),
    may("weeks", Shape::List(&WEEK), "F7, instead of employment."),
    may("internship", INTERNSHIP, "F9."),
    may("opening", OPENING, "F11."),
    may("usage", USAGE, "Excess."),
]);

/// Something that is not of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misshapen {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// The stable code.
    pub code: &'static str,
    /// What was found or is asked for.
    pub detail: String,
}

/// An exact number out of JSON: an integer, or text. A JSON number with a point is binary elsewhere, so it is none.
#[must_use]
pub fn number(value: &Value) -> Option<ratio::Ratio> {
    match value {
        Value::String(text) => ratio::parse(text),
        Value::Number(number) if number.is_i64() || number.is_u64() => ratio::parse(&number.to_string()),
        _ => None,
    }
}

/// A civil date out of JSON.
#[must_use]
pub fn date(value: &Value) -> Option<CivilDate> {
    let text = value.as_str()?;
    let plain =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    let is_date = text.len() == 10 && text.bytes().enumerate().all(plain);
    if is_date { text.parse().ok() } else { None }
}

/// Everything in which a value is not of a form.
pub fn check(shape: &Shape, value: &Value, pointer: &str, found: &mut Vec<Misshapen>) {
    let mut wrong = |code: &'static str, detail: &str| {
        found.push(Misshapen { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
    };
    match shape {
        Shape::Text => match value.as_str() {
            None => wrong("not_text", ""),
            Some("") => wrong("empty", ""),
            Some(text) if text.chars().count() > TEXT_MAX => wrong("too_long", &TEXT_MAX.to_string()),
            Some(_) => {}
        },
        Shape::Date if date(value).is_none() => wrong("not_a_date", "2026-11-01"),
        Shape::Month if value.as_str().and_then(Month::parse).is_none() => wrong("not_a_month", "2026-11"),
        Shape::Number | Shape::Amount => match number(value) {
            None => wrong("not_exact", "12, \"7/13\", \"0.35\""),
            Some(below) if matches!(shape, Shape::Amount) && below < ratio::whole(0) => {
                wrong("below_zero", &below.to_string());
            }
            Some(_) => {}
        },
        Shape::Flag if !value.is_boolean() => wrong("not_a_flag", "true, false"),
        Shape::OneOf(codes) if value.as_str().is_none_or(|code| !codes.contains(&code)) => {
            wrong("not_one_of", &codes.join(", "));
        }
        Shape::Date | Shape::Month | Shape::Flag | Shape::OneOf(_) => {}
        Shape::List(item) => match value.as_array() {
            None => wrong("not_a_list", ""),
            Some(items) if items.len() > ITEMS_MAX => wrong("too_many", &ITEMS_MAX.to_string()),
            Some(items) => {
                for (at, one) in items.iter().enumerate() {
                    check(item, one, &format!("{pointer}/{at}"), found);
                }
            }
        },
        Shape::Pairs(first, second) => check_pairs((first, second), value, pointer, found),
        Shape::Object(fields) => check_object(fields, value, pointer, found),
        Shape::Counts(codes) => match value.as_object() {
            None => wrong("not_an_object", ""),
            Some(map) => {
                for (name, one) in map {
                    let pointer = format!("{pointer}/{}", escaped(name));
                    if codes.contains(&name.as_str()) {
                        check(&Shape::Amount, one, &pointer, found);
                    } else {
                        found.push(Misshapen { pointer, code: "unknown_field", detail: codes.join(", ") });
                    }
                }
            }
        },
    }
}

fn check_pairs(pair: (&Shape, &Shape), value: &Value, pointer: &str, found: &mut Vec<Misshapen>) {
    let wrong =
        |pointer: String| Misshapen { pointer, code: "not_pairs", detail: "[[1, 2], [3, 4]]".to_owned() };
    let Some(items) = value.as_array() else { return found.push(wrong(pointer.to_owned())) };
    let mut rising: Option<ratio::Ratio> = None;
    for (at, item) in items.iter().enumerate() {
        let pointer = format!("{pointer}/{at}");
        let Some([first, second]) = item.as_array().map(Vec::as_slice) else {
            found.push(wrong(pointer));
            continue;
        };
        check(pair.0, first, &format!("{pointer}/0"), found);
        check(pair.1, second, &format!("{pointer}/1"), found);
        let this = number(first);
        if rising.is_some() && this.is_some() && this <= rising {
            found.push(Misshapen { pointer, code: "not_rising", detail: String::new() });
        }
        rising = this;
    }
}

fn check_object(fields: &[Field], value: &Value, pointer: &str, found: &mut Vec<Misshapen>) {
    let Some(map) = value.as_object() else {
        found.push(Misshapen { pointer: pointer.to_owned(), code: "not_an_object", detail: String::new() });
        return;
    };
    for (name, one) in map {
        let pointer = format!("{pointer}/{}", escaped(name));
        match fields.iter().find(|field| field.name == name) {
            // What is null is not given.
            Some(field) if one.is_null() && !field.required => {}
            Some(field) => check(&field.shape, one, &pointer, found),
            None => {
                let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
                found.push(Misshapen { pointer, code: "unknown_field", detail: known.join(", ") });
            }
        }
    }
    for field in fields.iter().filter(|field| field.required && !map.contains_key(field.name)) {
        let pointer = format!("{pointer}/{}", field.name);
        found.push(Misshapen { pointer, code: "missing_field", detail: field.about.to_owned() });
    }
}

/// A name inside a JSON pointer (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The JSON Schema of a case.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schema_of(&CASE);
    if let Some(map) = schema.as_object_mut() {
        map.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("title".to_owned(), json!("A case for ballast quota evaluate"));
    }
    schema
}

fn schema_of(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string", "minLength": 1, "maxLength": TEXT_MAX }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::Month => json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }),
        Shape::Number => exact("^-?[0-9]+([.][0-9]+|/0*[1-9][0-9]*)?$", &json!({ "type": "integer" })),
        Shape::Amount => {
            exact("^[0-9]+([.][0-9]+|/0*[1-9][0-9]*)?$", &json!({ "type": "integer", "minimum": 0 }))
        }
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::OneOf(codes) => json!({ "enum": codes }),
        Shape::List(item) => json!({ "type": "array", "maxItems": ITEMS_MAX, "items": schema_of(item) }),
        Shape::Pairs(first, second) => json!({
            "type": "array",
            "items": {
                "type": "array",
                "prefixItems": [schema_of(first), schema_of(second)],
                "minItems": 2,
                "maxItems": 2,
            },
        }),
        Shape::Object(fields) => object_schema(fields),
        Shape::Counts(codes) => {
            let amount = schema_of(&Shape::Amount);
            let properties: Map<String, Value> =
                codes.iter().map(|code| ((*code).to_owned(), amount.clone())).collect();
            json!({ "type": "object", "additionalProperties": false, "properties": properties })
        }
    }
}

fn exact(pattern: &str, integer: &Value) -> Value {
    json!({ "anyOf": [integer, { "type": "string", "pattern": pattern, "maxLength": 40 }] })
}

fn object_schema(fields: &[Field]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = schema_of(&field.shape);
        if !field.required {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        }
        if let Some(map) = schema.as_object_mut() {
            map.insert("description".to_owned(), json!(field.about));
        }
        properties.insert(field.name.to_owned(), schema);
    }
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty()
        && let Some(map) = schema.as_object_mut()
    {
        map.insert("required".to_owned(), json!(required));
    }
    schema
}
