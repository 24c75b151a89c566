//! The API.

mod crash;
mod idempotency;
mod permit;
mod precondition;
mod retries;
