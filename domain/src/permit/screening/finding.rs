//! What a check finds: a verdict, and for each thing that stands in the way what was found, what is needed, and what
//! would unlock it.

use super::check::{Check, Level};
use super::clearance::Act;
use super::fact::{Facts, Name};
use super::pack::Rule;
use crate::base::canonical_json::Json;
use crate::base::civil_time::CivilDate;
use crate::base::unknown::Verdict;

/// What would unlock it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlock {
    /// Nothing, for anybody.
    Nothing,
    /// Evidence of the facts named.
    Evidence,
    /// Time: this day.
    Day(CivilDate),
    /// Other facts: what is found has to change, and be proved to have.
    Cure,
    /// A rule that is in force.
    Rule,
}

impl Unlock {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Evidence => "evidence",
            Self::Day(_) => "day",
            Self::Cure => "cure",
            Self::Rule => "rule",
        }
    }
}

/// What follows besides that nothing is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Suspend the live permit and open a case in the branch of refugee and human-rights law.
    SuspendAndProtect,
    /// Suspend the live permit and open a case of repatriation.
    SuspendAndRepatriate,
    /// Open an inspection.
    Inspect,
}

impl Consequence {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SuspendAndProtect => "suspend_and_protect",
            Self::SuspendAndRepatriate => "suspend_and_repatriate",
            Self::Inspect => "inspect",
        }
    }
}

/// One thing in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stable code, also the key of its words.
    pub code: &'static str,
    /// Whether it bars, or is unknown.
    pub verdict: Verdict,
    /// The facts that it turns on, or that are missing.
    pub facts: Vec<Name>,
    /// What was found.
    pub found: Option<String>,
    /// What is needed.
    pub needed: Option<String>,
    /// What would unlock it.
    pub unlock: Unlock,
}

/// What one check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// How grave a bar of it is, for this case.
    pub level: Level,
    /// Pass, bar, unknown.
    pub verdict: Verdict,
    /// What stands in the way; empty where it passes.
    pub reasons: Vec<Reason>,
    /// What follows of it.
    pub consequence: Option<Consequence>,
    /// The rule; none where none holds.
    pub rule: Option<Rule>,
}

impl Finding {
    /// As an example expects it: `pass`, `bar: under_age`, `unknown: person.birth_date`.
    #[must_use]
    pub fn plain(&self) -> String {
        let of = |verdict| self.reasons.iter().filter(move |reason| reason.verdict == verdict);
        match self.verdict {
            Verdict::Pass => "pass".to_owned(),
            Verdict::Bar => {
                let codes: Vec<&str> = of(Verdict::Bar).map(|reason| reason.code).collect();
                format!("bar: {}", codes.join(" "))
            }
            Verdict::Unknown => {
                let codes: Vec<String> = of(Verdict::Unknown)
                    .map(|reason| match reason.facts.as_slice() {
                        [one] if reason.code == MISSING => one.code().to_owned(),
                        _ => reason.code.to_owned(),
                    })
                    .collect();
                format!("unknown: {}", codes.join(" "))
            }
        }
    }

    /// In canonical JSON, as a receipt has it.
    #[must_use]
    pub fn json(&self) -> Json {
        let reason = |reason: &Reason| {
            Json::object([
                ("code", Json::text(reason.code)),
                ("verdict", Json::text(verdict_code(reason.verdict))),
                ("facts", Json::list(reason.facts.iter().map(|name| Json::text(name.code())))),
                ("found", Json::or_null(reason.found.as_ref())),
                ("needed", Json::or_null(reason.needed.as_ref())),
                ("unlock", Json::text(reason.unlock.code())),
                (
                    "unlock_on",
                    match reason.unlock {
                        Unlock::Day(day) => Json::text(day),
                        Unlock::Nothing | Unlock::Evidence | Unlock::Cure | Unlock::Rule => Json::Null,
                    },
                ),
            ])
        };
        Json::object([
            ("check", Json::text(self.check.code())),
            ("level", Json::text(self.level.code())),
            ("verdict", Json::text(verdict_code(self.verdict))),
            ("reasons", Json::list(self.reasons.iter().map(reason))),
            ("consequence", Json::or_null(self.consequence.map(Consequence::code))),
            ("rule", self.rule.as_ref().map_or(Json::Null, rule_json)),
        ])
    }
}

