//! Rows of files that people bring: cells into values, every wrong cell named by row and column. Knows
//! neither who imports nor what is in the database.

pub mod class_roster;
pub mod foreign_worker;
pub mod household;
pub mod row;
pub mod skill_claim;
pub mod table;
pub mod template;
pub mod trainee;
pub mod vacancy;
