//! People.

pub mod foreign_worker;
