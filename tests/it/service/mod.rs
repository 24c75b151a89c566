//! Use cases.

mod permit;
mod person;
