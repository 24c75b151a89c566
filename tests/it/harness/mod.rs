//! What a test is written with: a database of its own, the server around it, a small town in it, and people who
//! make requests.
//!
//! ```ignore
//! let app = TestApp::start().await;
//! let answer = app.school().get("/api/v1/people").await.expect_status(200);
//! assert_eq!(answer.json()["items"].as_array().unwrap().len(), 4);
//! app.factory().get(&format!("/api/v1/people/{}", app.town.home.trainee)).await.expect_problem(403, "denied");
//! ```

mod app;
mod database;
mod document;
mod golden;
mod identity;
mod routes;
mod statements;

#[cfg(test)]
mod tests;
mod town;

pub use app::{PASSWORD, TestApp, code_of, seal_and_sign, write_keys};
pub use database::{Template, TestDatabase, is_sqlite};
pub use document::{Operation, document, operations};
pub use golden::assert_golden;
pub use identity::{Answer, Identity, token as token_of};
pub use routes::{PANIC, endpoint};
pub use statements::statements_of;
pub use town::{Place, Side, Town, World};
