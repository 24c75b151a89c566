//! Vacancies and what they ask for.

pub mod vacancy;
pub mod vacancy_requirement;
