//! The file formats around the ranking.

pub mod ranking_profile;
