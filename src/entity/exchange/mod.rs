//! What programs exchange with this one.

pub mod idempotency_key;
