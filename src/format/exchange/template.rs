//! What an empty file of each kind looks like: its heading line and one row. The people in them are
//! invented; ids stand for those of your own rows.

/// Trainees.
pub const TRAINEES: &str = include_str!("../../../examples/import/trainees.csv");
/// Claims about skills.
pub const SKILL_CLAIMS: &str = include_str!("../../../examples/import/skill-claims.csv");
/// Rosters of joint classes.
pub const CLASS_ROSTERS: &str = include_str!("../../../examples/import/class-rosters.csv");
/// Households.
pub const HOUSEHOLDS: &str = include_str!("../../../examples/import/households.csv");
/// Vacancies.
pub const VACANCIES: &str = include_str!("../../../examples/import/vacancies.csv");
/// Foreign workers.
pub const FOREIGN_WORKERS: &str = include_str!("../../../examples/import/foreign-workers.csv");

/// The heading line of an example and its first row.
#[must_use]
pub fn first_row(example: &str) -> String {
    example.lines().take(2).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::exchange::table::{Column, Table};
    use crate::format::exchange::{class_roster, foreign_worker, household, skill_claim, trainee, vacancy};

    const GUIDE: &str = include_str!("../../../docs/import.md");

    fn kinds() -> [(&'static str, &'static str, &'static [Column]); 6] {
        [
            ("trainees", TRAINEES, trainee::COLUMNS),
            ("skill-claims", SKILL_CLAIMS, skill_claim::COLUMNS),
            ("class-rosters", CLASS_ROSTERS, class_roster::COLUMNS),
            ("households", HOUSEHOLDS, household::COLUMNS),
            ("vacancies", VACANCIES, vacancy::COLUMNS),
            ("foreign-workers", FOREIGN_WORKERS, foreign_worker::COLUMNS),
        ]
    }

    #[test]
    fn every_example_can_be_read_and_has_every_column_in_order() {
        for (kind, example, columns) in kinds() {
            let heading: Vec<&str> = columns.iter().map(|column| column.name).collect();
            assert_eq!(example.lines().next(), Some(heading.join(",").as_str()), "{kind}");
            let first = first_row(example);
            assert_eq!(Table::read(first.as_bytes(), columns).unwrap().rows().count(), 1, "{kind}");
        }
        assert!(trainee::read(TRAINEES.as_bytes()).is_ok());
        assert!(skill_claim::read(SKILL_CLAIMS.as_bytes()).is_ok());
        assert!(class_roster::read(CLASS_ROSTERS.as_bytes()).is_ok());
        assert!(household::read(HOUSEHOLDS.as_bytes()).is_ok());
        assert!(vacancy::read(VACANCIES.as_bytes()).is_ok());
        assert!(foreign_worker::read(FOREIGN_WORKERS.as_bytes()).is_ok());
    }

    #[test]
    fn the_guide_says_of_every_column_whether_it_is_required() {
        for (kind, _, columns) in kinds() {
            let chapter = GUIDE.split("\n## ").find(|chapter| chapter.starts_with(&format!("`{kind}`")));
            let chapter = chapter.unwrap_or_else(|| panic!("no chapter about {kind}"));
            for column in columns {
                let required = if column.required { "yes" } else { "no" };
                let line = format!("| `{}` | {required} |", column.name);
                assert!(chapter.contains(&line), "{kind}: {line}");
            }
        }
    }
}
