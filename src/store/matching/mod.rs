//! Everybody whom a vacancy may be matched with.

pub mod candidate;
