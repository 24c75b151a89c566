//! Who is in which joint class, one enrolment a row.

use super::row::Problem;
use super::table::{Column, Table, required};

/// The columns of a roster.
pub const COLUMNS: &[Column] = &[required("joint_class"), required("person")];

/// An enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassRosterRow {
    /// The school's reference of the class, or its id.
    pub joint_class: String,
    /// The person's id.
    pub person: String,
}

/// Reads a roster.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Vec<ClassRosterRow>, Vec<Problem>> {
    Table::read(bytes, COLUMNS)?
        .map(|row| ClassRosterRow { joint_class: row.text("joint_class"), person: row.text("person") })
}
