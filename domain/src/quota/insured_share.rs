//! F3: a share of the insured by the level of the firm, paid add-ons, and a little more for workers already in the country.

use num_traits::Zero as _;

use super::answer::{Answer, Known, Missing, Reason, Value};
use super::case::Case;
use super::facts::{AddOn, Count};
use super::pack::{InsuredShare, ParameterValue};
use super::share::to_people;
use super::trace::{Cite, Cited, Trace, both};
use super::window::Month;
use crate::base::ratio::{self, Ratio};

/// What both sums need.
struct Sums {
    insured: Ratio,
    base: Cited<Ratio>,
    add_on: Ratio,
    employed: Ratio,
    cap: Cited<Ratio>,
}

/// Answers what each level gives by itself, and what the one asked about gives with its add-ons: with the extra for workers
/// in the country, without it, and the difference.
pub fn evaluate(case: &Case<'_>, rule: &InsuredShare, source: &str, trace: &mut Trace) {
    let insured = insured(case, rule, Count::Insured, trace);
    trace.known("insured", None, insured.clone());
    for level in &rule.levels {
        let each = both(insured.clone(), case.share(&rule.base, Some(level)));
        let most = each.map(|(insured, share)| {
            let most = &insured * &share.value;
            let operands = vec![("base", insured.into()), ("share", share.value.into())];
            trace.step("share_of_base", operands, &most, &[&share.cite]);
            to_people(&most, rule.rounding, trace)
        });
        trace.known("level_max", Some(level), most);
    }
    let Some(facts) = &case.facts.add_on else { return };
    let locals = both(insured_locals(case, rule), case.number(&rule.locals_min, None));
    if let Ok((locals, least)) = &locals
        && *locals < least.value
    {
        let reason = Reason {
            code: "no_local_insured",
            detail: locals.to_string(),
            source: least.cite.source.clone(),
        };
        for code in ["with_extra", "without_extra", "difference"] {
            trace.nil(code, None, reason.clone());
        }
        return trace.answer("eligible", None, Answer::Known(Value::Code("no")));
    }
    let known = both(locals, sums(case, rule, facts, insured)).and_then(|(_, sums)| {
        let extra = case.share(&rule.extra, None)?;
        Ok((sums, extra))
    });
    let (sums, extra) = match known {
        Ok(known) => known,
        Err(missing) => {
            for code in ["eligible", "with_extra", "without_extra", "difference"] {
                trace.known(code, None, Err::<Value, _>(missing.clone()));
            }
            return;
        }
    };
    if let Some(reason) = not_offered(case, rule, facts, &sums.add_on, source) {
        for code in ["with_extra", "without_extra", "difference"] {
            trace.nil(code, None, reason.clone());
        }
        return trace.answer("eligible", None, Answer::Known(Value::Code("no")));
    }
    let without = number(&sums, rule, None, trace);
    let with = number(&sums, rule, Some(&extra), trace);
    answer(&without, "without_extra", trace);
    answer(&with, "with_extra", trace);
    trace.answer("eligible", None, Answer::Known(Value::Code(if with.is_ok() { "yes" } else { "no" })));
    match (with, without) {
        (Ok(with), Ok(without)) => {
            let more = &with - &without;
            let operands = vec![("with", with.into()), ("without", without.into())];
            trace.step("difference", operands, &more, &[]);
            trace.answer("difference", None, Answer::Known(more.into()));
        }
        (Err(reason), _) | (_, Err(reason)) => trace.nil("difference", None, reason),
    }
}

fn answer(number: &Result<Ratio, Reason>, code: &'static str, trace: &mut Trace) {
    match number {
        Ok(number) => trace.answer(code, None, Answer::Known(number.into())),
        Err(reason) => trace.nil(code, None, reason.clone()),
    }
}

/// The shares together, of the insured, less those employed; nothing where the shares exceed the cap.
fn number(
    sums: &Sums,
    rule: &InsuredShare,
    extra: Option<&Cited<Ratio>>,
    trace: &mut Trace,
) -> Result<Ratio, Reason> {
    let mut shares = vec![sums.base.value.clone(), sums.add_on.clone()];
    let mut cites: Vec<&Cite> = vec![&sums.base.cite];
    if let Some(extra) = extra {
        shares.push(extra.value.clone());
        cites.push(&extra.cite);
    }
    let share: Ratio = shares.iter().sum();
    trace.step("shares", vec![("sum", Value::Sum(shares))], &share, &cites);
    if share > sums.cap.value {
        let operands = vec![("share", (&share).into()), ("max", (&sums.cap.value).into())];
        trace.step("above_cap", operands, Ratio::zero(), &[&sums.cap.cite]);
        let detail = format!("{share} > {}", sums.cap.value);
        return Err(Reason { code: "shares_above_cap", detail, source: sums.cap.cite.source.clone() });
    }
    let most = &sums.insured * &share;
    let operands = vec![("base", (&sums.insured).into()), ("share", share.into())];
    trace.step("share_of_base", operands, &most, &[]);
    let most = to_people(&most, rule.rounding, trace);
    let left = &most - &sums.employed;
    let operands = vec![("max", most.into()), ("used", (&sums.employed).into())];
    trace.step("less_employed", operands, &left, &[]);
    Ok(left)
}

