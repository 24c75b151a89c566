//! The API.

mod audit;
mod crash;
mod idempotency;
mod permit;
mod precondition;
mod retries;
