//! Reading the log.

pub mod audit_entry;
