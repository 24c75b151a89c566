//! The API.

mod account;
mod audit;
mod body_id;
mod confirmation;
mod consent;
mod crash;
mod duplicate;
mod guardian;
mod idempotency;
mod invitation;
mod log_kill;
mod mail;
mod number;
mod one_human;
mod permit;
mod person_number;
mod precondition;
mod retries;
mod sealed;
pub mod second_factor;
