//! Weights that outcomes would suggest: a *proposal*, which a person reads beside its reliability curve and accepts or
//! not. Nothing is ranked by it.
//!
//! Logistic regression with a ridge, by the bound of Böhning and Lindsay (1988): the curvature is replaced by its upper
//! bound ¼XᵀX, which is factored once, and every step then lessens the loss. So many steps are made, whatever the data; how
//! large the last one was is told. All of it is fixed-point arithmetic with 48 binary places, so that every machine
//! proposes the same.

use super::interval::{Interval, wilson};
use super::outcome::{FEATURES, Features, Outcome, Target};
use super::selection::Tally;

/// A number with 48 binary places.
pub type Fixed = i128;

const PLACES: u32 = 48;
const ONE: Fixed = 1 << PLACES;
/// ln 2 with 48 binary places.
const LN_2: Fixed = 195_103_586_505_167;
/// The intercept and the features.
const WIDTH: usize = FEATURES.len() + 1;
/// How many steps are made.
pub const STEPS: u32 = 200;
/// The ridge: as if each weight but the intercept had one observation that it is 0.
const RIDGE: Fixed = ONE;
/// How many points the proposed weights share.
pub const POINTS: u32 = 1000;
/// How many bins a reliability curve has.
pub const BINS: usize = 10;
/// Of so many rows the last is kept from the fit, for the curve.
const HOLD_OUT: usize = 5;
/// The fewest rows with an outcome that a fit needs.
pub const ROWS_MIN: usize = 100;

/// Thousandths as a fixed-point number.
#[must_use]
pub fn thousandths(n: i32) -> Fixed {
    Fixed::from(n) * ONE / 1000
}

fn product(a: Fixed, b: Fixed) -> Fixed {
    (a * b) >> PLACES
}

fn quotient(a: Fixed, b: Fixed) -> Fixed {
    if b == 0 { 0 } else { (a << PLACES) / b }
}

/// 1 / (1 + e⁻ᵗ), off by less than 2⁻⁴⁰. Beyond ±30 it is that of ±30.
#[must_use]
pub fn logistic(t: Fixed) -> Fixed {
    let far = t.abs().min(30 * ONE);
    let halvings = far / LN_2;
    let rest = far - halvings * LN_2;
    // e⁻ʳ for r below ln 2: eighteen terms leave less than 2⁻⁶⁰.
    let (mut term, mut sum) = (ONE, ONE);
    for n in 1..=18 {
        term = -product(term, rest) / n;
        sum += term;
    }
    let power = sum >> u32::try_from(halvings).unwrap_or(PLACES);
    let low = quotient(power, ONE + power);
    if t < 0 { low } else { ONE - low }
}

/// A bin of the reliability curve: rows whose prediction lies in the same tenth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// The mean prediction, in ten-thousandths; 0 where there is no row.
    pub predicted: u64,
    /// How many rows, and in how many of them it happened.
    pub observed: Tally,
    /// The interval of the observed rate.
    pub interval: Option<Interval>,
}

/// What outcomes suggest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// How many rows were fitted.
    pub fitted: usize,
    /// How many were kept from the fit, for the curve.
    pub held_out: usize,
    /// How many have no outcome yet.
    pub unknown: usize,
    /// The intercept and the weights, in thousandths, rounded to the nearest.
    pub weights_thousandths: [i64; WIDTH],
    /// [`POINTS`], shared in proportion to the weights; a weight below 0 gets none, and asks for somebody to look.
    pub points: [u32; FEATURES.len()],
    /// The largest change of a weight in the last step, in billionths, rounded up.
    pub last_step: u64,
    /// The curve of the rows that were kept from the fit.
    pub curve: Vec<Bin>,
}

/// Why nothing is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Fewer rows have an outcome than [`ROWS_MIN`].
    TooFew {
        /// How many have one.
        found: usize,
    },
    /// All outcomes that are fitted are the same.
    AllAlike,
}

/// A row as it is fitted: the features with a 1 before them.
fn row(features: &Features) -> [Fixed; WIDTH] {
    let mut row = [ONE; WIDTH];
    for (to, reached) in row.iter_mut().skip(1).zip(features) {
        *to = Fixed::from((*reached).min(1000)) * ONE / 1000;
    }
    row
}

