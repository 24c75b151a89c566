//! Rows of files that people bring: cells into values, every wrong cell named by row and column. Knows
//! neither who imports nor what is in the database.

pub mod row;
pub mod table;
pub mod trainee;
pub mod skill_claim;
pub mod class_roster;
pub mod household;
pub mod vacancy;
pub mod foreign_worker;
