//! F1, F1a, F2, F4, F10: how many foreign workers there may be beside the locals, or among all workers.

use num_traits::{One as _, Zero as _};

use super::answer::{Answer, Known, Missing, Reason, Value};
use super::case::{Case, step_of};
use super::ceiling;
use super::facts::{Count, NodeKind};
use super::headcount::{self, PermitFilter, Places, Weights};
use super::pack::{Base, Family, Measure, Multiple, Rule, ShareOfTotal, ShareOfWorkers, StepTable, SubShare};
use super::trace::{Cite, Trace, both};
use super::window::{Month, Window};
use crate::base::ratio::{self, Ratio, Rounding};

/// The weighted locals: stated, or the mean of the months.
///
/// # Errors
/// Everything that is missing.
pub fn mean_locals(
    case: &Case<'_>,
    measure: &Measure,
    window: Window,
    level: NodeKind,
    trace: &mut Trace,
) -> Known<Ratio> {
    let in_payroll = case.facts.payroll.iter().any(|month| month.rows.is_some() || month.locals.is_some());
    if let Some(stated) = case.facts.counts.get(&Count::Locals) {
        if in_payroll {
            return Err(Missing::contradiction("/counts/locals, /payroll"));
        }
        trace.step("locals_stated", vec![], stated, &[]);
        return Ok(stated.clone());
    }
    if case.facts.payroll.is_empty() {
        return Err(Missing::fact("/counts/locals"));
    }
    let (scope, weights) = both(case.scope(level), Weights::of(case, measure))?;
    mean_of_months(case, &weights, scope, window, trace)
}

/// The mean of the months of a node.
///
/// # Errors
/// Everything that is missing.
pub fn mean_of_months(
    case: &Case<'_>,
    weights: &Weights<'_>,
    scope: &str,
    window: Window,
    trace: &mut Trace,
) -> Known<Ratio> {
    let months = headcount::months_of(case.facts, scope, window, case.on)?;
    let names = months.iter().map(Month::to_string).collect();
    let last = months.last().map_or(Value::List(vec![]), |month| Value::Month(*month));
    trace.step("window", vec![("months", Value::List(names)), ("node", scope.into())], last, &[]);
    let (mut each, mut missing) = (Vec::new(), Vec::new());
    for month in months {
        match headcount::locals_in_month(case.facts, weights, scope, month, trace) {
            Ok(weighted) => each.push(weighted),
            Err(more) => missing.extend(more),
        }
    }
    if !missing.is_empty() || each.is_empty() {
        return Err(missing);
    }
    let count = ratio::count(each.len());
    let mean = each.iter().sum::<Ratio>() / &count;
    trace.step("mean", vec![("sum", Value::Sum(each)), ("count", count.into())], &mean, &[]);
    Ok(mean)
}

/// (there, held): foreign workers, stated or counted by their permits.
///
/// # Errors
/// Everything that is missing.
fn foreign(case: &Case<'_>, level: NodeKind, passes: &[String], trace: &mut Trace) -> Known<(Ratio, Ratio)> {
    match (case.facts.counts.get(&Count::Foreign), &case.facts.permits) {
        (Some(_), Some(_)) => Err(Missing::contradiction("/counts/foreign, /permits")),
        (Some(stated), None) => {
            trace.step("foreign_stated", vec![], stated, &[]);
            Ok((stated.clone(), Ratio::zero()))
        }
        (None, None) => Err(Missing::fact("/counts/foreign")),
        (None, Some(_)) => {
            let scope = case.scope(level)?;
            let filter = PermitFilter { scope: Some(scope), passes, country: None };
            let places = headcount::places(case.facts, filter, case.on)?;
            let (taken, held) = counted(scope, &places, trace);
            Ok((taken, held))
        }
    }
}

/// (there, held), counted by permits, which is a step.
pub fn counted(node: &str, places: &Places<'_>, trace: &mut Trace) -> (Ratio, Ratio) {
    let count = |people: &[&str]| ratio::count(people.len());
    let (taken, held) = (count(&places.taken), count(&places.held));
    let run_out = places.run_out.iter().map(|person| (*person).to_owned()).collect();
    let operands =
        vec![("node", node.into()), ("reserved", (&held).into()), ("run_out", Value::List(run_out))];
    trace.step("foreign_counted", operands, &taken, &[]);
    (taken, held)
}

/// Locals in every month that the facts have, whatever the window is: what an official compares with the payroll.
fn answer_months(case: &Case<'_>, measure: &Measure, window: Window, level: NodeKind, trace: &mut Trace) {
    if !case.facts.payroll.is_empty() {
        let months =
            case.scope(level).and_then(|scope| headcount::months_of(case.facts, scope, window, case.on));
        let names = months.map(|months| Value::List(months.iter().map(Month::to_string).collect()));
        trace.known("months", None, names);
    }
    let mut months: Vec<Month> = case.facts.payroll.iter().map(|payroll| payroll.month).collect();
    months.sort();
    months.dedup();
    for month in months {
        let found = both(case.scope(level), Weights::of(case, measure)).and_then(|(scope, weights)| {
            headcount::locals_in_month(case.facts, &weights, scope, month, &mut Trace::default())
        });
        trace.known("month_locals", Some(&month.to_string()), found);
    }
}