/// Fits weights to the known outcomes.
///
/// # Errors
/// [`Refusal`]: there is too little to fit.
pub fn fit(outcomes: &[Outcome], target: Target) -> Result<Proposal, Refusal> {
    let known: Vec<([Fixed; WIDTH], bool)> =
        outcomes.iter().filter_map(|one| Some((row(&one.features), target.of(one)?))).collect();
    if known.len() < ROWS_MIN {
        return Err(Refusal::TooFew { found: known.len() });
    }
    let kept = |at: usize| at % HOLD_OUT == HOLD_OUT - 1;
    let part = |out: bool| -> Vec<_> {
        known.iter().enumerate().filter(|(at, _)| kept(*at) == out).map(|(_, row)| *row).collect()
    };
    let (fitted, held_out) = (part(false), part(true));
    let happened = fitted.iter().filter(|(_, happened)| *happened).count();
    if happened == 0 || happened == fitted.len() {
        return Err(Refusal::AllAlike);
    }
    let (weights, last_step) = descend(&fitted);
    let to_billionths = |step: Fixed| (step * 1_000_000_000 + ONE - 1) >> PLACES;
    Ok(Proposal {
        fitted: fitted.len(),
        held_out: held_out.len(),
        unknown: outcomes.len() - known.len(),
        weights_thousandths: weights.map(|w| i64::try_from((w * 1000 + ONE / 2) >> PLACES).unwrap_or(0)),
        points: shared(&weights),
        last_step: u64::try_from(to_billionths(last_step)).unwrap_or(u64::MAX),
        curve: curve(&held_out, &weights),
    })
}

fn predict(row: &[Fixed; WIDTH], weights: &[Fixed; WIDTH]) -> Fixed {
    logistic(row.iter().zip(weights).map(|(x, w)| product(*x, *w)).sum())
}

/// The weights after [`STEPS`], and the largest change of the last one.
fn descend(rows: &[([Fixed; WIDTH], bool)]) -> ([Fixed; WIDTH], Fixed) {
    let factors = factor(bound(rows));
    let mut weights = [0; WIDTH];
    let mut last = 0;
    for _ in 0..STEPS {
        let mut gradient = [0; WIDTH];
        for (row, happened) in rows {
            let off = if *happened { ONE } else { 0 } - predict(row, &weights);
            for (sum, x) in gradient.iter_mut().zip(row) {
                *sum += product(*x, off);
            }
        }
        for (sum, weight) in gradient.iter_mut().zip(&weights).skip(1) {
            *sum -= product(RIDGE, *weight);
        }
        let step = solve(&factors, gradient);
        last = step.iter().map(|change| change.abs()).max().unwrap_or(0);
        for (weight, change) in weights.iter_mut().zip(step) {
            *weight += change;
        }
    }
    (weights, last)
}

type Matrix = [[Fixed; WIDTH]; WIDTH];

/// ¼XᵀX with the ridge.
fn bound(rows: &[([Fixed; WIDTH], bool)]) -> Matrix {
    let mut bound = [[0; WIDTH]; WIDTH];
    for (row, _) in rows {
        for (line, x) in bound.iter_mut().zip(row) {
            for (sum, y) in line.iter_mut().zip(row) {
                *sum += product(*x, *y);
            }
        }
    }
    for (at, line) in bound.iter_mut().enumerate() {
        for (column, sum) in line.iter_mut().enumerate() {
            *sum /= 4;
            if at == column && at > 0 {
                *sum += RIDGE;
            }
        }
    }
    bound
}

/// The factors L and D of a positive definite matrix LDLᵀ: D on the diagonal, L below it.
fn factor(mut matrix: Matrix) -> Matrix {
    for j in 0..WIDTH {
        for k in 0..j {
            let square = product(matrix[j][k], matrix[j][k]);
            matrix[j][j] -= product(square, matrix[k][k]);
        }
        for i in j + 1..WIDTH {
            for k in 0..j {
                let cross = product(matrix[i][k], matrix[j][k]);
                matrix[i][j] -= product(cross, matrix[k][k]);
            }
            matrix[i][j] = quotient(matrix[i][j], matrix[j][j]);
        }
    }
    matrix
}

/// Solves LDLᵀx = b.
fn solve(factors: &Matrix, mut b: [Fixed; WIDTH]) -> [Fixed; WIDTH] {
    for i in 0..WIDTH {
        for k in 0..i {
            b[i] -= product(factors[i][k], b[k]);
        }
    }
    for i in 0..WIDTH {
        b[i] = quotient(b[i], factors[i][i]);
    }
    for i in (0..WIDTH).rev() {
        for k in i + 1..WIDTH {
            b[i] -= product(factors[k][i], b[k]);
        }
    }
    b
}

