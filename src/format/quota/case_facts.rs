//! A case as JSON: checked against its form and in itself, everything that is wrong at once, then read.

use std::collections::BTreeSet;

use serde_json::Value;

use ballast_domain::base::ratio::{Ratio, to_i64, whole};
use ballast_domain::quota::facts::{
    AddOn, Application, Assumption, Bid, Cap, CapLimit, Class, Count, Demand, Employment, Facts, Flow,
    InternStay, Internship, Issue, LevyFacts, LevyRate, LevyWorker, Node, NodeKind, Opening, Payroll,
    PayrollRow, Permit, PermitState, Person, PointEntry, PointFacts, PointKind, PoolUse, Position, Round,
    StaffCount, Status, Subject, Tree, Usage, UsageCap, Week,
};
use ballast_domain::quota::pack::ParameterValue;
use ballast_domain::quota::window::{Month, Window};

use super::fact_shape::{self, CASE, Misshapen, PARAMETER_VALUES, number};
use super::json_reader::{Object, Strict};

/// The employer's node of a case that names none.
const ONLY_EMPLOYER: &str = "employer";
/// The longest file.
pub const BYTES_MAX: usize = 64 << 20;

/// Why a text is not a case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not JSON, or a name stands twice in one object.
    #[error("line {line}, column {column}: {detail}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the reader says.
        detail: String,
    },
    /// Longer than may be.
    #[error("longer than {BYTES_MAX} bytes")]
    TooLong,
    /// JSON of another form, or a case that cannot be.
    #[error("{} problems", .0.len())]
    Problems(Vec<Misshapen>),
}

/// Reads a case.
///
/// # Errors
/// [`Error`], with everything that is wrong.
pub fn parse(text: &str) -> Result<Facts, Error> {
    if text.len() > BYTES_MAX {
        return Err(Error::TooLong);
    }
    let Strict(value) = serde_json::from_str(text).map_err(|error| Error::Syntax {
        line: error.line(),
        column: error.column(),
        detail: error.to_string(),
    })?;
    from_value(&value)
}

/// Reads a case out of a value.
///
/// # Errors
/// [`Error::Problems`].
pub fn from_value(value: &Value) -> Result<Facts, Error> {
    let mut problems = Vec::new();
    fact_shape::check(&CASE, value, "", &mut problems);
    if problems.is_empty() {
        check_alternatives(value, &mut problems);
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let mut facts = read(&Object::of(value));
    name_the_only_employer(&mut facts);
    problems.extend(facts.problems().into_iter().map(|problem| Misshapen {
        pointer: problem.pointer,
        code: problem.code,
        detail: problem.detail,
    }));
    if problems.is_empty() { Ok(facts) } else { Err(Error::Problems(problems)) }
}

/// What the form cannot say: of some fields exactly one is given.
fn check_alternatives(value: &Value, found: &mut Vec<Misshapen>) {
    let case = Object::of(value);
    let mut one_of = |object: Object<'_>, pointer: String, names: &[&str]| {
        if names.iter().filter(|name| object.get(name).is_some()).count() != 1 {
            found.push(Misshapen { pointer, code: "exactly_one_of", detail: names.join(", ") });
        }
    };
    for (at, assumed) in case.objects("assume", |object| object).into_iter().enumerate() {
        one_of(assumed, format!("/assume/{at}"), &PARAMETER_VALUES);
    }
    let nodes = case.objects("nodes", |object| object);
    for (at, node) in nodes.iter().enumerate() {
        for (cap, object) in node.objects("caps", |object| object).into_iter().enumerate() {
            let pointer = format!("/nodes/{at}/caps/{cap}");
            one_of(object, pointer, &["number", "unlimited", "share_of_total"]);
        }
    }
    for (at, payroll) in case.objects("payroll", |object| object).into_iter().enumerate() {
        if payroll.get("people").is_some() && payroll.get("wages").is_some() {
            one_of(payroll, format!("/payroll/{at}"), &["people", "wages"]);
        }
    }
    for (at, node) in nodes.iter().enumerate() {
        let pointer = format!("/nodes/{at}");
        if node.get("used").is_some() != node.get("reserved").is_some() {
            let detail = "used, reserved".to_owned();
            found.push(Misshapen { pointer, code: "both_or_neither", detail });
        }
        for (cap, object) in node.objects("caps", |object| object).into_iter().enumerate() {
            let mut whole = |name: &str, least: i64, most: i64| {
                let number = object.number(name);
                if number.is_some_and(|n| to_i64(&n).is_none_or(|n| n < least || n > most)) {
                    let pointer = format!("/nodes/{at}/caps/{cap}/{name}");
                    let detail = format!("{least}–{most}");
                    found.push(Misshapen { pointer, code: "out_of_range", detail });
                }
            };
            whole("months", 1, 120);
            whole("cut_off_day", 1, 31);
            if object.get("unlimited").is_some() && !object.is("unlimited") {
                let pointer = format!("/nodes/{at}/caps/{cap}/unlimited");
                found.push(Misshapen { pointer, code: "not_one_of", detail: "true".to_owned() });
            }
            let share = object.number("share_of_total");
            if share.is_some_and(|share| share < whole_number(0) || share >= whole_number(1)) {
                let pointer = format!("/nodes/{at}/caps/{cap}/share_of_total");
                found.push(Misshapen { pointer, code: "out_of_range", detail: "0 ≤ d < 1".to_owned() });
            }
        }
    }
}

