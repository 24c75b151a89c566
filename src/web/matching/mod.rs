//! Shortlists.

pub mod shortlist;
