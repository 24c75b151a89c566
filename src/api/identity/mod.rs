//! Logins and tokens.

pub mod token;
pub mod user;
