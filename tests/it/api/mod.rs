//! The API.

mod consent;
mod crash;
mod idempotency;
mod permit;
mod precondition;
mod retries;
