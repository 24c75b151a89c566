//! The time between a password and the second factor: short, and of few tries.

/// How long it lasts, in seconds.
pub const SECONDS: i64 = 300;
/// How often a code can be tried in it.
pub const TRIES_MAX: i32 = 5;
