//! The figures of a window of recorded shortlists, by group: how often selected, how high in the lists, and whether the
//! lists keep to ranked group fairness. What is small is withheld before anything else is computed.
//!
//! Groups are numbers here; who reads the report knows their names. Unknown is a group of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::exposure::{RANK_MAX, weights};
use super::interval::{Interval, wilson};
use super::ranked_group::{Question, Table, adjusted};
use super::rerank::{Place, cost};
use super::selection::{impact_ratio, is_flagged, reference};
use super::significance::{Test, test};
use super::suppression::{self, Cell};
use crate::base::ratio::{Ratio, Rounding, fraction, whole};

/// The most tables that one report computes: each length of a list and each share has its own.
pub const TABLES_MAX: usize = 300;

/// A person in a recorded list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Who, as an index into what the attributes say.
    pub person: usize,
    /// The score, where it was recorded.
    pub score: Option<u32>,
}

/// A recorded shortlist: everybody in it, first rank first.
pub type Shortlist = Vec<Appearance>;

/// A trait by which people are grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// How many groups it has, without unknown.
    pub groups: usize,
    /// By person: which group; none where it is not known.
    pub of: Vec<Option<usize>>,
}

/// Group and attribute of whom a report is asked whether they are treated as a protected group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected {
    /// Which attribute.
    pub attribute: usize,
    /// Which of its groups.
    pub group: usize,
    /// The share of protected people among those who would be selected fairly; the group's own share of the window where
    /// it is not stated.
    pub share: Option<Ratio>,
}

/// What is asked of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Selected are the first so many of each list.
    pub top: usize,
    /// Fewer people than this are few.
    pub least: u64,
    /// The significance of ranked group fairness.
    pub alpha: Ratio,
    /// Two attributes that are crossed.
    pub crossing: Option<(usize, usize)>,
    /// The one group that is tested for ranked group fairness; every group where none is named.
    pub protected: Option<Protected>,
}

/// Why there is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There are fewer people in the whole window than a report may tell of.
    TooFew {
        /// How many there must be.
        least: u64,
    },
    /// A list is longer than ranks have weights.
    TooLong {
        /// How long it may be.
        max: usize,
    },
    /// There would be more tables than [`TABLES_MAX`]: name one group.
    TooManyTables,
    /// The length, the share or α is out of its limits.
    Ranked(super::ranked_group::Refusal),
}

/// How a group stands with ranked group fairness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedGroup {
    /// The share of protected people that was tested.
    pub share: Ratio,
    /// How many lists were tested.
    pub lists: u64,
    /// How many of them have too few of the group at some rank.
    pub failing: u64,
    /// How many cannot be put in order so that they have enough.
    pub impossible: u64,
    /// Of those that can: what keeping to the tables would cost, where every score was recorded.
    pub cost: Cost,
}

/// What keeping to the tables would cost in all lists together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many lists have every score.
    pub lists: u64,
    /// How many of those selected others would stand in for.
    pub replaced: u64,
    /// How many points the selected would have less.
    pub score_loss: i64,
    /// The mean loss of nDCG; none where no list has one.
    pub quality_loss: Option<Ratio>,
}

/// What is told of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// How many people, how often considered and selected.
    pub cell: Cell,
    /// The interval of its rate.
    pub interval: Option<Interval>,
    /// Its rate divided by that of the reference.
    pub impact_ratio: Option<Ratio>,
    /// Whether that is below four fifths.
    pub flagged: bool,
    /// The test against the reference; none for the reference itself.
    pub test: Option<Test>,
    /// The sum of the weights of its ranks, in billionths.
    pub exposure: u64,
    /// How it stands with ranked group fairness; none where it was not asked or has no share that can be tested.
    pub ranked: Option<RankedGroup>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its groups, one for each attribute of the table; none is unknown.
    pub groups: Vec<Option<usize>>,
    /// What is told of it; none where it is withheld.
    pub figures: Option<Figures>,
}

