//! Ranked people for a vacancy.

pub mod shortlist;
