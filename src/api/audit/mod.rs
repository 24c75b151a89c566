//! The log.

pub mod audit_entry;
pub mod checkpoint;
