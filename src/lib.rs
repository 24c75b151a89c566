//! Ballast links joint classes, trainee skill records, poverty targeting and labour permits at border ports
//! to factory vacancies through a ranking matcher.

pub mod entity;
