//! Logins, memberships, sessions and tokens, and second factors.

pub mod api_token;
pub mod half_session;
pub mod mail_address;
pub mod open_id_link;
pub mod open_id_provider;
pub mod passkey;
pub mod passkey_challenge;
pub mod recovery_code;
pub mod session;
pub mod sign_in_failure;
pub mod sign_in_link;
pub mod totp;
pub mod user;
