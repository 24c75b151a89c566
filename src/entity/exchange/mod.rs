//! Work that is done later, what people are told, and mails.

pub mod idempotency_key;
pub mod job;
pub mod job_attempt;
pub mod job_schedule;
pub mod mail_outbox;
pub mod notification;
