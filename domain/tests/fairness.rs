//! The promises of the fairness figures, over generated lists, and against whoever tries every table that could be
//! behind a report.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::ratio::{Ratio, fraction, parse};
use ballast_domain::matching::fairness::ranked_group::{
    DENOMINATOR_MAX, Question, TOP_MAX, adjusted, fail_probability, unadjusted,
};
use ballast_domain::matching::fairness::report::{
    Appearance, Attribute, Figures, Report, Shortlist, Window, report,
};
use ballast_domain::matching::fairness::rerank::{Place, rerank};
use ballast_domain::matching::fairness::selection::Tally;
use ballast_domain::matching::fairness::suppression::{Cell, Crossing, withheld, withheld_crossing};
use num_bigint::BigUint;
use num_traits::{One as _, Zero as _};
use proptest::collection::vec;
use proptest::prelude::*;

const PEOPLE: usize = 40;

fn window(top: usize) -> Window {
    Window { top, least: 3, alpha: fraction(1, 10), crossing: Some((0, 1)), protected: None }
}

/// Lists without anybody twice in one of them.
fn lists() -> impl Strategy<Value = Vec<Shortlist>> {
    let list = Just((0..PEOPLE).collect::<Vec<_>>()).prop_shuffle().prop_flat_map(|people| {
        (5..20_usize, vec(0..1000_u32, 20)).prop_map(move |(length, mut scores)| {
            scores.sort_unstable_by(|a, b| b.cmp(a));
            let one = |(person, score): (&usize, &u32)| Appearance { person: *person, score: Some(*score) };
            people.iter().zip(&scores).take(length).map(one).collect::<Shortlist>()
        })
    });
    vec(list, 1..6)
}

fn attribute() -> impl Strategy<Value = Attribute> {
    vec(proptest::option::weighted(0.9, 0..3_usize), PEOPLE).prop_map(|of| Attribute { groups: 3, of })
}

