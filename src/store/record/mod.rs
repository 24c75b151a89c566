//! Skill records.

pub mod skill_claim;
