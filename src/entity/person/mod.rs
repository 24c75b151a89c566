//! People, and what is known about them apart from any programme.

pub mod availability;
pub mod availability_region;
pub mod blind_index;
pub mod consent;
pub mod duplicate_case;
pub mod duplicate_move;
pub mod erasure;
pub mod guardian;
pub mod identity_document;
pub mod legal_hold;
pub mod nationality;
pub mod number_attempt;
pub mod person;
pub mod person_key;
pub mod person_link;
pub mod person_secret;
pub mod person_tie;
pub mod retention;
pub mod rights_request;
