//! Every step from the facts to an answer, so that an official can redo it by hand: what went in, what came out, and the
//! text that says so.

use super::answer::{Answer, Figure, Known, Reason, Value};
use crate::base::civil_time::CivilDate;

/// How far a figure's source can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// Official text.
    A,
    /// Secondary: a law firm, the press.
    B,
    /// Common knowledge that nobody checked.
    C,
    /// Computed from the stated formula.
    D,
    /// Made up for a test or a trial.
    Fictional,
    /// Stated in the facts of the case.
    Stated,
}

impl Trust {
    /// Every mark.
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::Fictional, Self::Stated];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::Fictional => "fictional",
            Self::Stated => "stated",
        }
    }

    /// The mark of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trust| trust.code() == code)
    }
}

/// Where a figure stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cite {
    /// The parameter with its key, or the node whose cap it is.
    pub name: String,
    /// The figure as it is written.
    pub value: String,
    /// The first day that it holds; none where the source gives none.
    pub valid_from: Option<CivilDate>,
    /// The first day that it holds no more; none while no end is known.
    pub valid_to: Option<CivilDate>,
    /// How far the source can be trusted.
    pub trust: Trust,
    /// The text: law, article, table, or who states it.
    pub source: String,
}

/// A value with the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited<T> {
    /// The value.
    pub value: T,
    /// The place.
    pub cite: Cite,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule that takes it.
    pub rule: String,
    /// What is done. The words of `quota-step-CODE` say it with the operands by name.
    pub code: &'static str,
    /// What goes in, by name.
    pub operands: Vec<(&'static str, Value)>,
    /// What comes out.
    pub result: Value,
    /// The texts that it rests on.
    pub cites: Vec<Cite>,
}

/// What one rule did and said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    rule: String,
    /// In the order in which they were taken.
    pub steps: Vec<Step>,
    /// The answers.
    pub figures: Vec<Figure>,
}

impl Trace {
    /// Of a rule, with nothing done yet.
    #[must_use]
    pub fn of(rule: &str) -> Self {
        Self { rule: rule.to_owned(), steps: Vec::new(), figures: Vec::new() }
    }

    /// Notes a step.
    pub fn step(
        &mut self,
        code: &'static str,
        operands: Vec<(&'static str, Value)>,
        result: impl Into<Value>,
        cites: &[&Cite],
    ) {
        self.steps.push(Step {
            rule: self.rule.clone(),
            code,
            operands,
            result: result.into(),
            cites: cites.iter().map(|cite| (*cite).clone()).collect(),
        });
    }

    /// Notes an answer.
    pub fn answer(&mut self, code: &'static str, of: Option<&str>, answer: Answer) {
        let of = of.map(ToOwned::to_owned);
        self.figures.push(Figure { rule: self.rule.clone(), code, of, answer });
    }

    /// Notes what is known, or what is missing for it.
    pub fn known<T: Into<Value>>(&mut self, code: &'static str, of: Option<&str>, known: Known<T>) {
        let answer = match known {
            Ok(value) => Answer::Known(value.into()),
            Err(mut missing) => {
                missing.sort();
                missing.dedup();
                Answer::Unknown(missing)
            }
        };
        self.answer(code, of, answer);
    }

    /// Notes that there is none, and why.
    pub fn nil(&mut self, code: &'static str, of: Option<&str>, reason: Reason) {
        self.answer(code, of, Answer::Nil(vec![reason]));
    }
}

/// What is missing of several, all at once: the values only where each is known.
///
/// # Errors
/// Everything that is missing in either.
pub fn both<A, B>(a: Known<A>, b: Known<B>) -> Known<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(missing), Ok(_)) | (Ok(_), Err(missing)) => Err(missing),
        (Err(mut missing), Err(more)) => {
            missing.extend(more);
            Err(missing)
        }
    }
}
