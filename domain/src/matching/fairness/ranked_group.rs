//! Ranked group fairness (FA*IR: Zehlike, Bonchi, Castillo, Hajian, Megahed and Baeza-Yates 2017): whether each first
//! part of a list has as many protected people as a fair coin would give it.
//!
//! At rank i, of people who are protected with probability p, fewer than m(i) are too few: m(i) is the least m with
//! F(m; i, p) > α, where F is the binomial distribution. Testing at every rank fails a fair list more often than α; the
//! adjusted table is the strictest one that fails it with probability α at most. Both probabilities are exact: all
//! masses are integers over one denominator, and the adjusted α is found among the finitely many values at which a table
//! changes, not by trial.

use num_bigint::BigUint;
use num_traits::{One as _, Signed as _, Zero as _};

use crate::base::ratio::{Ratio, whole};

/// The longest part of a list that is tested.
pub const TOP_MAX: usize = 400;

/// The largest denominator of p and α: six places of p would be more than anybody can state.
pub const DENOMINATOR_MAX: u32 = 1_000_000;

/// What a table is asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    top: usize,
    /// p is `protected` of `all`.
    protected: u32,
    all: u32,
    alpha: Ratio,
    alpha_parts: (u32, u32),
}

/// Why a question cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The length is not from 1 to [`TOP_MAX`].
    Top,
    /// p is not between 0 and 1, or its denominator is above [`DENOMINATOR_MAX`].
    Share,
    /// α is not between 0 and 1, or its denominator is above [`DENOMINATOR_MAX`].
    Alpha,
}

impl Question {
    /// A question about the first `top` of a list, a share p of protected people and a significance α.
    ///
    /// # Errors
    /// [`Refusal`]: which of the three is out of its limits.
    pub fn new(top: usize, share: &Ratio, alpha: &Ratio) -> Result<Self, Refusal> {
        if !(1..=TOP_MAX).contains(&top) {
            return Err(Refusal::Top);
        }
        let (protected, all) = parts(share).ok_or(Refusal::Share)?;
        let alpha_parts = parts(alpha).ok_or(Refusal::Alpha)?;
        Ok(Self { top, protected, all, alpha: alpha.clone(), alpha_parts })
    }

    /// How many of the first are tested.
    #[must_use]
    pub fn top(&self) -> usize {
        self.top
    }

    /// allᵗᵒᵖ, over which every mass is an integer.
    fn denominator(&self) -> BigUint {
        BigUint::from(self.all).pow(u32::try_from(self.top).unwrap_or(u32::MAX))
    }

    /// Whether a mass over the denominator is at most α.
    fn within_alpha(&self, mass: &BigUint, denominator: &BigUint) -> bool {
        mass * self.alpha_parts.1 <= denominator * self.alpha_parts.0
    }
}

/// Numerator and denominator of a fraction strictly between 0 and 1.
fn parts(value: &Ratio) -> Option<(u32, u32)> {
    let within = value.is_positive() && *value < whole(1);
    let below = u32::try_from(value.denom()).ok().filter(|below| within && *below <= DENOMINATOR_MAX)?;
    Some((u32::try_from(value.numer()).ok()?, below))
}

/// How many protected people each first part of a list needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// m(1), m(2), …: it never falls, and rises by one at most.
    pub minimums: Vec<u32>,
    /// The least α that gives this table by itself; zero for the table that asks for nobody.
    pub alpha_from: Ratio,
    /// The least α that gives the next stricter one, if any is below the α that was asked.
    pub alpha_below: Option<Ratio>,
    /// The exact probability that a fair list fails it.
    pub failing: Ratio,
}

/// A rank at which a list has too few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The first rank at which there are too few; the first of the list is 1.
    pub rank: usize,
    /// How many there should be at least.
    pub needed: u32,
    /// How many there are.
    pub found: u32,
}

impl Table {
    /// The minimums as they are printed: a value and for how many ranks it stands.
    #[must_use]
    pub fn runs(&self) -> Vec<(u32, usize)> {
        let mut runs: Vec<(u32, usize)> = Vec::new();
        for minimum in &self.minimums {
            match runs.last_mut() {
                Some((value, times)) if value == minimum => *times += 1,
                _ => runs.push((*minimum, 1)),
            }
        }
        runs
    }

