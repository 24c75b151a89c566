//! Classifications: their releases, occupations, skills and names. Public reference data, the same for everyone
//! who may read it at all.
//!
//! An import writes whole aggregates: the rows of what changed, and all children of those whose children
//! changed. Its functions take the grant for the framework and touch nothing of another one.

pub mod framework;
pub mod label;
pub mod occupation;
pub mod skill;

/// Ids in one condition, well below the parameters that either database takes.
const IDS_MAX: usize = 10_000;
