//! `ballast import`: rows from a CSV file, as a trial unless it is told to keep them.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use ballast_domain::base::id::PortId;
use clap::ValueEnum;
use serde_json::json;
use uuid::Uuid;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::http::limits::BODY_BYTES_MAX;
use crate::service::batch::Mode;
use crate::service::exchange::import_run::{ImportReport, Kind, Outcome, Owner, RowProblem, import};
use crate::service::organisation::organisation::find_organisation;
use crate::service::organisation::port::get_port;
use crate::service::{Ctx, Error};
use crate::words::{Arg, Locale, Words, exchange as say};

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the rows are: trainees, skill-claims, class-rosters, households, vacancies or foreign-workers.
    #[arg(value_parser = parse_kind)]
    kind: Kind,
    /// The CSV file, with a heading line.
    file: PathBuf,
    /// In whose name the rows come in: the id or the credit code of a school, factory or bureau. With
    /// `--port`, the bureau that keeps the desk there when it is not given.
    #[arg(long, value_name = "ID-OR-CODE")]
    organisation: Option<String>,
    /// The port where foreign workers register.
    #[arg(long, value_name = "ID")]
    port: Option<Uuid>,
    /// Keep the rows; without it they are only tried.
    #[arg(long)]
    commit: bool,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    let known = || format!("one of {}", Kind::ALL.map(Kind::code).join(", "));
    Kind::parse(text).ok_or_else(known)
}

/// Imports a file, or tries to, and prints what became of it.
///
/// # Errors
/// [`Failure`] when the file is wrong or cannot be read, with what to do.
pub async fn run(config: &Config, locale: Locale, args: Args) -> Result<(), Failure> {
    let bytes = read(&args.file)?;
    let ctx = open::operator(config, locale).await?;
    let owner = owner(&ctx, &args).await?;
    let mode = if args.commit { Mode::Commit } else { Mode::Validate };
    let report = import(&ctx, args.kind, owner, &bytes, mode).await.map_err(|e| Failure::of(&e, locale))?;
    open::seal(&ctx.app).await;
    print(&mut Stdout, Words(locale), args.format, &report)
}

/// Reads a file that is not larger than what the API takes.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| Failure::new(format!("{} cannot be read ({error})", path.display()));
    let mut bytes = Vec::new();
    let most = BODY_BYTES_MAX as u64;
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > BODY_BYTES_MAX {
        let most = BODY_BYTES_MAX / (1024 * 1024);
        return Err(Failure::new(format!(
            "{} has more than {most} MiB: split it, nothing was changed",
            path.display()
        )));
    }
    Ok(bytes)
}

async fn owner(ctx: &Ctx, args: &Args) -> Result<Owner, Failure> {
    let port = args.port.map(PortId);
    let missing = |what: String| {
        move |error: Error| match error {
            Error::NotFound => Failure::new(what),
            error => Failure::of(&error, ctx.locale),
        }
    };
    let organisation = match (&args.organisation, port) {
        (Some(name), _) => {
            let none = format!("no organisation has the id or the credit code {name}");
            find_organisation(ctx, name).await.map_err(missing(none))?.id
        }
        (None, Some(id)) => {
            get_port(ctx, id).await.map_err(missing(format!("no port has the id {id}")))?.bureau
        }
        (None, None) => {
            return Err(Failure::new(
                "it is not said in whose name the rows come in: add --organisation with an id or a credit code",
            ));
        }
    };
    Ok(Owner { organisation, port })
}

/// Prints a report. A wrong file is a failure, after everything that is wrong with it.
fn print(out: &mut impl Write, words: Words, format: Format, report: &ImportReport) -> Result<(), Failure> {
    let count =
        |key, count: usize| words.ta(key, &[("count", Arg::Int(i64::try_from(count).unwrap_or(i64::MAX)))]);
    let rejected = report.outcome == Outcome::Rejected;
    let closing = match (rejected, report.mode) {
        (true, _) => count("import-rejected", report.problem_count),
        (false, Mode::Validate) => count("import-tried", report.rows),
        (false, Mode::Commit) => count("import-done", report.rows),
    };
    match format {
        Format::Json => serde_json::to_writer_pretty(&mut *out, &report_json(words, report))
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))?,
        Format::Table => {
            for problem in &report.problems {
                let line = say::line(words, problem.row, problem.column.as_deref(), detail(words, problem));
                writeln!(out, "{line}")?;
            }
            let more = report.problem_count - report.problems.len();
            if more > 0 {
                writeln!(out, "{}", count("import-more", more))?;
            }
            if !rejected {
                writeln!(out, "{closing}")?;
            }
        }
    }
    if rejected { Err(Failure::new(closing)) } else { Ok(()) }
}

fn detail(words: Words, problem: &RowProblem) -> String {
    say::problem(words, problem.part.as_deref(), problem.code, &problem.args)
}

/// The report as the API gives it.
fn report_json(words: Words, report: &ImportReport) -> serde_json::Value {
    let errors: Vec<_> = report
        .problems
        .iter()
        .map(|problem| {
            json!({
                "row": problem.row,
                "column": problem.column,
                "part": problem.part,
                "code": problem.code,
                "detail": detail(words, problem),
            })
        })
        .collect();
    let results: Vec<_> = report
        .results
        .iter()
        .map(|row| json!({ "row": row.row, "outcome": row.outcome.code(), "id": row.id }))
        .collect();
    json!({
        "kind": report.kind.code(),
        "mode": if report.mode == Mode::Commit { "commit" } else { "validate" },
        "rows": report.rows,
        "outcome": if report.outcome == Outcome::Accepted { "accepted" } else { "rejected" },
        "results": results,
        "errors": errors,
        "error_count": report.problem_count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(mode: Mode, problems: Vec<RowProblem>) -> ImportReport {
        ImportReport {
            kind: Kind::Trainees,
            mode,
            rows: 412,
            outcome: if problems.is_empty() { Outcome::Accepted } else { Outcome::Rejected },
            results: Vec::new(),
            problem_count: problems.len(),
            replayed: false,
            problems,
        }
    }

    fn printed(report: &ImportReport) -> (String, Result<(), Failure>) {
        let mut out = Vec::new();
        let done = print(&mut out, Words(Locale::En), Format::Table, report);
        (String::from_utf8(out).unwrap(), done)
    }

    #[test]
    fn a_trial_says_that_nothing_was_changed_and_how_to_go_on() {
        let (text, done) = printed(&report(Mode::Validate, Vec::new()));
        assert_eq!(text, "412 rows would be imported; nothing was changed: run again with --commit\n");
        assert!(done.is_ok());
        assert_eq!(printed(&report(Mode::Commit, Vec::new())).0, "412 rows imported\n");
    }

    #[test]
    fn a_wrong_file_is_a_failure_that_names_row_and_column() {
        let problem = RowProblem {
            row: Some(17),
            column: Some("birth_date".to_owned()),
            part: None,
            code: "bad_date",
            args: Vec::new(),
        };
        let (text, done) = printed(&report(Mode::Commit, vec![problem]));
        assert_eq!(text, "row 17, column birth_date: Not a date: write 2026-11-24.\n");
        assert_eq!(done.unwrap_err().to_string(), "ballast: one problem: nothing was changed");
    }

    #[test]
    fn a_kind_is_one_of_those_that_are_named() {
        assert!(parse_kind("skill-claims").is_ok());
        assert!(parse_kind("pigs").unwrap_err().contains("foreign-workers"));
    }
}