    /// The first rank at which a list, told by who in it is protected, has too few; none where it has enough at every
    /// rank of the table that it reaches.
    #[must_use]
    pub fn shortfall(&self, protected: impl IntoIterator<Item = bool>) -> Option<Shortfall> {
        let mut found = 0;
        for (at, (needed, is_protected)) in self.minimums.iter().zip(protected).enumerate() {
            found += u32::from(is_protected);
            if found < *needed {
                return Some(Shortfall { rank: at + 1, needed: *needed, found });
            }
        }
        None
    }
}

/// The table that tests at α at every rank, without regard to how often it tests.
#[must_use]
pub fn unadjusted(question: &Question) -> Table {
    let masses = Masses::of(question);
    masses.table(question, masses.thresholds.len())
}

/// The strictest table that a fair list fails with probability α at most.
#[must_use]
pub fn adjusted(question: &Question) -> Table {
    let masses = Masses::of(question);
    // The probability of failing never falls as the table gets stricter; the table that asks for nobody fails nobody.
    let (mut fits, mut too_strict) = (0, masses.thresholds.len() + 1);
    while too_strict - fits > 1 {
        let middle = fits + (too_strict - fits) / 2;
        let failing = failing(question, &masses.minimums(middle), &masses.denominator);
        if question.within_alpha(&failing, &masses.denominator) {
            fits = middle;
        } else {
            too_strict = middle;
        }
    }
    masses.table(question, fits)
}

/// The exact probability that a list whose places are protected with probability p, each for itself, fails the minimums
/// at some rank.
#[must_use]
pub fn fail_probability(question: &Question, minimums: &[u32]) -> Ratio {
    let denominator = question.denominator();
    let failing = failing(question, minimums, &denominator);
    Ratio::new(failing.into(), denominator.into())
}

/// The values of the distribution up to α, as masses over [`Question::denominator`].
struct Masses {
    denominator: BigUint,
    /// By rank: F(0), F(1), … as far as they are at most α. They rise, so their number is m at α.
    by_rank: Vec<Vec<BigUint>>,
    /// All of them in order, each once: where a table changes.
    thresholds: Vec<BigUint>,
}

impl Masses {
    fn of(question: &Question) -> Self {
        let denominator = question.denominator();
        let (protected, others) = (question.protected, question.all - question.protected);
        // P(X = t) at the rank, over the denominator: dividing by `all` leaves no rest, since the denominator has a
        // factor of it for each rank.
        let mut row = vec![denominator.clone()];
        let mut by_rank = Vec::with_capacity(question.top);
        for _ in 0..question.top {
            let mut next = Vec::with_capacity(row.len() + 1);
            let mut before = BigUint::zero();
            for mass in &row {
                next.push((mass * others + before) / question.all);
                before = mass * protected;
            }
            next.push(before / question.all);
            row = next;
            let mut sum = BigUint::zero();
            let sums = row.iter().map(|mass| {
                sum += mass;
                sum.clone()
            });
            by_rank.push(sums.take_while(|sum| question.within_alpha(sum, &denominator)).collect::<Vec<_>>());
        }
        let mut thresholds: Vec<BigUint> = by_rank.iter().flatten().cloned().collect();
        thresholds.sort_unstable();
        thresholds.dedup();
        Self { denominator, by_rank, thresholds }
    }

    /// The minimums for an α from the n-th threshold, and below the one after it.
    fn minimums(&self, n: usize) -> Vec<u32> {
        let last = n.checked_sub(1).and_then(|at| self.thresholds.get(at));
        let reached = |sums: &Vec<BigUint>| match last {
            None => 0,
            Some(alpha) => sums.partition_point(|sum| sum <= alpha),
        };
        self.by_rank.iter().map(|sums| u32::try_from(reached(sums)).unwrap_or(u32::MAX)).collect()
    }

    fn table(&self, question: &Question, n: usize) -> Table {
        let ratio = |mass: &BigUint| Ratio::new(mass.clone().into(), self.denominator.clone().into());
        let minimums = self.minimums(n);
        Table {
            failing: ratio(&failing(question, &minimums, &self.denominator)),
            alpha_from: n
                .checked_sub(1)
                .and_then(|at| self.thresholds.get(at))
                .map_or_else(Ratio::zero, ratio),
            alpha_below: self.thresholds.get(n).map(ratio).filter(|next| *next <= question.alpha),
            minimums,
        }
    }
}

