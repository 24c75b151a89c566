//! The one integration binary. Everything here goes through the front door: HTTP, a use case or the store, on
//! SQLite or PostgreSQL as `BALLAST_TEST_DATABASE` says. `harness` is what a test is written with.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that meets what it did not expect should stop there and say so"
)]

mod api;
mod append_only;
mod cli;
mod harness;
mod http;
mod migrations;
mod openapi;
mod policy_matrix;
mod schema_drift;
mod service;
mod store;
mod tidy;
mod told;
mod two_worlds;
mod unauthorized;
mod web;
