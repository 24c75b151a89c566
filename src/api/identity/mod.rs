//! Logins, sessions and tokens.

pub mod api_token;
pub mod mail_address;
pub mod open_id_link;
pub mod open_id_provider;
pub mod password;
pub mod second_factor;
pub mod session;
pub mod sign_in_link;
pub mod token;
pub mod user;
