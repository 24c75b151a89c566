//! Permits.

pub mod permit;
