//! The log of changes and of readings, and the hash tree over it.

pub mod audit_commitment;
pub mod audit_detail;
pub mod audit_entry;
pub mod audit_erasure;
pub mod audit_head;
pub mod audit_key;
pub mod audit_leaf;
pub mod audit_node;
pub mod audit_origin;
pub mod audit_pending;
pub mod audit_subject;
pub mod audit_touch;
pub mod checkpoint;
