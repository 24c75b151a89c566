//! Queries of work that is done later, and of what people are told.

pub mod idempotency_key;
pub mod job;
pub mod job_schedule;
pub mod notification;
