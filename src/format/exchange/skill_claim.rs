//! Claims about skills, one a row.

use ballast_domain::base::civil_time::CivilDate;

use super::row::Problem;
use super::table::{Column, Table, optional, required};

/// The columns of a file of claims.
pub const COLUMNS: &[Column] = &[
    required("person"),
    required("skill"),
    required("level"),
    required("evidence"),
    required("achieved_on"),
    optional("last_used_on"),
    optional("valid_until"),
    optional("decay"),
];

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillClaimRow {
    /// The person's id.
    pub person: String,
    /// The skill's key, URI or id.
    pub skill: String,
    /// The level, 0 to 7.
    pub level: i64,
    /// `trained`, `observed`, `assessed` or `certified`.
    pub evidence: String,
    /// When it was reached.
    pub achieved_on: CivilDate,
    /// When it was last used.
    pub last_used_on: Option<CivilDate>,
    /// Last day of validity.
    pub valid_until: Option<CivilDate>,
    /// `accuracy`, `speed` or `mixed`.
    pub decay: Option<String>,
}

/// Reads a file of claims.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Vec<SkillClaimRow>, Vec<Problem>> {
    Table::read(bytes, COLUMNS)?.map(|row| SkillClaimRow {
        person: row.text("person"),
        skill: row.text("skill"),
        level: row.integer("level"),
        evidence: row.text("evidence"),
        achieved_on: row.date("achieved_on"),
        last_used_on: row.date_if_any("last_used_on"),
        valid_until: row.date_if_any("valid_until"),
        decay: row.text_if_any("decay"),
    })
}
