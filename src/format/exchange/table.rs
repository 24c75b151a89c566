//! A CSV file as a table: UTF-8 with or without a mark, or GB18030, with a heading row of known names.

use std::collections::BTreeMap;

use encoding_rs::GB18030;

use super::row::{Problem, Row};

/// The most rows of one file.
pub const ROWS_MAX: usize = 10_000;

/// A column that a kind of file has.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the heading row.
    pub name: &'static str,
    /// Whether the file is nothing without it.
    pub required: bool,
}

/// A column that must be there.
#[must_use]
pub const fn required(name: &'static str) -> Column {
    Column { name, required: true }
}

/// A column that may be missing.
#[must_use]
pub const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

/// A file read into rows whose cells are found by the names of their columns.
#[derive(Clone, Debug)]
pub struct Table {
    positions: BTreeMap<&'static str, usize>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    /// Reads a file. The heading row is row 1, as a spreadsheet counts.
    ///
    /// # Errors
    /// All problems of the heading, or the first of the file's form.
    pub fn read(bytes: &[u8], columns: &[Column]) -> Result<Self, Vec<Problem>> {
        Self::read_up_to(bytes, columns, ROWS_MAX)
    }

    /// The same with another limit of rows, for files that no request brings.
    ///
    /// # Errors
    /// As for [`Table::read`].
    pub fn read_up_to(bytes: &[u8], columns: &[Column], rows_max: usize) -> Result<Self, Vec<Problem>> {
        let text = decode(bytes).ok_or_else(|| vec![Problem::new(1, "", "not_utf8")])?;
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let heading = reader.headers().map_err(|_form| vec![Problem::new(1, "", "not_csv")])?.clone();
        let positions = positions(&heading, columns)?;
        let mut rows = Vec::new();
        for (n, record) in reader.records().enumerate() {
            let row = n + 2;
            let record = record.map_err(|_form| vec![Problem::new(row, "", "not_csv")])?;
            if record.len() != heading.len() {
                return Err(vec![Problem::new(row, "", "wrong_cell_count")]);
            }
            if rows.len() == rows_max {
                let max = i64::try_from(rows_max).unwrap_or(i64::MAX);
                return Err(vec![Problem::new(row, "", "too_many_rows").with("max", max)]);
            }
            rows.push(record);
        }
        if rows.is_empty() {
            return Err(vec![Problem::new(1, "", "no_rows")]);
        }
        Ok(Self { positions, rows })
    }

    /// The rows, each with its number in the file.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (2..).zip(&self.rows).map(|(number, record)| Row::new(number, &self.positions, record))
    }

    /// Turns every row into a value, or gives every problem of every row.
    ///
    /// # Errors
    /// All problems, in the order of the rows.
    pub fn map<T>(&self, mut read: impl FnMut(&mut Row<'_>) -> T) -> Result<Vec<T>, Vec<Problem>> {
        let (mut values, mut problems) = (Vec::with_capacity(self.rows.len()), Vec::new());
        for mut row in self.rows() {
            row.refuse_nul();
            values.push(read(&mut row));
            problems.extend(row.into_problems());
        }
        if problems.is_empty() { Ok(values) } else { Err(problems) }
    }
}

/// UTF-8 without its mark, else GB18030; `None` when it is neither.
fn decode(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

fn positions(
    heading: &csv::StringRecord,
    columns: &[Column],
) -> Result<BTreeMap<&'static str, usize>, Vec<Problem>> {
    let mut positions = BTreeMap::new();
    let mut problems = Vec::new();
    for (at, name) in heading.iter().enumerate() {
        match columns.iter().find(|column| column.name == name) {
            None => problems.push(Problem::new(1, name, "unknown_column")),
            Some(column) if positions.insert(column.name, at).is_some() => {
                problems.push(Problem::new(1, name, "doubled"));
            }
            Some(_) => {}
        }
    }
    for column in columns.iter().filter(|c| c.required && !positions.contains_key(c.name)) {
        problems.push(Problem::new(1, column.name, "missing_column"));
    }
    if problems.is_empty() { Ok(positions) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [required("name"), optional("sex")];

    fn codes(bytes: &[u8]) -> Vec<(usize, String, &'static str)> {
        let problems = Table::read(bytes, &COLUMNS).unwrap_err();
        problems.into_iter().map(|p| (p.row, p.column, p.code)).collect()
    }

    #[test]
    fn utf_8_with_a_mark_and_gb18030_read_the_same() {
        let plain = "name,sex\n林小满,female\n".as_bytes().to_vec();
        let marked = [b"\xef\xbb\xbf".as_slice(), &plain].concat();
        let (national, _, _) = GB18030.encode("name,sex\n林小满,female\n");
        for bytes in [plain.as_slice(), &marked, &national] {
            let table = Table::read(bytes, &COLUMNS).unwrap();
            let names = table.map(|row| row.text("name")).unwrap();
            assert_eq!(names, ["林小满"]);
        }
    }

    #[test]
    fn a_wrong_heading_names_every_column() {
        assert_eq!(
            codes(b"nam,sex,sex\n"),
            [
                (1, "nam".to_owned(), "unknown_column"),
                (1, "sex".to_owned(), "doubled"),
                (1, "name".to_owned(), "missing_column"),
            ]
        );
    }

    #[test]
    fn a_short_row_and_an_empty_file_are_named() {
        assert_eq!(codes(b"name,sex\na,b\nc\n"), [(3, String::new(), "wrong_cell_count")]);
        assert_eq!(codes(b"name,sex\n"), [(1, String::new(), "no_rows")]);
        assert_eq!(codes(b"name,sex\n\xff\xff\xff,b\n"), [(1, String::new(), "not_utf8")]);
    }
}
