//! Vacancies.

pub mod vacancy;
