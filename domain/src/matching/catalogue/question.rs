//! What is asked of the catalogue, and the rule by which an entry is scored.

use std::cmp::Reverse;
use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

use super::entry::{CLASSES, Entry, Id, LEVEL_MAX, REGIONS, Row, SKILLS_MAX};

/// The most skills that one question may name.
pub const REQUIREMENTS_MAX: usize = 8;
/// The highest weight of a requirement.
pub const WEIGHT_MAX: u32 = 1000;
/// What one class is worth more than the one below it.
pub const CLASS_POINTS: i32 = 4000;
/// What each unit of wage above the offer takes away.
const WAGE_POINTS: i32 = 2;
/// The ceiling of the wage, in parts of the offer: 6 ÷ 5.
const CEILING: (u32, u32) = (6, 5);
/// One whole level, per mille.
const WHOLE: u32 = 1000;

/// A skill that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which skill.
    pub skill: u16,
    /// The level at which it counts in full.
    pub need: u8,
    /// The least level of an essential skill; 0 where it is not essential.
    pub floor: u8,
    /// Its weight.
    pub weight: u32,
}

impl Wanted {
    /// What a level adds: weight × ⌊1000 × min(have, need) ÷ need⌋.
    #[must_use]
    pub fn points(&self, have: u8) -> u32 {
        let share = WHOLE * u32::from(have.min(self.need)) / u32::from(self.need.max(1));
        self.weight * share
    }
}

/// How ties fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// By the id alone.
    Id,
    /// By SipHash-2-4 of the id's 16 bytes under this key, then by the id: as [`crate::matching::rank::tie`].
    Hash([u8; 16]),
}

impl Tie {
    /// The key of an id; lower is better.
    #[inline]
    pub(super) fn key(&self, id: Id) -> (u64, Id) {
        match self {
            Self::Id => (0, id),
            Self::Hash(seed) => {
                let mut hasher = SipHasher24::new_with_key(seed);
                hasher.write(&id.to_be_bytes());
                (hasher.finish(), id)
            }
        }
    }
}

/// Where an entry stands in a list; the least is the best.
pub(super) type Place = (Reverse<i32>, u64, Id);

/// A question. Its fields were checked by [`Question::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    wanted: Vec<Wanted>,
    regions: u64,
    offer: u32,
    tie: Tie,
}

/// Why a question cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Improper {
    /// No skill, or more than [`REQUIREMENTS_MAX`].
    Count(usize),
    /// A skill that is not below [`SKILLS_MAX`], or named twice.
    Skill(u16),
    /// A level that is not within 1 to [`LEVEL_MAX`], or a floor above it.
    Level(u8),
    /// A weight above [`WEIGHT_MAX`].
    Weight(u32),
    /// Nothing is essential: everybody would have to be looked at.
    NothingEssential,
}

impl Question {
    /// A question for the best people in some regions (bit *r* for region *r*) at an offered wage.
    ///
    /// # Errors
    /// The first thing that is [`Improper`].
    pub fn new(wanted: Vec<Wanted>, regions: u64, offer: u16, tie: Tie) -> Result<Self, Improper> {
        if wanted.is_empty() || wanted.len() > REQUIREMENTS_MAX {
            return Err(Improper::Count(wanted.len()));
        }
        for (n, one) in wanted.iter().enumerate() {
            if one.skill >= SKILLS_MAX || wanted.iter().take(n).any(|other| other.skill == one.skill) {
                return Err(Improper::Skill(one.skill));
            }
            if one.need == 0 || one.need > LEVEL_MAX || one.floor > one.need {
                return Err(Improper::Level(one.need));
            }
            if one.weight > WEIGHT_MAX {
                return Err(Improper::Weight(one.weight));
            }
        }
        if wanted.iter().all(|one| one.floor == 0) {
            return Err(Improper::NothingEssential);
        }
        Ok(Self { wanted, regions, offer: u32::from(offer), tie })
    }

