//! Importing a file: reading it, finding what its keys name, handing its rows to the use case that takes
//! batches of them, and telling what is wrong in the file's own terms. Knows no rule of its own; a row that
//! cannot come in through the API cannot come in here.
//!
//! All or nothing: a file with one wrong row changes nothing.

mod columns;
mod rows;

use std::collections::BTreeMap;

use ballast_domain::base::id::{OrganisationId, PortId};
use ballast_domain::identity::policy::Action;
use uuid::Uuid;

use self::rows::Tried;
use crate::format::exchange::table::Column;
use crate::format::exchange::{
    class_roster, foreign_worker, household, skill_claim, template, trainee, vacancy,
};
use crate::service::batch::Mode;
use crate::service::{Ctx, Error};
use crate::words::Arg;

/// The most problems of one report; how many there are is told whole.
pub const PROBLEMS_MAX: usize = 10_000;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Local people, whom a school or a bureau registers.
    Trainees,
    /// What people can do, for which a school vouches.
    SkillClaims,
    /// Who is in which joint class of a school.
    ClassRosters,
    /// Households of a bureau with their members.
    Households,
    /// Vacancies of a factory.
    Vacancies,
    /// Foreign workers, whom a bureau registers at a port.
    ForeignWorkers,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Trainees,
        Self::SkillClaims,
        Self::ClassRosters,
        Self::Households,
        Self::Vacancies,
        Self::ForeignWorkers,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Trainees => "trainees",
            Self::SkillClaims => "skill-claims",
            Self::ClassRosters => "class-rosters",
            Self::Households => "households",
            Self::Vacancies => "vacancies",
            Self::ForeignWorkers => "foreign-workers",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What an importer must be allowed to do.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Trainees => Action::RegisterPerson,
            Self::SkillClaims => Action::RecordSkillClaim,
            Self::ClassRosters => Action::EnrolTrainee,
            Self::Households => Action::RegisterHousehold,
            Self::Vacancies => Action::ManageVacancy,
            Self::ForeignWorkers => Action::RegisterForeignWorker,
        }
    }

    /// The heading line and one fictional row.
    #[must_use]
    pub fn template(self) -> String {
        template::first_row(match self {
            Self::Trainees => template::TRAINEES,
            Self::SkillClaims => template::SKILL_CLAIMS,
            Self::ClassRosters => template::CLASS_ROSTERS,
            Self::Households => template::HOUSEHOLDS,
            Self::Vacancies => template::VACANCIES,
            Self::ForeignWorkers => template::FOREIGN_WORKERS,
        })
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Self::Trainees => trainee::COLUMNS,
            Self::SkillClaims => skill_claim::COLUMNS,
            Self::ClassRosters => class_roster::COLUMNS,
            Self::Households => household::COLUMNS,
            Self::Vacancies => vacancy::COLUMNS,
            Self::ForeignWorkers => foreign_worker::COLUMNS,
        }
    }
}

/// Whose rows a file brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The school, factory or bureau in whose name they come in.
    pub organisation: OrganisationId,
    /// The port where foreign workers register; needed for them alone.
    pub port: Option<PortId>,
}

/// What became of a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was kept, or, in a trial, would have been.
    Accepted,
    /// Something in it is wrong, and nothing was changed.
    Rejected,
}

/// What became of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// It was kept, or, in a trial, would have been.
    Accepted,
    /// It is wrong.
    Rejected,
    /// Nothing is known to be wrong with it; it was not kept because of others.
    Held,
}

impl RowOutcome {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Held => "held",
        }
    }
}

/// One row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowResult {
    /// The row, as a spreadsheet counts: the heading is row 1.
    pub row: usize,
    /// What became of it.
    pub outcome: RowOutcome,
    /// What was made of it. Rows of one household share one. None before anything was made.
    pub id: Option<Uuid>,
}

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// The row, as a spreadsheet counts; none for the whole file.
    pub row: Option<usize>,
    /// The column's name; none for the whole row.
    pub column: Option<String>,
    /// Which of several things in the cell.
    pub part: Option<String>,
    /// Stable; `field-<code>` in the locale files.
    pub code: &'static str,
    /// Figures for the words.
    pub args: Vec<(&'static str, Arg)>,
}

/// What an import did, or in a trial would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// What the rows are.
    pub kind: Kind,
    /// Whether it was a trial.
    pub mode: Mode,
    /// How many rows the file has; 0 where it cannot be read as a table.
    pub rows: usize,
    /// What became of the file.
    pub outcome: Outcome,
    /// Each row, in the file's order.
    pub results: Vec<RowResult>,
    /// What is wrong, in the order of the rows; at most [`PROBLEMS_MAX`].
    pub problems: Vec<RowProblem>,
    /// How many problems there are.
    pub problem_count: usize,
    /// Whether the same file was imported before under the request's key; this is what came of it.
    pub replayed: bool,
}

impl ImportReport {
    /// What is wrong with one row.
    pub fn problems_of(&self, row: usize) -> impl Iterator<Item = &RowProblem> {
        self.problems.iter().filter(move |problem| problem.row == Some(row))
    }
}

/// Imports a file, or tries whether it could be imported. A wrong file is a report too: it says what is wrong,
/// and that nothing was changed.
///
/// # Errors
/// [`Error::Denied`] and [`Error::NotFound`] where the actor may not do this in that organisation's name;
/// [`Error::Invalid`] for the port.
pub async fn import(
    ctx: &Ctx,
    kind: Kind,
    owner: Owner,
    bytes: &[u8],
    mode: Mode,
) -> Result<ImportReport, Error> {
    ctx.require(kind.action())?;
    let tried = match kind {
        Kind::Trainees => rows::trainees(ctx, owner, bytes, mode).await?,
        Kind::SkillClaims => rows::skill_claims(ctx, owner, bytes, mode).await?,
        Kind::ClassRosters => rows::class_rosters(ctx, owner, bytes, mode).await?,
        Kind::Households => rows::households(ctx, owner, bytes, mode).await?,
        Kind::Vacancies => rows::vacancies(ctx, owner, bytes, mode).await?,
        Kind::ForeignWorkers => rows::foreign_workers(ctx, owner, bytes, mode).await?,
    };
    Ok(report(kind, mode, tried))
}

fn report(kind: Kind, mode: Mode, tried: Tried) -> ImportReport {
    let Tried { rows, ids, mut problems, replayed } = tried;
    problems.sort_by_key(|problem| problem.row);
    let outcome = if problems.is_empty() { Outcome::Accepted } else { Outcome::Rejected };
    let mut wrong: BTreeMap<usize, RowOutcome> = BTreeMap::new();
    wrong.extend(problems.iter().filter_map(|problem| Some((problem.row?, RowOutcome::Rejected))));
    let others = match outcome {
        Outcome::Accepted => RowOutcome::Accepted,
        Outcome::Rejected => RowOutcome::Held,
    };
    let made = mode == Mode::Commit && outcome == Outcome::Accepted;
    let result = |row: usize| RowResult {
        row,
        outcome: wrong.get(&row).copied().unwrap_or(others),
        id: ids.get(&row).copied().filter(|_| made),
    };
    let results = (2..rows + 2).map(result).collect();
    let problem_count = problems.len();
    problems.truncate(PROBLEMS_MAX);
    ImportReport { kind, mode, rows, outcome, results, problems, problem_count, replayed }
}
