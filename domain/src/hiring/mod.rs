//! Vacancies: what a factory may ask for.

pub mod vacancy;
