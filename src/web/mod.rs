//! Owns the pages that a person sees in a browser, and the files they load. It must not know how anything is stored.

pub mod assets;
pub mod ui;
