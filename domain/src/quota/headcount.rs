//! Who counts, and how much: each person once, however many rows there are.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{One as _, Zero as _};

use super::answer::{Known, Missing, MissingKind, Value};
use super::case::{Case, step_of};
use super::facts::{Class, Facts, NodeKind, Payroll, PayrollRow, PermitState, Position, Status};
use super::pack::Measure;
use super::trace::{Cite, Cited, Trace};
use super::window::{Month, Window, holds};
use crate::base::civil_time::CivilDate;
use crate::base::ratio::{self, Ratio};

/// One row at one time, from a payroll or a time of employment.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Who.
    pub person: &'a str,
    /// The employer's node.
    pub employer: &'a str,
    /// The month's wage.
    pub wage: Option<&'a Ratio>,
    /// What the person is there.
    pub role: Position,
    /// Where the person stands there.
    pub status: Status,
    /// Whether in part-time.
    pub part_time: bool,
    /// Where the row stands in the facts.
    pub pointer: String,
}

/// A measure with its parameters of the date asked about.
#[derive(Clone, Debug)]
pub struct Weights<'a> {
    threshold: Option<Cited<Ratio>>,
    weights: Option<Cited<&'a [(Ratio, Ratio)]>>,
    firms_max: Option<Cited<Ratio>>,
    student_weight: Option<Cited<Ratio>>,
    student_share_max: Option<Cited<Ratio>>,
    part_time_weight: Option<Cited<Ratio>>,
    part_time_firms_max: Option<Cited<Ratio>>,
    roles_excluded: &'a [Position],
    statuses: &'a [Status],
}

impl<'a> Weights<'a> {
    /// The parameters of a measure.
    ///
    /// # Errors
    /// Every parameter that is not in force.
    pub fn of(case: &Case<'a>, measure: &'a Measure) -> Known<Self> {
        let mut missing = Vec::new();
        let mut number = |name: &Option<String>| match name.as_deref().map(|name| case.number(name, None)) {
            None => None,
            Some(Ok(cited)) => Some(cited),
            Some(Err(more)) => {
                missing.extend(more);
                None
            }
        };
        let (threshold, firms_max) = (number(&measure.threshold), number(&measure.firms_max));
        let student_weight = number(&measure.student_weight);
        let student_share_max = number(&measure.student_share_max);
        let part_time_weight = number(&measure.part_time_weight);
        let part_time_firms_max = number(&measure.part_time_firms_max);
        let weights = match measure.weights.as_deref().map(|name| case.steps(name, None)) {
            None => None,
            Some(Ok(steps)) => Some(steps),
            Some(Err(more)) => {
                missing.extend(more);
                None
            }
        };
        if !missing.is_empty() {
            return Err(missing);
        }
        Ok(Self {
            threshold,
            weights,
            firms_max,
            student_weight,
            student_share_max,
            part_time_weight,
            part_time_firms_max,
            roles_excluded: &measure.roles_excluded,
            statuses: &measure.statuses,
        })
    }

    /// The weights that an act states for a node: steps from the wage, or one for everybody.
    #[must_use]
    pub fn of_act(steps: &'a [(Ratio, Ratio)], cite: Cite) -> Self {
        Self {
            threshold: None,
            weights: (!steps.is_empty()).then_some(Cited { value: steps, cite }),
            firms_max: None,
            student_weight: None,
            student_share_max: None,
            part_time_weight: None,
            part_time_firms_max: None,
            roles_excluded: &[],
            statuses: &[],
        }
    }

    /// Where the figures stand.
    #[must_use]
    pub fn cites(&self) -> Vec<&Cite> {
        let numbers = [
            &self.threshold,
            &self.firms_max,
            &self.student_weight,
            &self.student_share_max,
            &self.part_time_weight,
            &self.part_time_firms_max,
        ];
        let weights = self.weights.as_ref().map(|steps| &steps.cite);
        numbers.into_iter().flatten().map(|cited| &cited.cite).chain(weights).collect()
    }

    /// Whether a status is in the population.
    fn counts(&self, status: Status) -> bool {
        if self.statuses.is_empty() { status != Status::Ended } else { self.statuses.contains(&status) }
    }

