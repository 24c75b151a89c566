//! Ballast links joint classes, skill records, poverty targeting and port labour permits to factory
//! vacancies through a ranking matcher.
//!
//! The modules in reading order; `ARCHITECTURE.md` says who may use whom.

pub mod api;
pub mod cli;
pub mod entity;
pub mod format;
pub mod http;
pub mod outside;
pub mod runtime;
pub mod service;
pub mod store;
pub mod web;
pub mod words;
