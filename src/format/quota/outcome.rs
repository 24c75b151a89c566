//! What an evaluation says, as JSON for programs. Codes and figures only; the words are elsewhere.

use serde_json::{Map, Value as Json, json};

use ballast_domain::base::ratio::{self, Ratio};
use ballast_domain::quota::answer::{Answer, Figure, Value};
use ballast_domain::quota::evaluate::Evaluation;
use ballast_domain::quota::pack::Pack;
use ballast_domain::quota::trace::{Cite, Step};

/// The largest integer that every reader of JSON holds exactly.
const EXACT_MAX: i64 = 1 << 53;

/// The whole evaluation.
#[must_use]
pub fn evaluation(pack: &Pack, digest: &str, found: &Evaluation) -> Json {
    json!({
        "pack": {
            "name": pack.name,
            "version": pack.version,
            "sha256": digest,
            "standing": pack.standing.code(),
        },
        "on": found.on.to_string(),
        "rules": found.rules,
        "assumed": found.assumed,
        "assumed_in_vain": found.assumed_in_vain,
        "answers": found.figures.iter().map(figure).collect::<Vec<_>>(),
        "steps": found.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

/// An answer. Nil counts as zero; unknown has no value.
#[must_use]
pub fn figure(figure: &Figure) -> Json {
    let mut object = Map::new();
    object.insert("rule".to_owned(), json!(figure.rule));
    object.insert("figure".to_owned(), json!(figure.code));
    if let Some(of) = &figure.of {
        object.insert("of".to_owned(), json!(of));
    }
    match &figure.answer {
        Answer::Known(known) => {
            object.insert("answer".to_owned(), json!("known"));
            object.insert("value".to_owned(), value(known));
        }
        Answer::Unknown(missing) => {
            object.insert("answer".to_owned(), json!("unknown"));
            let missing: Vec<Json> =
                missing.iter().map(|m| json!({ "kind": m.kind.code(), "name": m.name })).collect();
            object.insert("missing".to_owned(), json!(missing));
        }
        Answer::Nil(reasons) => {
            object.insert("answer".to_owned(), json!("nil"));
            object.insert("value".to_owned(), json!(0));
            let because: Vec<Json> = reasons
                .iter()
                .map(|r| json!({ "code": r.code, "detail": r.detail, "source": r.source }))
                .collect();
            object.insert("because".to_owned(), json!(because));
        }
    }
    Json::Object(object)
}

/// A step.
#[must_use]
pub fn step(step: &Step) -> Json {
    let operands: Map<String, Json> =
        step.operands.iter().map(|(name, operand)| ((*name).to_owned(), value(operand))).collect();
    json!({
        "rule": step.rule,
        "step": step.code,
        "operands": operands,
        "result": value(&step.result),
        "sources": step.cites.iter().map(cite).collect::<Vec<_>>(),
    })
}

fn cite(cite: &Cite) -> Json {
    json!({
        "name": cite.name,
        "value": cite.value,
        "valid_from": cite.valid_from.map(|date| date.to_string()),
        "valid_to": cite.valid_to.map(|date| date.to_string()),
        "trust": cite.trust.code(),
        "source": cite.source,
    })
}

/// A value: integers as numbers, other numbers as exact text.
#[must_use]
pub fn value(of: &Value) -> Json {
    match of {
        Value::Number(exact) => number(exact),
        Value::Sum(numbers) => Json::Array(numbers.iter().map(number).collect()),
        Value::Terms(terms) => {
            Json::Array(terms.iter().map(|(n, weight)| json!([number(n), number(weight)])).collect())
        }
        Value::List(names) => json!(names),
        Value::Codes(codes) => json!(codes),
        Value::Amount(_)
        | Value::Unlimited
        | Value::Code(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::Month(_) => json!(of.plain()),
    }
}

fn number(exact: &Ratio) -> Json {
    match ratio::to_i64(exact) {
        Some(n) if n.abs() <= EXACT_MAX => json!(n),
        _ => json!(exact.to_string()),
    }
}
