//! Households, one member a row; rows with the same reference that follow each other are one household.

use ballast_domain::base::civil_time::CivilDate;

use super::row::Problem;
use super::table::{Column, Table, optional, required};

/// The columns of a file of households.
pub const COLUMNS: &[Column] = &[
    required("reference"),
    required("region"),
    required("registered_on"),
    required("person"),
    required("relation"),
    optional("member_from"),
];

/// A member of a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The row in the file.
    pub row: usize,
    /// The person's id.
    pub person: String,
    /// `head`, `spouse`, `child`, `parent` or `other`.
    pub relation: String,
    /// Since when.
    pub member_from: Option<CivilDate>,
}

/// A household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdRow {
    /// Its first row in the file.
    pub row: usize,
    /// The bureau's own reference.
    pub reference: String,
    /// Code of the region.
    pub region: String,
    /// When it was registered.
    pub registered_on: CivilDate,
    /// Its members.
    pub members: Vec<MemberRow>,
}

/// Reads a file of households. The region and the date of a household are those of its first row; a later
/// row that says otherwise is a problem.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Vec<HouseholdRow>, Vec<Problem>> {
    let mut conflicts = Vec::new();
    let rows = Table::read(bytes, COLUMNS)?.map(|row| HouseholdRow {
        row: row.number(),
        reference: row.text("reference"),
        region: row.text("region"),
        registered_on: row.date("registered_on"),
        members: vec![MemberRow {
            row: row.number(),
            person: row.text("person"),
            relation: row.text("relation"),
            member_from: row.date_if_any("member_from"),
        }],
    })?;
    let mut households: Vec<HouseholdRow> = Vec::new();
    for row in rows {
        match households.last_mut().filter(|last| last.reference == row.reference) {
            None => households.push(row),
            Some(last) => {
                if last.region != row.region {
                    conflicts.push(Problem::new(row.row, "region", "differs_from_first_row"));
                }
                if last.registered_on != row.registered_on {
                    conflicts.push(Problem::new(row.row, "registered_on", "differs_from_first_row"));
                }
                last.members.extend(row.members);
            }
        }
    }
    if conflicts.is_empty() { Ok(households) } else { Err(conflicts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_reference_are_one_household_and_must_agree() {
        let file = b"reference,region,registered_on,person,relation\n\
            H1,2106,2026-01-02,a,head\nH1,2106,2026-01-02,b,child\nH2,2106,2026-01-02,c,head\n";
        let households = read(file).unwrap();
        assert_eq!(households.iter().map(|h| h.members.len()).collect::<Vec<_>>(), [2, 1]);
        let file = b"reference,region,registered_on,person,relation\n\
            H1,2106,2026-01-02,a,head\nH1,2107,2026-01-02,b,child\n";
        assert_eq!(read(file).unwrap_err(), [Problem::new(3, "region", "differs_from_first_row")]);
    }
}