fn whole_number(n: i64) -> Ratio {
    whole(n)
}

/// A case with one employer need not describe it: rows without a name are of the only node, or of one that is made under
/// the only name there is.
fn name_the_only_employer(facts: &mut Facts) {
    let nodes = facts.nodes.iter().filter(|node| node.tree == Tree::Employer);
    let mut names: BTreeSet<String> = nodes.map(|node| node.id.clone()).collect();
    if names.is_empty() {
        let rows = !facts.payroll.is_empty() || facts.employment.is_some() || facts.permits.is_some();
        if !rows {
            return;
        }
        names.extend(facts.subject.employer.clone());
        names.extend(facts.payroll.iter().map(|payroll| payroll.employer.clone()));
        names.extend(facts.employment.iter().flatten().map(|row| row.employer.clone()));
        names.extend(facts.permits.iter().flatten().filter_map(|permit| permit.employer.clone()));
        names.remove("");
        if names.is_empty() {
            names.insert(ONLY_EMPLOYER.to_owned());
        }
        if let (Some(id), 1) = (names.first().cloned(), names.len()) {
            facts.nodes.push(firm(id));
        }
    }
    let (Some(only), 1) = (names.first().cloned(), names.len()) else { return };
    facts.subject.employer.get_or_insert_with(|| only.clone());
    for payroll in facts.payroll.iter_mut().filter(|payroll| payroll.employer.is_empty()) {
        payroll.employer.clone_from(&only);
    }
    for row in facts.employment.iter_mut().flatten().filter(|row| row.employer.is_empty()) {
        row.employer.clone_from(&only);
    }
    for permit in facts.permits.iter_mut().flatten() {
        permit.employer.get_or_insert_with(|| only.clone());
    }
}

fn firm(id: String) -> Node {
    Node {
        id,
        tree: Tree::Employer,
        kind: NodeKind::Firm,
        parent: None,
        flow: Flow::Stock,
        from: None,
        until: None,
        caps: Vec::new(),
        stated: None,
    }
}

fn read(case: &Object<'_>) -> Facts {
    let mut people = case.objects("people", person);
    let mut payroll = case.objects("payroll", payroll);
    for (at, (month, wages)) in payroll.iter_mut().enumerate() {
        if let Some(wages) = wages.take() {
            month.rows = Some(of_wages(at, wages, &mut people));
        }
    }
    let counts = case.object("counts", |counts| {
        let of = |code: &&str| Some((Count::parse(code)?, counts.number(code)?));
        Count::CODES.iter().filter_map(of).collect()
    });
    Facts {
        ask: case.texts("ask").unwrap_or_default(),
        assume: case.objects("assume", assumption),
        subject: case.object("subject", subject).unwrap_or_default(),
        nodes: case.objects("nodes", node),
        people,
        payroll: payroll.into_iter().map(|(month, _)| month).collect(),
        employment: case.list("employment", |value| employment(Object::of(value))),
        permits: case.list("permits", |value| permit(Object::of(value))),
        counts: counts.unwrap_or_default(),
        application: case.object("application", |object| Application {
            places: object.required_number("places"),
            countries: object.texts("countries"),
            renewal: object.is("renewal"),
        }),
        levy: case.object("levy", levy),
        add_on: case.object("add_on", |object| AddOn {
            level: object.text("level"),
            add_on: object.number("add_on"),
            returning_investor: object.is("returning_investor"),
        }),
        pools: case.list("pools", |value| pool(Object::of(value))),
        demand: case.object("demand", demand),
        points: case.object("points", points),
        weeks: case.list("weeks", |value| {
            let week = Object::of(value);
            Week {
                on: week.required_date("on"),
                nationals: week.required_number("nationals"),
                expats: week.required_number("expats"),
            }
        }),
        internship: case.object("internship", internship),
        opening: case.object("opening", |object| Opening {
            opened_on: object.date("opened_on"),
            closed_on: object.date("closed_on"),
            filled: object.flag("filled"),
            certified_on: object.date("certified_on"),
            applied_on: object.date("applied_on"),
        }),
        usage: case.object("usage", usage),
    }
}

