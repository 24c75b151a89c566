//! The rules.

pub mod taxonomy;
