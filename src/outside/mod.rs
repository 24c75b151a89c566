//! What the process gets from the world besides the database: time, randomness, keys.

pub mod clock;
pub mod keys;
pub mod random;
pub mod witness;
