//! What follows when more are there than may be: nothing is deleted, new places and renewals are refused, a clock runs from
//! notice.

use chrono::Months;
use num_traits::{One as _, Zero as _};

use super::answer::{Answer, Known, Missing, MissingKind, Value};
use super::case::Case;
use super::ceiling;
use super::facts::Usage;
use super::pack::Excess;
use super::trace::{Trace, both};
use super::window::holds;
use crate::base::ratio::{self, Ratio};

/// Answers balance and excess, what is refused, how long it can be cured and what comes then.
pub fn evaluate(case: &Case<'_>, rule: &Excess, trace: &mut Trace) {
    let Some(facts) = &case.facts.usage else {
        return trace.known("balance", None, Err::<Value, _>(Missing::fact("/usage")));
    };
    let cap = cap(case, facts);
    let used = facts.used.clone().ok_or_else(|| Missing::fact("/usage/used"));
    let held = facts.reserved.clone().unwrap_or_else(Ratio::zero);
    let known = both(cap, used);
    let places =
        case.facts.application.as_ref().map_or_else(Ratio::one, |application| application.places.clone());
    let balance = known.clone().map(|(cap, used)| {
        let balance = &cap - &used - &held;
        let operands = vec![("max", cap.into()), ("used", used.into()), ("reserved", (&held).into())];
        trace.step("balance", operands, &balance, &[]);
        balance
    });
    let over = known.map(|(cap, used)| {
        let over = ceiling::excess(&used, &cap);
        trace.step("excess", vec![("used", used.into()), ("max", cap.into())], &over, &[]);
        over
    });
    trace.known("balance", None, balance.clone());
    trace.known("excess", None, over.clone());
    let said = |allowed: bool| Value::Code(if allowed { "allowed" } else { "refused" });
    trace.known("new", None, balance.map(|left| said(left >= places)));
    trace.known("renewal", None, over.clone().map(|over| said(over.is_zero())));
    // From what is unknown no clock follows.
    if over.is_ok_and(|over| !over.is_zero()) {
        clock(case, rule, facts, trace);
    }
}

fn clock(case: &Case<'_>, rule: &Excess, facts: &Usage, trace: &mut Trace) {
    let months = case.number(&rule.cure_months, None);
    trace.known("cure_clock_months", None, months.clone().map(|months| months.value));
    let then = rule.then.iter().map(|step| step.code()).collect();
    trace.answer("then", None, Answer::Known(Value::Codes(then)));
    let bar = case.number(&rule.hiring_bar_months, None);
    trace.known("hiring_bar_months", None, bar.map(|bar| bar.value));
    let Some(notice) = facts.notice_on.filter(|notice| *notice <= case.on) else { return };
    let until = months.and_then(|months| {
        let number = ratio::to_i64(&months.value).and_then(|n| u32::try_from(n).ok());
        let last = number.and_then(|n| notice.checked_add_months(Months::new(n)));
        let last = last.ok_or_else(|| Missing::contradiction(months.cite.name.clone()))?;
        let operands = vec![("notice", notice.into()), ("months", months.value.into())];
        trace.step("cure_clock", operands, last, &[&months.cite]);
        Ok(last)
    });
    trace.known("cure_until", None, until);
}

/// The cap that holds on the date asked about.
fn cap(case: &Case<'_>, facts: &Usage) -> Known<Ratio> {
    let mut caps = facts.caps.iter().filter(|cap| holds(cap.from, cap.until, case.on));
    match (caps.next(), caps.next()) {
        (None, _) => Err(vec![Missing::new(MissingKind::Cap, "/usage/caps")]),
        (Some(cap), None) => Ok(cap.number.clone()),
        (Some(_), Some(_)) => Err(Missing::contradiction("/usage/caps")),
    }
}
