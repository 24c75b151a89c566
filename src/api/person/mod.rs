//! People.

pub mod consent;
pub mod erasure;
pub mod foreign_worker;
pub mod legal_hold;
pub mod person;
