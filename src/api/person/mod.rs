//! People.

pub mod consent;
pub mod foreign_worker;
pub mod person;
