//! Money in integer minor units (fen for CNY).

/// An amount in minor units of one currency.
pub type Minor = i64;

/// The most that any single amount may be: 10 billion yuan. Products with basis points stay far inside i64.
pub const AMOUNT_MAX_MINOR: Minor = 1_000_000_000_000;
