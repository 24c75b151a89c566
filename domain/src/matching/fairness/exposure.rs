//! What a place in a list is worth: 1 / log₂(1 + rank) (Järvelin and Kekäläinen 2002; as exposure of groups Singh and
//! Joachims 2018), and the quality of an order that is measured by it (nDCG).
//!
//! A weight is an integer number of billionths, rounded down, from logarithms that are bounded on both sides by integer
//! arithmetic. A test proves for every rank up to [`RANK_MAX`] that both bounds give the same integer, so the weights are
//! the exact values rounded down. Sums of weights are exact from there on.

use num_traits::Zero as _;

use crate::base::ratio::{Ratio, whole};

/// What a weight is counted in: a billionth.
pub const UNITS: u64 = 1_000_000_000;

/// The last rank that has a weight.
pub const RANK_MAX: u32 = 10_000;

/// The highest relevance whose gain is exponential.
pub const EXPONENT_MAX: u32 = 30;

/// Binary places of a logarithm.
const PLACES: u32 = 56;

/// log₂ of a number from 1, from below and from above, in units of 2⁻⁵⁶.
///
/// One binary place after another: the square of a number in [1, 2) is at least 2 if and only if the next place is 1.
/// Cutting a square off at 62 places loses less than 2⁻⁶¹ of it, which at place i is less than 2⁻⁶⁰⁻ⁱ of the logarithm:
/// in all less than a unit, and the places that are not computed are less than another. Powers of two are exact.
fn log2(n: u32) -> (u64, u64) {
    let whole_part = n.ilog2();
    let mut x = u128::from(n) << (62 - whole_part);
    let mut log = u64::from(whole_part);
    for _ in 0..PLACES {
        x = (x * x) >> 62;
        log <<= 1;
        if x >> 63 == 1 {
            x >>= 1;
            log |= 1;
        }
    }
    if n.is_power_of_two() { (log, log) } else { (log, log + 2) }
}

/// The weight of a rank (the first is 1) from below and from above, in [`UNITS`].
fn bounds(rank: u32) -> (u64, u64) {
    let (low, high) = log2(rank + 1);
    let weight = |log: u64| {
        let exact = (u128::from(UNITS) << PLACES) / u128::from(log.max(1));
        u64::try_from(exact).unwrap_or(u64::MAX)
    };
    (weight(high), weight(low))
}

/// The weight of a rank in [`UNITS`], rounded down; the first rank has one whole. None for rank 0 and beyond
/// [`RANK_MAX`].
#[must_use]
pub fn weight(rank: u32) -> Option<u64> {
    (1..=RANK_MAX).contains(&rank).then(|| bounds(rank).0)
}

/// The weights of the first ranks, for lists.
#[must_use]
pub fn weights(ranks: usize) -> Vec<u64> {
    (1..=RANK_MAX).take(ranks).map(|rank| bounds(rank).0).collect()
}

/// What a relevance gains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gain {
    /// The relevance itself.
    Linear,
    /// 2 to the relevance, less 1; at most [`EXPONENT_MAX`].
    Exponential,
}

impl Gain {
    fn of(self, relevance: u32) -> u64 {
        match self {
            Self::Linear => relevance.into(),
            Self::Exponential => (1 << relevance.min(EXPONENT_MAX)) - 1,
        }
    }
}

/// The discounted gain of relevances in the order of a list, over its first `top`.
fn discounted(relevances: &[u32], top: usize, gain: Gain, weights: &[u64]) -> u128 {
    let first = relevances.iter().take(top);
    first.zip(weights).map(|(relevance, weight)| u128::from(gain.of(*relevance)) * u128::from(*weight)).sum()
}

/// The normalised discounted gain of the first `top` of a list whose order is given: 1 where no other order gains more.
/// None where nothing can be gained. It is exact in the weights, and within 3·10⁻⁸ of its mathematical value.
#[must_use]
pub fn ndcg(relevances: &[u32], top: usize, gain: Gain) -> Option<Ratio> {
    let weights = weights(top.min(relevances.len()));
    let mut best = relevances.to_vec();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = whole(discounted(&best, top, gain, &weights));
    (!ideal.is_zero()).then(|| whole(discounted(relevances, top, gain, &weights)) / ideal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ratio::{Rounding, fraction};

    #[test]
    fn both_bounds_of_a_logarithm_give_the_same_weight_at_every_rank() {
        for rank in 1..=RANK_MAX {
            let (low, high) = bounds(rank);
            assert_eq!(low, high, "rank {rank}");
            let float = 1e9 / f64::from(rank + 1).log2();
            assert!((low as f64 - float).abs() < 1.001, "rank {rank}: {low} {float}");
        }
        assert_eq!(weight(1), Some(UNITS));
        assert_eq!(weight(3), Some(UNITS / 2));
        assert_eq!(weight(2), Some(630_929_753));
        assert_eq!((weight(0), weight(RANK_MAX + 1)), (None, None));
        assert_eq!(weights(3), [1_000_000_000, 630_929_753, 500_000_000]);
    }

    #[test]
    fn the_bounds_of_a_logarithm_hold_it() {
        // 3¹⁵ = 14348907 lies between 2^23.77… : n^(2^i) is compared exactly where it is small enough.
        for n in [3_u32, 5, 7, 10, 100, 9_999] {
            let (low, high) = log2(n);
            assert!(low < high);
            let power = num_bigint::BigUint::from(n).pow(1 << 12);
            let bits = power.bits() - 1;
            assert!(low >> (PLACES - 12) <= bits && bits <= high >> (PLACES - 12), "{n}");
        }
    }

    #[test]
    fn the_known_example_has_its_known_quality() {
        let list = [3, 2, 3, 0, 1, 2];
        let six = |gain| {
            let units = Rounding::HalfUp.whole(&(ndcg(&list, 6, gain).unwrap() * whole(1_000_000)));
            crate::base::ratio::to_i64(&units).unwrap()
        };
        assert_eq!(six(Gain::Linear), 960_808);
        assert_eq!(six(Gain::Exponential), 948_811);
    }

    #[test]
    fn the_best_order_is_whole_and_nothing_has_no_quality() {
        assert_eq!(ndcg(&[5, 4, 4, 0], 4, Gain::Linear), Some(whole(1)));
        assert_eq!(ndcg(&[0, 0], 2, Gain::Linear), None);
        assert_eq!(ndcg(&[], 3, Gain::Exponential), None);
        // Only the first counts, and better ones wait behind it.
        assert_eq!(ndcg(&[1, 2], 1, Gain::Linear), Some(fraction(1, 2)));
    }
}
