//! The screening of a permit: what must be known, which checks there are, what they find, and the one way to a clearance.
//!
//! A check reads facts and a dated rule, and says pass, bar or unknown. What is not known is unknown, never "no", and
//! unknown never passes. Nothing here can be overridden by a role: a hard bar and a stop fall only when the facts change.

pub mod check;
pub mod clearance;
pub mod fact;
pub mod finding;
pub mod pack;
pub mod screen;
pub mod worked_example;

mod conditions;
mod parties;
mod person;
mod process;
