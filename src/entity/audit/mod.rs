//! The log of changes and of readings.

pub mod audit_entry;
pub mod audit_subject;
pub mod audit_touch;
