//! Vacancies.

pub mod vacancy;
pub mod vacancy_edit;
