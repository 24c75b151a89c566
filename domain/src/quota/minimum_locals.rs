//! F8: so many nationals at least among the skilled staff.

use num_traits::Zero as _;

use super::answer::{Known, Missing, MissingKind, Value};
use super::case::Case;
use super::ceiling;
use super::facts::Count;
use super::pack::MinimumLocals;
use super::trace::{Trace, both};
use super::window::half_years_begun;
use crate::base::ratio::{self, Ratio, Rounding};

/// Answers the minimum, and how many are lacking where the facts say how many there are.
pub fn evaluate(case: &Case<'_>, rule: &MinimumLocals, trace: &mut Trace) {
    let least = least(case, rule, trace);
    trace.known("minimum_locals", None, least.clone());
    if case.facts.counts.contains_key(&Count::SkilledNationals) {
        let short = both(least, case.count(Count::SkilledNationals));
        trace.known("lacking", None, short.map(|(least, there)| ceiling::excess(&least, &there)));
    }
}

fn least(case: &Case<'_>, rule: &MinimumLocals, trace: &mut Trace) -> Known<Ratio> {
    let (staff, size_min) = both(case.count(Count::SkilledStaff), case.number(&rule.size_min, None))?;
    if staff < size_min.value {
        let named = named_sector(case, rule, &staff, trace)?;
        if let Some(least) = named {
            return Ok(least);
        }
        let operands = vec![("staff", staff.into()), ("size_min", size_min.value.into())];
        trace.step("too_small", operands, Ratio::zero(), &[&size_min.cite]);
        return Ok(Ratio::zero());
    }
    if case.on < rule.share_since {
        let per = case.number(&rule.per, None)?;
        let exact = &staff / &per.value;
        let least = ceiling::one_per_begun(&staff, &size_min.value, &per.value);
        let operands = vec![("staff", staff.into()), ("per", per.value.into())];
        trace.step("per_begun", operands, &exact, &[&per.cite]);
        let operands = vec![("value", exact.into()), ("way", Value::Code(Rounding::Ceiling.code()))];
        trace.step("round", operands, &least, &[]);
        return Ok(least);
    }
    let ((share, step), way) = both(
        both(case.share(&rule.share, None), case.share(&rule.share_step, None)),
        case.rounding(&rule.share_rounding),
    )?;
    let begun = ratio::whole(half_years_begun(rule.share_since, case.on));
    let target = &share.value + &step.value * &begun;
    let operands =
        vec![("share", share.value.into()), ("step", step.value.into()), ("half_years", begun.into())];
    trace.step("rising_share", operands, &target, &[&share.cite, &step.cite]);
    let exact = &staff * &target;
    trace.step("share_of_base", vec![("base", staff.into()), ("share", target.into())], &exact, &[]);
    let least = way.value.whole(&exact);
    let operands = vec![("value", exact.into()), ("way", Value::Code(way.value.code()))];
    trace.step("round", operands, &least, &[&way.cite]);
    Ok(least)
}

/// The minimum of a smaller firm in a named sector; none where the rule does not reach it.
fn named_sector(
    case: &Case<'_>,
    rule: &MinimumLocals,
    staff: &Ratio,
    trace: &mut Trace,
) -> Known<Option<Ratio>> {
    let minimum = case.number(&rule.named_minimum, None);
    // Before its first year the rule asks nothing of anybody; after its last known one nobody can say.
    let not_yet = |missing: &[Missing]| missing.iter().all(|m| m.kind == MissingKind::ParameterNotYet);
    if minimum.as_ref().is_err_and(|missing| not_yet(missing)) {
        return Ok(None);
    }
    let size_min = case.number(&rule.named_size_min, None)?;
    if *staff < size_min.value {
        return Ok(None);
    }
    match case.facts.subject.named_sector {
        None => Err(Missing::fact("/subject/named_sector")),
        Some(false) => Ok(None),
        Some(true) => {
            let minimum = minimum?;
            let operands = vec![("staff", staff.into()), ("size_min", size_min.value.into())];
            trace.step("named_sector", operands, &minimum.value, &[&size_min.cite, &minimum.cite]);
            Ok(Some(minimum.value))
        }
    }
}
