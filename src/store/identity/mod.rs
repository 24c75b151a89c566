//! Logins, memberships, sessions and tokens.

pub mod session;
pub mod user;
