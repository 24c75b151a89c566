//! Outcomes of shortlists: whether somebody was hired and stayed, beside what they were scored on. Real ones are recorded by
//! people; those of [`generate`] are made up, from weights that are known, so that what is fitted can be compared with
//! the truth.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

use super::weight_fit::{Fixed, logistic, thousandths};

/// What a score is made of, in the order of the columns.
pub const FEATURES: [&str; 6] = ["skill", "certificate", "wage", "place", "shift", "joint_class"];

/// What is reached of a component's points, in thousandths.
pub type Features = [u32; FEATURES.len()];

/// One person in one shortlist, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was reached.
    pub features: Features,
    /// Whether the person was hired; none where nobody knows yet.
    pub hired: Option<bool>,
    /// Whether the person was still there at the end of the trial; none where nobody knows yet, or nobody was hired.
    pub retained: Option<bool>,
}

/// What somebody is asked to predict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// Being hired.
    Hired,
    /// Staying, of those who were hired.
    Retained,
}

impl Target {
    /// The outcome of a row; none where it is not known.
    #[must_use]
    pub fn of(self, outcome: &Outcome) -> Option<bool> {
        match self {
            Self::Hired => outcome.hired,
            Self::Retained => outcome.retained,
        }
    }

    /// The true weights of what [`generate`] makes up, in thousandths: the intercept, then the features.
    #[must_use]
    pub fn truth(self) -> [i32; FEATURES.len() + 1] {
        match self {
            Self::Hired => [-2500, 3000, 800, 500, 1000, 0, 600],
            Self::Retained => [-1000, 500, 0, 1500, 2000, 500, 1000],
        }
    }
}

/// The most rows that are made up or fitted.
pub const ROWS_MAX: usize = 20_000;

/// Makes up outcomes from a seed: the same rows for the same seed, on every machine. At most [`ROWS_MAX`].
#[must_use]
pub fn generate(seed: u64, rows: usize) -> Vec<Outcome> {
    let draw = |row: usize, what: u64| {
        let mut hasher = SipHasher24::new_with_keys(seed, what);
        hasher.write_u64(row as u64);
        hasher.finish()
    };
    let one = |row: usize| {
        let features: Features = std::array::from_fn(|at| {
            let drawn = (u128::from(draw(row, at as u64)) * 1001) >> 64;
            u32::try_from(drawn).unwrap_or(0)
        });
        let happens = |target: Target, what: u64| {
            let [intercept, weights @ ..] = target.truth();
            let sum = features.iter().zip(weights).fold(thousandths(intercept), |sum, (reached, weight)| {
                sum + thousandths(weight) * Fixed::from(*reached) / 1000
            });
            // Both have 48 binary places.
            Fixed::from(draw(row, what) >> 16) < logistic(sum)
        };
        let hired = happens(Target::Hired, 100);
        Outcome { features, hired: Some(hired), retained: hired.then(|| happens(Target::Retained, 101)) }
    };
    (0..rows.min(ROWS_MAX)).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_rows() {
        let rows = generate(7, 500);
        assert_eq!(rows, generate(7, 500));
        assert_eq!(rows[..100], generate(7, 100), "and more of them are the same at first");
        assert_ne!(rows, generate(8, 500));
        let hired = rows.iter().filter(|row| row.hired == Some(true)).count();
        assert!((150..350).contains(&hired), "{hired}");
        assert!(rows.iter().all(|row| row.retained.is_some() == (row.hired == Some(true))));
        assert!(rows.iter().flat_map(|row| row.features).all(|reached| reached <= 1000));
    }

    #[test]
    fn the_first_row_of_a_seed_does_not_change_from_build_to_build() {
        assert_eq!(generate(1, 1)[0].features, FIRST);
    }

    const FIRST: Features = [112, 340, 854, 300, 134, 614];
}
