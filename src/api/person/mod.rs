//! People.

pub mod foreign_worker;
pub mod person;
