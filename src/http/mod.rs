//! What the API and the pages share: the server, the middleware stack, problems, sign-in by header or
//! cookie, the check against forged forms. Knows words and identity, no other use case.

pub mod answer;
pub mod csrf;
pub mod etag;
pub mod health;
pub mod idempotency;
pub mod limits;
pub mod problem;
pub mod request;
pub mod server;
pub mod session;
