//! Logins, memberships, sessions and tokens.

pub mod api_token;
pub mod session;
pub mod sign_in_failure;
pub mod sign_in_link;
pub mod user;
