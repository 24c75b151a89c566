//! Households that a bureau registered. No employer reaches these tables, nor anything from which they follow.

pub mod household;
pub mod household_member;
pub mod targeting;
