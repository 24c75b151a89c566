//! Many rows at once from a file that somebody brings, work that is done later, and what people are told.

pub mod idempotency_key;
pub mod import_run;
pub mod job;
pub mod job_schedule;
pub mod mail_outbox;
pub mod notification;
