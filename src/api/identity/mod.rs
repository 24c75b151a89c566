//! Tokens.

pub mod token;
