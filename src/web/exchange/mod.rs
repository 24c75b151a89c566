//! Pages of work that is done later, and of what one was told.

pub mod job;
pub mod notification;
