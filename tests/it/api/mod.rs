//! The API.

mod permit;
