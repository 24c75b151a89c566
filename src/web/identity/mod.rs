//! Signing in and out, and how one does it.

pub mod account;
pub mod session;
