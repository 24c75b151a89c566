//! Many rows at once from a file that somebody brings.

pub mod import_run;
