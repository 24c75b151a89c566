//! People, what they want, and the documents that say who they are.

pub mod availability;
pub mod consent;
pub mod identity_document;
pub mod person;
pub mod person_tie;
