//! Drafting permits and recording the documents of their bundles. Nothing here approves one.

pub mod permit;
pub mod permit_document;
