//! People, what they want, and the documents that say who they are.

pub mod availability;
pub mod blind_index;
pub mod consent;
pub mod erasure;
pub mod identity_document;
pub mod legal_hold;
pub mod person;
pub mod person_key;
pub mod person_tie;
