//! Use cases. Each one authorises, gathers facts, lets `domain` decide, applies the decision and writes its
//! audit entry in the same transaction. API, pages, command line and jobs call the same ones. Services
//! return views, never rows, and know nothing of HTTP.

pub mod audit;
pub mod batch;
pub mod context;
pub mod error;
pub mod exchange;
pub mod hiring;
pub mod identity;
pub mod matching;
pub mod organisation;
pub mod permit;
pub mod person;
pub mod poverty;
pub mod record;
pub mod revision;
pub mod taxonomy;
pub mod text;
pub mod training;

#[cfg(test)]
pub(crate) mod tests;

pub use audit::lag::measure_log;
pub use context::{App, Ctx};
pub use error::{Error, Field, Refusal};
pub use exchange::idempotency_key::{Retry, once};
pub use revision::Seen;

pub use crate::outside::metrics::{Kind, Measurement};
pub use crate::store::page;
