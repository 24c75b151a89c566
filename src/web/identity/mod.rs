//! Signing in and out, and how one does it.

pub mod account;
pub mod second_factor;
pub mod session;