/// A table: one attribute, or two that are crossed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    /// Of which attributes.
    pub attributes: Vec<usize>,
    /// Its rows: groups in their order, unknown last. Groups of whom nobody is in the window have none.
    pub rows: Vec<Row>,
    /// The row with the highest rate of those that are told.
    pub reference: Option<usize>,
}

/// All tables of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many lists.
    pub shortlists: usize,
    /// Everybody together.
    pub total: Cell,
    /// The sum of all weights, in billionths.
    pub exposure: u64,
    /// One for each attribute, then the crossing.
    pub breakdowns: Vec<Breakdown>,
}

/// Which row of a table each person is in.
struct Rows {
    attributes: Vec<usize>,
    keys: Vec<Vec<Option<usize>>>,
    of: Vec<usize>,
    cells: Vec<Cell>,
}

/// The report of a window.
///
/// # Errors
/// [`Refusal`]: the window is too small, or too large.
pub fn report(lists: &[Shortlist], attributes: &[Attribute], window: &Window) -> Result<Report, Refusal> {
    if lists.iter().any(|list| list.len() > RANK_MAX as usize) {
        return Err(Refusal::TooLong { max: RANK_MAX as usize });
    }
    let mut facts = Facts { lists, window, tables: BTreeMap::new() };
    let everybody = facts.rows(&[], &[]);
    let total = everybody.cells.first().copied().unwrap_or_default();
    if total.people < window.least {
        return Err(Refusal::TooFew { least: window.least });
    }
    let mut breakdowns = Vec::new();
    let mut hidden_of = Vec::new();
    for (at, attribute) in attributes.iter().enumerate() {
        let rows = facts.rows(&[at], &[attribute]);
        let hidden = in_cover_order(&rows.cells, |cells| suppression::withheld(cells, window.least));
        breakdowns.push(facts.breakdown(&rows, &hidden)?);
        hidden_of.push((rows, hidden));
    }
    if let Some((one, other)) = window.crossing
        && let (Some(first), Some(second)) = (hidden_of.get(one), hidden_of.get(other))
    {
        let rows = facts.rows(&[one, other], &[&attributes[one], &attributes[other]]);
        let hidden = crossed(&rows, first, second, window.least);
        breakdowns.push(facts.breakdown(&rows, &hidden)?);
    }
    let exposure = facts.exposures(&everybody).first().copied().unwrap_or(0);
    Ok(Report { shortlists: lists.len(), total, exposure, breakdowns })
}

/// Rows cover others from the last: unknown first, since least is lost with it, then by their names from the end.
fn in_cover_order(cells: &[Cell], withheld: impl Fn(&[Cell]) -> Vec<bool>) -> Vec<bool> {
    let reversed: Vec<Cell> = cells.iter().rev().copied().collect();
    let mut hidden = withheld(&reversed);
    hidden.reverse();
    hidden
}

/// Which rows of a crossing are withheld, from what the tables of its attributes withhold.
fn crossed(rows: &Rows, first: &(Rows, Vec<bool>), second: &(Rows, Vec<bool>), least: u64) -> Vec<bool> {
    let (height, width) = (first.1.len(), second.1.len());
    let line = |side: &(Rows, Vec<bool>), group: Option<usize>| {
        side.0.keys.iter().position(|key| key.first() == Some(&group)).map(|at| side.1.len() - 1 - at)
    };
    let place = |key: &[Option<usize>]| Some((line(first, *key.first()?)?, line(second, *key.get(1)?)?));
    let mut cells = vec![vec![Cell::default(); width]; height];
    for (key, cell) in rows.keys.iter().zip(&rows.cells) {
        if let Some((row, column)) = place(key) {
            cells[row][column] = *cell;
        }
    }
    let reversed = |hidden: &[bool]| hidden.iter().rev().copied().collect::<Vec<_>>();
    let hidden = suppression::withheld_crossing(&cells, &reversed(&first.1), &reversed(&second.1), least);
    let hides = |key: &Vec<Option<usize>>| place(key).is_none_or(|(row, column)| hidden.hides(row, column));
    rows.keys.iter().map(hides).collect()
}

