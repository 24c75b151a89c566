//! Signing in and out, and who a token stands for.

pub mod api_token;
pub mod confirmation;
pub mod demonstration;
pub mod device;
pub mod half_session;
pub mod mail_address;
pub mod membership;
pub mod open_id;
pub mod open_id_link;
pub mod open_id_provider;
pub mod passkey;
pub mod password;
pub mod recovery_code;
pub mod second_factor;
pub mod session;
pub mod sign_in_failure;
pub mod sign_in_link;
pub mod totp;
pub mod user;

#[cfg(test)]
mod tests;
