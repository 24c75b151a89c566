//! Labour permits that are asked for, and the documents of their bundles.

pub mod permit;
pub mod permit_document;
