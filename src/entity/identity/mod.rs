//! Who may sign in, in which role, and with what.

pub mod api_token;
pub mod membership;
pub mod session;
pub mod user;