fn rule_json(rule: &Rule) -> Json {
    let parameters = rule.parameters.iter().map(|(name, value)| (name.clone(), Json::Integer(*value)));
    Json::object([
        ("valid_from", Json::text(rule.valid_from)),
        ("valid_to", Json::or_null(rule.valid_to)),
        ("trust", Json::text(rule.trust.code())),
        ("source", Json::text(&rule.source)),
        ("parameters", Json::Map(parameters.collect())),
    ])
}

/// The stable code of a verdict.
#[must_use]
pub fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Unknown => "unknown",
        Verdict::Bar => "bar",
    }
}

/// The reason of a fact that nobody knows.
pub const MISSING: &str = "fact_missing";
/// The reason of a check whose rule is not in force, or lacks a parameter.
pub const NO_RULE: &str = "rule_missing";

/// A check at work: what it was asked, and what it has found so far.
pub(super) struct Weighing<'a> {
    pub(super) facts: &'a Facts,
    pub(super) rule: &'a Rule,
    pub(super) act: Act,
    pub(super) reasons: Vec<Reason>,
    pub(super) consequence: Option<Consequence>,
}

impl<'a> Weighing<'a> {
    pub(super) fn new(facts: &'a Facts, rule: &'a Rule, act: Act) -> Self {
        Self { facts, rule, act, reasons: Vec::new(), consequence: None }
    }

    /// The verdict of everything that was found.
    pub(super) fn verdict(&self) -> Verdict {
        self.reasons.iter().fold(Verdict::Pass, |all, reason| all.and(reason.verdict))
    }

    /// Nobody knows this fact.
    pub(super) fn missing(&mut self, name: Name) {
        self.unknown(MISSING, name);
    }

    /// What is known of a fact decides nothing.
    pub(super) fn unknown(&mut self, code: &'static str, name: Name) {
        self.reasons.push(Reason {
            code,
            verdict: Verdict::Unknown,
            facts: vec![name],
            found: self.facts.get(name).map(|known| plain(&known.value.json())),
            needed: None,
            unlock: Unlock::Evidence,
        });
    }

    /// A fact that bars.
    pub(super) fn bar(&mut self, code: &'static str, name: Name, needed: Option<String>, unlock: Unlock) {
        self.reasons.push(Reason {
            code,
            verdict: Verdict::Bar,
            facts: vec![name],
            found: self.facts.get(name).map(|known| plain(&known.value.json())),
            needed,
            unlock,
        });
    }

    /// It must be known to be so.
    pub(super) fn must(&mut self, name: Name, wanted: bool, code: &'static str, unlock: Unlock) {
        match self.facts.flag(name) {
            None => self.missing(name),
            Some(found) if found != wanted => self.bar(code, name, Some(wanted.to_string()), unlock),
            Some(_) => {}
        }
    }

    /// It must be known to be at most what a parameter says.
    pub(super) fn at_most(
        &mut self,
        name: Name,
        parameter: &'static str,
        code: &'static str,
        unlock: Unlock,
    ) {
        let Some(most) = self.parameter(parameter) else { return };
        match self.facts.number(name) {
            None => self.missing(name),
            Some(found) if found > most => self.bar(code, name, Some(format!("≤ {most}")), unlock),
            Some(_) => {}
        }
    }

    /// A figure of the rule. One that is not there is unknown, though none is asked before the rule is whole.
    pub(super) fn parameter(&mut self, name: &'static str) -> Option<i64> {
        let value = self.rule.parameters.get(name).copied();
        if value.is_none() {
            self.reasons.push(no_rule(Some(name)));
        }
        value
    }
}

/// No rule is in force, or it lacks this parameter.
pub(super) fn no_rule(parameter: Option<&str>) -> Reason {
    Reason {
        code: NO_RULE,
        verdict: Verdict::Unknown,
        facts: Vec::new(),
        found: None,
        needed: parameter.map(ToOwned::to_owned),
        unlock: Unlock::Rule,
    }
}

/// A value as it is shown: text without its quotation marks, everything else as JSON.
fn plain(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        other => other.to_string(),
    }
}
