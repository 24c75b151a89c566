//! The API.

mod account;
mod audit;
mod consent;
mod crash;
mod idempotency;
mod invitation;
mod log_kill;
mod permit;
mod precondition;
mod retries;
mod sealed;
