//! What a vacancy asks, made ready for ranking on one day.

use crate::base::civil_time::CivilDate;
use crate::base::id::{OrganisationId, SkillId, VacancyId};
use crate::base::money::Minor;
use crate::base::region::RegionCode;
use crate::matching::candidate::{Candidate, Shifts};
use crate::matching::filter::known;
use crate::matching::profile::Profile;
use crate::record::skill_claim::Claim;

/// A skill that a vacancy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Which skill.
    pub skill: SkillId,
    /// Whether nobody is considered without it.
    pub essential: bool,
    /// The level at which it counts in full, 1 to 7.
    pub level: u8,
    /// The least level of an essential skill; 0 for the others.
    pub floor: u8,
    /// Its share among the requirements of this vacancy.
    pub weight: u32,
}

/// What the matcher has to know of a vacancy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vacancy {
    /// Which one.
    pub id: VacancyId,
    /// The factory.
    pub factory: OrganisationId,
    /// Where the work is.
    pub site: RegionCode,
    /// First day of work.
    pub starts_on: CivilDate,
    /// The most that it pays a month, in minor units.
    pub wage_max_minor: Minor,
    /// Its shifts.
    pub shifts: Shifts,
    /// Whether it has a dormitory.
    pub dormitory: bool,
    /// The youngest age of this post, where it is above the law's.
    pub age_min: Option<i32>,
    /// What it asks for, in its own order; at least one essential.
    pub requirements: Vec<Requirement>,
    /// 128 secret random bits by which ties fall.
    pub seed: [u8; 16],
}

/// A vacancy, a profile and a day.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    pub(super) vacancy: &'a Vacancy,
    pub(super) profile: &'a Profile,
    pub(super) day: CivilDate,
    /// Points of each requirement, in the vacancy's order; they sum to the profile's skill points.
    pub(super) skill_points: Vec<u32>,
}

impl<'a> Query<'a> {
    /// Shares the profile's skill points out among the vacancy's requirements.
    #[must_use]
    pub fn new(vacancy: &'a Vacancy, profile: &'a Profile, day: CivilDate) -> Self {
        let weights: Vec<u32> = vacancy.requirements.iter().map(|r| r.weight).collect();
        Self { vacancy, profile, day, skill_points: apportion(profile.skill_points, &weights) }
    }

    /// The vacancy.
    #[must_use]
    pub fn vacancy(&self) -> &Vacancy {
        self.vacancy
    }

    /// The day of the question.
    #[must_use]
    pub fn day(&self) -> CivilDate {
        self.day
    }

    /// The claim of a person that adds the most points for a requirement.
    #[must_use]
    pub fn counting_claim(&self, candidate: &Candidate, requirement: &Requirement) -> Option<Claim> {
        known(self, candidate, requirement).best.copied()
    }

    /// Each requirement with its points.
    pub fn requirements(&self) -> impl Iterator<Item = (&Requirement, u32)> {
        self.vacancy.requirements.iter().zip(self.skill_points.iter().copied())
    }
}

/// Shares `total` out in proportion to `weights` by largest remainder (Hamilton), ties to the earlier one.
/// The parts sum to `total` exactly unless every weight is zero.
#[must_use]
pub fn apportion(total: u32, weights: &[u32]) -> Vec<u32> {
    let sum: u64 = weights.iter().map(|w| u64::from(*w)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |w: &u32| u64::from(total) * u64::from(*w);
    let mut parts: Vec<u32> = weights.iter().map(|w| u32::try_from(exact(w) / sum).unwrap_or(0)).collect();
    let short = usize::try_from(total - parts.iter().sum::<u32>()).unwrap_or(0);
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|i| std::cmp::Reverse(weights.get(*i).map_or(0, |w| exact(w) % sum)));
    for i in by_remainder.into_iter().take(short) {
        if let Some(part) = parts.get_mut(i) {
            *part += 1;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_worked_example_needs_no_rounding() {
        assert_eq!(apportion(740, &[300, 180, 110, 90, 60]), [300, 180, 110, 90, 60]);
        assert_eq!(apportion(740, &[1, 1, 1]), [247, 247, 246]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_total_and_are_within_one_of_their_share(
            total in 0u32..2000,
            weights in proptest::collection::vec(1u32..1000, 1..12),
        ) {
            let parts = apportion(total, &weights);
            prop_assert_eq!(parts.iter().sum::<u32>(), total);
            let sum: u64 = weights.iter().map(|w| u64::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let low = u64::from(total) * u64::from(*weight) / sum;
                prop_assert!(u64::from(*part) == low || u64::from(*part) == low + 1);
            }
        }
    }
}