    fn of_wage(&self, wage: &Ratio) -> Known<Ratio> {
        let Some(steps) = &self.weights else { return Ok(Ratio::one()) };
        let measured = match &self.threshold {
            Some(threshold) if threshold.value.is_zero() => {
                return Err(Missing::contradiction(threshold.cite.name.clone()));
            }
            Some(threshold) => wage / &threshold.value,
            None => wage.clone(),
        };
        Ok(step_of(steps.value, &measured).map_or_else(Ratio::zero, |(_, weight)| weight.clone()))
    }
}

/// Weighted people at one time.
#[derive(Clone, Debug, Default)]
pub struct Headcount {
    /// The weighted number.
    pub weighted: Ratio,
    /// How many people have which weight, heaviest first.
    pub tallies: Vec<(Ratio, Ratio)>,
    /// Rows beyond each person's first.
    pub duplicate_rows: usize,
    /// Who counts nothing for what they are, or for being paid by too many.
    pub excluded: Vec<String>,
    /// What students count less because of the cap on them.
    pub capped_off: Ratio,
}

/// Local people of a node among the rows of one time. A row of another node still tells in how many firms somebody is.
///
/// # Errors
/// Everything that is missing: whether somebody is local, a wage on which a weight depends.
pub fn locals(facts: &Facts, weights: &Weights<'_>, scope: &str, rows: &[Row<'_>]) -> Known<Headcount> {
    let people = facts.people_by_id();
    let mut by_person: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| weights.counts(row.status)) {
        by_person.entry(row.person).or_default().push(row);
    }
    let (mut found, mut missing) = (Headcount::default(), Vec::new());
    let mut tallies: BTreeMap<Ratio, usize> = BTreeMap::new();
    let (mut students, mut heads) = (0, 0);
    for (person, all) in by_person {
        let here: Vec<&Row<'_>> =
            all.iter().copied().filter(|row| within(facts, row.employer, scope)).collect();
        if here.is_empty() {
            continue;
        }
        match people.get(person).and_then(|person| person.class) {
            Some(Class::Foreign) => continue,
            Some(Class::Local) => {}
            None => {
                missing.push(Missing::new(MissingKind::Fact, format!("/people/{person}/class")));
                continue;
            }
        }
        found.duplicate_rows += here.len() - 1;
        let firms: BTreeSet<&str> = all.iter().map(|row| firm(facts, row.employer)).collect();
        let student = people.get(person).is_some_and(|person| person.student);
        match weigh(weights, student, &here, firms.len()) {
            Ok((weight, kind)) => {
                match kind {
                    Kind::Excluded => found.excluded.push(person.to_owned()),
                    Kind::Student => students += 1,
                    Kind::Counted => {}
                }
                heads += usize::from(!matches!(kind, Kind::Excluded));
                *tallies.entry(weight.clone()).or_default() += 1;
                found.weighted += weight;
            }
            Err(more) => missing.extend(more),
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    found.tallies = tallies.into_iter().rev().map(|(weight, n)| (ratio::count(n), weight)).collect();
    if let (Some(most), Some(each)) = (&weights.student_share_max, &weights.student_weight) {
        let allowed = ratio::count(heads) * &most.value;
        let over = (ratio::count(students) - allowed).max(Ratio::zero());
        found.capped_off = over * &each.value;
        found.weighted -= &found.capped_off;
    }
    Ok(found)
}

/// How somebody was counted.
enum Kind {
    Counted,
    Student,
    Excluded,
}

fn weigh(weights: &Weights<'_>, student: bool, here: &[&Row<'_>], firms: usize) -> Known<(Ratio, Kind)> {
    let excluded = here.iter().any(|row| weights.roles_excluded.contains(&row.role));
    let too_many = |most: &Option<Cited<Ratio>>| most.as_ref().is_some_and(|m| ratio::count(firms) > m.value);
    if excluded || too_many(&weights.firms_max) {
        return Ok((Ratio::zero(), Kind::Excluded));
    }
    if let Some(weight) = &weights.student_weight
        && student
    {
        return Ok((weight.value.clone(), Kind::Student));
    }
    if let Some(weight) = &weights.part_time_weight
        && here.iter().all(|row| row.part_time)
    {
        // In which firms somebody counts who works in more of them than may count it, no source says.
        if too_many(&weights.part_time_firms_max) {
            return Err(vec![Missing::new(MissingKind::Parameter, "part_time_firms_order")]);
        }
        return Ok((weight.value.clone(), Kind::Counted));
    }
    if weights.weights.is_none() {
        return Ok((Ratio::one(), Kind::Counted));
    }
    let (mut wage, mut missing) = (Ratio::zero(), Vec::new());
    for row in here {
        match row.wage {
            Some(paid) => wage += paid,
            None => missing.push(Missing::new(MissingKind::Fact, format!("{}/wage", row.pointer))),
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    Ok((weights.of_wage(&wage)?, Kind::Counted))
}

/// Whether a node is another one or below it.
fn within(facts: &Facts, node: &str, scope: &str) -> bool {
    node == scope || facts.path(node).iter().any(|above| above.id == scope)
}

/// The firm of a node of the employer tree; the node itself where no firm is above it.
fn firm<'a>(facts: &'a Facts, node: &'a str) -> &'a str {
    let path = facts.path(node);
    path.iter().find(|above| above.kind == NodeKind::Firm).map_or(node, |firm| firm.id.as_str())
}

/// The months over which the mean is taken on a date: up to the last month where its payroll was paid in time, else up to
/// the one before.
///
/// # Errors
/// Every month that has not been recorded, or that was paid too late to count.
pub fn months_of(facts: &Facts, scope: &str, window: Window, on: CivilDate) -> Known<Vec<Month>> {
    let asked = Month::of(on);
    let last = asked.plus(-1);
    let recorded = |month: Month| -> Known<Vec<&Payroll>> { payrolls(facts, scope, month) };
    let in_time = |payroll: &Payroll| match (window.cut_off_day, payroll.paid_on) {
        (None, _) => true,
        (Some(_), Some(paid)) => window.counts_from(paid) <= asked,
        (Some(_), None) => false,
    };
    let last_rows = recorded(last)?;
    let unpaid: Vec<Missing> = last_rows
        .iter()
        .filter(|payroll| window.cut_off_day.is_some() && payroll.paid_on.is_none())
        .map(|payroll| month_missing(&payroll.employer, last, "/paid_on"))
        .collect();
    if !unpaid.is_empty() {
        return Err(unpaid);
    }
    let last = if last_rows.iter().all(|payroll| in_time(payroll)) { last } else { last.plus(-1) };
    let months = window.ending(last);
    let mut missing = Vec::new();
    for month in &months {
        match recorded(*month) {
            Ok(rows) => missing.extend(
                rows.iter()
                    .filter(|payroll| !in_time(payroll))
                    .map(|payroll| month_missing(&payroll.employer, *month, "/paid_on")),
            ),
            Err(more) => missing.extend(more),
        }
    }
    if missing.is_empty() { Ok(months) } else { Err(missing) }
}

fn month_missing(employer: &str, month: Month, what: &str) -> Missing {
    Missing::new(MissingKind::PayrollMonth, format!("{employer} {month}{what}"))
}

/// The payrolls of a month of every employer at or below a node that has any and exists in that month.
fn payrolls<'a>(facts: &'a Facts, scope: &str, month: Month) -> Known<Vec<&'a Payroll>> {
    let employers: BTreeSet<&str> = facts
        .payroll
        .iter()
        .map(|payroll| payroll.employer.as_str())
        .filter(|employer| within(facts, employer, scope))
        .collect();
    if employers.is_empty() {
        return Err(vec![month_missing(scope, month, "")]);
    }
    let exists = |employer: &str| {
        facts.node(employer).is_none_or(|node| {
            node.from.is_none_or(|from| from < month.plus(1).first_day())
                && node.until.is_none_or(|until| month.first_day() < until)
        })
    };
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for employer in employers.into_iter().filter(|employer| exists(employer)) {
        match facts.payroll.iter().find(|p| p.employer == employer && p.month == month) {
            Some(payroll) => found.push(payroll),
            None => missing.push(month_missing(employer, month, "")),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(missing) }
}

/// The weighted locals of a node in a month.
///
/// # Errors
/// Everything that is missing.
pub fn locals_in_month(
    facts: &Facts,
    weights: &Weights<'_>,
    scope: &str,
    month: Month,
    trace: &mut Trace,
) -> Known<Ratio> {
    let payrolls = payrolls(facts, scope, month)?;
    let (mut stated, mut counted, mut missing) = (Vec::new(), false, Vec::new());
    for payroll in payrolls {
        match (&payroll.locals, &payroll.rows) {
            (Some(locals), None) => stated.push(locals.clone()),
            (None, Some(_)) => counted = true,
            (Some(_), Some(_)) => {
                missing.extend(Missing::contradiction(format!("{} {month}", payroll.employer)))
            }
            (None, None) => missing.push(month_missing(&payroll.employer, month, "/people")),
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    let mut total: Ratio = stated.iter().sum();
    if !stated.is_empty() {
        let operands = vec![("month", Value::Month(month)), ("stated", Value::Sum(stated))];
        trace.step("month_stated", operands, &total, &[]);
    }
    if counted {
        // Every employer's rows, since whoever is paid by many firms may count nothing in any.
        let rows = rows_of_month(facts, month);
        let found = locals(facts, weights, scope, &rows)?;
        let operands = vec![
            ("month", Value::Month(month)),
            ("terms", Value::Terms(found.tallies)),
            ("duplicates", Value::count(found.duplicate_rows)),
            ("excluded", Value::List(found.excluded)),
            ("capped", Value::Number(found.capped_off)),
        ];
        trace.step("month", operands, &found.weighted, &weights.cites());
        total += found.weighted;
    }
    Ok(total)
}

fn rows_of_month(facts: &Facts, month: Month) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (at, payroll) in facts.payroll.iter().enumerate().filter(|(_, payroll)| payroll.month == month) {
        for (one, row) in payroll.rows.iter().flatten().enumerate() {
            rows.push(of_payroll(&payroll.employer, row, format!("/payroll/{at}/people/{one}")));
        }
    }
    rows
}

fn of_payroll<'a>(employer: &'a str, row: &'a PayrollRow, pointer: String) -> Row<'a> {
    Row {
        person: &row.person,
        employer,
        wage: row.wage.as_ref(),
        role: row.role,
        status: row.status,
        part_time: row.part_time,
        pointer,
    }
}

/// The rows of everybody who is employed on a date.
///
/// # Errors
/// The place of the employment, when the facts do not say it.
pub fn rows_on(facts: &Facts, on: CivilDate) -> Known<Vec<Row<'_>>> {
    let employment = facts.employment.as_ref().ok_or_else(|| Missing::fact("/employment"))?;
    let there = employment.iter().enumerate().filter(|(_, row)| holds(Some(row.from), row.until, on));
    Ok(there
        .map(|(at, row)| Row {
            person: &row.person,
            employer: &row.employer,
            wage: row.wage.as_ref(),
            role: row.role,
            status: row.status,
            part_time: row.part_time,
            pointer: format!("/employment/{at}"),
        })
        .collect())
}

/// How many foreign people are employed at or below a node, each once.
///
/// # Errors
/// Whether somebody is local, where nobody says.
pub fn foreign_employed(facts: &Facts, scope: &str, rows: &[Row<'_>]) -> Known<Ratio> {
    let here = rows.iter().filter(|row| row.status != Status::Ended && within(facts, row.employer, scope));
    let there: BTreeSet<&str> = here.map(|row| row.person).collect();
    let people = facts.people_by_id();
    let (mut foreign, mut missing) = (0, Vec::new());
    for person in there {
        match people.get(person).and_then(|person| person.class) {
            Some(Class::Foreign) => foreign += 1,
            Some(Class::Local) => {}
            None => missing.push(Missing::new(MissingKind::Fact, format!("/people/{person}/class"))),
        }
    }
    if missing.is_empty() { Ok(ratio::count(foreign)) } else { Err(missing) }
}

/// Which permits are counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct PermitFilter<'a> {
    /// At or below a node of either tree.
    pub scope: Option<&'a str>,
    /// Of these passes; every one where it is empty.
    pub passes: &'a [String],
    /// Of people of this country.
    pub country: Option<&'a str>,
}

/// Who takes places.
#[derive(Clone, Debug, Default)]
pub struct Places<'a> {
    /// Those who have one, or the permits that were given out.
    pub taken: Vec<&'a str>,
    /// Those for whom one is held.
    pub held: Vec<&'a str>,
    /// Those of the first whose permit has run out without proof of exit.
    pub run_out: Vec<&'a str>,
}

