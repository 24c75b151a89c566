//! People.

pub mod erasure;
pub mod foreign_worker;
pub mod person_key;
pub mod personal;
pub mod race;
pub mod retention;
pub mod rights;
