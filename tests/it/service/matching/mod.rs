//! Shortlists.

mod shortlist;