/// What is counted from.
struct Facts<'a> {
    lists: &'a [Shortlist],
    window: &'a Window,
    tables: BTreeMap<(usize, Ratio), Table>,
}

impl Facts<'_> {
    /// The rows of a table of some attributes, with everybody in the window in one of them.
    fn rows(&self, attributes: &[usize], by: &[&Attribute]) -> Rows {
        let key = |person: usize| -> Vec<Option<usize>> {
            by.iter().map(|attribute| attribute.of.get(person).copied().flatten()).collect()
        };
        let present: BTreeSet<usize> = self.lists.iter().flatten().map(|one| one.person).collect();
        // Unknown stands last.
        let order = |key: &Vec<Option<usize>>| -> Vec<usize> {
            key.iter().map(|group| group.unwrap_or(usize::MAX)).collect()
        };
        let mut keys: Vec<Vec<Option<usize>>> = present.iter().map(|person| key(*person)).collect();
        keys.sort_by_key(order);
        keys.dedup();
        let places: BTreeMap<&Vec<Option<usize>>, usize> = keys.iter().zip(0..).collect();
        let persons = present.last().map_or(0, |last| last + 1);
        let mut of = vec![0; persons];
        let mut cells = vec![Cell::default(); keys.len()];
        for person in present {
            let row = places.get(&key(person)).copied().unwrap_or(0);
            of[person] = row;
            cells[row].people += 1;
        }
        for list in self.lists {
            for (at, one) in list.iter().enumerate() {
                cells[of[one.person]].tally.count(at < self.window.top);
            }
        }
        Rows { attributes: attributes.to_vec(), keys, of, cells }
    }

    fn exposures(&self, rows: &Rows) -> Vec<u64> {
        let mut sums = vec![0; rows.cells.len()];
        let longest = self.lists.iter().map(Vec::len).max().unwrap_or(0);
        let weights = weights(longest);
        for list in self.lists {
            for (one, weight) in list.iter().zip(&weights) {
                sums[rows.of[one.person]] += weight;
            }
        }
        sums
    }

    fn breakdown(&mut self, rows: &Rows, hidden: &[bool]) -> Result<Breakdown, Refusal> {
        let exposures = self.exposures(rows);
        let shown: Vec<usize> = (0..rows.cells.len()).filter(|at| !hidden[*at]).collect();
        let tally = |at: usize| rows.cells[at].tally;
        let best = reference(shown.iter().map(|at| (*at, tally(*at))));
        let mut told = Vec::with_capacity(rows.keys.len());
        for (at, key) in rows.keys.iter().enumerate() {
            if hidden[at] {
                told.push(Row { groups: key.clone(), figures: None });
                continue;
            }
            let ratio = best.and_then(|best| impact_ratio(tally(at), tally(best)));
            let figures = Figures {
                cell: rows.cells[at],
                interval: wilson(tally(at)),
                flagged: ratio.as_ref().is_some_and(is_flagged),
                impact_ratio: ratio,
                test: best.filter(|best| *best != at).and_then(|best| test(tally(at), tally(best))),
                exposure: exposures[at],
                ranked: self.ranked(rows, at)?,
            };
            told.push(Row { groups: key.clone(), figures: Some(figures) });
        }
        Ok(Breakdown { attributes: rows.attributes.clone(), rows: told, reference: best })
    }

    /// The share that is tested for a row, if it is to be tested.
    fn share(&self, rows: &Rows, row: usize) -> Option<Ratio> {
        let own = || {
            let all: u64 = rows.cells.iter().map(|cell| cell.tally.considered()).sum();
            let exact = whole(rows.cells[row].tally.considered()) / whole(all.max(1));
            let share = Rounding::Floor.apply(&exact, &fraction(1, 1000));
            Some(share).filter(|share| *share > whole(0) && *share < whole(1))
        };
        match &self.window.protected {
            None => own(),
            Some(one) if rows.attributes == [one.attribute] && rows.keys[row] == [Some(one.group)] => {
                one.share.clone().map_or_else(own, Some)
            }
            Some(_) => None,
        }
    }

    fn ranked(&mut self, rows: &Rows, row: usize) -> Result<Option<RankedGroup>, Refusal> {
        let Some(share) = self.share(rows, row) else { return Ok(None) };
        let mut found =
            RankedGroup { share: share.clone(), lists: 0, failing: 0, impossible: 0, cost: Cost::default() };
        let mut quality = (0_u64, whole(0));
        for list in self.lists.iter().filter(|list| !list.is_empty()) {
            let protected = |one: &Appearance| rows.of[one.person] == row;
            let table = self.table(list.len().min(self.window.top), &share)?;
            found.lists += 1;
            found.failing += u64::from(table.shortfall(list.iter().map(protected)).is_some());
            let place = |one: &Appearance| one.score.map(|score| Place { score, protected: protected(one) });
            let scores: Option<Vec<Place>> = list.iter().map(place).collect();
            let enough = list.iter().filter(|one| protected(one)).count()
                >= table.minimums.last().copied().unwrap_or(0) as usize;
            found.impossible += u64::from(!enough);
            if let Some(cost) = scores.and_then(|scores| cost(&scores, table)) {
                found.cost.lists += 1;
                found.cost.replaced += u64::from(cost.replaced);
                found.cost.score_loss += cost.score_loss;
                if let Some(loss) = cost.quality_loss {
                    quality = (quality.0 + 1, quality.1 + loss);
                }
            }
        }
        found.cost.quality_loss = (quality.0 > 0).then(|| quality.1 / whole(quality.0));
        Ok(Some(found))
    }

    fn table(&mut self, top: usize, share: &Ratio) -> Result<&Table, Refusal> {
        let key = (top, share.clone());
        if !self.tables.contains_key(&key) {
            if self.tables.len() == TABLES_MAX {
                return Err(Refusal::TooManyTables);
            }
            let question = Question::new(top, share, &self.window.alpha).map_err(Refusal::Ranked)?;
            self.tables.insert(key.clone(), adjusted(&question));
        }
        self.tables.get(&key).ok_or(Refusal::TooManyTables)
    }
}

