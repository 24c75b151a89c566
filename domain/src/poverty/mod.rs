//! Households and the decision to target one. Nothing here is reachable from matching.

pub mod household;
pub mod targeting;
