//! What the other engines share: tokens, the order of ties, and the explanation of a row.

use std::hash::Hasher as _;

use ballast_domain::matching::catalogue::entry::Id;
use ballast_domain::matching::catalogue::question::{CLASS_POINTS, Component, Of, Question, Ranked};
use siphasher::sip::SipHasher24;

use crate::workload::SKILLS;

/// The token of "this skill at least at this level".
pub fn at_least(skill: u16, level: u8) -> u64 {
    u64::from(skill) << 3 | u64::from(level)
}

/// The token of a region.
pub fn region_token(region: usize) -> u64 {
    ((SKILLS << 3) + region) as u64
}

/// By what ties fall in a column: nothing but the id, or the hash, moved so that a signed number keeps its order.
pub fn order(id: Id, seed: Option<[u8; 16]>) -> i64 {
    let Some(seed) = seed else { return 0 };
    let mut hasher = SipHasher24::new_with_key(&seed);
    hasher.write(&id.to_be_bytes());
    (hasher.finish() ^ 1 << 63) as i64
}

/// A row with its reasons, from what an engine gave back.
pub fn ranked(
    question: &Question,
    id: Id,
    score: i32,
    class: u8,
    wage: u16,
    level: impl Fn(usize) -> u8,
) -> Ranked {
    let mut components: Vec<Component> = question
        .wanted()
        .iter()
        .enumerate()
        .map(|(n, one)| {
            let have = level(n);
            let points = one.points(have) as i32;
            Component { of: Of::Skill { skill: one.skill, have, need: one.need }, points }
        })
        .collect();
    components.push(Component { of: Of::Class(class), points: CLASS_POINTS * i32::from(class) });
    let over = i32::from(wage) - question.offer() as i32;
    components.push(Component { of: Of::Wage(wage), points: -2 * over.max(0) });
    Ranked { id, score, components }
}
