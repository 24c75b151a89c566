//! Owns how pages look: pure functions from plain structs to markup. It must not know services, storage or requests;
//! whoever calls it has already gathered and worded everything.

pub mod chart;
pub mod error;
pub mod form;
pub mod layout;
pub mod parts;
pub mod qr;
pub mod shortlist;
pub mod sign_in;

#[cfg(test)]
mod tests;
