//! People, what they want, and the documents that say who they are.

pub mod availability;
pub mod blind_index;
pub mod consent;
pub mod duplicate_case;
pub mod erasure;
pub mod guardian;
pub mod identity_document;
pub mod legal_hold;
pub mod number_attempt;
pub mod person;
pub mod person_key;
pub mod person_link;
pub mod person_tie;
pub mod personal;
pub mod personal_data;
pub mod retention;
pub mod rights_request;
