//! Use cases.

mod exchange;
mod permit;
mod person;
