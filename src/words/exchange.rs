//! What is wrong in a file that somebody brings, and what people are told, in words.

use ballast_domain::exchange::notification::Kind;
use chrono::NaiveDate;

use super::{Arg, Words};

/// What somebody is told, in a sentence. Days and parts of a bundle are kept as codes and written out here.
#[must_use]
pub fn notification(words: Words, kind: Kind, args: &[(String, Arg)]) -> String {
    let written = args.iter().map(|(name, arg)| {
        let arg = match (name.as_str(), arg) {
            ("part", Arg::Text(part)) => Arg::Text(words.t(&format!("document-{part}"))),
            ("kind", Arg::Text(kind)) => Arg::Text(words.t(&format!("right-{kind}"))),
            ("state", Arg::Text(state)) => Arg::Text(words.t(&format!("right-state-{state}"))),
            ("last_day" | "starts_on", Arg::Text(day)) => {
                Arg::Text(day.parse::<NaiveDate>().map_or_else(|_| day.clone(), |day| words.date(day)))
            }
            (_, arg) => arg.clone(),
        };
        (name.as_str(), arg)
    });
    words.ta(&format!("notification-{}", kind.code()), &written.collect::<Vec<_>>())
}

/// A problem of a cell in words; `part` is which of several things in the cell.
#[must_use]
pub fn problem(words: Words, part: Option<&str>, code: &str, args: &[(&'static str, Arg)]) -> String {
    let detail = words.ta(&format!("field-{code}"), args);
    match part {
        Some(part) => words.ta("import-part", &[("part", part.into()), ("detail", detail.into())]),
        None => detail,
    }
}

/// The same as a line of its own, with the row and the column in front.
#[must_use]
pub fn line(words: Words, row: Option<usize>, column: Option<&str>, detail: String) -> String {
    // A spreadsheet does not group the digits of its row numbers.
    let row = row.map(|row| ("row", Arg::Text(row.to_string())));
    let detail = ("detail", Arg::Text(detail));
    match (row, column) {
        (Some(row), Some(column)) => words.ta("import-cell", &[row, ("column", column.into()), detail]),
        (Some(row), None) => words.ta("import-row", &[row, detail]),
        (None, _) => words.ta("import-file", &[detail]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Locale;

    #[test]
    fn what_somebody_is_told_has_days_and_parts_in_words() {
        let args = [
            ("reference".to_owned(), Arg::from("P-1")),
            ("part".to_owned(), Arg::from("health_certificate")),
            ("last_day".to_owned(), Arg::from("2026-12-01")),
            ("days".to_owned(), Arg::Int(7)),
        ];
        let said = notification(Words(Locale::En), Kind::DocumentExpires, &args);
        assert_eq!(said, "Permit P-1: Health certificate ends on 1 December 2026, within 7 days.");
        for locale in Locale::ALL {
            for kind in Kind::ALL {
                let said = notification(Words(locale), kind, &[]);
                assert!(!said.starts_with("notification-"), "{said}");
            }
        }
    }

    #[test]
    fn a_line_says_where_and_what() {
        let words = Words(Locale::En);
        let detail = problem(words, None, "bad_date", &[]);
        assert_eq!(
            line(words, Some(1017), Some("birth_date"), detail),
            "row 1017, column birth_date: Not a date: write 2026-11-24."
        );
        let detail = problem(words, Some("lockstitch"), "unknown_skill", &[]);
        assert!(line(words, Some(2), None, detail).starts_with("row 2: lockstitch: "));
    }
}
