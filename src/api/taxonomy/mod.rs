//! Classifications with their occupations and skills.

pub mod framework;
pub mod occupation;
pub mod skill;
