//! A screening pack: for each check the dated rules, with level, parameters and source, and worked examples.

use std::collections::BTreeMap;

use super::check::{Check, Level};
use super::fact::Facts;
use crate::base::civil_time::CivilDate;
use crate::quota::pack::Standing;
use crate::quota::trace::Trust;

/// A dated rule of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Of which check.
    pub check: Check,
    /// How grave a bar is.
    pub level: Level,
    /// How grave it is for whoever exports; none: as for everybody.
    pub level_for_exporters: Option<Level>,
    /// Its figures: ages, hours, days, amounts in fen.
    pub parameters: BTreeMap<String, i64>,
    /// The first day that it holds.
    pub valid_from: CivilDate,
    /// The first day that it holds no more; none while no end is known.
    pub valid_to: Option<CivilDate>,
    /// How far its source can be trusted.
    pub trust: Trust,
    /// The text that it comes from.
    pub source: String,
}

impl Rule {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(&self, day: CivilDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }

    /// The first parameter that its check needs and it lacks.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        self.check.parameters().iter().copied().find(|name| !self.parameters.contains_key(*name))
    }
}

/// A case with what the checks say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Its name in the pack.
    pub id: String,
    /// The date asked about.
    pub on: CivilDate,
    /// Where the verdicts come from.
    pub source: String,
    /// The facts.
    pub facts: Facts,
    /// What each check says, as plain text.
    pub expect: Vec<(Check, String)>,
}

/// A pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its name.
    pub name: String,
    /// Its version. A pack that was used is never edited: copy it and raise this.
    pub version: String,
    /// How it may be used.
    pub standing: Standing,
    /// Its title in Chinese and in English.
    pub titles: (String, String),
    /// The rules.
    pub rules: Vec<Rule>,
    /// Cases with their verdicts.
    pub examples: Vec<Example>,
}

/// What is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No rule of this check at all.
    NoRule(Check),
    /// A rule is milder than its check can be.
    TooMild(Check),
    /// A rule ends before it begins.
    EndsBeforeStart(Check),
    /// Two rules of one check hold on one day.
    Overlap(Check),
    /// A parameter that its check does not know.
    UnknownParameter(Check, String),
    /// A parameter below zero.
    Negative(Check, String),
    /// A source that says nothing.
    NoSource(Check),
}

impl Pack {
    /// The rule of a check on a day; none where none holds.
    #[must_use]
    pub fn rule(&self, check: Check, day: CivilDate) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.check == check && rule.holds(day))
    }

    /// Everything that is wrong with it. A missing parameter is not: it fails closed by name when it is asked for.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for check in Check::ALL {
            let rules: Vec<&Rule> = self.rules.iter().filter(|rule| rule.check == check).collect();
            if rules.is_empty() {
                problems.push(Problem::NoRule(check));
            }
            for (at, rule) in rules.iter().enumerate() {
                let later = rules.get(at + 1..).unwrap_or_default();
                if later.iter().any(|other| overlap(rule, other)) {
                    problems.push(Problem::Overlap(check));
                }
                problems.extend(problems_of(rule));
            }
        }
        problems
    }
}

fn overlap(one: &Rule, other: &Rule) -> bool {
    one.valid_to.is_none_or(|end| other.valid_from < end)
        && other.valid_to.is_none_or(|end| one.valid_from < end)
}

fn problems_of(rule: &Rule) -> Vec<Problem> {
    let check = rule.check;
    let mut problems = Vec::new();
    let mildest = rule.level_for_exporters.map_or(rule.level, |level| level.min(rule.level));
    if mildest < check.level_min() {
        problems.push(Problem::TooMild(check));
    }
    if rule.valid_to.is_some_and(|end| end <= rule.valid_from) {
        problems.push(Problem::EndsBeforeStart(check));
    }
    if rule.source.trim().is_empty() {
        problems.push(Problem::NoSource(check));
    }
    for (name, value) in &rule.parameters {
        if !check.parameters().contains(&name.as_str()) {
            problems.push(Problem::UnknownParameter(check, name.clone()));
        }
        if *value < 0 {
            problems.push(Problem::Negative(check, name.clone()));
        }
    }
    problems
}
