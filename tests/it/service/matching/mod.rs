//! Shortlists, and the people in memory that they are made from.

mod catalogue;
mod shortlist;
