//! What an evaluation says: known, unknown because something is missing, or nil because of a bar.

use crate::base::civil_time::CivilDate;
use crate::base::ratio::{self, Ratio};

use super::window::Month;

/// A value in an answer or in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An exact number.
    Number(Ratio),
    /// An amount of money in the major unit of the pack's currency, to the cent.
    Amount(Ratio),
    /// No limit: an exemption, or an act that says so.
    Unlimited,
    /// A word with a stable code, that the locale files translate.
    Code(&'static str),
    /// A name or an id out of the facts or the pack.
    Text(String),
    /// A civil date.
    Date(CivilDate),
    /// A payroll month.
    Month(Month),
    /// Numbers that are added up.
    Sum(Vec<Ratio>),
    /// Products (how many, weight) that are added up.
    Terms(Vec<(Ratio, Ratio)>),
    /// Names out of the facts.
    List(Vec<String>),
    /// Words with stable codes, in order.
    Codes(Vec<&'static str>),
}

impl Value {
    /// A count.
    #[must_use]
    pub fn count(n: usize) -> Self {
        Self::Number(ratio::count(n))
    }

    /// The value as plain text, the same in every language: what examples of packs expect.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Amount(amount) => ratio::decimal(amount, 2),
            Self::Unlimited => "unlimited".to_owned(),
            Self::Code(code) => (*code).to_owned(),
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::Month(month) => month.to_string(),
            Self::Sum(numbers) if numbers.is_empty() => "0".to_owned(),
            Self::Sum(numbers) => numbers.iter().map(Ratio::to_string).collect::<Vec<_>>().join(" + "),
            Self::Terms(terms) if terms.is_empty() => "0".to_owned(),
            Self::Terms(terms) => {
                terms.iter().map(|(n, weight)| format!("{n} × {weight}")).collect::<Vec<_>>().join(" + ")
            }
            Self::List(names) if names.is_empty() => "–".to_owned(),
            Self::List(names) => names.join(", "),
            Self::Codes(codes) => codes.join(", "),
        }
    }
}

impl From<Ratio> for Value {
    fn from(number: Ratio) -> Self {
        Self::Number(number)
    }
}

impl From<&Ratio> for Value {
    fn from(number: &Ratio) -> Self {
        Self::Number(number.clone())
    }
}

impl From<CivilDate> for Value {
    fn from(date: CivilDate) -> Self {
        Self::Date(date)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Of what kind something is that a rule needed and did not get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingKind {
    /// The pack has no such parameter.
    Parameter,
    /// The parameter is not in force yet.
    ParameterNotYet,
    /// The parameter is in force no more.
    ParameterExpired,
    /// The facts do not say it.
    Fact,
    /// The facts say it in two ways that differ, or in a way that cannot be.
    Contradiction,
    /// A payroll month has not been recorded, or not in time.
    PayrollMonth,
    /// No act caps the node on that date.
    Cap,
    /// Two stand equal, and the rule has no way to put one before the other.
    TieBreak,
}

impl MissingKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Parameter,
        Self::ParameterNotYet,
        Self::ParameterExpired,
        Self::Fact,
        Self::Contradiction,
        Self::PayrollMonth,
        Self::Cap,
        Self::TieBreak,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::ParameterNotYet => "parameter_not_yet",
            Self::ParameterExpired => "parameter_expired",
            Self::Fact => "fact",
            Self::Contradiction => "contradiction",
            Self::PayrollMonth => "payroll_month",
            Self::Cap => "cap",
            Self::TieBreak => "tie_break",
        }
    }
}

/// What a rule needed and did not get.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Missing {
    /// Of what kind it is.
    pub kind: MissingKind,
    /// Which: the name of a parameter with its key, the place of a fact, a month, a node.
    pub name: String,
}

impl Missing {
    /// Something missing.
    #[must_use]
    pub fn new(kind: MissingKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    /// A fact by its place, as the only thing missing.
    #[must_use]
    pub fn fact(name: impl Into<String>) -> Vec<Self> {
        vec![Self::new(MissingKind::Fact, name)]
    }

    /// Facts that contradict each other, as the only thing in the way.
    #[must_use]
    pub fn contradiction(name: impl Into<String>) -> Vec<Self> {
        vec![Self::new(MissingKind::Contradiction, name)]
    }
}

/// A value, or everything that is missing for it.
pub type Known<T> = Result<T, Vec<Missing>>;

/// Why there is nothing to be had, whatever the numbers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stable code.
    pub code: &'static str,
    /// What it is about: a bar's id, a sector, a share.
    pub detail: String,
    /// The text that says so.
    pub source: String,
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is this.
    Known(Value),
    /// Nobody can say, because these are missing. It counts as none.
    Unknown(Vec<Missing>),
    /// None, because of these.
    Nil(Vec<Reason>),
}

impl Answer {
    /// The answer as plain text, the same in every language: `26`, `unknown: parameter levy_tier/marine`, `nil: bar C1`.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Known(value) => value.plain(),
            Self::Unknown(missing) => {
                let names: Vec<String> =
                    missing.iter().map(|m| format!("{} {}", m.kind.code(), m.name)).collect();
                format!("unknown: {}", names.join("; "))
            }
            Self::Nil(reasons) => {
                let names: Vec<String> = reasons.iter().map(|r| format!("{} {}", r.code, r.detail)).collect();
                format!("nil: {}", names.join("; "))
            }
        }
    }
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The rule that answers.
    pub rule: String,
    /// What is asked: `max_foreign`, `balance`, …
    pub code: &'static str,
    /// Of whom or what, where a rule answers for several.
    pub of: Option<String>,
    /// The answer.
    pub answer: Answer,
}

impl Figure {
    /// The name by which an example of a pack expects it: `rule.code` or `rule.code[of]`.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.of {
            Some(of) => format!("{}.{}[{of}]", self.rule, self.code),
            None => format!("{}.{}", self.rule, self.code),
        }
    }
}
