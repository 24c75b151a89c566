//! Pages about people.

pub mod consent;
pub mod contact;
pub mod duplicate_case;
pub mod guardian;
pub mod identity_document;
pub mod legal_hold;
pub mod person;
pub mod personal_data;
pub mod rights_request;
