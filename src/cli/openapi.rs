//! `ballast openapi`: the API's document, without server or database.

use std::io::Write as _;

use super::output::{Failure, Stdout};
use crate::api;

/// Prints the document.
///
/// # Errors
/// When standard output cannot be written.
pub fn run() -> Result<(), Failure> {
    Ok(Stdout.write_all(api::document().as_bytes())?)
}