/// All rows of a report whose figures are told.
fn told(report: &Report) -> Vec<(Vec<usize>, Vec<Option<usize>>, Figures)> {
    let rows = report.breakdowns.iter().flat_map(|table| {
        table
            .rows
            .iter()
            .filter_map(|row| Some((table.attributes.clone(), row.groups.clone(), row.figures.clone()?)))
    });
    rows.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Who of a group stands where does not matter, as long as places stay with their groups.
    #[test]
    fn people_of_a_group_may_change_places(
        lists in lists(),
        one in attribute(),
        other in attribute(),
        by in Just((0..PEOPLE).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        // A shuffle inside each pair of groups: the n-th of a kind becomes the n-th of the shuffled order.
        let kind = |person: usize| (one.of[person], other.of[person]);
        let mut renamed = vec![0; PEOPLE];
        let kinds: BTreeSet<_> = (0..PEOPLE).map(kind).collect();
        for wanted in kinds {
            let of = |order: &[usize]| order.iter().copied().filter(|p| kind(*p) == wanted).collect::<Vec<_>>();
            for (from, to) in of(&(0..PEOPLE).collect::<Vec<_>>()).into_iter().zip(of(&by)) {
                renamed[from] = to;
            }
        }
        let moved: Vec<Shortlist> = lists
            .iter()
            .map(|list| list.iter().map(|one| Appearance { person: renamed[one.person], ..*one }).collect())
            .collect();
        let attributes = [one.clone(), other.clone()];
        prop_assert_eq!(report(&lists, &attributes, &window(5)), report(&moved, &attributes, &window(5)));
    }

    /// Two windows put together have the sums of both.
    #[test]
    fn windows_add_up(one in lists(), other in lists(), attribute in attribute()) {
        let both: Vec<Shortlist> = one.iter().chain(&other).cloned().collect();
        let asked = Window { crossing: None, least: 1, ..window(5) };
        let of = |lists: &[Shortlist]| report(lists, std::slice::from_ref(&attribute), &asked).unwrap();
        let (one, other, both) = (of(&one), of(&other), of(&both));
        prop_assert_eq!(both.total.tally, one.total.tally + other.total.tally);
        prop_assert_eq!(both.exposure, one.exposure + other.exposure);
        let sums = |report: &Report| -> BTreeMap<Vec<Option<usize>>, (Tally, u64)> {
            told(report).into_iter().map(|(_, key, row)| (key, (row.cell.tally, row.exposure))).collect()
        };
        let (one, other) = (sums(&one), sums(&other));
        for (key, (tally, exposure)) in sums(&both) {
            let part = |side: &BTreeMap<_, (Tally, u64)>| side.get(&key).copied().unwrap_or_default();
            prop_assert_eq!(tally, part(&one).0 + part(&other).0);
            prop_assert_eq!(exposure, part(&one).1 + part(&other).1);
        }
    }

    /// Somebody who is considered and never selected raises no rate.
    #[test]
    fn whoever_is_never_selected_raises_no_rate(lists in lists(), attribute in attribute(), of in 0..3_usize) {
        let asked = Window { crossing: None, least: 1, ..window(3) };
        let mut more = attribute.clone();
        more.of.push(Some(of));
        let mut longer = lists.clone();
        longer[0].push(Appearance { person: PEOPLE, score: Some(0) });
        let rates = |lists: &[Shortlist], attribute: &Attribute| -> BTreeMap<_, Ratio> {
            let report = report(lists, std::slice::from_ref(attribute), &asked).unwrap();
            told(&report).into_iter().map(|(_, key, row)| (key, row.cell.tally.rate().unwrap())).collect()
        };
        let (before, after) = (rates(&lists, &attribute), rates(&longer, &more));
        for (key, rate) in &before {
            prop_assert!(after[key] <= *rate);
        }
    }

    /// Every row that is told has the people that it must have.
    #[test]
    fn nothing_small_is_told(lists in lists(), one in attribute(), other in attribute(), least in 3..9_u64) {
        let asked = Window { least, ..window(5) };
        if let Ok(found) = report(&lists, &[one, other], &asked) {
            for (_, _, row) in told(&found) {
                prop_assert!(row.cell.people >= least);
            }
        }
    }

    /// What the tables beside a crossing give of its withheld cells, line by line, is of enough people.
    #[test]
    fn withheld_cells_of_a_line_are_never_few_together(sizes in vec(prop_oneof![0..4_u64, 3..30_u64], 12)) {
        let cells: Vec<Vec<Cell>> =
            sizes.chunks(4).map(|row| row.iter().map(|n| cell(*n, 0)).collect()).collect();
        let rows: Vec<u64> = sizes.chunks(4).map(|row| row.iter().sum()).collect();
        let columns: Vec<u64> = (0..4).map(|at| sizes.iter().skip(at).step_by(4).sum()).collect();
        let lines = |sums: &[u64]| withheld(&sums.iter().map(|n| cell(*n, 0)).collect::<Vec<_>>(), 3);
        let (no_rows, no_columns) = (lines(&rows), lines(&columns));
        let hidden = withheld_crossing(&cells, &no_rows, &no_columns, 3);
        let few = |line: &mut dyn Iterator<Item = usize>| {
            let withheld: Vec<u64> =
                line.filter(|at| hidden.hides(at / 4, at % 4)).map(|at| sizes[at]).collect();
            !withheld.is_empty() && withheld.iter().sum::<u64>() < 3
        };
        prop_assert!((0..12).all(|at| hidden.hides(at / 4, at % 4) || !(1..3).contains(&sizes[at])));
        if matches!(hidden, Crossing::Rectangle(..)) {
            for row in (0..3).filter(|row| !no_rows[*row]) {
                prop_assert!(!few(&mut (row * 4..row * 4 + 4)), "row {row} of {sizes:?}");
            }
            for column in (0..4).filter(|column| !no_columns[*column]) {
                prop_assert!(!few(&mut (0..3).map(|row| row * 4 + column)), "column {column} of {sizes:?}");
            }
        }
    }

    /// Tables of ranked group fairness keep what they promise, exactly.
    #[test]
    fn tables_are_monotone_and_keep_to_alpha(top in 1..24_usize, p in 1..20_i64, alpha in 1..40_i64) {
        let (p, alpha) = (fraction(p, 20), fraction(alpha, 100));
        let question = Question::new(top, &p, &alpha).unwrap();
        let (plain, strict) = (unadjusted(&question), adjusted(&question));
        prop_assert!(strict.failing <= alpha);
        prop_assert!(strict.alpha_from <= alpha);
        for table in [&plain, &strict] {
            prop_assert_eq!(table.minimums.len(), top);
            prop_assert!(table.minimums.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] <= pair[0] + 1));
            prop_assert_eq!(&table.failing, &slow_failing(&table.minimums, &p));
            prop_assert_eq!(&fail_probability(&question, &table.minimums), &table.failing);
        }
        prop_assert!(strict.minimums.iter().zip(&plain.minimums).all(|(a, b)| a <= b));
        // By definition: the least m with F(m) > α, at α and at the α that was found.
        prop_assert_eq!(&plain.minimums, &slow_minimums(top, &p, &alpha));
        prop_assert_eq!(&strict.minimums, &slow_minimums(top, &p, &strict.alpha_from));
        // It is the strictest one: the next table fails too often.
        if let Some(next) = &strict.alpha_below {
            prop_assert!(slow_failing(&slow_minimums(top, &p, next), &p) > alpha);
        }
    }

    /// What is put in order by a table keeps to it, and takes everybody in their old order within each side.
    #[test]
    fn an_order_by_a_table_keeps_to_it(
        places in vec((0..100_u32, any::<bool>()), 1..30),
        p in 1..10_i64,
        top in 1..20_usize,
    ) {
        let places: Vec<Place> =
            places.into_iter().map(|(score, protected)| Place { score, protected }).collect();
        let table = adjusted(&Question::new(top, &fraction(p, 10), &fraction(1, 10)).unwrap());
        match rerank(&places, &table) {
            Some(order) => {
                prop_assert_eq!(order.len(), top.min(places.len()));
                prop_assert_eq!(table.shortfall(order.iter().map(|at| places[*at].protected)), None);
                for side in [true, false] {
                    let of: Vec<_> = order.iter().filter(|at| places[**at].protected == side).collect();
                    prop_assert!(of.windows(2).all(|pair| pair[0] < pair[1]));
                }
            }
            None => {
                let needed = table.minimums[top.min(places.len()) - 1] as usize;
                prop_assert!(places.iter().filter(|place| place.protected).count() < needed);
            }
        }
    }
}

