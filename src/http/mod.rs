//! What the API and the pages share: the server, the middleware stack, problems, sign-in by header or
//! cookie, the check against forged forms. Knows words and identity, no other use case.

pub mod agent;
pub mod answer;
pub mod client;
pub mod cors;
pub mod csrf;
pub mod etag;
pub mod gate;
pub mod health;
pub mod idempotency;
mod json;
pub mod limits;
pub mod metrics;
pub mod patience;
pub mod problem;
pub mod rate;
pub mod request;
pub mod schema;
pub mod server;
pub mod session;
pub mod settings;
pub mod table;
#[cfg(feature = "tls")]
pub mod tls;
