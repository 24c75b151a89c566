//! Classifications.

mod framework;
