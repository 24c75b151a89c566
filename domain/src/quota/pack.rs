//! A rule pack: dated parameters with their sources, bars, typed rules, and worked examples that the tests run.

use std::collections::BTreeSet;

use super::facts::{Facts, NodeKind, Position, Status};
use super::trace::Trust;
use super::window::Window;
use crate::base::civil_time::CivilDate;
use crate::base::ratio::{Ratio, Rounding};

/// How a pack may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Its figures have an official or a secondary source.
    Sourced,
    /// As it once was; not the law of today.
    Historical,
    /// Made up, for tests and trials.
    Fictional,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Sourced, Self::Historical, Self::Fictional];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sourced => "sourced",
            Self::Historical => "historical",
            Self::Fictional => "fictional",
        }
    }

    /// The standing of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == code)
    }
}

/// What a parameter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// A number.
    Number(Ratio),
    /// A word: a rounding.
    Choice(String),
    /// Numbers to choose from.
    Numbers(Vec<Ratio>),
    /// (at least, value), rising: the last step that is reached counts.
    Steps(Vec<(Ratio, Ratio)>),
    /// (at least, name), rising.
    Bands(Vec<(Ratio, String)>),
}

impl ParameterValue {
    /// As it is shown in a citation.
    #[must_use]
    pub fn plain(&self) -> String {
        let steps = |pairs: Vec<String>| pairs.join(", ");
        match self {
            Self::Number(number) => number.to_string(),
            Self::Choice(choice) => choice.clone(),
            Self::Numbers(numbers) => steps(numbers.iter().map(Ratio::to_string).collect()),
            Self::Steps(pairs) => steps(pairs.iter().map(|(at, v)| format!("≥ {at}: {v}")).collect()),
            Self::Bands(pairs) => steps(pairs.iter().map(|(at, v)| format!("≥ {at}: {v}")).collect()),
        }
    }
}

/// A dated figure with its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, by which rules ask for it.
    pub name: String,
    /// For which sector, level, … it holds; none: for all that have none of their own.
    pub key: Option<String>,
    /// What it says.
    pub value: ParameterValue,
    /// The first day that it holds; none where the source gives none.
    pub valid_from: Option<CivilDate>,
    /// The first day that it holds no more; none while no end is known.
    pub valid_to: Option<CivilDate>,
    /// How far the source can be trusted.
    pub trust: Trust,
    /// The source.
    pub source: String,
}

impl Parameter {
    /// The name with the key: `ceiling/services`.
    #[must_use]
    pub fn full_name(&self) -> String {
        full_name(&self.name, self.key.as_deref())
    }
}

/// The name of a parameter with its key.
#[must_use]
pub fn full_name(name: &str, key: Option<&str>) -> String {
    key.map_or_else(|| name.to_owned(), |key| format!("{name}/{key}"))
}

/// Nationalities for which there is nothing to be had, whatever the numbers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The check's id in the published list.
    pub id: String,
    /// ISO 3166-1 alpha-2 codes. One of several nationalities is enough.
    pub countries: Vec<String>,
    /// The first day of the bar.
    pub from: CivilDate,
    /// The text that says so.
    pub source: String,
}

/// Who counts as a local, and how much. Names are those of parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// The wage is divided by it before the weights are looked up.
    pub threshold: Option<String>,
    /// Steps from the wage to the weight; none: everybody counts one.
    pub weights: Option<String>,
    /// Who counts nothing by what they are in the firm.
    pub roles_excluded: Vec<Position>,
    /// Whoever is paid by more firms than this counts nothing.
    pub firms_max: Option<String>,
    /// What a student counts, whatever the wage.
    pub student_weight: Option<String>,
    /// At most this share of the local people may be counted as students.
    pub student_share_max: Option<String>,
    /// What somebody in part-time counts, whatever the wage.
    pub part_time_weight: Option<String>,
    /// In at most so many firms.
    pub part_time_firms_max: Option<String>,
    /// Who is in the population; everybody who has not left where it is empty.
    pub statuses: Vec<Status>,
}