/// The value of a parameter, of which exactly one form is given.
#[must_use]
pub fn parameter_value(object: &Object<'_>) -> Option<ParameterValue> {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    if let Some(number) = object.number("number") {
        return Some(ParameterValue::Number(number));
    }
    if let Some(choice) = object.text("choice") {
        return Some(ParameterValue::Choice(choice));
    }
    if let Some(numbers) = object.list("numbers", number) {
        return numbers.into_iter().collect::<Option<Vec<Ratio>>>().map(ParameterValue::Numbers);
    }
    if let Some(steps) = object.pairs("steps", number) {
        return Some(ParameterValue::Steps(steps));
    }
    object.pairs("bands", text).map(ParameterValue::Bands)
}

fn assumption(object: Object<'_>) -> Assumption {
    Assumption {
        parameter: object.required_text("parameter"),
        value: parameter_value(&object).unwrap_or(ParameterValue::Numbers(Vec::new())),
        source: object.required_text("source"),
    }
}

fn subject(object: Object<'_>) -> Subject {
    Subject {
        employer: object.text("employer"),
        port: object.text("port"),
        sector: object.text("sector"),
        activity: object.text("activity"),
        size: object.text("size"),
        named_sector: object.flag("named_sector"),
    }
}

fn node(object: Object<'_>) -> Node {
    Node {
        id: object.required_text("id"),
        tree: object.choice("tree", Tree::parse).unwrap_or(Tree::Employer),
        kind: object.choice("kind", NodeKind::parse).unwrap_or(NodeKind::Firm),
        parent: object.text("parent"),
        flow: object.choice("flow", Flow::parse).unwrap_or(Flow::Stock),
        from: object.date("from"),
        until: object.date("until"),
        caps: object.objects("caps", cap),
        stated: object.number("used").zip(object.number("reserved")),
    }
}

fn cap(object: Object<'_>) -> Cap {
    let small = |name: &str| object.number(name).and_then(|n| to_i64(&n)).and_then(|n| u32::try_from(n).ok());
    let limit = match (object.number("number"), object.number("share_of_total")) {
        (Some(number), _) => CapLimit::Number(number),
        (None, Some(share)) => CapLimit::ShareOfTotal {
            share,
            weights: object.pairs("weights", number).unwrap_or_default(),
            window: Window { months: small("months").unwrap_or(1), cut_off_day: small("cut_off_day") },
        },
        (None, None) => CapLimit::Unlimited,
    };
    Cap {
        act: object.required_text("act"),
        limit,
        from: object.required_date("from"),
        until: object.date("until"),
    }
}

fn person(object: Object<'_>) -> Person {
    Person {
        id: object.required_text("id"),
        class: object.choice("class", Class::parse),
        country: object.text("country"),
        student: object.is("student"),
    }
}

/// A payroll, and the wages that stand for people.
fn payroll(object: Object<'_>) -> (Payroll, Option<Vec<Ratio>>) {
    let payroll = Payroll {
        employer: object.required_text("employer"),
        month: object.month("month").unwrap_or_else(|| Month::of(object.required_date("month"))),
        paid_on: object.date("paid_on"),
        rows: object.list("people", |value| {
            let row = Object::of(value);
            PayrollRow {
                person: row.required_text("person"),
                wage: row.number("wage"),
                role: row.choice("role", Position::parse).unwrap_or(Position::Employee),
                status: row.choice("status", Status::parse).unwrap_or(Status::Active),
                part_time: row.is("part_time"),
            }
        }),
        locals: object.number("locals"),
        insured: object.number("insured"),
        insured_locals: object.number("insured_locals"),
    };
    (payroll, object.list("wages", |value| number(value).unwrap_or_else(|| whole(0))))
}