/// F(m; i, p) by its definition.
fn distribution(i: usize, p: &Ratio) -> Vec<Ratio> {
    let mut masses = vec![Ratio::one()];
    for _ in 0..i {
        let mut next = vec![Ratio::zero(); masses.len() + 1];
        for (t, mass) in masses.iter().enumerate() {
            next[t] += mass * (Ratio::one() - p);
            next[t + 1] += mass * p;
        }
        masses = next;
    }
    let mut sum = Ratio::zero();
    masses
        .into_iter()
        .map(|mass| {
            sum += mass;
            sum.clone()
        })
        .collect()
}

fn slow_minimums(top: usize, p: &Ratio, alpha: &Ratio) -> Vec<u32> {
    let least = |i: usize| distribution(i, p).iter().position(|f| f > alpha).unwrap() as u32;
    (1..=top).map(least).collect()
}

/// The probability of failing at some rank, over fractions in lowest terms.
fn slow_failing(minimums: &[u32], p: &Ratio) -> Ratio {
    let mut standing = vec![Ratio::one()];
    for minimum in minimums {
        let mut next = vec![Ratio::zero(); standing.len() + 1];
        for (t, mass) in standing.iter().enumerate() {
            next[t] += mass * (Ratio::one() - p);
            next[t + 1] += mass * p;
        }
        next.iter_mut().take(*minimum as usize).for_each(|mass| *mass = Ratio::zero());
        standing = next;
    }
    Ratio::one() - standing.into_iter().sum::<Ratio>()
}

#[test]
fn short_tables_fail_as_often_as_counting_every_list_says() {
    let p = fraction(2, 5);
    for top in 1..=10_usize {
        let question = Question::new(top, &p, &fraction(1, 5)).unwrap();
        for table in [unadjusted(&question), adjusted(&question)] {
            let mut failing = Ratio::zero();
            for list in 0..1_u32 << top {
                let protected = (0..top).map(|at| list >> at & 1 == 1);
                if table.shortfall(protected).is_some() {
                    let ones = list.count_ones();
                    let others = top as u32 - ones;
                    failing += p.pow(ones as i32) * (Ratio::one() - &p).pow(others as i32);
                }
            }
            assert_eq!(table.failing, failing, "{top}");
        }
    }
}

/// The same over integers: of 10ᵗᵒᵖ lists of digits, where the digits below three are protected, how many fail.
fn failing_of_digits(minimums: &[u32]) -> BigUint {
    let mut standing = vec![BigUint::one()];
    for minimum in minimums {
        let mut next = vec![BigUint::zero(); standing.len() + 1];
        for (t, lists) in standing.iter().enumerate() {
            next[t] += lists * 7_u32;
            next[t + 1] += lists * 3_u32;
        }
        next.iter_mut().take(*minimum as usize).for_each(|lists| *lists = BigUint::zero());
        standing = next;
    }
    BigUint::from(10_u32).pow(minimums.len() as u32) - standing.into_iter().sum::<BigUint>()
}

