//! Many rows at once from a file.

mod csv;
pub mod import_run;
pub mod job;
pub mod notification;
