//! Ranking people for a vacancy: feasible first, then an exact score with its reasons.
//!
//! [`query`] holds what is asked, [`candidate`] what is known, [`filter`] who is feasible and what would
//! unlock the others, [`score`] the addends, [`rank`] the lists, [`two_sided`] an order by both directions. Nothing
//! about poverty, sex, ethnicity or any other protected trait is in any of these types, so none can enter an order.
//!
//! [`catalogue`] gives the same lists from columns, exactly and fast. [`fairness`] looks at lists that were recorded. It knows groups by number alone, and nothing else here reads it.

pub mod candidate;
pub mod catalogue;
pub mod fairness;
pub mod filter;
pub mod profile;
pub mod query;
pub mod rank;
pub mod score;
pub mod two_sided;