/// F1: at most the share `d` of all: ⌊L·d/(1−d)⌋.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareOfTotal {
    /// The parameter `d`, by sector.
    pub ceiling: String,
    /// Who counts as a local.
    pub measure: Measure,
    /// Over which months.
    pub window: Window,
    /// How the maximum becomes a number of people.
    pub rounding: Rounding,
    /// At which level of the employer tree people are counted.
    pub scope: NodeKind,
    /// Sectors without a limit.
    pub exempt_sectors: Vec<String>,
    /// Passes that count as foreign workers; every one where it is empty.
    pub passes: Vec<String>,
}

/// The base of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// All who are there.
    Total,
    /// All who are there and the applicant.
    TotalAndApplicant,
}

impl Base {
    /// The base of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "total" => Some(Self::Total),
            "total_and_applicant" => Some(Self::TotalAndApplicant),
            _ => None,
        }
    }
}

/// F1a: a share for one pass or one country, inside F1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubShare {
    /// The rule that counts locals and foreign workers.
    pub within: String,
    /// The parameter, by sector.
    pub share: String,
    /// Of what.
    pub base: Base,
    /// Which pass counts against it.
    pub pass: Option<String>,
    /// Which country of origin counts against it.
    pub country: Option<String>,
    /// How the maximum becomes a number of people.
    pub rounding: Rounding,
}

/// F1b: a levy by tiers, workers in the order of issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levy {
    /// The rule that counts all who are there.
    pub within: String,
    /// Steps from the share of all to the monthly rate, by sector.
    pub tiers: String,
    /// The parameter that says how a day's rate is rounded to the cent.
    pub daily_rounding: String,
}

/// F2: a multiple of the locals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiple {
    /// The parameter, by sector.
    pub factor: String,
    /// Who counts as a local.
    pub measure: Measure,
    /// Over which months.
    pub window: Window,
    /// How the maximum becomes a number of people.
    pub rounding: Rounding,
    /// At which level of the employer tree people are counted.
    pub scope: NodeKind,
}

/// F3: a share of the insured, with paid add-ons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsuredShare {
    /// The base share, by level.
    pub base: String,
    /// The levels, highest first.
    pub levels: Vec<String>,
    /// The add-ons that are offered.
    pub add_ons: String,
    /// The add-ons that returning investors are offered.
    pub add_ons_returning: String,
    /// What the scheme for workers already in the country adds.
    pub extra: String,
    /// The sum may not exceed it.
    pub cap: String,
    /// At least so many local insured employees.
    pub locals_min: String,
    /// Over which months.
    pub window: Window,
    /// How the maximum becomes a number of people.
    pub rounding: Rounding,
}

/// F4: a table by the size of the firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTable {
    /// Steps from the insured nationals to the number allowed, by sector.
    pub table: String,
}

/// F5: pools with a cap each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pools {
    /// The cap, by pool.
    pub cap: String,
    /// The pools, in order.
    pub pools: Vec<String>,
    /// The month in which the year of the pools begins.
    pub year_begins: u32,
    /// The pools are the halves of the year, and what the first leaves goes to the second.
    pub halves: bool,
}

/// What puts one before another whose points are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TieBreak {
    /// Who applied earlier.
    EarlierApplication,
    /// Who asks for fewer places.
    FewerRequested,
}

impl TieBreak {
    /// The tie-break of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "earlier_application" => Some(Self::EarlierApplication),
            "fewer_requested" => Some(Self::FewerRequested),
            _ => None,
        }
    }
}

/// F6: firms by points, when they ask for more than there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandRanking {
    /// In this order; two that are still equal stay undecided.
    pub tie_breaks: Vec<TieBreak>,
}

/// F7: the band that a rate of nationals reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nationalisation {
    /// The parameter that says over how many weeks.
    pub weeks: String,
    /// Who counts as a national.
    pub measure: Measure,
    /// The bands, by activity and size.
    pub bands: String,
    /// At which level of the employer tree people are counted.
    pub scope: NodeKind,
}

