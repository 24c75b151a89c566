//! Classifications.

mod framework;
mod occupation;
