//! Runs the rules of a pack on the facts of a case.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::answer::Figure;
use super::case::Case;
use super::pack::{Family, Pack, Rule, Standing};
use super::trace::{Step, Trace};
use super::{
    demand, excess, insured_share, intern_share, labour_market_test, levy, minimum_locals, nationalisation,
    point_score, pool, share, tree,
};
use crate::base::civil_time::CivilDate;

use super::facts::Facts;

/// What a pack says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The date asked about.
    pub on: CivilDate,
    /// Whether the pack is law, was law, or is made up.
    pub standing: Standing,
    /// The rules that were run.
    pub rules: Vec<String>,
    /// The answers.
    pub figures: Vec<Figure>,
    /// Every step to them.
    pub steps: Vec<Step>,
    /// Parameters that the case states by itself and that were used.
    pub assumed: Vec<String>,
    /// Parameters that the case states by itself and that no rule asked for: a name that is written wrong.
    pub assumed_in_vain: Vec<String>,
}

/// Why a case cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The pack has no rule of that name.
    NoSuchRule(String),
}

/// Evaluates a case on a date.
///
/// # Errors
/// [`Refusal`] when a rule is asked that the pack does not have.
pub fn evaluate(pack: &Pack, facts: &Facts, on: CivilDate) -> Result<Evaluation, Refusal> {
    if let Some(unknown) = facts.ask.iter().find(|id| pack.rules.iter().all(|rule| rule.id != **id)) {
        return Err(Refusal::NoSuchRule(unknown.clone()));
    }
    let assumed = RefCell::new(BTreeSet::new());
    let case = Case { pack, facts, on, assumed: &assumed };
    let mut found = Evaluation {
        on,
        standing: pack.standing,
        rules: Vec::new(),
        figures: Vec::new(),
        steps: Vec::new(),
        assumed: Vec::new(),
        assumed_in_vain: Vec::new(),
    };
    let borne_on: Vec<&Rule> = pack.rules.iter().filter(|rule| asked(facts, rule)).collect();
    // Facts that bear on no rule at all get every rule's answer, which names what is missing.
    let rules = if borne_on.is_empty() { pack.rules.iter().collect() } else { borne_on };
    for rule in rules {
        let mut trace = Trace::of(&rule.id);
        run(&case, rule, &mut trace);
        found.rules.push(rule.id.clone());
        found.figures.extend(trace.figures);
        found.steps.extend(trace.steps);
    }
    let used = assumed.into_inner();
    let names = facts.assume.iter().map(|assumption| assumption.parameter.clone());
    (found.assumed, found.assumed_in_vain) = names.partition(|name| used.contains(name));
    Ok(found)
}

/// Whether a rule is asked by name, or the facts have what it is about.
fn asked(facts: &Facts, rule: &Rule) -> bool {
    if !facts.ask.is_empty() {
        return facts.ask.contains(&rule.id);
    }
    let people = !facts.payroll.is_empty() || !facts.counts.is_empty() || facts.permits.is_some();
    match &rule.family {
        Family::ShareOfTotal(_)
        | Family::SubShare(_)
        | Family::Multiple(_)
        | Family::StepTable(_)
        | Family::ShareOfWorkers(_)
        | Family::MinimumLocals(_) => people,
        Family::InsuredShare(_) => people || facts.add_on.is_some(),
        Family::Levy(_) => facts.levy.is_some(),
        Family::Pools(_) => facts.pools.is_some(),
        Family::DemandRanking(_) => facts.demand.is_some(),
        Family::Points => facts.points.is_some(),
        Family::Nationalisation(_) => facts.weeks.is_some() || facts.employment.is_some(),
        Family::InternShare(_) => facts.internship.is_some(),
        Family::LabourMarketTest(_) => facts.opening.is_some(),
        Family::Tree => facts.subject.port.is_some() || !facts.nodes.is_empty(),
        Family::Excess(_) => facts.usage.is_some(),
    }
}

fn run(case: &Case<'_>, rule: &Rule, trace: &mut Trace) {
    match &rule.family {
        Family::ShareOfTotal(family) => share::share_of_total(case, family, trace),
        Family::SubShare(family) => share::sub_share(case, family, trace),
        Family::Levy(family) => levy::evaluate(case, family, trace),
        Family::Multiple(family) => share::multiple(case, family, trace),
        Family::InsuredShare(family) => insured_share::evaluate(case, family, &rule.source, trace),
        Family::StepTable(family) => share::step_table(case, family, trace),
        Family::Pools(family) => pool::evaluate(case, family, trace),
        Family::DemandRanking(family) => demand::evaluate(case, family, trace),
        Family::Points => point_score::evaluate(case, trace),
        Family::Nationalisation(family) => nationalisation::evaluate(case, family, trace),
        Family::MinimumLocals(family) => minimum_locals::evaluate(case, family, trace),
        Family::InternShare(family) => intern_share::evaluate(case, family, trace),
        Family::ShareOfWorkers(family) => share::share_of_workers(case, family, &rule.source, trace),
        Family::LabourMarketTest(family) => labour_market_test::evaluate(case, family, trace),
        Family::Tree => tree::evaluate(case, trace),
        Family::Excess(family) => excess::evaluate(case, family, trace),
    }
}
