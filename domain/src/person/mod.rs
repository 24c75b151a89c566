//! What identifies a person.

pub mod citizen_number;
pub mod nationality;
