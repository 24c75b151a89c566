//! The log.

pub mod audit_entry;
