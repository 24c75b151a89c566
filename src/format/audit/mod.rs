//! The log as bytes: the header of an entry, signed checkpoints, exports and proofs.

pub mod checkpoint;
pub mod export;
pub mod header;
