//! What is wrong in a file that somebody brings, in words.

use super::{Arg, Words};

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
