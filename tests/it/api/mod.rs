//! The API.

mod account;
mod audit;
mod consent;
mod crash;
mod idempotency;
mod log_kill;
mod permit;
mod precondition;
mod retries;
mod sealed;
