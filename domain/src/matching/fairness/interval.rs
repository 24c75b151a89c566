//! The score interval of a rate (Wilson 1927) at 95 %, exactly, rounded outwards.
//!
//! A rate p belongs to it if and only if n(x/n − p)² ≤ z²p(1 − p). That is a comparison of integers for each p of the
//! printed digits, so no root is taken and nothing is approximated but z itself: 1.959964, which is above the quantile
//! 1.9599639845…, so that the interval is never narrower than the true one.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::selection::Tally;

/// What a bound is counted in: a ten-thousandth.
pub const UNITS: u64 = 10_000;

/// z in millionths, above its true value.
pub(super) const Z_MILLIONTHS: u64 = 1_959_964;

/// From and to, both included, in [`UNITS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Not above the exact lower bound, by less than a unit.
    pub low: u64,
    /// Not below the exact upper bound, by less than a unit.
    pub high: u64,
}

/// The interval of a tally's rate; none where nobody was considered.
#[must_use]
pub fn wilson(tally: Tally) -> Option<Interval> {
    let (n, x) = (tally.considered(), tally.selected());
    if n == 0 {
        return None;
    }
    let exact = BigInt::from(x) * UNITS;
    let at_or_below = u64::try_from(&exact / n).unwrap_or(UNITS);
    let at_or_above = u64::try_from((exact + (n - 1)) / n).unwrap_or(UNITS);
    // The rates 0 and 1 are on the bound of everything, and belong to the other side where they are the rate itself.
    let at_or_below = at_or_below.min(UNITS - 1);
    let at_or_above = at_or_above.max(1);
    // Below the rate, what is not strictly inside comes first; above it, what is strictly inside.
    let below = last_where(at_or_below, |unit| !strictly_inside(n, x, unit));
    let above = last_where(UNITS - at_or_above, |back| !strictly_inside(n, x, UNITS - back));
    Some(Interval { low: below, high: UNITS - above })
}

/// The last of 0..=`most` that a condition holds for, where it holds for the first ones and 0 is one of them.
fn last_where(most: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// Whether a rate of so many units lies inside the interval and not on its bounds.
fn strictly_inside(n: u64, x: u64, units: u64) -> bool {
    let away = BigInt::from(x) * UNITS - BigInt::from(n) * units;
    let left = &away * &away * 1_000_000_000_000_u64;
    let right = BigInt::from(Z_MILLIONTHS) * Z_MILLIONTHS * n * units * (UNITS - units);
    left.cmp(&right) == Ordering::Less
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(considered: u64, selected: u64) -> (u64, u64) {
        let found = wilson(Tally::new(considered, selected).unwrap()).unwrap();
        (found.low, found.high)
    }

    #[test]
    fn published_intervals_are_met() {
        // Newcombe 1998, table I, method 3: 81/263 gives .2553 to .3662, 15/148 .0624 to .1605, 0/20 0 to .1611,
        // 1/29 .0061 to .1718. Here outwards.
        assert_eq!(of(263, 81), (2552, 3663));
        assert_eq!(of(148, 15), (623, 1605));
        assert_eq!(of(20, 0), (0, 1612));
        assert_eq!(of(29, 1), (61, 1718));
        assert_eq!(of(20, 20), (8388, 10_000));
    }

    #[test]
    fn the_bounds_are_those_of_the_formula_rounded_outwards() {
        for n in 1..=60_u64 {
            for x in 0..=n {
                let (low, high) = of(n, x);
                let (nf, p, z) = (n as f64, x as f64 / n as f64, 1.959_964_f64);
                let centre = (p + z * z / (2.0 * nf)) / (1.0 + z * z / nf);
                let half = z / (1.0 + z * z / nf) * (p * (1.0 - p) / nf + z * z / (4.0 * nf * nf)).sqrt();
                let (a, b) = ((centre - half) * 10_000.0, (centre + half) * 10_000.0);
                assert!(low as f64 <= a + 1e-6 && a < low as f64 + 1.0 + 1e-6, "{x} of {n}: {low} {a}");
                assert!(high as f64 >= b - 1e-6 && b > high as f64 - 1.0 - 1e-6, "{x} of {n}: {high} {b}");
            }
        }
    }

    #[test]
    fn a_crowd_has_a_narrow_interval_around_its_rate() {
        assert_eq!(of(1_000_000_000_000, 300_000_000_000), (2999, 3001));
        assert_eq!(of(u64::MAX, u64::MAX), (9999, 10_000));
        assert_eq!(wilson(Tally::default()), None);
    }
}
