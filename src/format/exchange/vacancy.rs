//! Vacancies, one a row; what they ask for is one cell.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::money::Minor;
use ballast_domain::matching::candidate::Shifts;

use super::row::{Problem, Row};
use super::table::{Column, Table, optional, required};

/// The columns of a file of vacancies.
pub const COLUMNS: &[Column] = &[
    required("reference"),
    required("site"),
    required("occupation"),
    required("title_zh"),
    required("title_en"),
    required("headcount"),
    required("wage_min"),
    required("wage_max"),
    required("starts_on"),
    required("shifts"),
    optional("dormitory"),
    optional("age_min"),
    required("requirements"),
];

/// A skill that a vacancy asks for, in its cell `skill:essential|optional:level:floor:weight`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementCell {
    /// The skill's key, URI or id.
    pub skill: String,
    /// Whether nobody is considered without it.
    pub essential: bool,
    /// The level at which it counts in full.
    pub level: u8,
    /// The least level of an essential skill.
    pub floor: u8,
    /// Its share.
    pub weight: u32,
}

/// A vacancy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VacancyRow {
    /// The factory's own reference.
    pub reference: String,
    /// The site's id or one of its names.
    pub site: String,
    /// The occupation's key, URI or id.
    pub occupation: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// How many posts.
    pub headcount: i64,
    /// Least monthly wage, in fen.
    pub wage_min_minor: Minor,
    /// Ceiling, in fen.
    pub wage_max_minor: Minor,
    /// First day of work.
    pub starts_on: CivilDate,
    /// Its shifts.
    pub shifts: Shifts,
    /// Whether it has a dormitory; no, where the cell is empty.
    pub dormitory: bool,
    /// The youngest age.
    pub age_min: Option<i64>,
    /// What it asks for.
    pub requirements: Vec<RequirementCell>,
}

/// Reads a file of vacancies.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Vec<VacancyRow>, Vec<Problem>> {
    Table::read(bytes, COLUMNS)?.map(|row| VacancyRow {
        reference: row.text("reference"),
        site: row.text("site"),
        occupation: row.text("occupation"),
        title_zh: row.text("title_zh"),
        title_en: row.text("title_en"),
        headcount: row.integer("headcount"),
        wage_min_minor: row.yuan("wage_min"),
        wage_max_minor: row.yuan("wage_max"),
        starts_on: row.date("starts_on"),
        shifts: row.shifts("shifts"),
        dormitory: row.yes_no_if_any("dormitory").unwrap_or(false),
        age_min: row.integer_if_any("age_min"),
        requirements: requirements(row),
    })
}

/// `lockstitch:essential:3:2:300; read-spec-sheet:optional:2:0:110`
fn requirements(row: &mut Row<'_>) -> Vec<RequirementCell> {
    let cell = row.text("requirements");
    let parsed: Option<Vec<RequirementCell>> =
        cell.split(';').map(str::trim).filter(|part| !part.is_empty()).map(requirement).collect();
    match parsed {
        Some(requirements) => requirements,
        None => {
            row.wrong("requirements", "bad_requirement");
            Vec::new()
        }
    }
}

fn requirement(text: &str) -> Option<RequirementCell> {
    // From the right, since a URI has colons of its own.
    let mut parts = text.rsplitn(5, ':').map(str::trim);
    let weight = parts.next()?.parse().ok()?;
    let floor = parts.next()?.parse().ok()?;
    let level = parts.next()?.parse().ok()?;
    let essential = match parts.next()? {
        "essential" => true,
        "optional" => false,
        _ => return None,
    };
    let skill = parts.next()?.to_owned();
    Some(RequirementCell { skill, essential, level, floor, weight })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_may_name_its_skill_by_key_or_address() {
        let by_key = requirement("lockstitch:essential:3:2:300").unwrap();
        assert_eq!((by_key.skill.as_str(), by_key.essential, by_key.weight), ("lockstitch", true, 300));
        let by_uri = requirement("http://data.europa.eu/esco/skill/1:optional:2:0:110").unwrap();
        assert_eq!((by_uri.skill.as_str(), by_uri.floor), ("http://data.europa.eu/esco/skill/1", 0));
        for bad in ["lockstitch", "lockstitch:must:3:2:300", "lockstitch:essential:x:2:300"] {
            assert_eq!(requirement(bad), None, "{bad}");
        }
    }
}
