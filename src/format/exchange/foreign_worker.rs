//! Foreign workers with the documents that go with the person, one worker a row.

use ballast_domain::base::civil_time::CivilDate;

use super::row::{Problem, Row};
use super::table::{Column, Table, optional, required};
use super::trainee::{WishesRow, wishes};

/// The columns of a file of foreign workers.
pub const COLUMNS: &[Column] = &[
    required("name"),
    optional("name_latin"),
    optional("birth_date"),
    optional("sex"),
    optional("birth_country"),
    optional("home_region"),
    optional("phone"),
    required("document_kind"),
    required("document_country"),
    required("document_number"),
    optional("document_valid_from"),
    optional("document_valid_until"),
    required("document_verification"),
    optional("nationality"),
    optional("nationality_evidence"),
    optional("health_issuer"),
    optional("health_valid_from"),
    optional("health_valid_until"),
    optional("health_verification"),
    optional("training_issuer"),
    optional("training_valid_from"),
    optional("training_valid_until"),
    optional("training_verification"),
    optional("available_from"),
    optional("available_until"),
    optional("regions"),
    optional("wage_min"),
    optional("shifts"),
    optional("dormitory"),
];

/// A certificate of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRow {
    /// Who issued it.
    pub issuer: String,
    /// First day of validity.
    pub valid_from: Option<CivilDate>,
    /// Last day of validity.
    pub valid_until: Option<CivilDate>,
    /// `unverified`, `sighted` or `confirmed`.
    pub verification: String,
}

/// A foreign worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignWorkerRow {
    /// In the person's own script.
    pub name: String,
    /// In Latin letters.
    pub name_latin: Option<String>,
    /// Birth date.
    pub birth_date: Option<CivilDate>,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// Country of birth (ISO 3166).
    pub birth_country: Option<String>,
    /// Code of the region where the person lives.
    pub home_region: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// `passport` or `border_pass`.
    pub document_kind: String,
    /// Who issued it (ISO 3166).
    pub document_country: String,
    /// Its number.
    pub document_number: String,
    /// First day of validity.
    pub document_valid_from: Option<CivilDate>,
    /// Last day of validity.
    pub document_valid_until: Option<CivilDate>,
    /// `unverified`, `sighted` or `confirmed`.
    pub document_verification: String,
    /// Nationality (ISO 3166) and its evidence: `self_declared`, `document` or `authority`.
    pub nationality: Option<(String, String)>,
    /// The health certificate.
    pub health: Option<CertificateRow>,
    /// The training certificate.
    pub training: Option<CertificateRow>,
    /// What the person wants.
    pub wishes: Option<WishesRow>,
}

/// Reads a file of foreign workers.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Vec<ForeignWorkerRow>, Vec<Problem>> {
    Table::read(bytes, COLUMNS)?.map(|row| ForeignWorkerRow {
        name: row.text("name"),
        name_latin: row.text_if_any("name_latin"),
        birth_date: row.date_if_any("birth_date"),
        sex: row.text_if_any("sex"),
        birth_country: row.text_if_any("birth_country"),
        home_region: row.text_if_any("home_region"),
        phone: row.text_if_any("phone"),
        document_kind: row.text("document_kind"),
        document_country: row.text("document_country"),
        document_number: row.text("document_number"),
        document_valid_from: row.date_if_any("document_valid_from"),
        document_valid_until: row.date_if_any("document_valid_until"),
        document_verification: row.text("document_verification"),
        nationality: nationality(row),
        health: certificate(row, "health"),
        training: certificate(row, "training"),
        wishes: wishes(row),
    })
}

/// A nationality, which nobody has by its evidence alone.
fn nationality(row: &mut Row<'_>) -> Option<(String, String)> {
    if let Some(country) = row.text_if_any("nationality") {
        return Some((country, row.text("nationality_evidence")));
    }
    if row.text_if_any("nationality_evidence").is_some() {
        row.wrong("nationality", "required");
    }
    None
}

/// A certificate is there where its issuer is named; the other cells must be empty where it is not.
fn certificate(row: &mut Row<'_>, kind: &str) -> Option<CertificateRow> {
    let Some(issuer) = row.text_if_any(&format!("{kind}_issuer")) else {
        let others = ["valid_from", "valid_until", "verification"].map(|cell| format!("{kind}_{cell}"));
        if others.iter().any(|column| row.text_if_any(column).is_some()) {
            row.wrong(&format!("{kind}_issuer"), "required");
        }
        return None;
    };
    Some(CertificateRow {
        issuer,
        valid_from: row.date_if_any(&format!("{kind}_valid_from")),
        valid_until: row.date_if_any(&format!("{kind}_valid_until")),
        verification: row.text(&format!("{kind}_verification")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_a_certificate_or_a_nationality_is_passed_over() {
        let file = b"name,document_kind,document_country,document_number,document_verification,\
            nationality_evidence,health_valid_until\nA,passport,VN,C1,sighted,document,2027-01-01\n";
        let problems = read(file).unwrap_err();
        assert_eq!(
            problems,
            [Problem::new(2, "nationality", "required"), Problem::new(2, "health_issuer", "required")]
        );
    }
}