/// What is left, and what is over; and whether what is applied for has room.
fn answer_room(
    case: &Case<'_>,
    of: Option<&str>,
    most: &Known<Ratio>,
    there: &Known<(Ratio, Ratio)>,
    trace: &mut Trace,
) {
    let known = both(most.clone(), there.clone());
    let balance = known.clone().map(|(most, (used, held))| {
        let balance = &most - &used - &held;
        let operands = vec![("max", (&most).into()), ("used", (&used).into()), ("reserved", (&held).into())];
        trace.step("balance", operands, &balance, &[]);
        balance
    });
    trace.known("headroom", of, balance.clone());
    let over = known.map(|(most, (used, _))| ceiling::excess(&used, &most));
    trace.known("excess", of, over.clone());
    if let Some(application) = &case.facts.application {
        let has_room = both(balance, over).map(|(left, over)| {
            if application.renewal { over.is_zero() } else { left >= application.places }
        });
        match case.bar() {
            Ok(Some(reason)) => trace.nil("application", of, reason),
            Ok(None) => trace.known("application", of, has_room.map(verdict)),
            Err(missing) => {
                let decided = both(has_room, Err::<(), _>(missing));
                trace.known("application", of, decided.map(|_| verdict(false)));
            }
        }
    }
}

/// Whether it can be given.
#[must_use]
pub fn verdict(room: bool) -> Value {
    Value::Code(if room { "allowed" } else { "refused" })
}

/// Rounds to people, which is a step of its own.
pub fn to_people(value: &Ratio, way: Rounding, trace: &mut Trace) -> Ratio {
    let rounded = way.whole(value);
    trace.step("round", vec![("value", value.into()), ("way", Value::Code(way.code()))], &rounded, &[]);
    rounded
}

/// F1.
pub fn share_of_total(case: &Case<'_>, rule: &ShareOfTotal, trace: &mut Trace) {
    let locals = mean_locals(case, &rule.measure, rule.window, rule.scope, trace);
    trace.known("locals", None, locals.clone());
    answer_months(case, &rule.measure, rule.window, rule.scope, trace);
    let sector = case.sector();
    if let Ok(sector) = &sector
        && rule.exempt_sectors.iter().any(|exempt| exempt == sector)
    {
        trace.step("exempt", vec![("sector", (*sector).into())], Value::Unlimited, &[]);
        trace.answer("max_foreign", None, Answer::Known(Value::Unlimited));
        trace.answer("excess", None, Answer::Known(Ratio::zero().into()));
        return;
    }
    let share = sector.and_then(|sector| case.share(&rule.ceiling, Some(sector)));
    let most = both(locals, share).and_then(|(locals, share)| {
        let most = ceiling::share_of_total(&locals, &share.value)
            .ok_or_else(|| Missing::contradiction(share.cite.name.clone()))?;
        let operands = vec![("locals", (&locals).into()), ("share", (&share.value).into())];
        trace.step("share_of_total", operands, &most, &[&share.cite]);
        Ok(to_people(&most, rule.rounding, trace))
    });
    trace.known("max_foreign", None, most.clone());
    let there = foreign(case, rule.scope, &rule.passes, trace);
    trace.known("foreign", None, there.clone().map(|(used, _)| used));
    answer_room(case, None, &most, &there, trace);
}

/// F1a.
pub fn sub_share(case: &Case<'_>, rule: &SubShare, trace: &mut Trace) {
    let share = case.sector().and_then(|sector| case.share(&rule.share, Some(sector)));
    let total = total_of(case, &rule.within, trace);
    let most = both(share, total).map(|(share, total)| {
        let base = match rule.base {
            Base::Total => total.clone(),
            Base::TotalAndApplicant => &total + Ratio::one(),
        };
        if rule.base == Base::TotalAndApplicant {
            trace.step("total_and_applicant", vec![("total", (&total).into())], &base, &[]);
        }
        let most = &base * &share.value;
        let operands = vec![("base", (&base).into()), ("share", (&share.value).into())];
        trace.step("share_of_base", operands, &most, &[&share.cite]);
        to_people(&most, rule.rounding, trace)
    });
    trace.known("max", None, most.clone());
    if case.facts.permits.is_some() {
        let there = sub_places(case, rule);
        trace.known("used", None, there.clone().map(|(used, _)| used));
        answer_room(case, None, &most, &there, trace);
    }
}

fn sub_places(case: &Case<'_>, rule: &SubShare) -> Known<(Ratio, Ratio)> {
    let level = match within(case, &rule.within) {
        Some(total) => total.scope,
        None => NodeKind::Firm,
    };
    let scope = case.scope(level)?;
    let passes: Vec<String> = rule.pass.iter().cloned().collect();
    let filter = PermitFilter { scope: Some(scope), passes: &passes, country: rule.country.as_deref() };
    let places = headcount::places(case.facts, filter, case.on)?;
    Ok((ratio::count(places.taken.len()), ratio::count(places.held.len())))
}

