//! The formulas of the families on plain numbers.

use num_traits::{One as _, Zero as _};

use crate::base::ratio::{self, Ratio};

/// F1: the most foreign workers beside `locals`, not rounded, when they may be the share `d` of all: L·d/(1−d). None for a
/// share of one or more, which is no ceiling.
#[must_use]
pub fn share_of_total(locals: &Ratio, share: &Ratio) -> Option<Ratio> {
    let rest = Ratio::one() - share;
    (rest > Ratio::zero()).then(|| locals * share / rest)
}

/// F8: one for each `per` begun, from `size_min` on.
#[must_use]
pub fn one_per_begun(size: &Ratio, size_min: &Ratio, per: &Ratio) -> Ratio {
    if size < size_min || per.is_zero() { Ratio::zero() } else { (size / per).ceil() }
}

/// F1b: a day of a monthly rate, not rounded: twelve months spread over 365 days, in leap years as well.
#[must_use]
pub fn daily(monthly: &Ratio) -> Ratio {
    monthly * ratio::fraction(12, 365)
}

/// How many are above a cap; zero where none is.
#[must_use]
pub fn excess(used: &Ratio, cap: &Ratio) -> Ratio {
    (used - cap).max(Ratio::zero())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::ratio::{Rounding, fraction, to_i64, whole};

    fn most(locals: i64, share: &Ratio) -> i64 {
        to_i64(&Rounding::Floor.whole(&share_of_total(&whole(locals), share).unwrap())).unwrap()
    }

    #[test]
    fn two_locals_at_three_fifths_are_exactly_three() {
        let found = [2, 4, 6, 8, 12].map(|locals| most(locals, &fraction(60, 100)));
        assert_eq!(found, [3, 6, 9, 12, 18]);
        assert_eq!(most(13, &fraction(35, 100)), 7);
        assert_eq!((most(10, &fraction(5, 6)), most(10, &fraction(833, 1000))), (50, 49));
        assert_eq!(most(0, &fraction(5, 6)), 0);
        assert_eq!(share_of_total(&whole(1), &whole(1)), None);
    }

    #[test]
    fn a_day_is_a_365th_in_leap_years_as_well() {
        let cent = fraction(1, 100);
        assert_eq!(Rounding::HalfUp.apply(&daily(&whole(550)), &cent), fraction(1808, 100));
        assert_eq!(Rounding::Ceiling.apply(&daily(&whole(550)), &cent), fraction(1809, 100));
    }

    #[test]
    fn splitting_a_firm_gains_where_steps_begin() {
        let of = |n: i64| to_i64(&one_per_begun(&whole(n), &whole(50), &whole(50))).unwrap();
        assert_eq!(of(98), 2);
        assert_eq!(of(49) + of(49), 0, "two halves owe nothing: suspicion opens a case");
    }

    proptest! {
        #[test]
        fn a_local_more_never_lowers_the_entitlement(half in 0i64..20_000, d in 0i64..999) {
            let share = fraction(d, 1000);
            let of = |halves: i64| share_of_total(&fraction(halves, 2), &share).unwrap().floor();
            prop_assert!(of(half) <= of(half + 1));
            prop_assert!(of(half) <= of(half + 2));
        }

        #[test]
        fn splitting_a_firm_never_gains_under_a_pure_ratio(a in 0i64..5_000, b in 0i64..5_000, d in 0i64..999) {
            let share = fraction(d, 1000);
            let of = |halves: i64| share_of_total(&fraction(halves, 2), &share).unwrap().floor();
            prop_assert!(of(a) + of(b) <= of(a + b));
        }
    }
}
