//! How surprising a difference of two rates is: Fisher's exact test, and the two-proportion test where the numbers are
//! too large for it. Both are two-sided.

use num_bigint::{BigInt, BigUint};
use num_rational::Ratio as Fraction;
use num_traits::{One as _, Zero as _};

use super::interval::Z_MILLIONTHS;
use super::selection::Tally;
use crate::base::ratio::{Ratio, fraction, whole};

/// The most people whom Fisher's test is computed for: two groups together.
pub const FISHER_MAX: u64 = 10_000;

/// What a p-value is counted in: a ten-thousandth.
pub const P_UNITS: u64 = 10_000;

/// Where the fixed-point numbers of the tail have their point, in bits.
const POINT: u32 = 128;

/// π in units of 10⁻¹⁸, above its true value.
const PI_ABOVE: u64 = 3_141_592_653_589_793_239;

/// Which test was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Fisher's exact test.
    Fisher,
    /// The two-proportion z test with a pooled rate, without a correction for continuity.
    TwoProportions,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::Fisher, Self::TwoProportions];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fisher => "fisher",
            Self::TwoProportions => "two_proportions",
        }
    }
}

/// The result of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// Which one.
    pub method: Method,
    /// The p-value in [`P_UNITS`], rounded up: never below the true one.
    pub p_units: u64,
    /// Whether the difference is significant at 5 %, decided on the exact figure and not on the rounded one.
    pub significant: bool,
}

/// Tests two tallies: by Fisher where it can be computed, by two proportions otherwise. None where there is nothing
/// to compare: a tally is empty, or everybody or nobody is selected in both.
#[must_use]
pub fn test(one: Tally, other: Tally) -> Option<Test> {
    let total = one + other;
    let empty = one.considered() == 0 || other.considered() == 0;
    if empty || total.selected() == 0 || total.selected() == total.considered() {
        return None;
    }
    if let Some(p) = fisher(one, other) {
        let significant = p < fraction(1, 20);
        return Some(Test { method: Method::Fisher, p_units: units_above(&p), significant });
    }
    let square = chi_square(one, other)?;
    let z = Ratio::new(Z_MILLIONTHS.into(), 1_000_000.into());
    Some(Test {
        method: Method::TwoProportions,
        p_units: tail_units_above(&square),
        significant: square > &z * &z,
    })
}

/// Fisher's exact test (Fisher 1935): the sum of the probabilities of all tables with these margins that are not
/// likelier than the one that was found. Equally likely ones are told by exact comparison. None above [`FISHER_MAX`].
#[must_use]
pub fn fisher(one: Tally, other: Tally) -> Option<Ratio> {
    let (m, n) = (one.considered(), other.considered());
    if m.checked_add(n)? > FISHER_MAX {
        return None;
    }
    let drawn = one.selected() + other.selected();
    let first = drawn.saturating_sub(n);
    let last = drawn.min(m);
    // Of `m` and `n`, how many ways to draw k and `drawn` − k: each from the one before.
    let mut ways = binomial(m, first) * binomial(n, drawn - first);
    let mut all: Vec<BigUint> = Vec::new();
    for k in first..=last {
        all.push(ways.clone());
        if k < last {
            ways = ways * ((m - k) * (drawn - k)) / ((k + 1) * (n + k + 1 - drawn));
        }
    }
    let found = all.get(usize::try_from(one.selected() - first).ok()?)?.clone();
    let (mut total, mut as_rare) = (BigUint::zero(), BigUint::zero());
    for ways in all {
        if ways <= found {
            as_rare += &ways;
        }
        total += ways;
    }
    Some(Ratio::new(as_rare.into(), total.into()))
}

fn binomial(n: u64, k: u64) -> BigUint {
    (0..k.min(n - k)).fold(BigUint::one(), |ways, at| ways * (n - at) / (at + 1))
}

/// The square of z of the two-proportion test, which is the χ² of the table without a correction. None where it is not
/// defined.
#[must_use]
pub fn chi_square(one: Tally, other: Tally) -> Option<Ratio> {
    let difference = one.rate()? - other.rate()?;
    let pooled = (one + other).rate()?;
    let n = whole(one.considered()).recip() + whole(other.considered()).recip();
    let variance = &pooled * (whole(1) - &pooled) * n;
    (!variance.is_zero()).then(|| &difference * &difference / variance)
}

/// The least number of [`P_UNITS`] that is not below a probability.
#[must_use]
pub fn units_above(p: &Ratio) -> u64 {
    let units = (p * whole(P_UNITS)).ceil().to_integer();
    u64::try_from(units).unwrap_or(P_UNITS)
}