#[cfg(test)]
mod tests {
    use super::super::selection::Tally;
    use super::*;
    use crate::base::ratio::parse;

    fn window(top: usize, least: u64) -> Window {
        Window { top, least, alpha: parse("0.1").unwrap(), crossing: None, protected: None }
    }

    /// Lists of people 0, 1, 2, … with falling scores.
    fn lists(count: usize, length: usize) -> Vec<Shortlist> {
        let list = |from: usize| {
            (0..length)
                .map(|at| Appearance { person: from * length + at, score: Some(20_000 - at as u32) })
                .collect()
        };
        (0..count).map(list).collect()
    }

    #[test]
    fn a_group_that_always_stands_behind_is_flagged_and_the_cost_is_told() {
        // 20 lists of 10: the first five are of group 0, the others of group 1.
        let lists = lists(20, 10);
        let of = (0..200).map(|person| Some(usize::from(person % 10 >= 5))).collect();
        let found = report(&lists, &[Attribute { groups: 2, of }], &window(5, 10)).unwrap();
        let table = &found.breakdowns[0];
        assert_eq!(table.reference, Some(0));
        let behind = table.rows[1].figures.as_ref().unwrap();
        assert_eq!(behind.cell, Cell { people: 100, tally: Tally::new(100, 0).unwrap() });
        assert!(behind.flagged && behind.test.unwrap().significant);
        assert_eq!(behind.impact_ratio, Some(whole(0)));
        let ranked = behind.ranked.as_ref().unwrap();
        assert_eq!((ranked.lists, ranked.failing, ranked.impossible), (20, 20, 0));
        assert_eq!(ranked.share, fraction(1, 2));
        assert!(ranked.cost.score_loss > 0 && ranked.cost.replaced > 0);
        let first = table.rows[0].figures.as_ref().unwrap();
        assert_eq!(first.exposure + behind.exposure, found.exposure);
        assert!(first.test.is_none() && !first.flagged);
    }

