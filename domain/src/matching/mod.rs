//! Ranking people for a vacancy: feasible first, then an exact score with its reasons.
//!
//! [`query`] holds what is asked, [`candidate`] what is known, [`filter`] who is feasible and what would
//! unlock the others, [`score`] the addends, [`rank`] the lists. Nothing about poverty, sex, ethnicity or
//! any other protected trait is in any of these types, so none can enter an order.

pub mod candidate;
pub mod filter;
pub mod profile;
pub mod query;
pub mod rank;
pub mod score;
