//! People.

pub mod person;
