//! F1b: what foreign workers cost a month. Workers in the order of issue fill the tiers; part of a month is paid by the day.

use num_traits::Zero as _;

use super::answer::{Answer, Known, Missing, Value};
use super::case::Case;
use super::ceiling;
use super::facts::{LevyFacts, LevyWorker};
use super::pack::Levy;
use super::share::total_of;
use super::trace::{Cited, Trace, both};
use super::window::Month;
use crate::base::ratio::{self, Ratio, Rounding};

/// Answers for each rate and each worker that the facts name, and for all of them together.
pub fn evaluate(case: &Case<'_>, rule: &Levy, trace: &mut Trace) {
    let Some(facts) = &case.facts.levy else {
        return trace.known("total", None, Err::<Value, _>(Missing::fact("/levy")));
    };
    let way = case.rounding(&rule.daily_rounding);
    for rate in &facts.rates {
        let of = Some(rate.id.as_str());
        let daily = way.clone().map(|way| day(&rate.monthly, &way, trace));
        trace.known("daily", of, daily.clone().map(Value::Amount));
        if let Some(days) = &rate.days {
            let amount = both(daily, way.clone()).map(|(daily, way)| days_of(&daily, days, way.value, trace));
            trace.known("amount", of, amount.map(Value::Amount));
        }
    }
    if !facts.workers.is_empty() {
        workers(case, rule, facts, &way, trace);
    }
}

fn cent() -> Ratio {
    ratio::fraction(1, 100)
}

fn day(monthly: &Ratio, way: &Cited<Rounding>, trace: &mut Trace) -> Ratio {
    let exact = ceiling::daily(monthly);
    trace.step("daily", vec![("monthly", Value::Amount(monthly.clone()))], &exact, &[]);
    let rounded = way.value.apply(&exact, &cent());
    let operands = vec![("value", (&exact).into()), ("way", Value::Code(way.value.code()))];
    trace.step("round_cent", operands, Value::Amount(rounded.clone()), &[&way.cite]);
    rounded
}

/// So many days; part of a day makes part of a cent, which is rounded in the same way.
fn days_of(daily: &Ratio, days: &Ratio, way: Rounding, trace: &mut Trace) -> Ratio {
    let amount = way.apply(&(daily * days), &cent());
    let operands = vec![
        ("daily", Value::Amount(daily.clone())),
        ("days", days.into()),
        ("way", Value::Code(way.code())),
    ];
    trace.step("days", operands, Value::Amount(amount.clone()), &[]);
    amount
}

fn workers(case: &Case<'_>, rule: &Levy, facts: &LevyFacts, way: &Known<Cited<Rounding>>, trace: &mut Trace) {
    let month = facts.month.ok_or_else(|| Missing::fact("/levy/month"));
    let tiers = case.sector().and_then(|sector| case.steps(&rule.tiers, Some(sector)));
    let total = total_of(case, &rule.within, trace);
    let ((tiers, total), (month, way)) = match both(both(tiers, total), both(month, way.clone())) {
        Ok(known) => known,
        Err(missing) => return trace.known("total", None, Err::<Value, _>(missing)),
    };
    let mut order: Vec<&LevyWorker> =
        facts.workers.iter().filter(|worker| days_in(worker, month) > 0).collect();
    order.sort_by(|a, b| (a.issued_on, &a.id).cmp(&(b.issued_on, &b.id)));
    let mut sum = Ratio::zero();
    for (at, worker) in order.into_iter().enumerate() {
        let of = Some(worker.id.as_str());
        // The tier of a worker is that of the share which is taken before it.
        let place = ratio::count(at);
        let tier = tiers.value.iter().rposition(|(from, _)| place >= (from * &total).floor());
        let Some((tier, (from, monthly))) = tier.and_then(|tier| Some((tier, tiers.value.get(tier)?))) else {
            return trace.known("total", None, Err::<Value, _>(Missing::contradiction(tiers.cite.name)));
        };
        let operands = vec![
            ("worker", worker.id.as_str().into()),
            ("before", place.into()),
            ("from", from.into()),
            ("total", (&total).into()),
            ("tier", Value::count(tier + 1)),
        ];
        trace.step("tier", operands, Value::Amount(monthly.clone()), &[&tiers.cite]);
        let days = days_in(worker, month);
        let amount = if days == month.days() {
            monthly.clone()
        } else {
            let daily = day(monthly, &way, trace);
            days_of(&daily, &ratio::whole(days), way.value, trace)
        };
        trace.answer("tier", of, Answer::Known(Value::count(tier + 1)));
        trace.answer("amount", of, Answer::Known(Value::Amount(amount.clone())));
        sum += amount;
    }
    trace.answer("total", None, Answer::Known(Value::Amount(sum)));
}

/// How many days of a month somebody works.
fn days_in(worker: &LevyWorker, month: Month) -> i64 {
    let (first, after) = (month.first_day(), month.plus(1).first_day());
    let from = worker.from.max(first);
    let until = worker.until.map_or(after, |until| until.min(after));
    (until - from).num_days().max(0)
}
