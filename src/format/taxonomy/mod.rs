//! The file formats of classifications, each read into the same [`Content`]. What they share: the result, the
//! errors, and reading a table by the names of its columns.

pub mod csco;
pub mod esco;
pub mod house;

use ballast_domain::taxonomy::{Content, Problem};

/// A release as read: what is sound, what was reported, and how much there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What can be imported, in order of URI.
    pub content: Content,
    /// What was left out or read as unknown, in the order of the files.
    pub problems: Vec<Problem>,
    /// What the files held, before anything was left out.
    pub counts: Counts,
}

/// How many rows of each sort a release has, sound or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Occupations.
    pub occupations: usize,
    /// Skills, without groups of skills.
    pub skills: usize,
    /// Groups of skills.
    pub skill_groups: usize,
    /// Relations between occupation and skill.
    pub relations: usize,
    /// Those of them that are essential.
    pub essential_relations: usize,
    /// Those of them of which an end does not exist.
    pub dangling_relations: usize,
    /// Relations between a skill and a broader one.
    pub broader: usize,
    /// Those of them of which an end does not exist.
    pub dangling_broader: usize,
}

/// Why a release could not be read at all. Rows are counted as a spreadsheet counts them: the heading is row 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A file that the release needs is not there.
    #[error("{file} is missing")]
    MissingFile {
        /// Its name without language and ending.
        file: &'static str,
    },
    /// A file is there twice.
    #[error("{file} is there more than once")]
    DoubledFile {
        /// Its name without language and ending.
        file: &'static str,
    },
    /// A table lacks a column: most often it is another table.
    #[error("{file} has no column `{column}`: is it the right file?")]
    MissingColumn {
        /// The file.
        file: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A row has more or fewer fields than the heading.
    #[error("{file}, row {row}: {found} fields, but the heading has {expected}")]
    FieldCount {
        /// The file.
        file: &'static str,
        /// The row.
        row: usize,
        /// Fields in the heading.
        expected: u64,
        /// Fields in the row.
        found: u64,
    },
    /// A field is not UTF-8.
    #[error("{file}, row {row}, column `{column}`: not UTF-8")]
    NotUtf8 {
        /// The file.
        file: &'static str,
        /// The row.
        row: usize,
        /// The column, by its name, or by its number in the heading itself.
        column: String,
    },
    /// A field holds something that it may not.
    #[error("{file}, row {row}, column `{column}`: {value:?} is not {expected}")]
    BadValue {
        /// The file.
        file: &'static str,
        /// The row.
        row: usize,
        /// The column.
        column: &'static str,
        /// What it holds, the first 80 characters.
        value: String,
        /// What it may hold.
        expected: &'static str,
    },
    /// The bytes could not be read as a table for another reason.
    #[error("{file}, row {row}: {detail}")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// The row.
        row: usize,
        /// What the reader says.
        detail: String,
    },
    /// The bytes are not a ZIP archive, or a broken one.
    #[error("not a readable ZIP archive: {detail}")]
    NotZip {
        /// What the reader says.
        detail: String,
    },
    /// An archive has more entries than a release can have.
    #[error("the archive has {found} entries, more than {limit}")]
    TooManyEntries {
        /// How many it has.
        found: usize,
        /// How many it may have.
        limit: usize,
    },
    /// An archive expands to more than a release can be.
    #[error("the archive expands to more than {limit_bytes} bytes")]
    TooLarge {
        /// How much it may expand to.
        limit_bytes: u64,
    },
}

/// A CSV table whose columns are found by name, whatever their order.
struct Table<'a, const N: usize> {
    file: &'static str,
    heading: csv::StringRecord,
    reader: csv::Reader<&'a [u8]>,
    names: [&'static str; N],
    indices: [usize; N],
    record: csv::StringRecord,
    row: usize,
}

