//! Skill records: append-only claims, and what they amount to on a day.

pub mod skill_claim;
