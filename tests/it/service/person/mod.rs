//! People.

pub mod erasure;
pub mod foreign_worker;
pub mod person_key;