fn within<'a>(case: &Case<'a>, id: &str) -> Option<&'a ShareOfTotal> {
    case.pack.rules.iter().find(|rule: &&Rule| rule.id == id).and_then(|rule| match &rule.family {
        Family::ShareOfTotal(share) => Some(share),
        _ => None,
    })
}

/// All who are there: stated, or locals and foreign workers.
///
/// # Errors
/// Everything that is missing.
pub fn total_of(case: &Case<'_>, id: &str, trace: &mut Trace) -> Known<Ratio> {
    if let Some(stated) = case.facts.counts.get(&Count::Total) {
        trace.step("total_stated", vec![], stated, &[]);
        return Ok(stated.clone());
    }
    let Some(rule) = within(case, id) else { return Err(Missing::fact("/counts/total")) };
    let locals = mean_locals(case, &rule.measure, rule.window, rule.scope, trace);
    let there = foreign(case, rule.scope, &rule.passes, trace);
    let (locals, (used, _)) = both(locals, there)?;
    let total = &locals + &used;
    trace.step("total", vec![("locals", locals.into()), ("foreign", used.into())], &total, &[]);
    Ok(total)
}

/// F2.
pub fn multiple(case: &Case<'_>, rule: &Multiple, trace: &mut Trace) {
    let locals = mean_locals(case, &rule.measure, rule.window, rule.scope, trace);
    trace.known("locals", None, locals.clone());
    let factor = case.sector().and_then(|sector| case.number(&rule.factor, Some(sector)));
    let most = both(locals, factor).map(|(locals, factor)| {
        let most = &locals * &factor.value;
        let operands = vec![("locals", locals.into()), ("factor", factor.value.into())];
        trace.step("multiple", operands, &most, &[&factor.cite]);
        to_people(&most, rule.rounding, trace)
    });
    trace.known("max_foreign", None, most.clone());
    let there = foreign(case, rule.scope, &[], trace);
    answer_room(case, None, &most, &there, trace);
}

/// F4.
pub fn step_table(case: &Case<'_>, rule: &StepTable, trace: &mut Trace) {
    let size = case.count(Count::Insured);
    let table = case.sector().and_then(|sector| case.steps(&rule.table, Some(sector)));
    let most = both(size, table).map(|(size, table)| {
        let allowed = step_of(table.value, &size).map_or_else(Ratio::zero, |(_, allowed)| allowed.clone());
        trace.step("table", vec![("at", size.into())], &allowed, &[&table.cite]);
        allowed
    });
    trace.known("max_foreign", None, most.clone());
    let there = foreign(case, NodeKind::Firm, &[], trace);
    answer_room(case, None, &most, &there, trace);
}

/// F10.
pub fn share_of_workers(case: &Case<'_>, rule: &ShareOfWorkers, source: &str, trace: &mut Trace) {
    match case.bar() {
        Ok(Some(reason)) => {
            let operands =
                vec![("bar", reason.detail.as_str().into()), ("source", reason.source.as_str().into())];
            trace.step("bar", operands, Ratio::zero(), &[]);
            return trace.nil("max_foreign", None, reason);
        }
        Ok(None) => {}
        Err(missing) => return trace.known("max_foreign", None, Err::<Value, _>(missing)),
    }
    let sector = match case.sector() {
        Ok(sector) => sector,
        Err(missing) => return trace.known("max_foreign", None, Err::<Value, _>(missing)),
    };
    if !rule.sectors.iter().any(|listed| listed == sector) {
        let operands = vec![("sector", sector.into()), ("sectors", Value::List(rule.sectors.clone()))];
        trace.step("sector_not_listed", operands, Ratio::zero(), &[]);
        let reason =
            Reason { code: "sector_not_listed", detail: sector.to_owned(), source: source.to_owned() };
        return trace.nil("max_foreign", None, reason);
    }
    let most = both(case.count(Count::Workers), case.share(&rule.share, None)).map(|(workers, share)| {
        let most = &workers * &share.value;
        let operands = vec![("base", workers.into()), ("share", share.value.into())];
        trace.step("share_of_base", operands, &most, &[&share.cite]);
        to_people(&most, rule.rounding, trace)
    });
    trace.known("max_foreign", None, most.clone());
    if case.facts.counts.contains_key(&Count::Foreign) || case.facts.permits.is_some() {
        let there = foreign(case, NodeKind::Firm, &[], trace);
        answer_room(case, None, &most, &there, trace);
    }
}

/// The figure of an act, as it is cited.
#[must_use]
pub fn act_cite(node: &str, act: &str, value: String, cap: &super::facts::Cap) -> Cite {
    Cite {
        name: node.to_owned(),
        value,
        valid_from: Some(cap.from),
        valid_to: cap.until,
        trust: super::trace::Trust::Stated,
        source: act.to_owned(),
    }
}
