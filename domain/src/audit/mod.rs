//! The tamper-evident log: what an entry commits to, the hash tree over all of them, and what a verifier finds.

pub mod entry;
pub mod merkle;
pub mod verify;