#[test]
fn the_longest_table_is_exact() {
    let (p, alpha) = (parse("0.3").unwrap(), parse("0.1").unwrap());
    let question = Question::new(TOP_MAX, &p, &alpha).unwrap();
    let table = adjusted(&question);
    assert_eq!(table.minimums.len(), TOP_MAX);
    assert!(table.failing <= alpha && table.alpha_from <= alpha);
    let all = BigUint::from(10_u32).pow(TOP_MAX as u32);
    let exact = |minimums: &[u32]| Ratio::new(failing_of_digits(minimums).into(), all.clone().into());
    assert_eq!(table.failing, exact(&table.minimums));
    let plain = unadjusted(&question);
    assert_eq!(plain.failing, exact(&plain.minimums));
    assert!(plain.failing > fraction(2, 5), "so many tests at once fail most fair lists");
    let fine = Ratio::new(1.into(), DENOMINATOR_MAX.into());
    let fine = adjusted(&Question::new(60, &fine, &alpha).unwrap());
    assert!(fine.minimums.iter().all(|minimum| *minimum == 0) && fine.failing.is_zero());
}

fn cell(people: u64, selected: u64) -> Cell {
    Cell { people, tally: Tally::new(people, selected).unwrap() }
}

/// Every list of so many cells, each with somebody, with these sums.
fn tables(rows: usize, people: u64, selected: u64) -> Vec<Vec<Cell>> {
    if rows == 0 {
        return if people == 0 && selected == 0 { vec![Vec::new()] } else { Vec::new() };
    }
    let mut all = Vec::new();
    for first in 1..=people {
        for chosen in 0..=selected.min(first) {
            for mut rest in tables(rows - 1, people - first, selected - chosen) {
                rest.insert(0, cell(first, chosen));
                all.push(rest);
            }
        }
    }
    all
}

/// What a report shows of each row: people and selected, or nothing.
type Seen = Vec<Option<(u64, u64)>>;

/// Whoever knows the total, the rule and that each row has somebody tries every table, and keeps those of which the
/// report would be the same. Nobody finds out a withheld row so.
#[test]
fn a_withheld_row_is_not_recovered_by_trying_every_table() {
    const LEAST: u64 = 3;
    let mut covered = 0;
    for rows in 2..=4 {
        for people in LEAST..=if rows == 4 { 11 } else { 13 } {
            for selected in 0..=people {
                let mut published: BTreeMap<Seen, Vec<Vec<Cell>>> = BTreeMap::new();
                for table in tables(rows, people, selected) {
                    let hidden = withheld(&table, LEAST);
                    let told = table.iter().zip(&hidden).filter(|(_, hidden)| !**hidden);
                    assert!(told.clone().all(|(cell, _)| cell.people >= LEAST), "{table:?} tells who is few");
                    let seen = table
                        .iter()
                        .zip(&hidden)
                        .map(|(cell, hidden)| (!hidden).then(|| (cell.people, cell.tally.selected())));
                    published.entry(seen.collect()).or_default().push(table);
                }
                for (seen, tables) in published {
                    for at in (0..rows).filter(|at| seen[*at].is_none()) {
                        let values = |of: fn(&Cell) -> u64| {
                            tables.iter().map(|table| of(&table[at])).collect::<BTreeSet<u64>>()
                        };
                        covered += 1;
                        let sizes = values(|cell| cell.people);
                        let chosen = values(|cell| cell.tally.selected());
                        // With as many people as rows everybody is alone, whatever is told.
                        if people > rows as u64 {
                            assert!(sizes.len() > 1, "{seen:?} of {people} tells {sizes:?} of row {at}");
                        }
                        if selected > 0 && selected < people {
                            assert!(
                                chosen.len() > 1,
                                "{seen:?} {selected} of {people} tells {chosen:?} of row {at}"
                            );
                        }
                    }
                }
            }
        }
    }
    assert!(covered > 1000, "the attack had something to attack: {covered}");
}

