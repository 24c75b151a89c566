//! Classifications: importing a release, and reading occupations and skills with their names.

pub mod framework;
pub mod label;
pub mod occupation;
pub mod release;
pub mod skill;
