//! The rules of Ballast: facts in, decision out.
//!
//! Nothing here knows a clock, a database, HTTP, a file or a wire format. Every function is total: what it is not
//! told is [`base::unknown::Verdict::Unknown`], and what it refuses comes back as a value with the numbers
//! in it. Words for people come from the locale files, by code.
//!
//! `unsafe` is denied by the workspace's lints; `matching::catalogue::kernel` alone expects it, and says why.

pub mod audit;
pub mod base;
pub mod exchange;
pub mod hiring;
pub mod identity;
pub mod matching;
pub mod organisation;
pub mod permit;
pub mod person;
pub mod poverty;
pub mod quota;
pub mod record;
pub mod taxonomy;
pub mod training;