/// An upper bound of P(χ² with one degree of freedom > `square`), in [`P_UNITS`]; at most a unit too high.
///
/// With y = `square`, P(χ² ≤ y) = √(2y/π)·e^(−y/2)·Σ yᵏ/(1·3·…·(2k+1)), a sum of positive terms (Abramowitz and Stegun
/// 26.4.6, after integration by parts). Every factor is rounded so that the product is too small, by less than 2⁻¹⁰⁰ in
/// all; so the tail is too large by as much, and then rounded up to a unit. From y = 20 on the tail is below a unit.
#[must_use]
pub fn tail_units_above(square: &Ratio) -> u64 {
    if *square >= whole(20) {
        return 1;
    }
    let one = BigInt::one() << POINT;
    let y = (square * whole(one.clone())).floor().to_integer();
    let (mut term, mut sum) = (one.clone(), BigInt::zero());
    let mut odd = 1_u32;
    while !term.is_zero() {
        sum += &term;
        odd += 2;
        term = ((&term * &y) >> POINT) / odd;
    }
    // e^(y/2) from above: each term is rounded up. After 200 of them what is left out is below the last unit.
    let (mut term, mut power) = (one.clone(), one.clone() + 1);
    for k in 1..=200_u32 {
        term = Fraction::new(&term * &y, BigInt::from(2 * k) << POINT).ceil().to_integer();
        power += &term;
    }
    let ten_18 = BigInt::from(1_000_000_000_000_000_000_u64);
    let twice: BigInt = (&y * ten_18) << (POINT + 1);
    let root = (twice / PI_ABOVE).sqrt();
    let below = root * sum / power;
    units_above(&Ratio::new(&one - below, one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ratio::parse;

    fn tally(considered: u64, selected: u64) -> Tally {
        Tally::new(considered, selected).unwrap()
    }

    #[test]
    fn the_lady_tasting_tea() {
        assert_eq!(fisher(tally(4, 3), tally(4, 1)), parse("34/70"));
        assert_eq!(fisher(tally(4, 4), tally(4, 0)), parse("2/70"));
        // R: fisher.test(matrix(c(2, 10, 15, 3), 2)): p = 0.0005367241.
        let p = fisher(tally(12, 2), tally(18, 15)).unwrap();
        assert_eq!(Rational::places(&p, 10), "0.0005367241");
        assert!(test(tally(12, 2), tally(18, 15)).unwrap().significant);
    }

    struct Rational;
    impl Rational {
        fn places(value: &Ratio, places: u32) -> String {
            let scale = BigInt::from(10).pow(places);
            let cut = (value * whole(scale.clone())).round() / whole(scale);
            crate::base::ratio::decimal(&cut, places)
        }
    }

    #[test]
    fn fisher_agrees_with_counting_every_table() {
        for (m, n) in [(1, 1), (3, 5), (7, 4), (6, 6)] {
            for x in 0..=m {
                for y in 0..=n {
                    let weight = |k: u64| binomial(m, k) * binomial(n, x + y - k);
                    let ks = (0..=m).filter(|k| *k <= x + y && x + y - k <= n);
                    let rare: BigUint = ks.clone().map(weight).filter(|w| *w <= weight(x)).sum();
                    let total: BigUint = ks.map(weight).sum();
                    assert_eq!(total, binomial(m + n, x + y));
                    let expected = Ratio::new(rare.into(), total.into());
                    assert_eq!(fisher(tally(m, x), tally(n, y)), Some(expected.clone()));
                    assert_eq!(fisher(tally(n, y), tally(m, x)), Some(expected), "both ways round");
                }
            }
        }
    }

    #[test]
    fn above_its_limit_two_proportions_are_compared() {
        assert_eq!(fisher(tally(FISHER_MAX, 1), tally(1, 1)), None);
        let found = test(tally(50_000, 15_000), tally(50_000, 15_600)).unwrap();
        assert_eq!(found.method, Method::TwoProportions);
        // z² = 600² / (2 · 50000 · .306 · .694) = 16.951…, p = 3.8e-5.
        assert_eq!((found.p_units, found.significant), (1, true));
        assert!(test(tally(5_000, 1), tally(5_000, 1)).is_some_and(|t| t.method == Method::Fisher));
        assert_eq!(test(tally(5, 0), tally(9, 0)), None);
        assert_eq!(test(tally(0, 0), tally(9, 4)), None);
    }

    #[test]
    fn the_tail_is_that_of_the_tables_rounded_up() {
        // Quantiles of χ² with one degree of freedom: 3.8415 (.05), 6.6349 (.01), 0.4549 (.5), 2.7055 (.1).
        for (square, units) in [
            ("0", 10_000),
            ("3.8415", 500),
            ("3.8414", 501),
            ("6.6348", 101),
            ("6.6349", 100),
            ("0.4549", 5001),
            ("0.4550", 5000),
            ("2.7055", 1001),
            ("2.7056", 1000),
            ("10.8276", 10),
            ("19.99", 1),
            ("400", 1),
        ] {
            assert_eq!(tail_units_above(&parse(square).unwrap()), units, "{square}");
        }
    }
}
