//! The API.

mod account;
mod audit;
mod body_id;
mod consent;
mod crash;
mod guardian;
mod idempotency;
mod invitation;
mod log_kill;
mod number;
mod one_human;
mod permit;
mod person_number;
mod precondition;
mod retries;
mod sealed;
pub mod second_factor;
