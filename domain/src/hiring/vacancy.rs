//! The rules for posting a vacancy.

use crate::base::money::{AMOUNT_MAX_MINOR, Minor};
use crate::matching::candidate::Shifts;
use crate::matching::query::Requirement;
use crate::record::skill_claim::LEVEL_MAX;

/// The most skills that one vacancy may ask for.
pub const REQUIREMENTS_MAX: usize = 20;
/// The most posts of one vacancy.
pub const HEADCOUNT_MAX: i32 = 10_000;
/// The heaviest weight of a skill.
pub const WEIGHT_MAX: u32 = 1000;
/// The oldest minimum age that a post may ask for; more would be discrimination by age.
pub const AGE_MIN_RANGE: std::ops::RangeInclusive<i32> = 16..=60;

/// What is wrong with a vacancy, by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `headcount` outside 1 to [`HEADCOUNT_MAX`].
    Headcount,
    /// `wage_min_minor` negative or too large.
    WageMin,
    /// `wage_max_minor` below the minimum or too large.
    WageMax,
    /// No shift.
    Shifts,
    /// `age_min` outside [`AGE_MIN_RANGE`].
    AgeMin,
    /// No requirement, or more than [`REQUIREMENTS_MAX`].
    RequirementCount,
    /// None of the requirements is essential.
    NoEssential,
    /// The n-th requirement: level outside 1 to 7.
    Level(usize),
    /// The n-th requirement: an essential skill needs a floor from 1 to its level, another one floor 0.
    Floor(usize),
    /// The n-th requirement: weight outside 1 to [`WEIGHT_MAX`].
    Weight(usize),
    /// The n-th requirement names a skill that an earlier one names.
    Doubled(usize),
}

/// Checks what a factory posts.
///
/// # Errors
/// All problems, so that they can be shown at once.
pub fn check(
    headcount: i32,
    wage: (Minor, Minor),
    shifts: Shifts,
    age_min: Option<i32>,
    requirements: &[Requirement],
) -> Result<(), Vec<Problem>> {
    let amounts = 0..=AMOUNT_MAX_MINOR;
    let mut problems: Vec<Problem> = [
        (!(1..=HEADCOUNT_MAX).contains(&headcount), Problem::Headcount),
        (!amounts.contains(&wage.0), Problem::WageMin),
        (wage.1 < wage.0 || !amounts.contains(&wage.1), Problem::WageMax),
        (shifts.count() == 0, Problem::Shifts),
        (age_min.is_some_and(|age| !AGE_MIN_RANGE.contains(&age)), Problem::AgeMin),
        (!(1..=REQUIREMENTS_MAX).contains(&requirements.len()), Problem::RequirementCount),
        (!requirements.iter().any(|r| r.essential), Problem::NoEssential),
    ]
    .into_iter()
    .filter_map(|(wrong, problem)| wrong.then_some(problem))
    .collect();
    for (n, requirement) in requirements.iter().enumerate() {
        let floors = if requirement.essential { 1..=requirement.level } else { 0..=0 };
        let earlier = requirements.iter().take(n).any(|r| r.skill == requirement.skill);
        let checks = [
            (!(1..=LEVEL_MAX).contains(&requirement.level), Problem::Level(n)),
            (!floors.contains(&requirement.floor), Problem::Floor(n)),
            (!(1..=WEIGHT_MAX).contains(&requirement.weight), Problem::Weight(n)),
            (earlier, Problem::Doubled(n)),
        ];
        problems.extend(checks.into_iter().filter_map(|(wrong, problem)| wrong.then_some(problem)));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