/// The mass of lists that fail, over [`Question::denominator`].
///
/// Walks over the ranks with the mass of lists that have not failed, by how many protected people they have. Who has as
/// many as the table will ever ask cannot fail any more, so these are kept together.
fn failing(question: &Question, minimums: &[u32], denominator: &BigUint) -> BigUint {
    let most = minimums.iter().copied().max().unwrap_or(0) as usize;
    let (protected, others) = (question.protected, question.all - question.protected);
    let mut standing = vec![BigUint::zero(); most + 1];
    let mut ranks = 0;
    if let Some(first) = standing.first_mut() {
        *first = BigUint::one();
    }
    for minimum in minimums.iter().take(question.top) {
        let mut next: Vec<BigUint> = vec![BigUint::zero(); most + 1];
        for (count, mass) in standing.iter().enumerate().filter(|(_, mass)| !mass.is_zero()) {
            if count == most {
                next[most] += mass * question.all;
            } else {
                next[count] += mass * others;
                next[count + 1] += mass * protected;
            }
        }
        for mass in next.iter_mut().take(*minimum as usize) {
            mass.set_zero();
        }
        standing = next;
        ranks += 1;
    }
    let passed: BigUint = standing.into_iter().sum();
    let left = u32::try_from(question.top - ranks).unwrap_or(0);
    denominator - passed * BigUint::from(question.all).pow(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ratio::{Rounding, decimal, parse};

    fn question(top: usize, p: &str, alpha: &str) -> Question {
        Question::new(top, &parse(p).unwrap(), &parse(alpha).unwrap()).unwrap()
    }

    fn printed(table: &Table) -> String {
        let runs: Vec<String> =
            table.runs().iter().map(|(value, times)| format!("{value}×{times}")).collect();
        runs.join(" ")
    }

    fn six(value: &Ratio) -> String {
        decimal(&Rounding::HalfUp.apply(value, &parse("0.000001").unwrap()), 6)
    }

    #[test]
    fn the_tables_for_twenty_are_those_that_are_known() {
        let question = question(20, "0.3", "0.1");
        let plain = unadjusted(&question);
        assert_eq!(printed(&plain), "0×6 1×5 2×4 3×5");
        assert_eq!(six(&plain.failing), "0.158061");
        let adjusted = adjusted(&question);
        assert_eq!(printed(&adjusted), "0×7 1×6 2×5 3×2");
        assert_eq!(six(&adjusted.failing), "0.096813");
        assert!(adjusted.alpha_from < adjusted.alpha_below.clone().unwrap());
    }

    #[test]
    fn the_table_of_the_paper_is_met() {
        // Table 2 of the paper: α = .1, k = 12; p = .1 … .7 unadjusted, at rank 12: 0 0 1 2 3 4 6 (from .1 to .7).
        let last = |p: &str| *unadjusted(&question(12, p, "0.1")).minimums.last().unwrap();
        let found = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"].map(last);
        assert_eq!(found, [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_table_says_where_a_list_falls_short() {
        let table = unadjusted(&question(20, "0.3", "0.1"));
        let list = |at: &[usize]| (1..=20).map(|rank| at.contains(&rank)).collect::<Vec<_>>();
        assert_eq!(table.shortfall(list(&[7, 12, 16])), None);
        assert_eq!(table.shortfall(list(&[8])), Some(Shortfall { rank: 7, needed: 1, found: 0 }));
        assert_eq!(table.shortfall(list(&[1, 13])), Some(Shortfall { rank: 12, needed: 2, found: 1 }));
        assert_eq!(table.shortfall([false; 6]), None, "shorter than the table asks anything");
    }

    #[test]
    fn exactly_alpha_is_not_enough() {
        // F(0; 1, 1/2) = 1/2: at α = 1/2 it is not above α, so the first rank needs one; just below, it does not.
        assert_eq!(unadjusted(&question(1, "1/2", "1/2")).minimums, [1]);
        assert_eq!(unadjusted(&question(1, "1/2", "0.499999")).minimums, [0]);
        assert_eq!(fail_probability(&question(1, "1/2", "1/2"), &[1]), parse("1/2").unwrap());
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        let ask = |top, p: &str, alpha: &str| Question::new(top, &parse(p).unwrap(), &parse(alpha).unwrap());
        assert_eq!(ask(0, "0.3", "0.1"), Err(Refusal::Top));
        assert_eq!(ask(401, "0.3", "0.1"), Err(Refusal::Top));
        for p in ["0", "1", "-0.3", "1.5", "0.0000001"] {
            assert_eq!(ask(20, p, "0.1"), Err(Refusal::Share), "{p}");
            assert_eq!(ask(20, "0.3", p), Err(Refusal::Alpha), "{p}");
        }
    }
}
