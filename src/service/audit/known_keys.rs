//! The keys of subjects that one process has opened: to ask for a key costs a small change a journey of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::outside::keys::SubjectKey;

/// How many are remembered: some 2 MB.
const MOST: usize = 10_000;

/// A key, and what is stored of it.
#[derive(Debug)]
pub struct Known {
    /// To seal with.
    pub opened: SubjectKey,
    /// The same as `audit_key` had it when it was read. Whoever seals with it writes only where it is still so:
    /// another process may have erased the subject, and a transaction that made the key may not have been kept.
    pub stored: Vec<u8>,
}

/// Keys by their subject.
#[derive(Debug, Default)]
pub struct KnownKeys(Mutex<HashMap<Uuid, Arc<Known>>>);

impl KnownKeys {
    /// Those of these subjects that are remembered.
    #[must_use]
    pub fn recall(&self, subjects: &[Uuid]) -> HashMap<Uuid, Arc<Known>> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        subjects.iter().filter_map(|id| Some((*id, Arc::clone(keys.get(id)?)))).collect()
    }

    /// Remembers keys. Where there are too many, all others are forgotten.
    pub fn remember(&self, found: &HashMap<Uuid, Arc<Known>>) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() + found.len() > MOST {
            keys.clear();
        }
        keys.extend(found.iter().take(MOST).map(|(id, key)| (*id, Arc::clone(key))));
    }

    /// Forgets the keys of subjects.
    pub fn forget(&self, subjects: &[Uuid]) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for subject in subjects {
            keys.remove(subject);
        }
    }
}
