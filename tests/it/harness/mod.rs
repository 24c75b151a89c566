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
mod cut;
mod database;
mod document;
mod golden;
mod identity;
mod mail;
mod node;
mod open_id;
mod records;
mod routes;
mod rows;
mod statements;

#[cfg(test)]
mod tests;
mod town;

pub use app::{App, PASSWORD, PUBLIC_URL, TestApp, code_of, installation_with, now, seal_and_sign};
pub use cut::cut_after;
pub use database::{Template, TestDatabase, is_sqlite, random_seed};
pub use document::{Operation, document, operations};
pub use golden::assert_golden;
pub use identity::{Answer, Identity};
pub use mail::{MailSink, mailer_at};
pub use node::{Node, admit, get, heard, post};
pub use open_id::{OPEN_ID_SECRET, code_of as open_id_code_of};
pub use routes::{PANIC, endpoint};
pub use statements::statements_of;
pub use town::{Place, Side, Town, World};
