//! People: registering them, what they want, reading their record.

pub mod availability;
pub mod consent;
pub mod duplicate_case;
pub mod duplicate_comparison;
pub(crate) mod duplicate_move;
pub mod erasure;
pub mod foreign_worker;
pub mod guardian;
pub mod identity_document;
pub mod legal_hold;
pub mod number;
pub mod number_attempt;
pub mod person;
pub(crate) mod person_key;
pub mod personal_data;
pub mod retention;
pub mod rights_request;
