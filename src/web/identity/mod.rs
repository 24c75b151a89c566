//! Signing in and out, and how one does it.

pub mod account;
pub mod confirmation;
pub mod member;
pub mod open_id;
pub mod open_id_provider;
pub mod passkey;
pub mod second_factor;
pub mod session;
pub mod sign_in_link;
