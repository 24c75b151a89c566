//! What identifies a person.

pub mod citizen_number;
