//! People: registering them, what they want, reading their record.

pub mod availability;
pub mod consent;
pub mod erasure;
pub mod foreign_worker;
pub mod legal_hold;
pub mod person;
pub(crate) mod person_key;
