//! Permits and their documents.

mod permit;
mod permit_document;
