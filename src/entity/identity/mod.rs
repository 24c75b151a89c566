//! Who may sign in, in which role, and with what.

pub mod api_token;
pub mod membership;
pub mod session;
pub mod sign_in_failure;
pub mod sign_in_link;
pub mod user;