    /// The skills asked for.
    #[must_use]
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The wage offered.
    #[must_use]
    pub fn offer(&self) -> u32 {
        self.offer
    }

    /// How ties fall.
    #[must_use]
    pub fn tie(&self) -> Tie {
        self.tie
    }

    /// Whether a region is asked for.
    #[must_use]
    pub fn asks_for(&self, region: usize) -> bool {
        region < REGIONS && self.regions >> region & 1 == 1
    }

    /// Whether every region is asked for.
    #[must_use]
    pub fn asks_everywhere(&self) -> bool {
        self.regions == u64::MAX
    }

    /// What the wage takes away; `None` above the ceiling of 1.2 × the offer.
    #[inline(always)]
    pub(super) fn wage_points(&self, wage: u16) -> Option<i32> {
        let wage = u32::from(wage);
        if wage * CEILING.1 > self.offer * CEILING.0 {
            return None;
        }
        Some(-WAGE_POINTS * wage.saturating_sub(self.offer) as i32)
    }

    /// Explains the score of a row, in the order of the question; `None` if it is not feasible.
    #[must_use]
    pub fn explain(&self, class: u8, wage: u16, row: Row) -> Option<Vec<Component>> {
        let mut components = Vec::with_capacity(self.wanted.len() + 2);
        for one in &self.wanted {
            let have = row.level(one.skill);
            if have < one.floor {
                return None;
            }
            components.push(Component {
                of: Of::Skill { skill: one.skill, have, need: one.need },
                points: one.points(have) as i32,
            });
        }
        components.push(Component { of: Of::Class(class), points: CLASS_POINTS * i32::from(class) });
        components.push(Component { of: Of::Wage(wage), points: self.wage_points(wage)? });
        Some(components)
    }

    /// The score of an entry, by the rule as it is written; `None` if it is not feasible. The search has ways
    /// of its own, and a test compares them.
    #[must_use]
    pub fn score(&self, entry: &Entry) -> Option<i32> {
        if !self.asks_for(usize::from(entry.region)) {
            return None;
        }
        let components = self.explain(entry.class, entry.wage, entry.skills)?;
        Some(components.iter().map(|component| component.points).sum())
    }

    /// The highest score that anybody of a class can reach.
    pub(super) fn most(&self, class: u8) -> i32 {
        debug_assert!(usize::from(class) < CLASSES);
        let skills: u32 = self.wanted.iter().map(|one| one.points(one.need)).sum();
        skills as i32 + CLASS_POINTS * i32::from(class)
    }
}

/// What a component is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A skill that was asked for.
    Skill {
        /// Which.
        skill: u16,
        /// The level held, 0 without it.
        have: u8,
        /// The level asked.
        need: u8,
    },
    /// The class.
    Class(u8),
    /// The wage.
    Wage(u16),
}

/// One addend of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// What it is for.
    pub of: Of,
    /// What it adds, or takes away.
    pub points: i32,
}

/// One person in a list, with everything that put them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Who.
    pub id: Id,
    /// The sum of the components.
    pub score: i32,
    /// Why.
    pub components: Vec<Component>,
}

/// The list of the best `top`, by looking at everybody: what every other way has to agree with.
#[must_use]
pub fn plainly<'a>(
    question: &Question,
    entries: impl IntoIterator<Item = &'a Entry>,
    top: usize,
) -> Vec<Ranked> {
    let mut all: Vec<(Place, &Entry)> = entries
        .into_iter()
        .filter_map(|entry| {
            let score = question.score(entry)?;
            let (tie, id) = question.tie.key(entry.id);
            Some(((Reverse(score), tie, id), entry))
        })
        .collect();
    all.sort_unstable_by_key(|(place, _)| *place);
    all.truncate(top);
    all.into_iter()
        .filter_map(|((Reverse(score), _, id), entry)| {
            let components = question.explain(entry.class, entry.wage, entry.skills)?;
            Some(Ranked { id, score, components })
        })
        .collect()
}
