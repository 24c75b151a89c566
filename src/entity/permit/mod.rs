//! Labour permits that are asked for, and their documents.

pub mod permit;
pub mod permit_document;
