//! Queries of work that is done later, of what people are told, and of mails.

pub mod idempotency_key;
pub mod job;
pub mod job_schedule;
pub mod mail_outbox;
pub mod notification;
