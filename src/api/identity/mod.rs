//! Logins, sessions and tokens.

pub mod api_token;
pub mod password;
pub mod second_factor;
pub mod session;
pub mod token;
pub mod user;
