//! The API.

mod account;
mod audit;
mod body_id;
mod confirmation;
mod consent;
mod crash;
mod desk_login;
mod duplicate;
mod guardian;
mod idempotency;
mod identity;
mod invitation;
mod log_kill;
mod log_silence;
mod mail;
mod mail_worlds;
mod number;
mod one_human;
mod permit;
mod person_number;
mod precondition;
mod retries;
mod sealed;
pub mod second_factor;
