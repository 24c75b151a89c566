//! The log of changes and readings: writing, sealing, signing, proving, verifying.

pub mod audit_entry;
pub mod audit_erasure;
pub mod checkpoint;
pub mod export;
mod known_keys;
pub mod lag;
pub mod reading;
pub mod restore;
pub mod sequencer;
pub mod verify;

use std::sync::Arc;

use tokio::sync::{Mutex, watch};

use crate::outside::witness::Witness;

/// What one process knows of the log.
#[derive(Debug)]
pub struct Log {
    /// Where checkpoints are kept outside of the database.
    pub witness: Witness,
    /// The keys of subjects that it has opened.
    keys: known_keys::KnownKeys,
    /// Readings that wait to be written.
    readings: reading::Queue,
    /// Whose turn it is to seal, of this process.
    turn: Arc<Mutex<()>>,
    /// The size of the log as this process last saw it.
    grown: watch::Sender<u64>,
}

impl Log {
    /// Nothing known yet.
    #[must_use]
    pub fn new(witness: Witness) -> Self {
        Self {
            witness,
            keys: known_keys::KnownKeys::default(),
            readings: reading::Queue::default(),
            turn: Arc::default(),
            grown: watch::Sender::new(0),
        }
    }

    /// Tells when this process sees the log grow.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }

    /// The log has this size now.
    pub fn saw(&self, size: u64) {
        self.grown.send_if_modified(|known| {
            let grew = size > *known;
            *known = size.max(*known);
            grew
        });
    }
}
