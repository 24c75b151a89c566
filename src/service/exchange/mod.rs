//! Many rows at once from a file that somebody brings.

pub mod idempotency_key;
pub mod import_run;
