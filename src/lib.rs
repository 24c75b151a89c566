//! lib

pub mod web;
pub mod words;
