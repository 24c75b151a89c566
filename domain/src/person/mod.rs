//! What identifies a person.

pub mod citizen_number;
pub mod consent;
pub mod duplicate_case;
pub mod guardian;
pub mod mask;
pub mod nationality;
pub mod number_reading;
pub mod retention;
pub mod rights_request;