/// Places on a date: people, each once. A permit takes its place until exit is proved, even after it has
/// run out; somebody who has a permit and a reservation takes one place.
///
/// # Errors
/// What a filter needs and a permit or its holder does not say.
pub fn places<'a>(facts: &'a Facts, filter: PermitFilter<'_>, on: CivilDate) -> Known<Places<'a>> {
    let permits = facts.permits.as_ref().ok_or_else(|| Missing::fact("/permits"))?;
    let people = facts.people_by_id();
    let (mut taken, mut held, mut missing) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let (mut valid, mut run_out) = (BTreeSet::new(), BTreeSet::new());
    for (at, permit) in permits.iter().enumerate().filter(|(_, permit)| permit.from <= on) {
        let nodes = [permit.employer.as_deref(), permit.port.as_deref()];
        if filter
            .scope
            .is_some_and(|scope| !nodes.into_iter().flatten().any(|node| within(facts, node, scope)))
        {
            continue;
        }
        let live = match permit.state {
            PermitState::Posted => permit.released_on.is_none_or(|released| on < released),
            PermitState::Reserved => holds(None, permit.until, on) && holds(None, permit.released_on, on),
        };
        if !live {
            continue;
        }
        if !filter.passes.is_empty() {
            match &permit.pass {
                Some(pass) if filter.passes.contains(pass) => {}
                Some(_) => continue,
                None => missing.push(Missing::new(MissingKind::Fact, format!("/permits/{at}/pass"))),
            }
        }
        if let Some(country) = filter.country {
            match people.get(permit.person.as_str()).and_then(|person| person.country.as_deref()) {
                Some(of) if of == country => {}
                Some(_) => continue,
                None => {
                    missing
                        .push(Missing::new(MissingKind::Fact, format!("/people/{}/country", permit.person)));
                }
            }
        }
        let person = permit.person.as_str();
        match permit.state {
            PermitState::Posted => {
                taken.insert(person);
                let standing = if holds(None, permit.until, on) { &mut valid } else { &mut run_out };
                standing.insert(person);
            }
            PermitState::Reserved => {
                held.insert(person);
            }
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    Ok(Places {
        held: held.difference(&taken).copied().collect(),
        run_out: run_out.difference(&valid).copied().collect(),
        taken: taken.into_iter().collect(),
    })
}

/// Places of a flow since the first day of its period: permits, not people, since what was given out
/// never comes back.
///
/// # Errors
/// The place of the permits, when the facts do not say them.
pub fn places_given_out<'a>(
    facts: &'a Facts,
    scope: &str,
    since: CivilDate,
    on: CivilDate,
) -> Known<Places<'a>> {
    let permits = facts.permits.as_ref().ok_or_else(|| Missing::fact("/permits"))?;
    let (mut taken, mut held) = (Vec::new(), Vec::new());
    for permit in permits.iter().filter(|permit| since <= permit.from && permit.from <= on) {
        let nodes = [permit.employer.as_deref(), permit.port.as_deref()];
        if !nodes.into_iter().flatten().any(|node| within(facts, node, scope)) {
            continue;
        }
        match permit.state {
            PermitState::Posted => taken.push(permit.id.as_str()),
            PermitState::Reserved if holds(None, permit.until, on) && holds(None, permit.released_on, on) => {
                held.push(permit.id.as_str());
            }
            PermitState::Reserved => {}
        }
    }
    Ok(Places { taken, held, run_out: Vec::new() })
}