/// The fields of one row in the order in which the columns were asked for.
struct Row<'r, const N: usize> {
    file: &'static str,
    number: usize,
    names: [&'static str; N],
    fields: [&'r str; N],
}

impl<'a, const N: usize> Table<'a, N> {
    /// Reads the heading. A byte order mark before it is skipped.
    fn open(file: &'static str, bytes: &'a [u8], names: [&'static str; N]) -> Result<Table<'a, N>, Error> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let mut heading = csv::StringRecord::new();
        reader.read_record(&mut heading).map_err(|error| table_error(file, 1, None, error))?;
        let mut indices = [0; N];
        for (index, name) in indices.iter_mut().zip(names) {
            *index = heading
                .iter()
                .position(|column| column.trim() == name)
                .ok_or(Error::MissingColumn { file, column: name })?;
        }
        Ok(Table { file, heading, reader, names, indices, record: csv::StringRecord::new(), row: 1 })
    }

    /// The next row, or nothing at the end.
    fn next(&mut self) -> Result<Option<Row<'_, N>>, Error> {
        self.row += 1;
        let more = self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| table_error(self.file, self.row, Some(&self.heading), error))?;
        if !more {
            return Ok(None);
        }
        // Every row has as many fields as the heading: the reader refuses others.
        let fields = self.indices.map(|index| self.record.get(index).unwrap_or_default().trim());
        Ok(Some(Row { file: self.file, number: self.row, names: self.names, fields }))
    }
}

impl<const N: usize> Row<'_, N> {
    /// The error that column number `column` (in the order asked for) does not hold `expected`.
    fn bad_value(&self, column: usize, expected: &'static str) -> Error {
        Error::BadValue {
            file: self.file,
            row: self.number,
            column: self.names.get(column).copied().unwrap_or_default(),
            value: self.fields.get(column).copied().unwrap_or_default().chars().take(80).collect(),
            expected,
        }
    }
}

fn table_error(
    file: &'static str,
    row: usize,
    heading: Option<&csv::StringRecord>,
    error: csv::Error,
) -> Error {
    match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => {
            let index = err.field();
            let name = heading.and_then(|heading| heading.get(index));
            Error::NotUtf8 { file, row, column: name.map_or_else(|| (index + 1).to_string(), str::to_owned) }
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Error::FieldCount { file, row, expected: *expected_len, found: *len }
        }
        _ => Error::Unreadable { file, row, detail: error.to_string() },
    }
}

/// A field as a value: nothing where it is empty.
fn filled(field: &str) -> Option<String> {
    (!field.is_empty()).then(|| field.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["b", "a"];

    fn second_row(bytes: &[u8]) -> Result<Option<[String; 2]>, Error> {
        let mut table = Table::open("some table", bytes, NAMES)?;
        Ok(table.next()?.map(|row| row.fields.map(str::to_owned)))
    }

    #[test]
    fn columns_are_found_by_name_after_a_byte_order_mark_and_with_either_line_end() {
        let expected = Some(["two\nlines".to_owned(), "1".to_owned()]);
        assert_eq!(second_row(b"a,x,b\r\n1,,\"two\nlines\"\r\n"), Ok(expected.clone()));
        assert_eq!(second_row(b"\xEF\xBB\xBFa,x,b\n1,,\"two\nlines\""), Ok(expected));
        assert_eq!(second_row(b"a,b\n"), Ok(None));
    }

    #[test]
    fn a_broken_table_is_named_with_its_place() {
        let file = "some table";
        assert_eq!(second_row(b""), Err(Error::MissingColumn { file, column: "b" }));
        assert_eq!(second_row(b"a,c\n1,2\n"), Err(Error::MissingColumn { file, column: "b" }));
        assert_eq!(second_row(b"a,b\n1\n"), Err(Error::FieldCount { file, row: 2, expected: 2, found: 1 }));
        assert_eq!(
            second_row(b"a,b\n1,\xFF\n"),
            Err(Error::NotUtf8 { file, row: 2, column: "b".to_owned() })
        );
        assert_eq!(
            second_row(b"a,\xD6\n1,2\n"),
            Err(Error::NotUtf8 { file, row: 1, column: "2".to_owned() })
        );
    }

    #[test]
    fn a_row_is_counted_as_a_spreadsheet_counts_it() {
        let bytes = b"a,b\n1,\"over\nthree\nlines\"\n2,\xFF\n";
        let mut table = Table::open("some table", bytes, NAMES).unwrap();
        assert!(table.next().unwrap().is_some());
        let column = "b".to_owned();
        assert_eq!(table.next().err(), Some(Error::NotUtf8 { file: "some table", row: 3, column }));
    }
}