/// Wages of people without names: each one is a local person of its own.
fn of_wages(at: usize, wages: Vec<Ratio>, people: &mut Vec<Person>) -> Vec<PayrollRow> {
    let mut rows = Vec::with_capacity(wages.len());
    for (one, wage) in wages.into_iter().enumerate() {
        let id = format!("#{at}.{one}");
        people.push(Person { id: id.clone(), class: Some(Class::Local), country: None, student: false });
        rows.push(PayrollRow {
            person: id,
            wage: Some(wage),
            role: Position::Employee,
            status: Status::Active,
            part_time: false,
        });
    }
    rows
}

fn employment(object: Object<'_>) -> Employment {
    Employment {
        person: object.required_text("person"),
        employer: object.required_text("employer"),
        from: object.required_date("from"),
        until: object.date("until"),
        wage: object.number("wage"),
        role: object.choice("role", Position::parse).unwrap_or(Position::Employee),
        status: object.choice("status", Status::parse).unwrap_or(Status::Active),
        part_time: object.is("part_time"),
    }
}

fn permit(object: Object<'_>) -> Permit {
    Permit {
        id: object.required_text("id"),
        person: object.required_text("person"),
        employer: object.text("employer"),
        port: object.text("port"),
        pass: object.text("pass"),
        issued_on: object.date("issued_on"),
        state: object.choice("state", PermitState::parse).unwrap_or(PermitState::Posted),
        from: object.required_date("from"),
        until: object.date("until"),
        released_on: object.date("released_on"),
    }
}

fn levy(object: Object<'_>) -> LevyFacts {
    LevyFacts {
        month: object.month("month"),
        workers: object.objects("workers", |worker| LevyWorker {
            id: worker.required_text("id"),
            issued_on: worker.required_date("issued_on"),
            from: worker.required_date("from"),
            until: worker.date("until"),
        }),
        rates: object.objects("rates", |rate| LevyRate {
            id: rate.required_text("id"),
            monthly: rate.required_number("monthly"),
            days: rate.number("days"),
        }),
    }
}

fn pool(object: Object<'_>) -> PoolUse {
    PoolUse {
        pool: object.required_text("pool"),
        used: object.number("used"),
        issued: object.list("issued", |value| {
            let issue = Object::of(value);
            Issue {
                on: issue.required_date("on"),
                number: issue.required_number("number"),
                extension: issue.is("extension"),
            }
        }),
        rounds: object.objects("rounds", |round| Round {
            id: round.required_text("id"),
            cap: round.required_number("cap"),
            act: round.required_text("act"),
            used: round.number("used"),
        }),
    }
}

fn demand(object: Object<'_>) -> Demand {
    let entry = |entry: Object<'_>| PointEntry {
        code: entry.required_text("code"),
        kind: entry.choice("kind", PointKind::parse).unwrap_or(PointKind::Basic),
        points: entry.required_number("points"),
        recorded_on: entry.required_date("recorded_on"),
    };
    Demand {
        places: object.required_number("places"),
        closes_on: object.required_date("closes_on"),
        bids: object.objects("bids", |bid| Bid {
            id: bid.required_text("id"),
            requested: bid.required_number("requested"),
            applied_on: bid.required_date("applied_on"),
            points: bid.objects("points", entry),
        }),
    }
}

fn points(object: Object<'_>) -> PointFacts {
    PointFacts {
        annual_salary: object.number("annual_salary"),
        degree: object.text("degree"),
        experience_years: object.number("experience_years"),
        months_a_year: object.number("months_a_year"),
        hsk: object.number("hsk"),
        location: object.text("location"),
        age: object.number("age"),
        born: object.date("born"),
        distinctions: object.texts("distinctions"),
        local_bonus: object.number("local_bonus"),
    }
}

fn internship(object: Object<'_>) -> Internship {
    Internship {
        staff: object.objects("staff", |staff| StaffCount {
            post: staff.text("post"),
            number: staff.required_number("number"),
            from: staff.date("from"),
            until: staff.date("until"),
        }),
        interns: object.objects("interns", |stay| InternStay {
            person: stay.text("person"),
            school: stay.required_text("school"),
            post: stay.required_text("post"),
            number: stay.number("number").unwrap_or_else(|| whole(1)),
            from: stay.date("from"),
            until: stay.date("until"),
        }),
        period: object
            .object("period", |period| (period.required_date("from"), period.required_date("until"))),
    }
}

fn usage(object: Object<'_>) -> Usage {
    Usage {
        caps: object.objects("caps", |cap| UsageCap {
            number: cap.required_number("number"),
            from: cap.date("from"),
            until: cap.date("until"),
        }),
        used: object.number("used"),
        reserved: object.number("reserved"),
        notice_on: object.date("notice_on"),
    }
}
