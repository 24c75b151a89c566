//! F11: the vacancy was open to local people for some days and is still unfilled, and the certificate is in date.

use chrono::Months;

use super::answer::{Answer, Known, Missing, Value};
use super::case::Case;
use super::facts::Opening;
use super::pack::LabourMarketTest;
use super::trace::{Trace, both};
use crate::base::civil_time::CivilDate;
use crate::base::ratio::{self, Ratio};

/// Answers each condition and all together.
pub fn evaluate(case: &Case<'_>, rule: &LabourMarketTest, trace: &mut Trace) {
    let Some(facts) = &case.facts.opening else {
        return trace.known("verdict", None, Err::<Value, _>(Missing::fact("/opening")));
    };
    let long_enough = open_days(case, rule, facts, trace);
    trace.known("open_long_enough", None, long_enough.clone().map(condition));
    let unfilled = facts.filled.map(|filled| !filled).ok_or_else(|| Missing::fact("/opening/filled"));
    trace.known("unfilled", None, unfilled.clone().map(condition));
    let in_date = in_date(case, rule, facts, trace);
    trace.known("certificate_in_date", None, in_date.clone().map(condition));
    answer_all(&[long_enough, unfilled, in_date], trace);
}

/// A condition that fails decides, whatever is unknown of the others.
fn answer_all(conditions: &[Known<bool>], trace: &mut Trace) {
    if conditions.iter().any(|one| matches!(one, Ok(false))) {
        return trace.answer("verdict", None, Answer::Known(condition(false)));
    }
    let missing: Vec<Missing> =
        conditions.iter().filter_map(|one| one.as_ref().err()).flatten().cloned().collect();
    let verdict = if missing.is_empty() { Ok(condition(true)) } else { Err(missing) };
    trace.known("verdict", None, verdict);
}

fn condition(met: bool) -> Value {
    Value::Code(if met { "pass" } else { "bar" })
}

/// The days from the opening to the close, the close itself not counted; to the date asked about while it is open.
fn open_days(case: &Case<'_>, rule: &LabourMarketTest, facts: &Opening, trace: &mut Trace) -> Known<bool> {
    let opened = facts.opened_on.ok_or_else(|| Missing::fact("/opening/opened_on"));
    let key = case.facts.subject.sector.as_deref();
    let (opened, least) = both(opened, case.number(&rule.days_min, key))?;
    let closed = facts.closed_on.filter(|closed| *closed <= case.on).unwrap_or(case.on);
    let days: Ratio = ratio::whole((closed - opened).num_days().max(0));
    let operands = vec![("opened", opened.into()), ("closed", closed.into()), ("min", (&least.value).into())];
    trace.step("open_days", operands, &days, &[&least.cite]);
    trace.answer("open_days", None, Answer::Known((&days).into()));
    Ok(days >= least.value)
}

/// The permit is applied for on or before the last day, so many months after the certificate; a day that a month lacks is
/// its last.
fn in_date(case: &Case<'_>, rule: &LabourMarketTest, facts: &Opening, trace: &mut Trace) -> Known<bool> {
    let certified =
        facts.certified_on.or(facts.closed_on).ok_or_else(|| Missing::fact("/opening/certified_on"));
    let (certified, months) = both(certified, case.number(&rule.valid_months, None))?;
    let number = ratio::to_i64(&months.value).and_then(|n| u32::try_from(n).ok());
    let last = number.and_then(|n| certified.checked_add_months(Months::new(n)));
    let last: CivilDate = last.ok_or_else(|| Missing::contradiction(months.cite.name.clone()))?;
    let applied = facts.applied_on.unwrap_or(case.on);
    let operands = vec![
        ("certified", certified.into()),
        ("months", (&months.value).into()),
        ("applied", applied.into()),
    ];
    trace.step("certificate", operands, last, &[&months.cite]);
    trace.answer("apply_until", None, Answer::Known(last.into()));
    Ok(certified <= applied && applied <= last)
}
