//! People, and what is known about them apart from any programme.

pub mod availability;
pub mod availability_region;
pub mod consent;
pub mod identity_document;
pub mod nationality;
pub mod person;
pub mod person_secret;
pub mod person_tie;
