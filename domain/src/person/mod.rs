//! What identifies a person.

pub mod citizen_number;
pub mod consent;
pub mod nationality;
