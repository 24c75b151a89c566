//! Files of rows.

mod import_run;
