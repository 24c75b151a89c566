//! The API.

mod crash;
mod idempotency;
mod log_kill;
mod permit;
mod precondition;
mod retries;
mod sealed;
