//! Signing in and out, and who a token stands for.

pub mod demonstration;
pub mod password;
pub mod session;
pub mod user;

#[cfg(test)]
mod tests;
