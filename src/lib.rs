//! lib

pub mod format;
