//! Signing in and out, and who a token stands for.

pub mod api_token;
pub mod demonstration;
pub mod device;
pub mod membership;
pub mod password;
pub mod session;
pub mod sign_in_failure;
pub mod sign_in_link;
pub mod user;

#[cfg(test)]
mod tests;
