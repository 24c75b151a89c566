//! Skill records: adding to them and reading them.

pub mod skill_claim;
