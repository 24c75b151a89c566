//! Outcomes of shortlists as CSV: what was reached of each component in thousandths, whether somebody was hired, and
//! whether they stayed.

use std::fmt::Write as _;

use ballast_domain::matching::fairness::outcome::{FEATURES, Outcome, ROWS_MAX};

use crate::format::exchange::row::Problem;
use crate::format::exchange::table::{Column, Table, required};

const COLUMNS: &[Column] = &[
    required("skill"),
    required("certificate"),
    required("wage"),
    required("place"),
    required("shift"),
    required("joint_class"),
    required("hired"),
    required("retained"),
];

/// The longest file.
pub const BYTES_MAX: usize = 4 << 20;

/// Reads outcomes. `yes`, `no`, or nothing where nobody knows.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Vec<Outcome>, Vec<Problem>> {
    if bytes.len() > BYTES_MAX {
        return Err(vec![Problem::new(1, "", "too_long_bytes")]);
    }
    Table::read_up_to(bytes, COLUMNS, ROWS_MAX)?.map(|row| {
        let features = FEATURES.map(|feature| {
            let reached = row.integer(feature);
            if !(0..=1000).contains(&reached) {
                row.wrong(feature, "not_permille");
            }
            u32::try_from(reached).unwrap_or(0)
        });
        let (hired, retained) = (row.yes_no_if_any("hired"), row.yes_no_if_any("retained"));
        if retained.is_some() && hired != Some(true) {
            row.wrong("retained", "retained_without_hire");
        }
        Outcome { features, hired, retained }
    })
}

/// Writes outcomes as [`read`] reads them.
#[must_use]
pub fn write(outcomes: &[Outcome]) -> String {
    let word = |known: Option<bool>| match known {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    let mut text = format!("{},hired,retained\n", FEATURES.join(","));
    for one in outcomes {
        for reached in one.features {
            let _ = write!(text, "{reached},");
        }
        let _ = writeln!(text, "{},{}", word(one.hired), word(one.retained));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_domain::matching::fairness::outcome::generate;

    #[test]
    fn what_is_written_is_read_again() {
        let outcomes = generate(5, 300);
        assert_eq!(read(write(&outcomes).as_bytes()).unwrap(), outcomes);
    }

    #[test]
    fn what_cannot_be_is_refused_by_row_and_column() {
        let heading = "skill,certificate,wage,place,shift,joint_class,hired,retained\n";
        let found =
            read(format!("{heading}1001,0,0,0,0,0,yes,\n0,0,0,0,0,,no,yes\n").as_bytes()).unwrap_err();
        let found: Vec<_> = found.into_iter().map(|p| (p.row, p.column, p.code)).collect();
        let cell = |row, column: &str, code| (row, column.to_owned(), code);
        assert_eq!(
            found,
            [
                cell(2, "skill", "not_permille"),
                cell(3, "joint_class", "required"),
                cell(3, "retained", "retained_without_hire"),
            ]
        );
    }
}
