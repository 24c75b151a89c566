//! Trainees, one a row.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::money::Minor;
use ballast_domain::matching::candidate::Shifts;

use super::row::{Problem, Row};
use super::table::{Column, Table, optional, required};

/// The columns of a file of trainees.
pub const COLUMNS: &[Column] = &[
    required("name"),
    optional("name_latin"),
    optional("citizen_number"),
    optional("birth_date"),
    optional("sex"),
    optional("phone"),
    optional("home_region"),
    optional("available_from"),
    optional("available_until"),
    optional("regions"),
    optional("wage_min"),
    optional("shifts"),
    optional("dormitory"),
];

/// What a person wants, as far as the row says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishesRow {
    /// First day.
    pub from: CivilDate,
    /// Last day.
    pub until: Option<CivilDate>,
    /// Codes of regions.
    pub regions: Vec<String>,
    /// Least monthly wage, in fen.
    pub wage_min_minor: Option<Minor>,
    /// Shifts taken.
    pub shifts: Shifts,
    /// Whether a dormitory is wished.
    pub dormitory: Option<bool>,
}

/// A trainee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraineeRow {
    /// As on the identity card.
    pub name: String,
    /// In Latin letters.
    pub name_latin: Option<String>,
    /// Citizen number.
    pub citizen_number: Option<String>,
    /// Birth date.
    pub birth_date: Option<CivilDate>,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Code of the home region.
    pub home_region: Option<String>,
    /// What the person wants; none where `available_from` is empty.
    pub wishes: Option<WishesRow>,
}

/// The six columns of wishes; nothing is known where the first is empty, and the others must be empty then.
pub(super) fn wishes(row: &mut Row<'_>) -> Option<WishesRow> {
    let from = row.date_if_any("available_from");
    let (until, wage_min_minor) = (row.date_if_any("available_until"), row.yuan_if_any("wage_min"));
    let (regions, shifts) = (row.words("regions"), row.shifts("shifts"));
    let dormitory = row.yes_no_if_any("dormitory");
    let said = until.is_some()
        || wage_min_minor.is_some()
        || !regions.is_empty()
        || shifts.count() > 0
        || dormitory.is_some();
    match from {
        Some(from) => Some(WishesRow { from, until, regions, wage_min_minor, shifts, dormitory }),
        None => {
            if said && row.text_if_any("available_from").is_none() {
                row.wrong("available_from", "required");
            }
            None
        }
    }
}

/// Reads a file of trainees.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Vec<TraineeRow>, Vec<Problem>> {
    Table::read(bytes, COLUMNS)?.map(|row| TraineeRow {
        name: row.text("name"),
        name_latin: row.text_if_any("name_latin"),
        citizen_number: row.text_if_any("citizen_number"),
        birth_date: row.date_if_any("birth_date"),
        sex: row.text_if_any("sex"),
        phone: row.text_if_any("phone"),
        home_region: row.text_if_any("home_region"),
        wishes: wishes(row),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_need_their_first_day() {
        let file = b"name,available_from,wage_min\nA,2026-12-01,4200\nB,,\nC,,4200\n";
        let problems = read(file).unwrap_err();
        assert_eq!(problems, [Problem::new(4, "available_from", "required")]);
        let rows = read(b"name,available_from,wage_min\nA,2026-12-01,4200\nB,,\n").unwrap();
        assert_eq!(rows[0].wishes.as_ref().unwrap().wage_min_minor, Some(420_000));
        assert_eq!(rows[1].wishes, None);
    }

    #[test]
    fn every_wrong_cell_of_a_row_is_named() {
        let problems = read(b"name,birth_date,shifts\n,24.11.2008,late\n").unwrap_err();
        let named: Vec<(usize, &str, &str)> =
            problems.iter().map(|p| (p.row, p.column.as_str(), p.code)).collect();
        assert_eq!(
            named,
            [(2, "name", "required"), (2, "birth_date", "bad_date"), (2, "shifts", "unknown_choice")]
        );
    }
}
