//! A pack, the facts and the date of a question; what parameters say on that date, and which bar holds.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::answer::{Known, Missing, MissingKind, Reason};
use super::facts::{Count, Facts, NodeKind};
use super::pack::{Pack, Parameter, ParameterValue, full_name};
use super::trace::{Cite, Cited, Trust};
use super::window::holds;
use crate::base::civil_time::CivilDate;
use crate::base::ratio::{Ratio, Rounding};

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The rules.
    pub pack: &'a Pack,
    /// The facts.
    pub facts: &'a Facts,
    /// The date asked about.
    pub on: CivilDate,
    /// The assumptions that were used so far.
    pub assumed: &'a RefCell<BTreeSet<String>>,
}

impl<'a> Case<'a> {
    /// What a parameter says on the date asked about: what the case states by itself, else the one of the key, else the
    /// one for all.
    ///
    /// # Errors
    /// The parameter, when none is in force.
    pub fn parameter(&self, name: &str, key: Option<&str>) -> Known<Cited<&'a ParameterValue>> {
        let full = full_name(name, key);
        if let Some(assumed) = self.facts.assume.iter().find(|a| a.parameter == full) {
            self.assumed.borrow_mut().insert(full.clone());
            let cite = Cite {
                name: full,
                value: assumed.value.plain(),
                valid_from: None,
                valid_to: None,
                trust: Trust::Stated,
                source: assumed.source.clone(),
            };
            return Ok(Cited { value: &assumed.value, cite });
        }
        let of = |key: Option<&str>| -> Vec<&'a Parameter> {
            self.pack.parameters.iter().filter(|p| p.name == name && p.key.as_deref() == key).collect()
        };
        let mut versions = of(key);
        if versions.is_empty() {
            versions = of(None);
        }
        match versions.iter().find(|p| holds(p.valid_from, p.valid_to, self.on)) {
            Some(parameter) => Ok(Cited { value: &parameter.value, cite: cite(parameter) }),
            None => {
                let ended = versions.iter().any(|p| p.valid_to.is_some_and(|to| to <= self.on));
                let kind = match (versions.is_empty(), ended) {
                    (true, _) => MissingKind::Parameter,
                    (false, true) => MissingKind::ParameterExpired,
                    (false, false) => MissingKind::ParameterNotYet,
                };
                Err(vec![Missing::new(kind, full)])
            }
        }
    }

    /// A parameter that is a number.
    ///
    /// # Errors
    /// The parameter, when none is in force or it is something else.
    pub fn number(&self, name: &str, key: Option<&str>) -> Known<Cited<Ratio>> {
        let Cited { value, cite } = self.parameter(name, key)?;
        match value {
            ParameterValue::Number(number) => Ok(Cited { value: number.clone(), cite }),
            _ => Err(Missing::contradiction(cite.name)),
        }
    }

    /// A share: a number from 0 to 1.
    ///
    /// # Errors
    /// As [`Self::number`], and when it lies outside.
    pub fn share(&self, name: &str, key: Option<&str>) -> Known<Cited<Ratio>> {
        let share = self.number(name, key)?;
        let (zero, one) = (Ratio::from_integer(0.into()), Ratio::from_integer(1.into()));
        if share.value < zero || share.value > one {
            return Err(Missing::contradiction(share.cite.name));
        }
        Ok(share)
    }

    /// A parameter that is a way to round.
    ///
    /// # Errors
    /// The parameter, when none is in force or it is something else.
    pub fn rounding(&self, name: &str) -> Known<Cited<Rounding>> {
        let Cited { value, cite } = self.parameter(name, None)?;
        match value {
            ParameterValue::Choice(choice) => match Rounding::parse(choice) {
                Some(way) => Ok(Cited { value: way, cite }),
                None => Err(Missing::contradiction(cite.name)),
            },
            _ => Err(Missing::contradiction(cite.name)),
        }
    }

    /// A parameter of steps.
    ///
    /// # Errors
    /// The parameter, when none is in force or it is something else.
    pub fn steps(&self, name: &str, key: Option<&str>) -> Known<Cited<&'a [(Ratio, Ratio)]>> {
        let Cited { value, cite } = self.parameter(name, key)?;
        match value {
            ParameterValue::Steps(steps) => Ok(Cited { value: steps, cite }),
            _ => Err(Missing::contradiction(cite.name)),
        }
    }

    /// A number that the facts state.
    ///
    /// # Errors
    /// Its place, when they do not.
    pub fn count(&self, count: Count) -> Known<Ratio> {
        let missing = || Missing::fact(format!("/counts/{}", count.code()));
        self.facts.counts.get(&count).cloned().ok_or_else(missing)
    }

    /// The sector asked about.
    ///
    /// # Errors
    /// Its place, when the facts do not say it.
    pub fn sector(&self) -> Known<&'a str> {
        self.facts.subject.sector.as_deref().ok_or_else(|| Missing::fact("/subject/sector"))
    }

    /// The node at a level of the employer tree at or above the subject; the subject itself where the tree has no such
    /// level above it.
    ///
    /// # Errors
    /// The place of the subject, when the facts do not say it.
    pub fn scope(&self, level: NodeKind) -> Known<&'a str> {
        let subject =
            self.facts.subject.employer.as_deref().ok_or_else(|| Missing::fact("/subject/employer"))?;
        let path = self.facts.path(subject);
        Ok(path.iter().find(|node| node.kind == level).map_or(subject, |node| node.id.as_str()))
    }

    /// The bar that holds for what is applied for, if one does.
    ///
    /// # Errors
    /// The nationality, when a bar is in force and no nationality is given.
    pub fn bar(&self) -> Known<Option<Reason>> {
        let Some(application) = &self.facts.application else {
            return Ok(None);
        };
        let mut in_force = self.pack.bars.iter().filter(|bar| bar.from <= self.on).peekable();
        if in_force.peek().is_none() {
            return Ok(None);
        }
        let countries = application.countries.as_ref().filter(|countries| !countries.is_empty());
        let Some(countries) = countries else {
            return Err(Missing::fact("/application/countries"));
        };
        Ok(in_force
            .find(|bar| countries.iter().any(|country| bar.countries.contains(country)))
            .map(|bar| Reason { code: "bar", detail: bar.id.clone(), source: bar.source.clone() }))
    }
}

/// Where a parameter stands.
#[must_use]
pub fn cite(parameter: &Parameter) -> Cite {
    Cite {
        name: parameter.full_name(),
        value: parameter.value.plain(),
        valid_from: parameter.valid_from,
        valid_to: parameter.valid_to,
        trust: parameter.trust,
        source: parameter.source.clone(),
    }
}

/// The value of the last step that is reached; none below the first.
#[must_use]
pub fn step_of<'a, T>(steps: &'a [(Ratio, T)], at: &Ratio) -> Option<&'a (Ratio, T)> {
    steps.iter().rev().find(|(least, _)| at >= least)
}
