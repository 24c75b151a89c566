//! Everybody in columns, for an exact list of the best in microseconds.
//!
//! [`entry`] is what is kept of one person and how it is packed, [`question`] the rule by which entries are
//! scored and the plain way to ask, by looking at everybody; `column` the unchanging columns, `bound` who can
//! still reach a score, `search` the fast way to ask, `kernel` the loops over bits; [`catalogue`](self::snapshot)
//! is what readers hold while changes go on. The fast way gives the list of the plain one exactly, ties
//! included: tests and the race in `benches/race` compare them.
//!
//! [`crowd`] is the same for the product's own people with everything that the product asks of them; `facts` is what it
//! keeps of them in columns.

mod bound;
mod column;
mod facts;
mod kernel;
mod search;

pub mod crowd;
pub mod entry;
pub mod question;
pub mod snapshot;

pub use kernel::Instructions;
pub use search::Scratch;
