//! What the quota engine says in words: answers, every step to them, what is missing. Every door that shows one says the same.

use ballast_domain::quota::answer::{Answer, Figure, Missing, Reason, Value};
use ballast_domain::quota::trace::{Cite, Step};

use super::{Arg, Words};

/// A value: exact fractions as they are, codes in words, dates in full.
#[must_use]
pub fn value(words: Words, of: &Value) -> String {
    match of {
        Value::Code(code) => words.t(&format!("quota-code-{code}")),
        Value::Codes(codes) => {
            codes.iter().map(|code| words.t(&format!("quota-code-{code}"))).collect::<Vec<_>>().join(", ")
        }
        Value::Unlimited => words.t("quota-code-unlimited"),
        Value::Date(date) => words.date(*date),
        // A true minus sign before numbers; names and months keep their hyphens.
        Value::Number(_) | Value::Amount(_) | Value::Sum(_) | Value::Terms(_) => {
            of.plain().replace('-', "\u{2212}")
        }
        Value::Text(_) | Value::Month(_) | Value::List(_) => of.plain(),
    }
}

/// What a figure asks.
#[must_use]
pub fn figure(words: Words, figure: &Figure) -> String {
    let name = words.t(&format!("quota-figure-{}", figure.code));
    let answer = answer(words, &figure.answer);
    match &figure.of {
        Some(of) => words.ta(
            "quota-line-of",
            &[("figure", name.into()), ("of", of.as_str().into()), ("answer", answer.into())],
        ),
        None => words.ta("quota-line", &[("figure", name.into()), ("answer", answer.into())]),
    }
}

/// An answer.
#[must_use]
pub fn answer(words: Words, answer: &Answer) -> String {
    let joined = |all: Vec<String>| all.join("; ");
    match answer {
        Answer::Known(known) => value(words, known),
        Answer::Unknown(all) => {
            let all = all.iter().map(|one| missing(words, one)).collect();
            words.ta("quota-unknown", &[("missing", joined(all).into())])
        }
        Answer::Nil(reasons) => {
            let all = reasons.iter().map(|one| reason(words, one)).collect();
            words.ta("quota-nil", &[("because", joined(all).into())])
        }
    }
}

/// What a rule needed and did not get.
#[must_use]
pub fn missing(words: Words, missing: &Missing) -> String {
    words.ta(&format!("quota-missing-{}", missing.kind.code()), &[("name", missing.name.as_str().into())])
}

fn reason(words: Words, reason: &Reason) -> String {
    words.ta(
        &format!("quota-reason-{}", reason.code),
        &[("detail", reason.detail.as_str().into()), ("source", reason.source.as_str().into())],
    )
}

/// A step with its numbers.
#[must_use]
pub fn step(words: Words, step: &Step) -> String {
    let mut args: Vec<(&str, Arg)> =
        step.operands.iter().map(|(name, operand)| (*name, value(words, operand).into())).collect();
    args.push(("result", value(words, &step.result).into()));
    words.ta(&format!("quota-step-{}", step.code), &args)
}

/// Where a figure stands: its value, when it holds, how far it can be trusted, the text.
#[must_use]
pub fn cite(words: Words, cite: &Cite) -> String {
    let date = |date: chrono::NaiveDate| Arg::from(words.date(date));
    let validity = match (cite.valid_from, cite.valid_to) {
        (Some(from), Some(to)) => words.ta("quota-valid-between", &[("from", date(from)), ("to", date(to))]),
        (Some(from), None) => words.ta("quota-valid-from", &[("from", date(from))]),
        (None, Some(to)) => words.ta("quota-valid-to", &[("to", date(to))]),
        (None, None) => words.t("quota-valid-undated"),
    };
    words.ta(
        "quota-cite",
        &[
            ("name", cite.name.as_str().into()),
            ("value", cite.value.as_str().into()),
            ("validity", validity.into()),
            ("trust", words.t(&format!("quota-trust-{}", cite.trust.code())).into()),
            ("source", cite.source.as_str().into()),
        ],
    )
}

/// What is wrong with the facts of a case at one place.
#[must_use]
pub fn problem(words: Words, code: &str, detail: &str) -> String {
    words.ta(&format!("quota-problem-{code}"), &[("detail", detail.into())])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ballast_domain::quota::answer::MissingKind;
    use ballast_domain::quota::evaluate::evaluate;
    use ballast_domain::quota::facts::Facts;
    use ballast_domain::quota::trace::Trust;

    use super::*;
    use crate::format::quota::rule_pack;
    use crate::words::{Locale, keys};

    /// A text in words: nothing left open, no key that stands for itself.
    fn said(text: &str) {
        let open = text.contains("{$") || text.contains("{ $") || text.contains("quota-");
        assert!(!open && !text.trim().is_empty(), "{text}");
    }

    #[test]
    fn every_step_and_every_answer_of_every_example_is_said_in_both_languages() {
        let mut steps = BTreeSet::new();
        let mut figures = BTreeSet::new();
        for pack in rule_pack::EMBEDDED.iter().map(|text| rule_pack::parse(text).unwrap()) {
            let nothing = Facts::default();
            let cases = pack.examples.iter().map(|example| (&example.facts, example.on));
            for (facts, on) in cases.chain(pack.examples.first().map(|example| (&nothing, example.on))) {
                let found = evaluate(&pack, facts, on).unwrap();
                for words in Locale::ALL.map(Words) {
                    for one in &found.steps {
                        said(&step(words, one));
                        one.cites.iter().for_each(|one| said(&cite(words, one)));
                        steps.insert(one.code);
                    }
                    for one in &found.figures {
                        said(&figure(words, one));
                        figures.insert(one.code);
                    }
                }
            }
        }
        let known = keys(Locale::En);
        let of = |prefix: &str| -> BTreeSet<&str> {
            known.iter().filter_map(|key| key.strip_prefix(prefix)).collect()
        };
        let unused: Vec<&str> = steps.symmetric_difference(&of("quota-step-")).copied().collect();
        assert!(unused.is_empty(), "steps that no example takes, or that have no words: {unused:?}");
        let unused: Vec<&str> = of("quota-figure-").difference(&figures).copied().collect();
        assert!(unused.is_empty(), "figures that no example has: {unused:?}");
    }

    #[test]
    fn every_kind_of_missing_and_every_mark_has_its_words() {
        for words in Locale::ALL.map(Words) {
            for kind in MissingKind::ALL {
                said(&missing(words, &Missing::new(kind, "x")));
            }
            for trust in Trust::ALL {
                said(&words.t(&format!("quota-trust-{}", trust.code())));
            }
        }
    }

    #[test]
    fn a_number_below_zero_has_a_minus_and_a_month_its_hyphen() {
        let words = Words(Locale::En);
        assert_eq!(value(words, &Value::Number(ballast_domain::base::ratio::fraction(-7, 2))), "\u{2212}7/2");
        assert_eq!(value(words, &Value::Text("no-name".to_owned())), "no-name");
    }
}
