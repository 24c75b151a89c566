//! Pages about people.

pub mod consent;
pub mod contact;
