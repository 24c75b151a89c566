//! F7: the rate of nationals over some weeks, and the band that it reaches. The rate is never rounded.

use num_traits::Zero as _;

use super::answer::{Known, Missing, MissingKind, Value};
use super::case::{Case, step_of};
use super::headcount::{self, Weights};
use super::pack::{Nationalisation, ParameterValue};
use super::trace::{Trace, both};
use super::window::weekly_days;
use crate::base::ratio::{self, Ratio};

/// Answers both means, the rate, and the band.
pub fn evaluate(case: &Case<'_>, rule: &Nationalisation, trace: &mut Trace) {
    let means = means(case, rule, trace);
    trace.known("nationals", None, means.clone().map(|(nationals, _)| nationals));
    trace.known("expats", None, means.clone().map(|(_, expats)| expats));
    let rate = means.and_then(|(nationals, expats)| {
        let all = &nationals + &expats;
        if all.is_zero() {
            return Err(Missing::contradiction("/employment"));
        }
        let rate = &nationals / &all;
        trace.step("rate", vec![("nationals", nationals.into()), ("expats", expats.into())], &rate, &[]);
        Ok(rate)
    });
    trace.known("rate", None, rate.clone());
    let band = both(rate, bands_key(case)).and_then(|(rate, key)| {
        let bands = case.parameter(&rule.bands, Some(&key))?;
        let ParameterValue::Bands(steps) = bands.value else {
            return Err(Missing::contradiction(bands.cite.name));
        };
        let name = step_of(steps, &rate).map_or_else(|| "–".to_owned(), |(_, name)| name.clone());
        trace.step("band", vec![("rate", rate.into())], name.as_str(), &[&bands.cite]);
        Ok(Value::Text(name))
    });
    trace.known("band", None, band);
}

fn bands_key(case: &Case<'_>) -> Known<String> {
    let subject = &case.facts.subject;
    let stated = |value: &Option<String>, name: &str| {
        value.clone().ok_or_else(|| Missing::fact(format!("/subject/{name}")))
    };
    let (activity, size) = both(stated(&subject.activity, "activity"), stated(&subject.size, "size"))?;
    Ok(format!("{activity}/{size}"))
}

/// The means of nationals and expatriates over the weeks.
fn means(case: &Case<'_>, rule: &Nationalisation, trace: &mut Trace) -> Known<(Ratio, Ratio)> {
    let weeks = case.number(&rule.weeks, None)?;
    let number =
        ratio::to_i64(&weeks.value).and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=520).contains(n));
    let Some(number) = number else { return Err(Missing::contradiction(weeks.cite.name)) };
    let days = weekly_days(case.on, number);
    let each: Vec<(Ratio, Ratio)> = match (&case.facts.weeks, &case.facts.employment) {
        (Some(_), Some(_)) => return Err(Missing::contradiction("/weeks, /employment")),
        (None, None) => return Err(Missing::fact("/employment")),
        (Some(stated), None) => {
            let of = |day| stated.iter().find(|week| week.on == day).ok_or(day);
            let lacking = |day| Missing::new(MissingKind::Fact, format!("/weeks/{day}"));
            let missing: Vec<Missing> = days.iter().filter_map(|day| of(*day).err()).map(lacking).collect();
            if !missing.is_empty() {
                return Err(missing);
            }
            days.iter()
                .filter_map(|day| of(*day).ok())
                .map(|week| (week.nationals.clone(), week.expats.clone()))
                .collect()
        }
        (None, Some(_)) => counted(case, rule, &days, trace)?,
    };
    let mean = |all: Vec<Ratio>| all.iter().sum::<Ratio>() / ratio::whole(number);
    let (nationals, expats): (Vec<Ratio>, Vec<Ratio>) = each.into_iter().unzip();
    let operands = |sum: Ratio, who: &'static str| {
        vec![("who", Value::Code(who)), ("sum", sum.into()), ("weeks", ratio::whole(number).into())]
    };
    let (sum_n, sum_e): (Ratio, Ratio) = (nationals.iter().sum(), expats.iter().sum());
    let (nationals, expats) = (mean(nationals), mean(expats));
    trace.step("weekly_mean", operands(sum_n, "nationals"), &nationals, &[&weeks.cite]);
    trace.step("weekly_mean", operands(sum_e, "expats"), &expats, &[&weeks.cite]);
    Ok((nationals, expats))
}

/// Who is there on each of the days: somebody who came this week counts one week of them.
fn counted(
    case: &Case<'_>,
    rule: &Nationalisation,
    days: &[crate::base::civil_time::CivilDate],
    trace: &mut Trace,
) -> Known<Vec<(Ratio, Ratio)>> {
    let (scope, weights) = both(case.scope(rule.scope), Weights::of(case, &rule.measure))?;
    let (mut each, mut missing) = (Vec::new(), Vec::new());
    for day in days {
        let rows = headcount::rows_on(case.facts, *day)?;
        let nationals = headcount::locals(case.facts, &weights, scope, &rows);
        match both(nationals, headcount::foreign_employed(case.facts, scope, &rows)) {
            Ok((nationals, expats)) => {
                let operands = vec![
                    ("day", (*day).into()),
                    ("terms", Value::Terms(nationals.tallies)),
                    ("duplicates", Value::count(nationals.duplicate_rows)),
                    ("capped", nationals.capped_off.into()),
                    ("expats", (&expats).into()),
                ];
                trace.step("week", operands, &nationals.weighted, &weights.cites());
                each.push((nationals.weighted, expats));
            }
            Err(more) => missing.extend(more),
        }
    }
    if missing.is_empty() { Ok(each) } else { Err(missing) }
}
