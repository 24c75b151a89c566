//! The log's rows.

pub mod audit_entry;
