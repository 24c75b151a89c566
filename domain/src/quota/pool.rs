//! F5: pools with a cap each. Extensions do not count; what the first half of a year leaves goes to the second; what a year
//! leaves is lost.

use chrono::{Datelike as _, Months};
use num_traits::Zero as _;

use super::answer::{Answer, Known, Missing, Value};
use super::case::Case;
use super::ceiling;
use super::facts::PoolUse;
use super::pack::Pools;
use super::trace::{Cited, Trace, both};
use crate::base::civil_time::CivilDate;
use crate::base::ratio::Ratio;

/// One pool and the days in which it is given out, `[from, until)`.
struct Pool<'a> {
    name: &'a str,
    cap: Known<Cited<Ratio>>,
    used: Known<Ratio>,
    until: CivilDate,
}

/// Answers for each pool, and for the year.
pub fn evaluate(case: &Case<'_>, rule: &Pools, trace: &mut Trace) {
    let begins = year_begins(rule.year_begins, case.on);
    let halves = i32::from(rule.halves);
    let mut pools = Vec::new();
    for (at, name) in (0_u32..).zip(&rule.pools) {
        let (from, until) = if halves == 1 { half(begins, at) } else { (begins, after(begins, 12)) };
        let used = used(case, name, from, until, trace);
        pools.push(Pool { name, cap: case.number(&rule.cap, Some(name)), used, until });
    }
    let mut carried: Known<Ratio> = Ok(Ratio::zero());
    let mut total: Known<Ratio> = Ok(Ratio::zero());
    let mut left: Known<Ratio> = Ok(Ratio::zero());
    for pool in &pools {
        let available = available(case, rule, pool, &carried, trace);
        let of = Some(pool.name);
        trace.known("cap", of, pool.cap.clone().map(|cap| cap.value));
        trace.known("used", of, pool.used.clone());
        trace.known("available", of, available.clone());
        let over = both(pool.used.clone(), both(pool.cap.clone(), carried.clone()));
        trace.known(
            "excess",
            of,
            over.map(|(used, (cap, more))| ceiling::excess(&used, &(cap.value + more))),
        );
        rounds(case, pool.name, trace);
        total = both(total, pool.cap.clone()).map(|(sum, cap)| sum + cap.value);
        left = both(left, both(pool.cap.clone(), pool.used.clone()))
            .map(|(sum, (cap, used))| sum + cap.value - used);
        if rule.halves {
            carried = if pool.until <= case.on {
                available
            } else {
                // What a half leaves is known when it is over.
                Err(Missing::fact(format!("/pools/{} ({})", pool.name, pool.until)))
            };
        }
    }
    if let Ok(sum) = &total {
        let caps = pools.iter().filter_map(|pool| pool.cap.as_ref().ok());
        let each = caps.clone().map(|cap| cap.value.clone()).collect();
        let cites: Vec<_> = caps.map(|cap| &cap.cite).collect();
        trace.step("pools_total", vec![("sum", Value::Sum(each))], sum, &cites);
    }
    trace.known("total", None, total);
    trace.known("total_available", None, left);
    let operands = vec![("year_ends", after(begins, 12).into())];
    trace.step("year_is_lost", operands, Ratio::zero(), &[]);
    trace.answer("carried_to_next_year", None, Answer::Known(Ratio::zero().into()));
}

/// Cap and what came over, less what was used: below zero where more was used.
fn available(
    case: &Case<'_>,
    rule: &Pools,
    pool: &Pool<'_>,
    carried: &Known<Ratio>,
    trace: &mut Trace,
) -> Known<Ratio> {
    let (cap, (used, carried)) = both(pool.cap.clone(), both(pool.used.clone(), carried.clone()))?;
    let left = &cap.value + &carried - &used;
    let operands = vec![
        ("pool", pool.name.into()),
        ("max", cap.value.into()),
        ("carried", carried.into()),
        ("used", used.into()),
    ];
    trace.step("pool", operands, &left, &[&cap.cite]);
    if rule.halves && pool.until <= case.on {
        trace.step(
            "half_is_over",
            vec![("pool", pool.name.into()), ("ended", pool.until.into())],
            &left,
            &[],
        );
    }
    Ok(left)
}

fn used(case: &Case<'_>, name: &str, from: CivilDate, until: CivilDate, trace: &mut Trace) -> Known<Ratio> {
    let pools = case.facts.pools.as_ref().ok_or_else(|| Missing::fact("/pools"))?;
    let pool: &PoolUse =
        pools.iter().find(|pool| pool.pool == name).ok_or_else(|| Missing::fact(format!("/pools/{name}")))?;
    match (&pool.used, &pool.issued) {
        (Some(_), Some(_)) => Err(Missing::contradiction(format!("/pools/{name}"))),
        (None, None) => Err(Missing::fact(format!("/pools/{name}/used"))),
        (Some(used), None) => Ok(used.clone()),
        (None, Some(issued)) => {
            let inside = |on: CivilDate| from <= on && on < until && on <= case.on;
            let (mut counted, mut extended) = (Vec::new(), Ratio::zero());
            for issue in issued.iter().filter(|issue| inside(issue.on)) {
                if issue.extension {
                    extended += &issue.number;
                } else {
                    counted.push(issue.number.clone());
                }
            }
            let sum: Ratio = counted.iter().sum();
            let operands =
                vec![("pool", name.into()), ("sum", Value::Sum(counted)), ("extensions", extended.into())];
            trace.step("issued", operands, &sum, &[]);
            Ok(sum)
        }
    }
}

/// Rounds are announced one by one: each has a cap of its own inside its pool.
fn rounds(case: &Case<'_>, name: &str, trace: &mut Trace) {
    let pools = case.facts.pools.iter().flatten();
    for round in pools.filter(|pool| pool.pool == name).flat_map(|pool| &pool.rounds) {
        let of = format!("{name}/{}", round.id);
        let used =
            round.used.clone().ok_or_else(|| Missing::fact(format!("/pools/{name}/rounds/{}", round.id)));
        let left = used.map(|used| {
            let left = &round.cap - &used;
            let operands = vec![
                ("round", of.as_str().into()),
                ("max", (&round.cap).into()),
                ("used", used.into()),
                ("act", round.act.as_str().into()),
            ];
            trace.step("round_of_pool", operands, &left, &[]);
            left
        });
        trace.known("available", Some(&of), left);
    }
}

/// The first day of the pools' year that a date lies in.
fn year_begins(month: u32, on: CivilDate) -> CivilDate {
    let of = |year: i32| CivilDate::from_ymd_opt(year, month, 1).unwrap_or(on);
    if of(on.year()) <= on { of(on.year()) } else { of(on.year() - 1) }
}

fn half(begins: CivilDate, at: u32) -> (CivilDate, CivilDate) {
    (after(begins, at * 6), after(begins, at * 6 + 6))
}

fn after(date: CivilDate, months: u32) -> CivilDate {
    date.checked_add_months(Months::new(months)).unwrap_or(CivilDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_pools_begins_in_its_month() {
        let date = |y, m, d| CivilDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(year_begins(10, date(2026, 9, 30)), date(2025, 10, 1));
        assert_eq!(year_begins(10, date(2026, 10, 1)), date(2026, 10, 1));
        assert_eq!(year_begins(1, date(2026, 1, 1)), date(2026, 1, 1));
        assert_eq!(half(date(2025, 10, 1), 1), (date(2026, 4, 1), date(2026, 10, 1)));
    }
}
