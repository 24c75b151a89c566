//! F6b: one person's points towards a work permit, and the category that they reach.

use num_traits::Zero as _;

use super::answer::{Answer, Known, Missing, Value};
use super::case::{Case, step_of};
use super::facts::PointFacts;
use super::trace::{Cite, Cited, Trace};
use crate::base::civil_time::age_on;
use crate::base::ratio::{self, Ratio};

/// One part of the sum.
type Part = (&'static str, Known<Cited<Ratio>>, Value);

/// Answers each part, the sum, and the category.
pub fn evaluate(case: &Case<'_>, trace: &mut Trace) {
    let Some(facts) = &case.facts.points else {
        return trace.known("score", None, Err::<Value, _>(Missing::fact("/points")));
    };
    let (mut sum, mut each, mut missing) = (Ratio::zero(), Vec::new(), Vec::new());
    for (name, points, found) in parts(case, facts) {
        match points {
            Ok(Cited { value, cite }) => {
                trace.step("points", vec![("part", Value::Code(name)), ("found", found)], &value, &[&cite]);
                trace.answer("points", Some(name), Answer::Known((&value).into()));
                sum += &value;
                each.push(value);
            }
            Err(more) => {
                trace.known("points", Some(name), Err::<Value, _>(more.clone()));
                missing.extend(more);
            }
        }
    }
    if !missing.is_empty() {
        trace.known("score", None, Err::<Value, _>(missing.clone()));
        return trace.known("category", None, Err::<Value, _>(missing));
    }
    trace.step("score", vec![("sum", Value::Sum(each))], &sum, &[]);
    trace.answer("score", None, Answer::Known((&sum).into()));
    let category = category(case, &sum, trace);
    trace.known("category", None, category);
}

fn parts(case: &Case<'_>, facts: &PointFacts) -> [Part; 9] {
    let age = match (&facts.age, facts.born) {
        (Some(_), Some(_)) => Err(Missing::contradiction("/points/age, /points/born")),
        (Some(age), None) => Ok(age.clone()),
        (None, Some(born)) => Ok(ratio::whole(age_on(born, case.on))),
        (None, None) => Err(Missing::fact("/points/age")),
    };
    let shown = |known: &Known<Ratio>| known.as_ref().map_or_else(|_| Value::List(vec![]), Into::into);
    let stated = |value: &Option<Ratio>, name: &str| {
        value.clone().ok_or_else(|| Missing::fact(format!("/points/{name}")))
    };
    let stepped = |name: &'static str, fact: &'static str, value: Known<Ratio>| -> Part {
        let found = shown(&value);
        (fact, value.and_then(|at| of_steps(case, name, &at)), found)
    };
    [
        stepped("salary", "annual_salary", stated(&facts.annual_salary, "annual_salary")),
        named(case, "degree", "degree", facts.degree.as_deref()),
        stepped("experience", "experience_years", stated(&facts.experience_years, "experience_years")),
        stepped("months", "months_a_year", stated(&facts.months_a_year, "months_a_year")),
        stepped("hsk", "hsk", stated(&facts.hsk, "hsk")),
        named(case, "location", "location", facts.location.as_deref()),
        stepped("age", "age", age),
        distinctions(case, facts),
        local_bonus(case, facts),
    ]
}

/// The points of the last step that is reached; none below the first.
fn of_steps(case: &Case<'_>, name: &str, at: &Ratio) -> Known<Cited<Ratio>> {
    let steps = case.steps(name, None)?;
    let points = step_of(steps.value, at).map_or_else(Ratio::zero, |(_, points)| points.clone());
    Ok(Cited { value: points, cite: steps.cite })
}

fn named(case: &Case<'_>, name: &str, fact: &'static str, value: Option<&str>) -> Part {
    let points = match value {
        Some(value) => case.number(name, Some(value)),
        None => Err(Missing::fact(format!("/points/{fact}"))),
    };
    (fact, points, value.map_or_else(|| Value::List(vec![]), Into::into))
}

/// Any of them gives the points once.
fn distinctions(case: &Case<'_>, facts: &PointFacts) -> Part {
    let found = Value::List(facts.distinctions.clone().unwrap_or_default());
    let points = match &facts.distinctions {
        None => Err(Missing::fact("/points/distinctions")),
        Some(none) if none.is_empty() => case.number("distinction", Some("none")),
        Some(some) => {
            let each: Known<Vec<Cited<Ratio>>> =
                some.iter().map(|one| case.number("distinction", Some(one))).collect();
            each.and_then(|each| {
                each.into_iter()
                    .max_by(|a, b| a.value.cmp(&b.value))
                    .ok_or_else(|| Missing::fact("/points/distinctions"))
            })
        }
    };
    ("distinctions", points, found)
}

/// What the place adds, up to what it may.
fn local_bonus(case: &Case<'_>, facts: &PointFacts) -> Part {
    let most = case.number("local_bonus_max", None);
    let points = match (&facts.local_bonus, most) {
        (None, _) => Err(Missing::fact("/points/local_bonus")),
        (_, Err(missing)) => Err(missing),
        (Some(bonus), Ok(most)) if *bonus > most.value => Err(Missing::contradiction("/points/local_bonus")),
        (Some(bonus), Ok(most)) => Ok(Cited { value: bonus.clone(), cite: most.cite }),
    };
    let found = facts.local_bonus.as_ref().map_or_else(|| Value::List(vec![]), Into::into);
    ("local_bonus", points, found)
}

/// A and B by points; C is what is left, and has a quota.
fn category(case: &Case<'_>, score: &Ratio, trace: &mut Trace) -> Known<Value> {
    let (a, b) =
        super::trace::both(case.number("category_a_min", None), case.number("category_b_min", None))?;
    let category = if *score >= a.value {
        "A"
    } else if *score >= b.value {
        "B"
    } else {
        "C"
    };
    let cites: [&Cite; 2] = [&a.cite, &b.cite];
    let operands = vec![("score", score.into()), ("a", (&a.value).into()), ("b", (&b.value).into())];
    trace.step("category", operands, category, &cites);
    Ok(category.into())
}
