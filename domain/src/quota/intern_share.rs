//! F9: interns beside the staff of a site, of all schools together, on every day.

use std::collections::BTreeSet;

use num_traits::Zero as _;

use super::answer::{Answer, Known, Missing, MissingKind, Value};
use super::case::Case;
use super::facts::Internship;
use super::pack::InternShare;
use super::share::to_people;
use super::trace::{Cited, Trace, both};
use super::window::holds;
use crate::base::civil_time::CivilDate;
use crate::base::ratio::{self, Ratio, Rounding};

/// Answers for all posts together and for each, on the date asked about and on the worst day of the period.
pub fn evaluate(case: &Case<'_>, rule: &InternShare, trace: &mut Trace) {
    let Some(facts) = &case.facts.internship else {
        return trace.known("max_interns", None, Err::<Value, _>(Missing::fact("/internship")));
    };
    let (staff_share, post_share) = (case.share(&rule.staff_share, None), case.share(&rule.post_share, None));
    let all = on_day(facts, None, &staff_share, case.on, Some(trace));
    answer_day(&all, "max_interns", "interns", "balance", None, trace);
    let mut days = vec![worst(facts, None, &staff_share)];
    for post in posts(facts) {
        let each = on_day(facts, Some(post), &post_share, case.on, Some(trace));
        answer_day(&each, "max_on_post", "on_post", "balance_on_post", Some(post), trace);
        days.push(worst(facts, Some(post), &post_share));
    }
    if facts.period.is_some() {
        let worst = days.into_iter().reduce(|a, b| both(a, b).map(|(a, b)| worse(a, b)));
        answer_period(case, rule, worst, trace);
    }
}

/// The verdict over the period: what an excess means is a parameter.
fn answer_period(case: &Case<'_>, rule: &InternShare, worst: Option<Known<Worst>>, trace: &mut Trace) {
    let Some(worst) = worst else { return };
    let means = case.parameter(&rule.verdict, None).and_then(|means| match means.value.plain().as_str() {
        "stop" => Ok(Cited { value: "stop", cite: means.cite }),
        "warn" => Ok(Cited { value: "warn", cite: means.cite }),
        _ => Err(Missing::contradiction(means.cite.name)),
    });
    trace.known("worst_balance", None, worst.clone().map(|worst| worst.balance));
    if let Ok(Worst { first_over: Some(day), .. }) = &worst {
        trace.answer("first_day_over", None, Answer::Known((*day).into()));
    }
    let verdict = both(worst, means).map(|(worst, means)| {
        let over = worst.balance < Ratio::zero();
        let verdict = Value::Code(if over { means.value } else { "pass" });
        let operands = vec![("balance", worst.balance.into()), ("day", worst.day.into())];
        trace.step("period", operands, verdict.clone(), &[&means.cite]);
        verdict
    });
    trace.known("verdict", None, verdict);
}

/// (most, there) on a day.
type Day = Known<(Ratio, Ratio)>;

fn answer_day(
    day: &Day,
    most: &'static str,
    there: &'static str,
    left: &'static str,
    of: Option<&str>,
    trace: &mut Trace,
) {
    trace.known(most, of, day.clone().map(|(most, _)| most));
    trace.known(there, of, day.clone().map(|(_, there)| there));
    let balance = day.clone().map(|(most, there)| {
        let balance = &most - &there;
        let operands = vec![("max", most.into()), ("used", there.into()), ("reserved", Ratio::zero().into())];
        trace.step("balance", operands, &balance, &[]);
        balance
    });
    trace.known(left, of, balance);
}

fn posts(facts: &Internship) -> BTreeSet<&str> {
    let staffed = facts.staff.iter().filter_map(|staff| staff.post.as_deref());
    staffed.chain(facts.interns.iter().map(|stay| stay.post.as_str())).collect()
}

/// The most and the number of interns on a day, of one post or of all.
fn on_day(
    facts: &Internship,
    post: Option<&str>,
    share: &Known<Cited<Ratio>>,
    on: CivilDate,
    trace: Option<&mut Trace>,
) -> Day {
    let staff: Vec<&Ratio> = facts
        .staff
        .iter()
        .filter(|staff| staff.post.as_deref() == post && holds(staff.from, staff.until, on))
        .map(|staff| &staff.number)
        .collect();
    let of = post.unwrap_or("*");
    let staff = match staff.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(vec![Missing::new(MissingKind::Fact, format!("/internship/staff ({of}, {on})"))]),
        _ => Err(Missing::contradiction(format!("/internship/staff ({of}, {on})"))),
    };
    let (staff, share) = both(staff, share.clone())?;
    let exact = &staff * &share.value;
    let interns = interns(facts, post, on);
    let most = match trace {
        Some(trace) => {
            let operands = vec![("base", staff.into()), ("share", (&share.value).into())];
            trace.step("share_of_base", operands, &exact, &[&share.cite]);
            to_people(&exact, Rounding::Floor, trace)
        }
        None => Rounding::Floor.whole(&exact),
    };
    Ok((most, interns))
}

/// Interns on a day: each person once, groups as they are stated.
fn interns(facts: &Internship, post: Option<&str>, on: CivilDate) -> Ratio {
    let stays = facts.interns.iter().filter(|stay| holds(stay.from, stay.until, on));
    let stays = stays.filter(|stay| post.is_none_or(|post| stay.post == post));
    let (mut people, mut groups) = (BTreeSet::new(), Ratio::zero());
    for stay in stays {
        match &stay.person {
            Some(person) => {
                people.insert(person.as_str());
            }
            None => groups += &stay.number,
        }
    }
    ratio::count(people.len()) + groups
}

/// The day with the smallest balance, and the first day on which there are too many.
#[derive(Clone, Debug)]
struct Worst {
    balance: Ratio,
    day: CivilDate,
    first_over: Option<CivilDate>,
}

fn worse(a: Worst, b: Worst) -> Worst {
    let first_over = [a.first_over, b.first_over].into_iter().flatten().min();
    let (balance, day) =
        if (&b.balance, b.day) < (&a.balance, a.day) { (b.balance, b.day) } else { (a.balance, a.day) };
    Worst { balance, day, first_over }
}

/// Looks at the first day and at every day on which anything changes: between them nothing does.
fn worst(facts: &Internship, post: Option<&str>, share: &Known<Cited<Ratio>>) -> Known<Worst> {
    let Some((from, until)) = facts.period else { return Err(Missing::fact("/internship/period")) };
    let staff = facts.staff.iter().flat_map(|staff| [staff.from, staff.until]);
    let stays = facts.interns.iter().flat_map(|stay| [stay.from, stay.until]);
    let mut days: BTreeSet<CivilDate> =
        staff.chain(stays).flatten().filter(|day| from <= *day && *day < until).collect();
    days.insert(from);
    let mut found: Option<Worst> = None;
    for day in days {
        // On a post without staff and without interns there is nothing to compare.
        if post.is_some() && interns(facts, post, day).is_zero() {
            continue;
        }
        let (most, there) = on_day(facts, post, share, day, None)?;
        let balance = most - there;
        let first_over = (balance < Ratio::zero()).then_some(day);
        let this = Worst { balance, day, first_over };
        found = Some(match found {
            Some(other) => worse(other, this),
            None => this,
        });
    }
    Ok(found.unwrap_or(Worst { balance: Ratio::zero(), day: from, first_over: None }))
}
