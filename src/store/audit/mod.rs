//! The log's rows, and the hash tree over them.

pub mod audit_detail;
pub mod audit_entry;
pub mod audit_leaf;
pub mod audit_origin;
pub mod checkpoint;
pub mod feed;
pub mod told;
pub mod verification;