    #[test]
    fn unknown_is_a_group_and_covers_small_ones() {
        let lists = lists(10, 10);
        let of = (0..100_usize)
            .map(|person| match person {
                0..3 => Some(2),
                person if person % 3 == 0 => None,
                person => Some(person % 2),
            })
            .collect();
        let found = report(&lists, &[Attribute { groups: 3, of }], &window(3, 10)).unwrap();
        let told: Vec<_> =
            found.breakdowns[0].rows.iter().map(|row| (row.groups[0], row.figures.is_some())).collect();
        assert_eq!(told, [(Some(0), true), (Some(1), true), (Some(2), false), (None, false)]);
    }

    #[test]
    fn a_window_of_few_people_or_of_too_long_lists_has_no_report() {
        let few = lists(1, 5);
        assert_eq!(report(&few, &[], &window(3, 10)), Err(Refusal::TooFew { least: 10 }));
        let long = lists(1, RANK_MAX as usize + 1);
        assert_eq!(report(&long, &[], &window(3, 10)), Err(Refusal::TooLong { max: 10_000 }));
    }

    #[test]
    fn a_crossing_tells_what_both_attributes_hide() {
        // Everybody of group 0 of the one is of group 1 of the other, and the other way round.
        let lists = lists(20, 10);
        let one: Vec<_> = (0..200).map(|person| Some(person % 2)).collect();
        let other: Vec<_> = (0..200).map(|person| Some(usize::from(person % 10 < 5))).collect();
        let attributes = [Attribute { groups: 2, of: one }, Attribute { groups: 2, of: other }];
        let asked = Window { crossing: Some((0, 1)), ..window(5, 10) };
        let found = report(&lists, &attributes, &asked).unwrap();
        let table = found.breakdowns.last().unwrap();
        assert_eq!((found.breakdowns.len(), table.attributes.clone()), (3, vec![0, 1]));
        let considered: Vec<u64> =
            table.rows.iter().map(|row| row.figures.as_ref().unwrap().cell.tally.considered()).collect();
        assert_eq!(considered.iter().sum::<u64>(), 200);
        assert_eq!(table.rows.len(), 4);
        let small = Window { least: 45, ..asked };
        let found = report(&lists, &attributes, &small).unwrap();
        assert!(found.breakdowns[0].rows.iter().all(|row| row.figures.is_some()));
        assert!(found.breakdowns[2].rows.iter().all(|row| row.figures.is_none()));
    }

    #[test]
    fn one_group_may_be_asked_for_alone_with_a_share_of_its_own() {
        let lists = lists(20, 10);
        let of = (0..200).map(|person| Some(person % 2)).collect();
        let protected = Protected { attribute: 0, group: 1, share: Some(parse("0.4").unwrap()) };
        let asked = Window { protected: Some(protected), ..window(5, 10) };
        let found = report(&lists, &[Attribute { groups: 2, of }], &asked).unwrap();
        let ranked: Vec<_> =
            found.breakdowns[0].rows.iter().map(|row| row.figures.as_ref().unwrap().ranked.clone()).collect();
        assert!(ranked[0].is_none());
        assert_eq!(ranked[1].as_ref().unwrap().share, parse("0.4").unwrap());
        assert_eq!(ranked[1].as_ref().unwrap().failing, 0);
    }
}
