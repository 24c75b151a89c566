//! The promises of the quota engine: six classes of defect that other engines shipped, and properties over generated cases.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::ratio::{self, Ratio, Rounding, whole};
use ballast_domain::quota::answer::{Answer, Value};
use ballast_domain::quota::evaluate::evaluate;
use ballast_domain::quota::facts::{
    Application, Assumption, Cap, CapLimit, Class, Count, Employment, Facts, Flow, Node, NodeKind, Payroll,
    PayrollRow, Permit, PermitState, Person, Position, Status, Subject, Tree,
};
use ballast_domain::quota::pack::{
    Family, Measure, Nationalisation, Pack, Parameter, ParameterValue, Rule, ShareOfTotal, Standing,
};
use ballast_domain::quota::trace::Trust;
use ballast_domain::quota::window::{Month, Window};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn date(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn parameter(name: &str, value: ParameterValue) -> Parameter {
    Parameter {
        name: name.to_owned(),
        key: None,
        value,
        valid_from: Some(date("2026-01-01")),
        valid_to: Some(date("2027-01-01")),
        trust: Trust::Fictional,
        source: "fictional".to_owned(),
    }
}

fn number(text: &str) -> ParameterValue {
    ParameterValue::Number(ratio::parse(text).unwrap())
}

/// F1 with d = 3/5, wages of 1,600 and 800, three firms at most two, and F7 over four weeks.
fn pack() -> Pack {
    let weights = vec![(ratio::fraction(1, 2), ratio::fraction(1, 2)), (whole(1), whole(1))];
    let measure = Measure {
        threshold: Some("threshold".to_owned()),
        weights: Some("weights".to_owned()),
        firms_max: Some("firms_max".to_owned()),
        roles_excluded: vec![Position::SoleProprietor, Position::Partner],
        ..Measure::default()
    };
    let share = ShareOfTotal {
        ceiling: "ceiling".to_owned(),
        measure: measure.clone(),
        window: Window { months: 1, cut_off_day: None },
        rounding: Rounding::Floor,
        scope: NodeKind::Firm,
        exempt_sectors: vec!["exempt".to_owned()],
        passes: vec!["worker".to_owned()],
    };
    let students = Measure {
        student_weight: Some("half".to_owned()),
        student_share_max: Some("tenth".to_owned()),
        part_time_weight: Some("half".to_owned()),
        part_time_firms_max: Some("firms_max".to_owned()),
        ..Measure::default()
    };
    let rate = Nationalisation {
        weeks: "weeks".to_owned(),
        measure: students,
        bands: "bands".to_owned(),
        scope: NodeKind::Firm,
    };
    let rule = |id: &str, family| Rule { id: id.to_owned(), source: "fictional".to_owned(), family };
    Pack {
        name: "test".to_owned(),
        version: "1".to_owned(),
        titles: (String::new(), String::new()),
        country: "XX".to_owned(),
        currency: None,
        standing: Standing::Fictional,
        parameters: vec![
            parameter("ceiling", number("3/5")),
            parameter("threshold", number("1600")),
            parameter("weights", ParameterValue::Steps(weights)),
            parameter("firms_max", number("2")),
            parameter("half", number("1/2")),
            parameter("tenth", number("1/10")),
            parameter("weeks", number("4")),
        ],
        bars: vec![],
        rules: vec![
            rule("share", Family::ShareOfTotal(share)),
            rule("rate", Family::Nationalisation(rate)),
            rule("nodes", Family::Tree),
        ],
        examples: vec![],
    }
}

fn node(id: &str, kind: NodeKind, parent: Option<&str>) -> Node {
    let tree = if matches!(kind, NodeKind::Group | NodeKind::Firm | NodeKind::Site) {
        Tree::Employer
    } else {
        Tree::Port
    };
    Node {
        id: id.to_owned(),
        tree,
        kind,
        parent: parent.map(ToOwned::to_owned),
        flow: Flow::Stock,
        from: None,
        until: None,
        caps: vec![],
        stated: None,
    }
}

fn person(id: &str, class: Class) -> Person {
    Person { id: id.to_owned(), class: Some(class), country: None, student: false }
}

fn row(person: &str, wage: i64) -> PayrollRow {
    PayrollRow {
        person: person.to_owned(),
        wage: Some(whole(wage)),
        role: Position::Employee,
        status: Status::Active,
        part_time: false,
    }
}

fn payroll(employer: &str, rows: Vec<PayrollRow>) -> Payroll {
    Payroll {
        employer: employer.to_owned(),
        month: month("2026-10"),
        paid_on: None,
        rows: Some(rows),
        locals: None,
        insured: None,
        insured_locals: None,
    }
}

/// One firm with one site, asked about in November.
fn firm(people: Vec<Person>, rows: Vec<PayrollRow>) -> Facts {
    Facts {
        ask: vec!["share".to_owned()],
        subject: Subject {
            employer: Some("site".to_owned()),
            sector: Some("any".to_owned()),
            ..Subject::default()
        },
        nodes: vec![node("firm", NodeKind::Firm, None), node("site", NodeKind::Site, Some("firm"))],
        people,
        payroll: vec![payroll("site", rows)],
        ..Facts::default()
    }
}

fn answers(facts: &Facts, on: &str, name: &str) -> Answer {
    assert_eq!(facts.problems(), []);
    let found = evaluate(&pack(), facts, date(on)).unwrap();
    let figure = found.figures.iter().find(|figure| figure.name() == name);
    figure.unwrap_or_else(|| panic!("{name} is not answered: {:?}", found.figures)).answer.clone()
}

fn ask(facts: &Facts, name: &str) -> String {
    answers(facts, "2026-11-01", name).plain()
}

fn permit(person: &str, pass: &str) -> Permit {
    Permit {
        id: format!("permit-{person}-{pass}"),
        person: person.to_owned(),
        employer: Some("site".to_owned()),
        port: None,
        pass: Some(pass.to_owned()),
        issued_on: None,
        state: PermitState::Posted,
        from: date("2026-01-01"),
        until: None,
        released_on: None,
    }
}

// The six classes of defect.

#[test]
fn sign_what_is_over_is_below_zero_and_what_is_free_is_above() {
    let facts = |foreign: i64| Facts {
        counts: [(Count::Locals, whole(20)), (Count::Foreign, whole(foreign))].into(),
        payroll: vec![],
        ..firm(vec![], vec![])
    };
    let of = |foreign| (ask(&facts(foreign), "share.headroom"), ask(&facts(foreign), "share.excess"));
    assert_eq!(of(29), ("1".to_owned(), "0".to_owned()));
    assert_eq!(of(30), ("0".to_owned(), "0".to_owned()));
    assert_eq!(of(31), ("-1".to_owned(), "1".to_owned()));
}

#[test]
fn rounding_falls_and_never_by_one_too_many() {
    let facts = |locals: &str| Facts {
        counts: [(Count::Locals, ratio::parse(locals).unwrap())].into(),
        payroll: vec![],
        ..firm(vec![], vec![])
    };
    let most =
        ["2", "4", "6", "8", "12", "5/2", "7/3"].map(|locals| ask(&facts(locals), "share.max_foreign"));
    assert_eq!(most, ["3", "6", "9", "12", "18", "3", "3"]);
}

#[test]
fn exemption_an_exempt_sector_violates_nothing() {
    let mut facts = firm(vec![], vec![]);
    facts.payroll.clear();
    facts.counts = [(Count::Locals, whole(0)), (Count::Foreign, whole(500))].into();
    assert_eq!(ask(&facts, "share.excess"), "500");
    facts.subject.sector = Some("exempt".to_owned());
    assert_eq!(
        (ask(&facts, "share.max_foreign"), ask(&facts, "share.excess")),
        ("unlimited".to_owned(), "0".to_owned())
    );
}

#[test]
fn population_everybody_counts_who_has_not_left() {
    let all = [
        Status::Active,
        Status::OnLeave,
        Status::Notice,
        Status::Suspended,
        Status::Probation,
        Status::Ended,
    ];
    let people = (0..all.len()).map(|at| person(&at.to_string(), Class::Local)).collect();
    let rows = all
        .iter()
        .enumerate()
        .map(|(at, status)| PayrollRow { status: *status, ..row(&at.to_string(), 2000) });
    assert_eq!(ask(&firm(people, rows.collect()), "share.locals"), "5");
}

#[test]
fn population_passes_that_do_not_count_do_not() {
    let people = ["a", "b", "c"].map(|id| person(id, Class::Foreign)).to_vec();
    let mut facts = firm(people, vec![]);
    facts.payroll[0].rows = None;
    facts.payroll[0].locals = Some(whole(10));
    facts.permits = Some(vec![permit("a", "worker"), permit("b", "expert"), permit("c", "worker")]);
    assert_eq!(ask(&facts, "share.foreign"), "2");
    facts.permits.as_mut().unwrap()[1].pass = None;
    assert_eq!(ask(&facts, "share.foreign"), "unknown: fact /permits/1/pass");
}

#[test]
fn surplus_is_told_in_full() {
    let mut facts = firm(vec![], vec![]);
    facts.payroll.clear();
    facts.counts = [(Count::Locals, whole(0)), (Count::Foreign, whole(7))].into();
    assert_eq!(
        (ask(&facts, "share.headroom"), ask(&facts, "share.excess")),
        ("-7".to_owned(), "7".to_owned())
    );
}

#[test]
fn a_person_counts_once_however_many_rows_there_are() {
    let people = vec![person("a", Class::Local), person("b", Class::Local)];
    let rows = vec![row("a", 800), row("b", 2000), row("a", 800), row("a", 400)];
    assert_eq!(ask(&firm(people.clone(), rows), "share.locals"), "2", "three rows of 2,000 together");
    let mut two_sites = firm(people, vec![row("a", 800), row("b", 2000)]);
    two_sites.nodes.push(node("other", NodeKind::Site, Some("firm")));
    two_sites.payroll.push(payroll("other", vec![row("a", 800)]));
    assert_eq!(ask(&two_sites, "share.locals"), "2", "two sites of one firm pay one wage");
}

// What a stranger would ask besides.

#[test]
fn whoever_three_firms_pay_counts_in_none_and_an_owner_nowhere() {
    let mut facts = firm(
        vec![person("a", Class::Local), person("b", Class::Local)],
        vec![row("a", 2000), row("b", 2000)],
    );
    for firm in ["second", "third"] {
        facts.nodes.push(node(firm, NodeKind::Firm, None));
        facts.payroll.push(payroll(firm, vec![row("a", 2000)]));
    }
    assert_eq!(ask(&facts, "share.locals"), "1");
    facts.payroll.pop();
    assert_eq!(ask(&facts, "share.locals"), "2", "two firms are not three");
    facts.payroll[0].rows.as_mut().unwrap()[1].role = Position::Partner;
    assert_eq!(ask(&facts, "share.locals"), "1");
}

#[test]
fn what_is_not_said_is_unknown_and_named_and_a_foreigner_is_no_local() {
    let mut facts = firm(
        vec![person("a", Class::Local), person("b", Class::Foreign)],
        vec![row("a", 1600), row("b", 9000)],
    );
    assert_eq!(ask(&facts, "share.locals"), "1");
    facts.payroll[0].rows.as_mut().unwrap()[0].wage = None;
    facts.people[1].class = None;
    let unknown = "unknown: fact /payroll/0/people/0/wage; fact /people/b/class";
    assert_eq!(ask(&facts, "share.locals"), unknown);
    assert_eq!(ask(&facts, "share.max_foreign"), unknown);
    assert_eq!(ask(&facts, "share.headroom"), format!("unknown: fact /counts/foreign; {}", &unknown[9..]));
}

#[test]
fn a_wage_counts_from_its_step_on() {
    let of = |wages: &[i64]| {
        let people = (0..wages.len()).map(|at| person(&at.to_string(), Class::Local)).collect();
        let rows = wages.iter().enumerate().map(|(at, wage)| row(&at.to_string(), *wage)).collect();
        ask(&firm(people, rows), "share.locals")
    };
    assert_eq!(of(&[1600]), "1");
    assert_eq!(of(&[1599]), "1/2");
    assert_eq!(of(&[800]), "1/2");
    assert_eq!(of(&[799]), "0");
    assert_eq!(of(&[]), "0");
}

#[test]
fn a_parameter_holds_from_its_first_day_to_the_day_before_its_end() {
    let facts = Facts { counts: [(Count::Locals, whole(2))].into(), payroll: vec![], ..firm(vec![], vec![]) };
    let of = |on: &str| answers(&facts, on, "share.max_foreign").plain();
    assert_eq!(of("2025-12-31"), "unknown: parameter_not_yet ceiling/any");
    assert_eq!((of("2026-01-01"), of("2026-12-31")), ("3".to_owned(), "3".to_owned()));
    assert_eq!(of("2027-01-01"), "unknown: parameter_expired ceiling/any");
}

#[test]
fn stated_and_counted_at_once_is_a_contradiction_and_not_a_sum() {
    let mut facts = firm(vec![person("a", Class::Local)], vec![row("a", 2000)]);
    facts.counts.insert(Count::Locals, whole(5));
    assert_eq!(ask(&facts, "share.locals"), "unknown: contradiction /counts/locals, /payroll");
}

#[test]
fn a_month_of_one_site_that_is_missing_is_named_unless_the_site_was_not_there() {
    let mut facts = firm(vec![person("a", Class::Local)], vec![row("a", 2000)]);
    facts.nodes.push(Node { from: Some(date("2026-11-01")), ..node("new", NodeKind::Site, Some("firm")) });
    facts.payroll.push(Payroll { month: month("2026-11"), ..payroll("new", vec![]) });
    assert_eq!(ask(&facts, "share.locals"), "1");
    facts.nodes[2].from = Some(date("2026-10-31"));
    assert_eq!(ask(&facts, "share.locals"), "unknown: payroll_month new 2026-10");
}

fn employed(person: &str, employer: &str, from: &str, until: Option<&str>) -> Employment {
    Employment {
        person: person.to_owned(),
        employer: employer.to_owned(),
        from: date(from),
        until: until.map(date),
        wage: None,
        role: Position::Employee,
        status: Status::Active,
        part_time: false,
    }
}

fn weekly(people: Vec<Person>, employment: Vec<Employment>) -> Facts {
    Facts {
        ask: vec!["rate".to_owned()],
        payroll: vec![],
        employment: Some(employment),
        ..firm(people, vec![])
    }
}

#[test]
fn a_new_hire_counts_one_week_and_whoever_left_counts_those_that_were() {
    let people = || vec![person("n", Class::Local), person("x", Class::Foreign)];
    let foreign = || employed("x", "site", "2025-01-01", None);
    let of = |from: &str, until: Option<&str>| {
        ask(&weekly(people(), vec![employed("n", "site", from, until), foreign()]), "rate.nationals")
    };
    assert_eq!(of("2026-11-01", None), "1/4");
    assert_eq!(of("2026-11-02", None), "0");
    assert_eq!(of("2026-10-26", None), "1/4");
    assert_eq!(of("2026-10-25", None), "1/2");
    assert_eq!(of("2026-01-01", Some("2026-10-12")), "1/4", "the day of the fourth week back is the last");
    assert_eq!(of("2026-01-01", Some("2026-10-11")), "0");
}

#[test]
fn students_count_a_half_and_only_a_tenth_of_them() {
    let mut people: Vec<Person> = (0..8).map(|at| person(&at.to_string(), Class::Local)).collect();
    people[6].student = true;
    people[7].student = true;
    let rows = (0..8).map(|at| employed(&at.to_string(), "site", "2026-01-01", None)).collect();
    // Of 8 heads 8/10 of a head may be a student: 6 + ½ · 8/10.
    assert_eq!(ask(&weekly(people, rows), "rate.nationals"), "32/5");
}

#[test]
fn part_time_counts_a_half_in_two_firms_and_nobody_says_which_of_three() {
    let mut facts = weekly(vec![person("n", Class::Local)], vec![employed("n", "site", "2026-01-01", None)]);
    facts.nodes.push(node("second", NodeKind::Firm, None));
    facts.nodes.push(node("third", NodeKind::Firm, None));
    let employment = facts.employment.as_mut().unwrap();
    employment.push(employed("n", "second", "2026-01-01", None));
    employment.iter_mut().for_each(|row| row.part_time = true);
    assert_eq!(ask(&facts, "rate.nationals"), "1/2");
    facts
        .employment
        .as_mut()
        .unwrap()
        .push(Employment { part_time: true, ..employed("n", "third", "2026-01-01", None) });
    assert_eq!(ask(&facts, "rate.nationals"), "unknown: parameter part_time_firms_order");
}

/// A port with a post, and the firm with its site, each with a cap.
fn trees(caps: [i64; 4]) -> Facts {
    let mut facts = firm(vec![person("a", Class::Foreign), person("b", Class::Foreign)], vec![]);
    facts.ask = vec!["nodes".to_owned()];
    facts.payroll.clear();
    facts.subject.port = Some("post".to_owned());
    facts.nodes.push(node("port", NodeKind::Port, None));
    facts.nodes.push(node("post", NodeKind::Post, Some("port")));
    for (node, number) in facts.nodes.iter_mut().zip(caps) {
        node.caps.push(Cap {
            act: "fictional".to_owned(),
            limit: CapLimit::Number(whole(number)),
            from: date("2026-01-01"),
            until: None,
        });
    }
    let of = |person: &str| Permit { port: Some("post".to_owned()), ..permit(person, "worker") };
    facts.permits = Some(vec![of("a"), of("b")]);
    facts
}

#[test]
fn every_node_needs_room_and_those_that_bind_are_named() {
    let facts = trees([5, 2, 5, 4]);
    assert_eq!(
        (ask(&facts, "nodes.binding"), ask(&facts, "nodes.room")),
        ("site".to_owned(), "0".to_owned())
    );
    let facts = trees([1, 5, 5, 1]);
    assert_eq!(
        (ask(&facts, "nodes.binding"), ask(&facts, "nodes.room")),
        ("post, firm".to_owned(), "-1".to_owned())
    );
    let mut facts = trees([5, 5, 5, 5]);
    facts.nodes[2].caps[0].until = Some(date("2026-11-01"));
    assert_eq!(ask(&facts, "nodes.binding"), "unknown: cap port");
}

#[test]
fn a_permit_that_ran_out_keeps_its_place_until_exit_and_a_flow_keeps_it_for_good() {
    let mut facts = trees([5, 5, 5, 5]);
    let permits = facts.permits.as_mut().unwrap();
    permits[0].until = Some(date("2026-06-01"));
    assert_eq!(ask(&facts, "nodes.used[port]"), "2");
    facts.permits.as_mut().unwrap()[0].released_on = Some(date("2026-11-01"));
    assert_eq!(ask(&facts, "nodes.used[port]"), "1");
    assert_eq!(answers(&facts, "2026-10-31", "nodes.used[port]").plain(), "2");
    facts.nodes[2].flow = Flow::Flow;
    assert_eq!(
        (ask(&facts, "nodes.used[port]"), ask(&facts, "nodes.used[post]")),
        ("2".to_owned(), "1".to_owned())
    );
}

#[test]
fn a_reservation_holds_a_place_until_its_day_and_never_a_second_one() {
    let mut facts = trees([5, 5, 5, 5]);
    let permits = facts.permits.as_mut().unwrap();
    permits[1].state = PermitState::Reserved;
    permits[1].until = Some(date("2026-11-02"));
    permits.push(Permit { id: "again".to_owned(), state: PermitState::Reserved, ..permits[0].clone() });
    assert_eq!(
        (ask(&facts, "nodes.used[port]"), ask(&facts, "nodes.reserved[port]")),
        ("1".to_owned(), "1".to_owned())
    );
    assert_eq!(ask(&facts, "nodes.balance[port]"), "3");
    assert_eq!(answers(&facts, "2026-11-02", "nodes.reserved[port]").plain(), "0");
}

#[test]
fn a_renewal_takes_no_place_and_waits_while_there_are_too_many() {
    let decide = |caps, renewal| {
        let mut facts = trees(caps);
        facts.application = Some(Application { places: whole(1), countries: None, renewal });
        ask(&facts, "nodes.decision")
    };
    assert_eq!(
        (decide([2, 2, 2, 2], false), decide([2, 2, 2, 2], true)),
        ("refused".to_owned(), "allowed".to_owned())
    );
    assert_eq!(
        (decide([2, 2, 1, 2], true), decide([3, 3, 3, 3], false)),
        ("refused".to_owned(), "allowed".to_owned())
    );
}

#[test]
fn an_assumption_is_told_and_so_is_one_that_nothing_asks_for() {
    let mut facts =
        Facts { counts: [(Count::Locals, whole(10))].into(), payroll: vec![], ..firm(vec![], vec![]) };
    let assume = |name: &str, text: &str| Assumption {
        parameter: name.to_owned(),
        value: number(text),
        source: "a trial".to_owned(),
    };
    facts.assume = vec![assume("ceiling/any", "1/2"), assume("ceilings/any", "1/3")];
    let found = evaluate(&pack(), &facts, date("2026-11-01")).unwrap();
    assert_eq!(
        (found.assumed, found.assumed_in_vain),
        (vec!["ceiling/any".to_owned()], vec!["ceilings/any".to_owned()])
    );
    assert_eq!(ask(&facts, "share.max_foreign"), "10");
    facts.assume = vec![assume("ceiling/any", "1")];
    assert_eq!(ask(&facts, "share.max_foreign"), "unknown: contradiction ceiling/any");
}

// Properties.

/// (wage, rows) of local people.
fn staff() -> impl Strategy<Value = Vec<(i64, usize)>> {
    vec((select(vec![0, 400, 799, 800, 801, 1599, 1600, 1601, 5000]), 1_usize..4), 0..25)
}

fn of_staff(staff: &[(i64, usize)]) -> (Vec<Person>, Vec<PayrollRow>) {
    let people = (0..staff.len()).map(|at| person(&at.to_string(), Class::Local)).collect();
    let rows = staff.iter().enumerate().flat_map(|(at, (wage, rows))| {
        // The wage comes in so many rows, the rest in the first.
        let part = wage / i64::try_from(*rows).unwrap();
        (0..*rows).map(move |one| {
            let first = wage - part * (i64::try_from(*rows).unwrap() - 1);
            row(&at.to_string(), if one == 0 { first } else { part })
        })
    });
    (people, rows.collect())
}

fn most(facts: &Facts) -> Ratio {
    match answers(facts, "2026-11-01", "share.max_foreign") {
        Answer::Known(Value::Number(number)) => number,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn adding_a_local_never_lowers_an_entitlement(staff in staff(), wage in 0i64..5000) {
        let (people, rows) = of_staff(&staff);
        let before = most(&firm(people.clone(), rows.clone()));
        let (mut people, mut rows) = (people, rows);
        people.push(person("new", Class::Local));
        rows.push(row("new", wage));
        prop_assert!(most(&firm(people, rows)) >= before);
    }

    #[test]
    fn the_order_of_people_and_rows_changes_nothing(staff in staff(), turn in 0_usize..50) {
        let (people, rows) = of_staff(&staff);
        let straight = firm(people.clone(), rows.clone());
        let (mut people, mut rows) = (people, rows);
        people.reverse();
        if !rows.is_empty() {
            let by = turn % rows.len();
            rows.rotate_left(by);
        }
        let turned = firm(people, rows);
        let of = |facts: &Facts| {
            let found = evaluate(&pack(), facts, date("2026-11-01")).unwrap();
            (found.figures, found.steps)
        };
        prop_assert_eq!(of(&straight), of(&turned));
    }

    #[test]
    fn many_rows_of_one_person_are_one_person(staff in staff()) {
        let (people, rows) = of_staff(&staff);
        let once: Vec<(i64, usize)> = staff.iter().map(|(wage, _)| (*wage, 1)).collect();
        let (_, single) = of_staff(&once);
        prop_assert_eq!(
            ask(&firm(people.clone(), rows), "share.locals"),
            ask(&firm(people, single), "share.locals")
        );
    }

    #[test]
    fn splitting_a_firm_never_gains(staff in staff(), at in 0_usize..25) {
        let (people, rows) = of_staff(&staff.iter().map(|(wage, _)| (*wage, 1)).collect::<Vec<_>>());
        let at = at.min(rows.len());
        let whole_firm = most(&firm(people.clone(), rows.clone()));
        let parts = most(&firm(people.clone(), rows[..at].to_vec())) + most(&firm(people, rows[at..].to_vec()));
        prop_assert!(parts <= whole_firm);
    }
}
