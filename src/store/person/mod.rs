//! People, what they want, and the documents that say who they are.

pub mod availability;
pub mod identity_document;
pub mod person;
