//! Work that is done later, and what people are told.

pub mod job;
pub mod job_schedule;
pub mod mail_outbox;
pub mod notification;