/// F8: so many locals at least, by the size of the firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimumLocals {
    /// From so many skilled staff on.
    pub size_min: String,
    /// One local for each so many skilled staff begun.
    pub per: String,
    /// Where that holds no more: the share to begin with.
    pub share: String,
    /// What each half-year adds.
    pub share_step: String,
    /// When the first of them began.
    pub share_since: CivilDate,
    /// How the share becomes a number of people.
    pub share_rounding: String,
    /// Smaller firms of the named sectors, from so many skilled staff on.
    pub named_size_min: String,
    /// Their minimum.
    pub named_minimum: String,
}

/// F9: interns beside the staff, on every day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternShare {
    /// Of the staff on post.
    pub staff_share: String,
    /// Of the staff of the same post.
    pub post_share: String,
    /// What an excess means: a stop, or a warning.
    pub verdict: String,
}

/// F10: a share of all workers, in a few sectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareOfWorkers {
    /// The share.
    pub share: String,
    /// The sectors that may have any.
    pub sectors: Vec<String>,
    /// How the maximum becomes a number of people.
    pub rounding: Rounding,
}

/// F11: local people had the vacancy first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabourMarketTest {
    /// For so many days, by sector.
    pub days_min: String,
    /// For so many months after the test a permit may be applied for.
    pub valid_months: String,
}

/// What follows when more are there than may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    /// For so many months after notice it can be cured.
    pub cure_months: String,
    /// What comes then, in this order.
    pub then: Vec<Consequence>,
    /// For so many months nobody may be hired.
    pub hiring_bar_months: String,
}

/// What comes at the end of a cure clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consequence {
    /// Permits in excess are revoked.
    Revoke,
    /// Permits in excess are not renewed.
    RefuseRenewal,
    /// Nobody may be hired for some months.
    HiringBar,
}

impl Consequence {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Revoke => "revoke",
            Self::RefuseRenewal => "refuse_renewal",
            Self::HiringBar => "hiring_bar",
        }
    }

    /// The consequence of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Revoke, Self::RefuseRenewal, Self::HiringBar].into_iter().find(|c| c.code() == code)
    }
}

/// A rule of a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Family {
    /// F1.
    ShareOfTotal(ShareOfTotal),
    /// F1a.
    SubShare(SubShare),
    /// F1b.
    Levy(Levy),
    /// F2.
    Multiple(Multiple),
    /// F3.
    InsuredShare(InsuredShare),
    /// F4.
    StepTable(StepTable),
    /// F5.
    Pools(Pools),
    /// F6.
    DemandRanking(DemandRanking),
    /// F6b: the names of its parameters are fixed.
    Points,
    /// F7.
    Nationalisation(Nationalisation),
    /// F8.
    MinimumLocals(MinimumLocals),
    /// F9.
    InternShare(InternShare),
    /// F10.
    ShareOfWorkers(ShareOfWorkers),
    /// F11.
    LabourMarketTest(LabourMarketTest),
    /// Room in every node of a tree; the caps are facts.
    Tree,
    /// What an excess means.
    Excess(Excess),
}

impl Family {
    /// The family's number in the published list.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ShareOfTotal(_) => "F1",
            Self::SubShare(_) => "F1a",
            Self::Levy(_) => "F1b",
            Self::Multiple(_) => "F2",
            Self::InsuredShare(_) => "F3",
            Self::StepTable(_) => "F4",
            Self::Pools(_) => "F5",
            Self::DemandRanking(_) => "F6",
            Self::Points => "F6b",
            Self::Nationalisation(_) => "F7",
            Self::MinimumLocals(_) => "F8",
            Self::InternShare(_) => "F9",
            Self::ShareOfWorkers(_) => "F10",
            Self::LabourMarketTest(_) => "F11",
            Self::Tree => "tree",
            Self::Excess(_) => "excess",
        }
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in the pack.
    pub id: String,
    /// The text that it comes from.
    pub source: String,
    /// What it computes.
    pub family: Family,
}

