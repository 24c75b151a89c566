//! People: registering them, what they want, reading their record.

pub mod availability;
pub mod consent;
pub mod foreign_worker;
pub mod person;
