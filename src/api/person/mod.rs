//! People.

pub mod consent;
pub mod duplicate_case;
pub mod erasure;
pub mod foreign_worker;
pub mod guardian;
pub mod identity_document;
pub mod legal_hold;
pub mod number;
pub mod person;
pub mod personal_data;
pub mod rights_request;
