//! The file formats around the ranking: its profile, and what is recorded of its shortlists.

pub mod hiring_outcome;
pub mod ranking_profile;
pub mod recorded_shortlist;
