//! What is no case and no pack, said all at once and with its place.

use serde_json::{Value, json};

use super::super::case_facts::{Error, parse};
use super::super::fact_shape::{CASE, Field, Misshapen, Shape, schema};
use super::super::rule_pack;

/// (pointer, code) of everything that is wrong.
fn wrong(text: &str) -> Vec<(String, &'static str)> {
    match parse(text) {
        Err(Error::Problems(problems)) => {
            problems.into_iter().map(|Misshapen { pointer, code, .. }| (pointer, code)).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn pairs(list: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    list.iter().map(|(pointer, code)| ((*pointer).to_owned(), *code)).collect()
}

#[test]
fn everything_that_is_not_of_the_form_is_said_at_once_with_its_place() {
    let text = r#"{
        "counts": { "locals": 1.5, "foreigners": 3, "foreign": -1 },
        "people": [{ "class": "alien", "id": "a" }, { "id": "" }],
        "payroll": [{ "month": "2026-13", "paid_on": "2026-02-30", "people": [{ "wage": "abc" }] }],
        "nodes": [{ "id": "n", "tree": "port", "kind": "port", "caps": [{ "number": "35%", "form": "2026-01-01" }] }],
        "ask": "drc"
    }"#;
    let expected = pairs(&[
        ("/ask", "not_a_list"),
        ("/counts/foreign", "below_zero"),
        ("/counts/foreigners", "unknown_field"),
        ("/counts/locals", "not_exact"),
        ("/nodes/0/caps/0/form", "unknown_field"),
        ("/nodes/0/caps/0/number", "not_exact"),
        ("/nodes/0/caps/0/act", "missing_field"),
        ("/nodes/0/caps/0/from", "missing_field"),
        ("/payroll/0/month", "not_a_month"),
        ("/payroll/0/paid_on", "not_a_date"),
        ("/payroll/0/people/0/wage", "not_exact"),
        ("/payroll/0/people/0/person", "missing_field"),
        ("/people/0/class", "not_one_of"),
        ("/people/1/id", "empty"),
    ]);
    let mut found = wrong(text);
    let mut expected = expected;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_cannot_be_in_itself_is_said_at_once() {
    let case = json!({
        "subject": { "employer": "nowhere", "port": "firm" },
        "nodes": [
            { "id": "firm", "tree": "employer", "kind": "firm", "parent": "site" },
            { "id": "site", "tree": "employer", "kind": "site", "parent": "firm", "from": "2026-02-01", "until": "2026-02-01" },
            { "id": "port", "tree": "port", "kind": "port", "parent": "firm", "caps": [
                { "act": "a", "number": 1, "from": "2026-01-01" },
                { "act": "b", "number": 2, "from": "2026-06-01", "until": "2026-07-01" },
            ] },
            { "id": "port", "tree": "port", "kind": "port" },
        ],
        "people": [{ "id": "p" }],
        "payroll": [
            { "employer": "firm", "month": "2026-01", "people": [{ "person": "q" }] },
            { "employer": "firm", "month": "2026-01", "locals": 1 },
        ],
        "permits": [{ "id": "x", "person": "p", "employer": "port", "from": "2026-01-01" }],
        "opening": { "opened_on": "2026-02-01", "closed_on": "2026-01-31" },
    });
    let mut found = wrong(&case.to_string());
    found.sort();
    let mut expected = pairs(&[
        ("/nodes/3/id", "twice"),
        ("/payroll/1/month", "twice"),
        ("/nodes/0/parent", "ring"),
        ("/nodes/1/parent", "ring"),
        ("/nodes/2/parent", "other_tree"),
        ("/nodes/2/caps/1", "caps_overlap"),
        ("/payroll/0/people/0/person", "no_such_person"),
        ("/subject/employer", "no_such_node"),
        ("/subject/port", "no_such_node"),
        ("/permits/0/employer", "no_such_node"),
        ("/nodes/1/until", "ends_before_it_begins"),
        ("/opening/closed_on", "ends_before_it_begins"),
    ]);
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn of_alternatives_exactly_one_is_given() {
    let case = json!({
        "assume": [{ "parameter": "a", "source": "s" }, { "parameter": "b", "source": "s", "number": 1, "choice": "floor" }],
        "nodes": [{ "id": "n", "tree": "port", "kind": "port", "used": 1, "caps": [
            { "act": "a", "from": "2026-01-01" },
            { "act": "b", "from": "2027-01-01", "number": 1, "share_of_total": "1/5" },
            { "act": "c", "from": "2028-01-01", "share_of_total": 1, "months": 0 },
        ] }],
        "payroll": [{ "month": "2026-01", "people": [], "wages": [] }],
    });
    let mut found = wrong(&case.to_string());
    found.sort();
    let mut expected = pairs(&[
        ("/assume/0", "exactly_one_of"),
        ("/assume/1", "exactly_one_of"),
        ("/nodes/0", "both_or_neither"),
        ("/nodes/0/caps/0", "exactly_one_of"),
        ("/nodes/0/caps/1", "exactly_one_of"),
        ("/nodes/0/caps/2/months", "out_of_range"),
        ("/nodes/0/caps/2/share_of_total", "out_of_range"),
        ("/payroll/0", "exactly_one_of"),
    ]);
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_name_that_stands_twice_and_broken_json_are_refused_with_their_line() {
    let Err(Error::Syntax { line, detail, .. }) = parse("{\n\"about\": \"a\",\n\"about\": \"b\"}") else {
        panic!("of two names one was kept")
    };
    assert!(line == 3 && detail.contains("about"), "{line} {detail}");
    assert!(matches!(parse("{\n\"about\": "), Err(Error::Syntax { line: 2, .. })));
    assert_eq!(wrong("[]"), pairs(&[("", "not_an_object")]));
}

/// A value of a form with every field there is.
fn fullest(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!("t"),
        Shape::Date => json!("2026-11-01"),
        Shape::Month => json!("2026-11"),
        Shape::Number | Shape::Amount => json!("1/2"),
        Shape::Flag => json!(true),
        Shape::OneOf(codes) => json!(codes[0]),
        Shape::List(item) => json!([fullest(item)]),
        Shape::Pairs(first, second) => json!([[fullest(first), fullest(second)]]),
        Shape::Object(fields) => {
            Value::Object(fields.iter().map(|f: &Field| (f.name.to_owned(), fullest(&f.shape))).collect())
        }
        Shape::Counts(codes) => {
            Value::Object(codes.iter().map(|code| ((*code).to_owned(), json!(1))).collect())
        }
    }
}

#[test]
fn the_form_accepts_the_fullest_case_and_its_schema_names_every_field() {
    let mut found = Vec::new();
    super::super::fact_shape::check(&CASE, &fullest(&CASE), "", &mut found);
    assert_eq!(found, []);
    let (schema, Shape::Object(fields)) = (schema(), CASE) else { panic!("a case is an object") };
    for field in fields {
        assert!(schema["properties"].get(field.name).is_some(), "{}", field.name);
    }
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn every_field_of_the_form_is_read() {
    let sources = [include_str!("../case_facts.rs")].concat();
    let mut unread = Vec::new();
    fn names(shape: &Shape, all: &mut Vec<&'static str>) {
        match shape {
            Shape::Object(fields) => {
                for field in *fields {
                    all.push(field.name);
                    names(&field.shape, all);
                }
            }
            Shape::List(item) => names(item, all),
            _ => {}
        }
    }
    let mut all = Vec::new();
    names(&CASE, &mut all);
    for name in all {
        // What a case is about is for people alone.
        if name != "about" && !sources.contains(&format!("\"{name}\"")) {
            unread.push(name);
        }
    }
    assert_eq!(unread, [""; 0]);
}

#[test]
fn a_pack_that_contradicts_itself_is_refused() {
    let good = rule_pack::EMBEDDED.iter().find(|text| text.contains("name = \"us-h2b\"")).unwrap();
    let broken =
        |from: &str, to: &str| rule_pack::parse(&good.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(broken("standing = \"sourced\"", "standing = \"sourced\"\nshade = 1").starts_with("line "));
    assert!(broken("number = 33000", "number = 33000.0").contains("quotation marks"));
    assert!(broken("number = 33000", "number = \"33 000\"").contains("not exact"));
    assert!(broken("number = 33000", "number = 33000\nchoice = \"floor\"").contains("exactly one of"));
    assert!(broken("key = \"second_half\"", "key = \"first_half\"").contains("Overlap"));
    assert!(
        broken("number = 33000", "number = 33000\nfrom = \"2026-01-01\"\nto = \"2026-01-01\"")
            .contains("EmptyInterval")
    );
    assert!(broken("trust = \"A\"", "trust = \"fictional\"").contains("Fictional"));
    assert!(broken("trust = \"A\"", "trust = \"C\"").contains("Unsourced"));
    assert!(broken("used = 30000", "used = 30000, spent = 1").contains("unknown_field"));
}
