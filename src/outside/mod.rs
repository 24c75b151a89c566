//! What the process gets from the world besides the database: time, randomness, keys, answers of other servers; and what it tells those who watch over it.

pub mod clock;
pub mod erasure_journal;
pub mod http_client;
mod key_file;
pub mod keys;
pub mod mail;
pub mod metrics;
pub mod random;
pub mod witness;
