//! Everything that is held of oneself.

use ballast_domain::base::id::PersonId;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::person::personal_data::{self, HeldTable, PersonalData as DataView, ReadingView};

/// Everything that is held of oneself.
pub struct PersonalDataApi;

/// A value of a column.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct HeldValue {
    /// The column.
    column: String,
    /// What it holds, as text: numbers in digits, dates and times as ISO 8601, truth as `true` or `false`. Absent
    /// where it holds nothing. What is kept sealed is opened.
    value: Option<String>,
}

/// A row of a table.
#[derive(Debug, Object)]
struct HeldRow {
    /// Its columns.
    values: Vec<HeldValue>,
}

/// What one table holds of you.
#[derive(Debug, Object)]
struct HeldOfTable {
    /// The table.
    table: String,
    /// What kind of data it is: `identity`, `contact`, `wish`, `skill`, `poverty`, `permit`, `relation`, `sign_in`,
    /// `work` or `log`.
    kind: String,
    /// By which right it is kept (PIPL art. 13): `consent`, `contract` or `duty`.
    basis: String,
    /// The class that says for how long it is kept.
    retention: String,
    /// The rows.
    rows: Vec<HeldRow>,
    /// Whether there are more rows than these.
    truncated: bool,
}

/// A column that is held and not shown.
#[derive(Debug, Object)]
struct Withheld {
    /// `table.column`.
    column: String,
    /// Why: `secret` (a key, or what proves a sign-in), `derived` (computed from what is shown), `other_person`,
    /// `not_adult` (of the household), `duty` (PIPL art. 35), `proof` (evidence of the log, proved in another way).
    reason: String,
}

/// Somebody read what is held of you.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct DataReading {
    /// When (UTC).
    at: chrono::DateTime<chrono::Utc>,
    /// In which roles; `operator` is who runs the installation.
    roles: Vec<String>,
    /// For which organisation.
    organisation_id: Option<Uuid>,
    /// What for: `care`, `contact`, `explanation`, `login`, `matching`, `number`, `number_in_full`, `own`, `permit`,
    /// `poverty`, `request` or `training`.
    purpose: String,
    /// For what numbers were read in full: `identity_check`, `permit_filing`, `household_check`, `correction` or
    /// `legal_request`.
    uncovered_for: Option<String>,
    /// Whether it was you.
    by_yourself: bool,
}

/// Everything that is held of a person.
#[derive(Debug, Object)]
struct PersonalData {
    /// Of whom.
    person_id: Uuid,
    /// When it was put together (UTC). It is kept nowhere.
    made_at: chrono::DateTime<chrono::Utc>,
    /// What is held, table by table; tables without a row are left out.
    tables: Vec<HeldOfTable>,
    /// What is held and not shown.
    withheld: Vec<Withheld>,
    /// Who has read it: the newest 200, the newest first.
    readings: Vec<DataReading>,
    /// Whether there are older readings.
    more_readings: bool,
}

#[OpenApi(prefix_path = "/people", tag = "Tag::Person")]
impl PersonalDataApi {
    /// Export everything that is held of you
    ///
    /// Of you, or of whose guardian you are. Rows of a household are in it for a grown-up, about themself. The export
    /// is a reading and is logged.
    #[oai(path = "/:id/personal-data", method = "get", operation_id = "get_personal_data")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<PersonalData>, Problem> {
        let data = personal_data::get_personal_data(caller.ctx(), PersonId(id.0)).await?;
        Ok(Json(data.into()))
    }
}

impl From<DataView> for PersonalData {
    fn from(view: DataView) -> Self {
        let withheld = |(column, reason): (String, &str)| Withheld { column, reason: reason.to_owned() };
        Self {
            person_id: view.person.0,
            made_at: view.at,
            tables: view.tables.into_iter().map(HeldOfTable::from).collect(),
            withheld: view.withheld.into_iter().map(withheld).collect(),
            readings: view.readings.into_iter().map(DataReading::from).collect(),
            more_readings: view.more_readings,
        }
    }
}

impl From<HeldTable> for HeldOfTable {
    fn from(view: HeldTable) -> Self {
        let value = |(column, value): (&str, Option<String>)| HeldValue { column: column.to_owned(), value };
        let row = |row: Vec<(&'static str, Option<String>)>| HeldRow {
            values: row.into_iter().map(value).collect(),
        };
        Self {
            table: view.name.to_owned(),
            kind: view.class.to_owned(),
            basis: view.basis.to_owned(),
            retention: view.retention.to_owned(),
            rows: view.rows.into_iter().map(row).collect(),
            truncated: view.truncated,
        }
    }
}

impl From<ReadingView> for DataReading {
    fn from(view: ReadingView) -> Self {
        Self {
            at: view.at,
            roles: view.roles,
            organisation_id: view.organisation.map(|id| id.0),
            purpose: view.purpose.to_owned(),
            uncovered_for: view.uncovered_for.map(str::to_owned),
            by_yourself: view.by_oneself,
        }
    }
}
