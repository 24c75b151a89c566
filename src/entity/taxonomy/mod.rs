//! Occupations and skills, their names, and how they hang together.

pub mod framework;
pub mod label;
pub mod occupation;
pub mod occupation_skill;
pub mod skill;
pub mod skill_broader;
