//! Ranking by both directions: how well a person fits a vacancy, and how well the vacancy fits the person. A sort of its
//! own, when somebody asks for it; it changes no shortlist.
//!
//! Each direction is a share of its own maximum, and the two are joined by their harmonic mean, which is high only where
//! both are. Means are compared as fractions, so that no rounding puts anybody before anybody. Ties fall as in
//! [`super::rank`]: by the hash under the vacancy's seed, then by id.

use std::cmp::{Ordering, Reverse};

use crate::base::id::PersonId;
use crate::matching::rank::tie;

/// The highest maximum of a direction: the products of a comparison stay in 128 bits.
pub const POINTS_MAX: u32 = 1_000_000;

/// How well one side fits the other: points of at most so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Direction {
    points: u32,
    of: u32,
}

impl Direction {
    /// A direction; none where the maximum is 0 or above [`POINTS_MAX`], or the points are above the maximum.
    #[must_use]
    pub fn new(points: u32, of: u32) -> Option<Self> {
        (points <= of && (1..=POINTS_MAX).contains(&of)).then_some(Self { points, of })
    }
}

/// The harmonic mean of two directions, exactly. Its order is that of the means.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
    above: u128,
    below: u128,
}

impl Mean {
    /// The mean 2ab / (a + b) of the shares a and b; 0 where either is 0.
    #[must_use]
    pub fn of(one: Direction, other: Direction) -> Self {
        let wide = |points: u32| u128::from(points);
        let above = 2 * wide(one.points) * wide(other.points);
        let below = wide(one.points) * wide(other.of) + wide(other.points) * wide(one.of);
        if below == 0 { Self { above: 0, below: 1 } } else { Self { above, below } }
    }

    /// In thousandths, rounded down: for showing, never for ordering.
    #[must_use]
    pub fn permille(self) -> u32 {
        u32::try_from(self.above * 1000 / self.below).unwrap_or(u32::MAX)
    }
}

impl Ord for Mean {
    fn cmp(&self, other: &Self) -> Ordering {
        // Below 2⁴² each: the products have 84 bits.
        (self.above * other.below).cmp(&(other.above * self.below))
    }
}

impl PartialOrd for Mean {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Mean {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Mean {}

/// A person with both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Who.
    pub person: PersonId,
    /// How well the person fits the vacancy.
    pub to_vacancy: Direction,
    /// How well the vacancy fits what the person wishes; none where nothing is known of the wishes.
    pub to_person: Option<Direction>,
}

/// Sorts pairs by their means, best first. Whose wishes are unknown has no mean, which is not a mean of 0: they come
/// after the others, by how well they fit the vacancy.
pub fn sort(pairs: &mut [Pair], seed: &[u8; 16]) {
    let known = |pair: &Pair| pair.to_person.is_some();
    pairs.sort_by(|a, b| {
        let whole = |direction: Direction| Mean::of(direction, direction);
        let mean = |pair: &Pair| match pair.to_person {
            Some(wish) => Mean::of(pair.to_vacancy, wish),
            None => whole(pair.to_vacancy),
        };
        Reverse(known(a))
            .cmp(&Reverse(known(b)))
            .then_with(|| mean(b).cmp(&mean(a)))
            .then_with(|| tie(seed, a.person).cmp(&tie(seed, b.person)))
            .then_with(|| a.person.cmp(&b.person))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ratio::{Ratio, fraction, whole};
    use uuid::Uuid;

    fn direction(points: u32, of: u32) -> Direction {
        Direction::new(points, of).unwrap()
    }

    #[test]
    fn a_mean_is_the_harmonic_one_and_compares_as_a_fraction() {
        let exact = |a: Ratio, b: Ratio| whole(2) * &a * &b / (a + b);
        let points =
            [(1, 3), (2, 3), (999, 1000), (500, 1000), (POINTS_MAX - 1, POINTS_MAX), (1, POINTS_MAX)];
        let mut means = Vec::new();
        for (a, of_a) in points {
            for (b, of_b) in points {
                let mean = Mean::of(direction(a, of_a), direction(b, of_b));
                let share = |n: u32, d: u32| fraction(n.into(), d.into());
                means.push((mean, exact(share(a, of_a), share(b, of_b))));
            }
        }
        for (mean, value) in &means {
            for (other, other_value) in &means {
                assert_eq!(mean.cmp(other), value.cmp(other_value));
            }
        }
        assert_eq!(Mean::of(direction(1, 2), direction(1, 1)).permille(), 666);
        assert_eq!(Mean::of(direction(0, 2), direction(0, 1)).permille(), 0);
        assert_eq!(Mean::of(direction(0, 2), direction(1, 1)).permille(), 0);
        assert_eq!(Direction::new(3, 2), None);
        assert_eq!(Direction::new(0, 0), None);
    }

    #[test]
    fn unknown_wishes_come_after_and_ties_fall_by_the_seed() {
        let pair = |n: u128, to: u32, wish: Option<u32>| Pair {
            person: PersonId(Uuid::from_u128(n)),
            to_vacancy: direction(to, 1000),
            to_person: wish.map(|points| direction(points, 100)),
        };
        let seed = [7; 16];
        let mut pairs = vec![
            pair(1, 900, None),
            pair(2, 500, Some(50)),
            pair(3, 1000, Some(1)),
            pair(4, 0, Some(100)),
            pair(5, 500, Some(50)),
            pair(6, 950, None),
        ];
        sort(&mut pairs, &seed);
        let order: Vec<u128> = pairs.iter().map(|pair| pair.person.0.as_u128()).collect();
        let first_two =
            if tie(&seed, pairs[0].person) < tie(&seed, pairs[1].person) { &order[..2] } else { &[] };
        assert_eq!(first_two.len(), 2);
        assert_eq!(order[2..], [3, 4, 6, 1]);
        let sorted = pairs.clone();
        pairs.reverse();
        sort(&mut pairs, &seed);
        assert_eq!(pairs, sorted, "the order of the input does not show");
    }
}
