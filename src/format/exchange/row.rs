//! One row of a file, whose cells are read as values; what cannot be read is remembered as a problem.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::money::Minor;
use ballast_domain::matching::candidate::Shifts;

/// A cell, a row or a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The row, as a spreadsheet counts: the heading is row 1.
    pub row: usize,
    /// The column's name; empty for the whole row.
    pub column: String,
    /// Stable; `field-<code>` in the locale files.
    pub code: &'static str,
    /// A figure for the words.
    pub figure: Option<(&'static str, i64)>,
}

impl Problem {
    /// A problem without a figure.
    #[must_use]
    pub fn new(row: usize, column: &str, code: &'static str) -> Self {
        Self { row, column: column.to_owned(), code, figure: None }
    }

    /// The same with a figure.
    #[must_use]
    pub fn with(mut self, name: &'static str, figure: i64) -> Self {
        self.figure = Some((name, figure));
        self
    }
}

/// One row. A missing column reads as an empty cell.
#[derive(Debug)]
pub struct Row<'t> {
    number: usize,
    positions: &'t BTreeMap<&'static str, usize>,
    record: &'t csv::StringRecord,
    problems: Vec<Problem>,
}

impl<'t> Row<'t> {
    pub(super) fn new(
        number: usize,
        positions: &'t BTreeMap<&'static str, usize>,
        record: &'t csv::StringRecord,
    ) -> Self {
        Self { number, positions, record, problems: Vec::new() }
    }

    /// The row's number in the file.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Remembers that a cell is wrong.
    pub fn wrong(&mut self, column: &str, code: &'static str) {
        self.problems.push(Problem::new(self.number, column, code));
    }

    /// Refuses cells with NUL, which no database keeps or looks for.
    pub(super) fn refuse_nul(&mut self) {
        for (column, at) in self.positions {
            if self.record.get(*at).is_some_and(|cell| cell.contains('\0')) {
                self.wrong(column, "control_character");
            }
        }
    }

    fn cell(&self, column: &str) -> &'t str {
        self.positions.get(column).and_then(|at| self.record.get(*at)).unwrap_or("")
    }

    /// A text that must be there.
    pub fn text(&mut self, column: &str) -> String {
        let cell = self.cell(column);
        if cell.is_empty() {
            self.wrong(column, "required");
        }
        cell.to_owned()
    }

    /// A text; an empty cell is none.
    pub fn text_if_any(&mut self, column: &str) -> Option<String> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty()).map(str::to_owned)
    }

    fn parsed<T>(
        &mut self,
        column: &str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        let value = parse(cell);
        if value.is_none() {
            self.wrong(column, code);
        }
        value
    }

    /// A date, `2026-11-24`; an empty cell is none.
    pub fn date_if_any(&mut self, column: &str) -> Option<CivilDate> {
        self.parsed(column, "bad_date", |cell| CivilDate::parse_from_str(cell, "%Y-%m-%d").ok())
    }

    /// A date that must be there.
    pub fn date(&mut self, column: &str) -> CivilDate {
        self.present(column, Self::date_if_any)
    }

    /// A whole number; an empty cell is none.
    pub fn integer_if_any(&mut self, column: &str) -> Option<i64> {
        self.parsed(column, "bad_number", |cell| cell.parse().ok())
    }

    /// A whole number that must be there.
    pub fn integer(&mut self, column: &str) -> i64 {
        self.present(column, Self::integer_if_any)
    }

    /// An amount in yuan with at most two decimals, as fen; an empty cell is none.
    pub fn yuan_if_any(&mut self, column: &str) -> Option<Minor> {
        self.parsed(column, "bad_number", parse_yuan)
    }

    /// An amount that must be there.
    pub fn yuan(&mut self, column: &str) -> Minor {
        self.present(column, Self::yuan_if_any)
    }

    /// `yes` or `no` (是, 否); an empty cell is unknown.
    pub fn yes_no_if_any(&mut self, column: &str) -> Option<bool> {
        self.parsed(column, "bad_yes_no", |cell| match cell {
            "yes" | "是" => Some(true),
            "no" | "否" => Some(false),
            _ => None,
        })
    }

    /// Words that spaces part; an empty cell has none.
    pub fn words(&mut self, column: &str) -> Vec<String> {
        self.cell(column).split_whitespace().map(str::to_owned).collect()
    }

    /// Shifts, `day evening night`.
    pub fn shifts(&mut self, column: &str) -> Shifts {
        let mut shifts = Shifts::default();
        for word in self.words(column) {
            match word.as_str() {
                "day" => shifts.day = true,
                "evening" => shifts.evening = true,
                "night" => shifts.night = true,
                _ => self.wrong(column, "unknown_choice"),
            }
        }
        shifts
    }

    /// A value that must be there: a missing one is a problem, and its default stands in for it meanwhile.
    fn present<T: Default>(&mut self, column: &str, read: impl FnOnce(&mut Self, &str) -> Option<T>) -> T {
        if self.cell(column).is_empty() {
            self.wrong(column, "required");
            return T::default();
        }
        read(self, column).unwrap_or_default()
    }
}

/// `4200`, `4200.5` or `4200.50` as fen, exactly.
fn parse_yuan(text: &str) -> Option<Minor> {
    let (yuan, fen) = text.split_once('.').unwrap_or((text, ""));
    if yuan.is_empty() || fen.len() > 2 || !yuan.bytes().chain(fen.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fen: Minor = format!("{fen:0<2}").parse().ok()?;
    yuan.parse::<Minor>().ok()?.checked_mul(100)?.checked_add(fen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_exactly_or_not_at_all() {
        let read = ["4200", "4200.5", "4200.05", "0"].map(|text| parse_yuan(text).unwrap());
        assert_eq!(read, [420_000, 420_050, 420_005, 0]);
        for bad in ["", ".5", "-1", "4,200", "1.005", "1e3", "99999999999999999999"] {
            assert_eq!(parse_yuan(bad), None, "{bad}");
        }
    }
}