/// A case with the answers that a source gives, or that the formula gives by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Its name in the pack.
    pub id: String,
    /// The date asked about.
    pub on: CivilDate,
    /// Where the answers come from.
    pub source: String,
    /// The case.
    pub facts: Facts,
    /// (name of the figure, its answer as plain text).
    pub expect: Vec<(String, String)>,
}

/// A pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its name.
    pub name: String,
    /// Its version. A pack that was used is never edited: copy it and raise this.
    pub version: String,
    /// In Chinese and in English.
    pub titles: (String, String),
    /// ISO 3166-1 alpha-2 code of the country whose law it is; `XX` where it is nobody's.
    pub country: String,
    /// The currency of amounts.
    pub currency: Option<String>,
    /// How it may be used.
    pub standing: Standing,
    /// The figures.
    pub parameters: Vec<Parameter>,
    /// The bars.
    pub bars: Vec<Bar>,
    /// The rules, in the order in which they are computed.
    pub rules: Vec<Rule>,
    /// The worked examples.
    pub examples: Vec<Example>,
}

/// Why a pack is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A parameter holds from a day that is not before its end.
    EmptyInterval(String),
    /// Two versions of one parameter hold on the same day.
    Overlap(String),
    /// Steps that do not rise.
    Steps(String),
    /// Two rules of one name.
    RuleTwice(String),
    /// A rule names one that is not there, or not of the family that it needs.
    RuleUnknown(String),
    /// A fictional figure in a pack that does not say it is fictional.
    Fictional(String),
    /// A figure that nobody checked in a pack that says it has sources.
    Unsourced(String),
    /// A pack without a worked example.
    NoExample,
}

impl Pack {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.parameter_problems();
        let mut seen = BTreeSet::new();
        for rule in &self.rules {
            if !seen.insert(&rule.id) {
                problems.push(Problem::RuleTwice(rule.id.clone()));
            }
            let within = match &rule.family {
                Family::SubShare(share) => Some(&share.within),
                Family::Levy(levy) => Some(&levy.within),
                _ => None,
            };
            let counts = |id: &&String| {
                self.rules.iter().any(|r| r.id == **id && matches!(r.family, Family::ShareOfTotal(_)))
            };
            if within.is_some_and(|id| !counts(&id)) {
                problems.push(Problem::RuleUnknown(rule.id.clone()));
            }
        }
        if self.examples.is_empty() {
            problems.push(Problem::NoExample);
        }
        problems
    }

    fn parameter_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (at, parameter) in self.parameters.iter().enumerate() {
            let name = parameter.full_name();
            let (from, to) = (parameter.valid_from, parameter.valid_to);
            if let (Some(from), Some(to)) = (from, to)
                && from >= to
            {
                problems.push(Problem::EmptyInterval(name.clone()));
            }
            let earlier = self.parameters.iter().take(at).filter(|other| other.full_name() == name);
            for other in earlier {
                let before = other.valid_to.zip(from).is_some_and(|(end, start)| end <= start);
                let after = to.zip(other.valid_from).is_some_and(|(end, start)| end <= start);
                if !before && !after {
                    problems.push(Problem::Overlap(name.clone()));
                }
            }
            if !rises(&parameter.value) {
                problems.push(Problem::Steps(name.clone()));
            }
            match (self.standing, parameter.trust) {
                (Standing::Fictional, _) | (_, Trust::A | Trust::B | Trust::D) => {}
                (_, Trust::Fictional) => problems.push(Problem::Fictional(name)),
                (_, Trust::C | Trust::Stated) => problems.push(Problem::Unsourced(name)),
            }
        }
        problems
    }
}

/// Whether steps rise strictly; anything else has none that could fail to.
fn rises(value: &ParameterValue) -> bool {
    let strictly = |at: Vec<&Ratio>| at.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    match value {
        ParameterValue::Steps(steps) => strictly(steps.iter().map(|(at, _)| at).collect()),
        ParameterValue::Bands(bands) => strictly(bands.iter().map(|(at, _)| at).collect()),
        ParameterValue::Number(_) | ParameterValue::Choice(_) | ParameterValue::Numbers(_) => true,
    }
}