fn sums(case: &Case<'_>, rule: &InsuredShare, facts: &AddOn, insured: Known<Ratio>) -> Known<Sums> {
    let base = match &facts.level {
        Some(level) if rule.levels.contains(level) => case.share(&rule.base, Some(level)),
        Some(_) => Err(Missing::contradiction("/add_on/level")),
        None => Err(Missing::fact("/add_on/level")),
    };
    let add_on = facts.add_on.clone().ok_or_else(|| Missing::fact("/add_on/add_on"));
    let ((insured, base), (add_on, (employed, cap))) = both(
        both(insured, base),
        both(add_on, both(case.count(Count::Foreign), case.share(&rule.cap, None))),
    )?;
    Ok(Sums { insured, base, add_on, employed, cap })
}

/// An add-on that nobody offers to such an employer. No add-on is always possible.
fn not_offered(
    case: &Case<'_>,
    rule: &InsuredShare,
    facts: &AddOn,
    add_on: &Ratio,
    source: &str,
) -> Option<Reason> {
    let name = if facts.returning_investor { &rule.add_ons_returning } else { &rule.add_ons };
    let offered = case.parameter(name, None);
    let known = add_on.is_zero()
        || matches!(&offered, Ok(Cited { value: ParameterValue::Numbers(all), .. }) if all.contains(add_on));
    let source = offered.map_or_else(|_| source.to_owned(), |offered| offered.cite.source);
    (!known).then(|| Reason { code: "add_on_not_offered", detail: add_on.to_string(), source })
}

/// The insured: stated, or the mean of the months up to the base month, which is the one before the date asked about.
fn insured(case: &Case<'_>, rule: &InsuredShare, count: Count, trace: &mut Trace) -> Known<Ratio> {
    let stated = case.facts.counts.get(&count);
    let monthly: Vec<_> = case.facts.payroll.iter().filter(|month| month.insured.is_some()).collect();
    match (stated, monthly.is_empty()) {
        (Some(_), false) => Err(Missing::contradiction("/counts/insured, /payroll")),
        (Some(stated), true) => {
            trace.step("insured_stated", vec![], stated, &[]);
            Ok(stated.clone())
        }
        (None, true) => Err(Missing::fact("/counts/insured")),
        (None, false) => {
            let months = rule.window.ending(Month::of(case.on).plus(-1));
            let (mut each, mut missing) = (Vec::new(), Vec::new());
            for month in &months {
                let of_month: Vec<&Ratio> =
                    monthly.iter().filter(|p| p.month == *month).filter_map(|p| p.insured.as_ref()).collect();
                if of_month.is_empty() {
                    missing.push(Missing::new(
                        super::answer::MissingKind::PayrollMonth,
                        format!("{month}/insured"),
                    ));
                }
                each.push(of_month.into_iter().sum::<Ratio>());
            }
            if !missing.is_empty() {
                return Err(missing);
            }
            let count = ratio::count(each.len());
            let mean = each.iter().sum::<Ratio>() / &count;
            trace.step("mean", vec![("sum", Value::Sum(each)), ("count", count.into())], &mean, &[]);
            Ok(mean)
        }
    }
}

/// The local people among the insured: stated, or of the base month.
fn insured_locals(case: &Case<'_>, rule: &InsuredShare) -> Known<Ratio> {
    if let Some(stated) = case.facts.counts.get(&Count::InsuredLocals) {
        return Ok(stated.clone());
    }
    let base = rule.window.ending(Month::of(case.on).plus(-1)).last().copied();
    let of_base: Vec<&Ratio> = case
        .facts
        .payroll
        .iter()
        .filter(|payroll| Some(payroll.month) == base)
        .filter_map(|payroll| payroll.insured_locals.as_ref())
        .collect();
    if of_base.is_empty() {
        Err(Missing::fact("/counts/insured_locals"))
    } else {
        Ok(of_base.into_iter().sum())
    }
}
