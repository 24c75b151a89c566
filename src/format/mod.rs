//! Bytes to domain values and back. Reads no files and knows no tables: bytes come in as arguments.

pub mod audit;
pub mod exchange;
pub mod matching;
pub mod permit;
pub mod quota;
pub mod taxonomy;