/// [`POINTS`] in proportion to what is above 0, by the largest remainder; of equal ones the earlier feature.
fn shared(weights: &[Fixed; WIDTH]) -> [u32; FEATURES.len()] {
    let mut points = [0; FEATURES.len()];
    let above: Vec<Fixed> = weights.iter().skip(1).map(|weight| (*weight).max(0)).collect();
    let sum: Fixed = above.iter().sum();
    if sum == 0 {
        return points;
    }
    let total = Fixed::from(POINTS);
    let mut rests: Vec<(Fixed, usize)> = Vec::new();
    for (at, (to, weight)) in points.iter_mut().zip(&above).enumerate() {
        *to = u32::try_from(weight * total / sum).unwrap_or(0);
        rests.push((-(weight * total % sum), at));
    }
    rests.sort_unstable();
    let left = POINTS - points.iter().sum::<u32>();
    for (_, at) in rests.into_iter().take(left as usize) {
        points[at] += 1;
    }
    points
}

fn curve(rows: &[([Fixed; WIDTH], bool)], weights: &[Fixed; WIDTH]) -> Vec<Bin> {
    let mut bins = vec![(0, Tally::default()); BINS];
    for (row, happened) in rows {
        let p = predict(row, weights);
        let at = usize::try_from(p * BINS as Fixed / ONE).unwrap_or(0).min(BINS - 1);
        bins[at].0 += p;
        bins[at].1.count(*happened);
    }
    let bin = |(sum, observed): (Fixed, Tally)| {
        let mean = sum / Fixed::from(observed.considered().max(1));
        Bin {
            predicted: u64::try_from((mean * 10_000 + ONE / 2) >> PLACES).unwrap_or(0),
            observed,
            interval: wilson(observed),
        }
    };
    bins.into_iter().map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fairness::outcome::generate;

    #[test]
    fn the_logistic_function_is_that_of_the_tables() {
        for t in -300..=300 {
            let found = logistic(thousandths(t * 100)) as f64 / ONE as f64;
            let exact = 1.0 / (1.0 + (-f64::from(t) / 10.0).exp());
            assert!((found - exact).abs() < 1e-12, "{t}: {found} {exact}");
        }
        assert_eq!(logistic(0), ONE / 2);
        assert_eq!(logistic(ONE * 1000), logistic(ONE * 30));
        assert_eq!(LN_2, (std::f64::consts::LN_2 * ONE as f64) as Fixed);
    }

    #[test]
    fn what_was_made_up_is_found_again() {
        for target in [Target::Hired, Target::Retained] {
            let proposal = fit(&generate(20_261_124, 20_000), target).unwrap();
            for (found, truth) in proposal.weights_thousandths.iter().zip(target.truth()) {
                assert!(
                    (found - i64::from(truth)).abs() < 250,
                    "{target:?}: {:?}",
                    proposal.weights_thousandths
                );
            }
            assert!(proposal.last_step < 100, "{}", proposal.last_step);
            assert_eq!(proposal.points.iter().sum::<u32>(), POINTS);
            let kept = |bin: &&Bin| bin.observed.considered() >= 50;
            for bin in proposal.curve.iter().filter(kept) {
                // 95 % intervals: a few of twenty may miss, none by far.
                let interval = bin.interval.unwrap();
                let near = interval.low.saturating_sub(300)..=interval.high + 300;
                assert!(near.contains(&bin.predicted), "{bin:?}");
            }
        }
    }

    #[test]
    fn the_gradient_is_nought_where_the_fit_ends() {
        let rows = generate(3, 1000);
        let known: Vec<_> = rows.iter().map(|one| (row(&one.features), one.hired.unwrap())).collect();
        let (weights, _) = descend(&known);
        let off = |at: usize| -> Fixed {
            known
                .iter()
                .map(|(row, happened)| {
                    product(row[at], if *happened { ONE } else { 0 } - predict(row, &weights))
                })
                .sum()
        };
        for (at, weight) in weights.iter().enumerate() {
            let ridge = if at == 0 { 0 } else { *weight };
            assert!((off(at) - ridge).abs() < ONE / 1_000_000, "{at}: {}", off(at) - ridge);
        }
    }

    #[test]
    fn too_little_is_not_fitted() {
        assert_eq!(fit(&generate(1, 99), Target::Hired), Err(Refusal::TooFew { found: 99 }));
        let all: Vec<_> =
            generate(1, 200).into_iter().map(|one| Outcome { hired: Some(true), ..one }).collect();
        assert_eq!(fit(&all, Target::Hired), Err(Refusal::AllAlike));
        let nobody_knows: Vec<_> = all.iter().map(|one| Outcome { hired: None, ..*one }).collect();
        assert_eq!(fit(&nobody_knows, Target::Hired), Err(Refusal::TooFew { found: 0 }));
    }

    #[test]
    fn points_are_shared_wholly_and_never_below_nought() {
        let weights = [5 * ONE, ONE, ONE, ONE, -ONE, 0, 0];
        assert_eq!(shared(&weights), [334, 333, 333, 0, 0, 0]);
        assert_eq!(shared(&[0; WIDTH]), [0; 6]);
    }
}
