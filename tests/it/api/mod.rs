//! The API.

mod account;
mod crash;
mod idempotency;
mod permit;
mod precondition;
mod retries;
