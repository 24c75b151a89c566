//! Ranked people for a vacancy, as each viewer may see them.

pub mod catalogue;
pub mod pseudonym;
pub mod shortlist;
