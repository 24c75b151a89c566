//! Importing a file.

use ballast_domain::base::id::PortId;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::PlainText;
use poem_openapi::{ApiRequest, ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::csv::Csv;
use crate::api::Tag;
use crate::http::answer::Told;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::Error;
use crate::service::batch::Mode;
use crate::service::exchange::import_run::{
    self as imports, ImportReport, Kind, Outcome, Owner, RowOutcome, RowProblem, RowResult,
};
use crate::words::{Words, exchange as say};

/// Imports.
pub struct ImportApi;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "kebab-case")]
enum ImportKind {
    /// Local people.
    Trainees,
    /// What people can do.
    SkillClaims,
    /// Who is in which joint class.
    ClassRosters,
    /// Households with their members.
    Households,
    /// Vacancies.
    Vacancies,
    /// Foreign workers.
    ForeignWorkers,
}

/// Whether rows are kept.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum ImportMode {
    /// Tried against what is there and taken back.
    Validate,
    /// Kept, all or none.
    Commit,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum ImportOutcome {
    /// Kept, or in a trial would have been.
    Accepted,
    /// Something in it is wrong, and nothing was changed.
    Rejected,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum ImportRowOutcome {
    /// Kept, or in a trial would have been.
    Accepted,
    /// Wrong.
    Rejected,
    /// Nothing is known to be wrong with it; not kept because of others.
    Held,
}

/// One row of the file.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ImportRow {
    /// The row, as a spreadsheet counts: the heading is row 1.
    row: u64,
    /// What became of it.
    outcome: ImportRowOutcome,
    /// Id of what was made of it; rows of one household share one. Absent in a trial.
    id: Option<Uuid>,
}

/// Something wrong in the file.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ImportProblem {
    /// The row, as a spreadsheet counts; absent for the whole file.
    row: Option<u64>,
    /// The column's name; absent for the whole row.
    column: Option<String>,
    /// Which of several things in the cell, for example the skill of a requirement.
    part: Option<String>,
    /// Stable code for programs.
    code: String,
    /// In words, in the language of the request.
    detail: String,
}

/// A file of rows.
#[derive(ApiRequest)]
enum ImportFile {
    /// Comma-separated values with a heading line.
    Csv(Csv),
}

/// What an import did, or in a trial would do.
#[derive(Debug, Object)]
struct Import {
    /// What the rows are.
    kind: ImportKind,
    /// Whether rows were to be kept.
    mode: ImportMode,
    /// How many rows the file has; 0 where it cannot be read as a table.
    rows: u64,
    /// What became of the file.
    outcome: ImportOutcome,
    /// Each row, in the file's order.
    results: Vec<ImportRow>,
    /// What is wrong, in the order of the rows; at most 10,000.
    errors: Vec<ImportProblem>,
    /// How many problems there are.
    error_count: u64,
}

#[derive(ApiResponse)]
enum ImportTemplateResponse {
    /// The heading line and one row, UTF-8.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    Template(PlainText<String>),
}

#[OpenApi(prefix_path = "/imports", tag = "Tag::Exchange")]
impl ImportApi {
    /// Import a file of rows, or try to
    ///
    /// CSV in UTF-8 or GB18030 with a heading line, up to 10,000 rows. All or nothing: one wrong row, and
    /// nothing is changed. A trial goes as far as the database and is taken back. A file that is wrong is
    /// answered with 200 and a report that says what is wrong.
    #[oai(path = "/:kind", method = "post", operation_id = "import_rows")]
    async fn import(
        &self,
        caller: Caller,
        /// What the rows are.
        kind: Path<ImportKind>,
        /// Whether rows are kept; a trial when it is not said.
        mode: Query<Option<ImportMode>>,
        /// The port where the foreign workers register; needed for them alone.
        port_id: Query<Option<Uuid>>,
        body: ImportFile,
    ) -> Result<Told<Import>, Problem> {
        let ImportFile::Csv(Csv(bytes)) = body;
        let (ctx, kind) = (caller.ctx(), Kind::from(kind.0));
        let mode = match mode.0 {
            None | Some(ImportMode::Validate) => Mode::Validate,
            Some(ImportMode::Commit) => Mode::Commit,
        };
        let organisation = ctx.actor.acting_organisation(kind.action()).ok_or(Error::Denied)?;
        let owner = Owner { organisation, port: port_id.0.map(PortId) };
        let report = imports::import(ctx, kind, owner, &bytes, mode).await?;
        let replayed = report.replayed;
        Ok(Told { body: wire(Words(ctx.locale), report), replayed })
    }

    /// Get an example of a file to import
    ///
    /// The heading line and one row. Ids in it stand for those of your own rows.
    #[oai(path = "/:kind/template", method = "get", operation_id = "get_import_template")]
    async fn template(
        &self,
        _caller: Caller,
        /// What the rows are.
        kind: Path<ImportKind>,
    ) -> Result<ImportTemplateResponse, Problem> {
        Ok(ImportTemplateResponse::Template(PlainText(Kind::from(kind.0).template())))
    }
}

fn wire(words: Words, report: ImportReport) -> Import {
    Import {
        kind: report.kind.into(),
        mode: match report.mode {
            Mode::Validate => ImportMode::Validate,
            Mode::Commit => ImportMode::Commit,
        },
        rows: report.rows as u64,
        outcome: match report.outcome {
            Outcome::Accepted => ImportOutcome::Accepted,
            Outcome::Rejected => ImportOutcome::Rejected,
        },
        results: report.results.into_iter().map(ImportRow::from).collect(),
        errors: report.problems.into_iter().map(|problem| wire_problem(words, problem)).collect(),
        error_count: report.problem_count as u64,
    }
}

fn wire_problem(words: Words, problem: RowProblem) -> ImportProblem {
    ImportProblem {
        detail: say::problem(words, problem.part.as_deref(), problem.code, &problem.args),
        row: problem.row.map(|row| row as u64),
        column: problem.column,
        part: problem.part,
        code: problem.code.to_owned(),
    }
}

impl From<RowResult> for ImportRow {
    fn from(result: RowResult) -> Self {
        let outcome = match result.outcome {
            RowOutcome::Accepted => ImportRowOutcome::Accepted,
            RowOutcome::Rejected => ImportRowOutcome::Rejected,
            RowOutcome::Held => ImportRowOutcome::Held,
        };
        Self { row: result.row as u64, outcome, id: result.id }
    }
}

impl From<ImportKind> for Kind {
    fn from(kind: ImportKind) -> Self {
        match kind {
            ImportKind::Trainees => Self::Trainees,
            ImportKind::SkillClaims => Self::SkillClaims,
            ImportKind::ClassRosters => Self::ClassRosters,
            ImportKind::Households => Self::Households,
            ImportKind::Vacancies => Self::Vacancies,
            ImportKind::ForeignWorkers => Self::ForeignWorkers,
        }
    }
}

impl From<Kind> for ImportKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Trainees => Self::Trainees,
            Kind::SkillClaims => Self::SkillClaims,
            Kind::ClassRosters => Self::ClassRosters,
            Kind::Households => Self::Households,
            Kind::Vacancies => Self::Vacancies,
            Kind::ForeignWorkers => Self::ForeignWorkers,
        }
    }
}
