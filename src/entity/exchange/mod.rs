//! Work that is done later, and what people are told.

pub mod idempotency_key;
pub mod job;
pub mod job_attempt;
pub mod job_schedule;
pub mod notification;
