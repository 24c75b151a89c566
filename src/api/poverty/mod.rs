//! Households and decisions about them, for bureaus alone.

pub mod household;
pub mod targeting;
