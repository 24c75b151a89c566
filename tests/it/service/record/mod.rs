//! Skill records.

mod skill_claim;