/// Every crossing of two by three cells with so many people.
fn crossings(people: u64) -> Vec<Vec<Vec<Cell>>> {
    fn fill(left: u64, places: usize, cells: &mut Vec<u64>, all: &mut Vec<Vec<u64>>) {
        if places == 1 {
            cells.push(left);
            all.push(cells.clone());
            cells.pop();
            return;
        }
        for n in 0..=left {
            cells.push(n);
            fill(left - n, places - 1, cells, all);
            cells.pop();
        }
    }
    let mut all = Vec::new();
    fill(people, 6, &mut Vec::new(), &mut all);
    all.into_iter()
        .map(|n| n.chunks(3).map(|row| row.iter().map(|n| cell(*n, 0)).collect()).collect())
        .collect()
}

/// What is shown of a crossing and of the tables beside it: rows, columns, cells.
type Mask = (Vec<bool>, Vec<bool>, Vec<bool>);

fn mask(cells: &[Vec<Cell>], rows: &[Cell], columns: &[Cell], least: u64) -> Mask {
    let (no_rows, no_columns) = (withheld(rows, least), withheld(columns, least));
    let hidden = withheld_crossing(cells, &no_rows, &no_columns, least);
    let cells = (0..6).map(|at| hidden.hides(at / 3, at % 3)).collect();
    (no_rows, no_columns, cells)
}

/// The same for a crossing beside the tables of its two attributes: whoever knows every figure that is shown, and that each
/// group has somebody, does not find out a small cell. (An attacker who also argues from why just these cells are
/// withheld is not kept out here; the documents say so.)
#[test]
fn a_withheld_cell_of_a_crossing_is_not_recovered_from_the_tables_beside_it() {
    const LEAST: u64 = 3;
    let mut covered = 0;
    for people in [9, 13] {
        let mut all = Vec::new();
        for cells in crossings(people) {
            let line = |of: &mut dyn Iterator<Item = &Cell>| cell(of.map(|cell| cell.people).sum(), 0);
            let rows: Vec<Cell> = cells.iter().map(|row| line(&mut row.iter())).collect();
            let columns: Vec<Cell> = (0..3).map(|at| line(&mut cells.iter().map(|row| &row[at]))).collect();
            if rows.iter().chain(&columns).all(|line| line.people > 0) {
                let mask = mask(&cells, &rows, &columns, LEAST);
                let lines: Vec<u64> = rows.iter().chain(&columns).map(|line| line.people).collect();
                all.push((cells.concat().iter().map(|cell| cell.people).collect::<Vec<_>>(), lines, mask));
            }
        }
        let masks: BTreeSet<&Mask> = all.iter().map(|(_, _, mask)| mask).collect();
        for mask in masks {
            let lines_hidden = [&mask.0[..], &mask.1].concat();
            let keep = |values: &[u64], hidden: &[bool]| -> Vec<Option<u64>> {
                values.iter().zip(hidden).map(|(value, hidden)| (!hidden).then_some(*value)).collect()
            };
            let seen = |cells: &[u64], lines: &[u64]| (keep(cells, &mask.2), keep(lines, &lines_hidden));
            let mut alike: BTreeMap<_, Vec<&Vec<u64>>> = BTreeMap::new();
            for (cells, lines, _) in &all {
                alike.entry(seen(cells, lines)).or_default().push(cells);
            }
            for (cells, lines, _) in all.iter().filter(|(_, _, of)| of == mask) {
                let alike = &alike[&seen(cells, lines)];
                for at in (0..6).filter(|at| mask.2[*at] && (1..LEAST).contains(&cells[*at])) {
                    covered += 1;
                    let sizes: BTreeSet<u64> = alike.iter().map(|cells| cells[at]).collect();
                    assert!(sizes.len() > 1, "{cells:?} {lines:?} {mask:?} tells {sizes:?} of cell {at}");
                }
            }
        }
    }
    assert!(covered > 1000, "the attack had something to attack: {covered}");
}

#[test]
fn exposures_of_groups_are_exact_sums_of_weights() {
    let list: Shortlist = (0..PEOPLE).map(|person| Appearance { person, score: Some(500) }).collect();
    let attribute = Attribute { groups: 2, of: (0..PEOPLE).map(|person| Some(person % 2)).collect() };
    let found = report(&[list], &[attribute], &Window { crossing: None, ..window(10) }).unwrap();
    let exposures: Vec<u64> = told(&found).iter().map(|(_, _, row)| row.exposure).collect();
    // Odd ranks and even ranks; these digits are the same on every machine.
    assert_eq!(exposures, [5_819_344_377, 5_271_688_298]);
    assert_eq!(exposures.iter().sum::<u64>(), found.exposure);
}
