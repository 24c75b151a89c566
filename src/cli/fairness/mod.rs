//! `ballast fairness`: how groups fare in recorded shortlists. Reads files and prints; opens no database, and changes
//! nothing anywhere.

mod group_report;
mod weight_proposal;

use std::io::Write as _;
use std::path::PathBuf;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::ratio::{self, Ratio, Rounding};
use ballast_domain::matching::fairness::outcome::{self, Target};
use ballast_domain::matching::fairness::ranked_group::{
    DENOMINATOR_MAX, Question, Refusal, TOP_MAX, Table, adjusted, unadjusted,
};
use ballast_domain::matching::fairness::suppression::{LEAST_DEFAULT, LEAST_MIN};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::output::{Failure, Stdout};
use crate::format::exchange::row::Problem;
use crate::format::matching::hiring_outcome;
use crate::words::exchange as say;
use crate::words::{Arg, Locale, Words};

/// How many problems of a file are printed; the others are counted.
const PROBLEMS_SHOWN: usize = 50;

/// Fairness.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report how groups fare in recorded shortlists.
    Report(Report),
    /// Print the table of ranked group fairness (FA*IR): how many protected people each first part of a list needs.
    Table {
        /// How many of the first are tested, 1 to 400.
        #[arg(long)]
        k: usize,
        /// The share of protected people: 0.3 or 3/10.
        #[arg(long, value_parser = parse_ratio)]
        p: Ratio,
        /// How often a fair list may fail.
        #[arg(long, value_parser = parse_ratio, default_value = "0.1")]
        alpha: Ratio,
        /// How to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Make up outcomes of known truth as CSV, for trying `fit`.
    Generate {
        /// The same seed makes the same rows.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many rows.
        #[arg(long, default_value_t = 5000)]
        rows: usize,
    },
    /// Propose weights from outcomes, with a reliability curve. A proposal only: a person accepts it or not.
    Fit {
        /// The outcomes as CSV; - for standard input.
        #[arg(long, value_name = "FILE")]
        outcomes: PathBuf,
        /// What is to be predicted.
        #[arg(long, value_enum, default_value_t = Predicted::Hired)]
        target: Predicted,
        /// How to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// What is asked of recorded shortlists.
#[derive(Debug, clap::Args)]
pub struct Report {
    /// The recorded shortlists as CSV: shortlist, rank, person, and score and day where they are known; - for standard
    /// input.
    #[arg(long, value_name = "FILE")]
    pub shortlists: PathBuf,
    /// The groups of people as CSV: person, and any of sex, `age_band`, ethnicity, nationality, disability,
    /// `hukou_region`, poverty.
    #[arg(long, value_name = "FILE")]
    pub groups: PathBuf,
    /// Selected are the first so many of each list, 1 to 400.
    #[arg(long)]
    pub k: usize,
    /// How often a fair list may fail the test of ranked group fairness.
    #[arg(long, value_parser = parse_ratio, default_value = "0.1")]
    pub alpha: Ratio,
    /// The one group that is tested for ranked group fairness, as sex=female; every group where it is not given.
    #[arg(long, value_name = "ATTRIBUTE=GROUP")]
    pub protected: Option<String>,
    /// The share of that group that is taken as fair; its own share of the lists where it is not given.
    #[arg(long, value_parser = parse_ratio, requires = "protected")]
    pub p: Option<Ratio>,
    /// Two attributes that are crossed, as `sex,age_band`.
    #[arg(long, value_name = "ATTRIBUTE,ATTRIBUTE")]
    pub cross: Option<String>,
    /// Groups of fewer people are withheld, from 3.
    #[arg(long, default_value_t = LEAST_DEFAULT, value_parser = clap::value_parser!(u64).range(LEAST_MIN..=1_000_000))]
    pub min_people: u64,
    /// Only lists of this day or later.
    #[arg(long, value_name = "DATE")]
    pub from: Option<CivilDate>,
    /// Only lists before this day.
    #[arg(long, value_name = "DATE")]
    pub until: Option<CivilDate>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// What is to be predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Predicted {
    /// Being hired.
    Hired,
    /// Staying, of those who were hired.
    Retained,
}

fn parse_ratio(text: &str) -> Result<Ratio, String> {
    ratio::parse(text).ok_or_else(|| "an exact number: 0.3 or 3/10".to_owned())
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn run(locale: Locale, command: &Command) -> Result<(), Failure> {
    let words = Words(locale);
    // All of it is made before any of it is printed.
    let text = match command {
        Command::Report(args) => group_report::run(words, args)?,
        Command::Table { k, p, alpha, format } => table(words, *k, p, alpha, *format)?,
        Command::Generate { seed, rows } => generate(words, *seed, *rows)?,
        Command::Fit { outcomes, target, format } => {
            let target = match target {
                Predicted::Hired => Target::Hired,
                Predicted::Retained => Target::Retained,
            };
            weight_proposal::run(words, outcomes, target, *format)?
        }
    };
    Ok(Stdout.write_all(text.as_bytes())?)
}

fn generate(words: Words, seed: u64, rows: usize) -> Result<String, Failure> {
    if !(1..=outcome::ROWS_MAX).contains(&rows) {
        return Err(Failure::new(words.ta("fairness-bad-rows", &[("max", int(outcome::ROWS_MAX))])));
    }
    Ok(hiring_outcome::write(&outcome::generate(seed, rows)))
}

fn table(words: Words, k: usize, p: &Ratio, alpha: &Ratio, format: Format) -> Result<String, Failure> {
    let question = Question::new(k, p, alpha).map_err(|refusal| refused(words, refusal))?;
    let tables = [("unadjusted", unadjusted(&question)), ("adjusted", adjusted(&question))];
    Ok(match format {
        Format::Text => {
            let heading = [
                ("k", k.to_string().into()),
                ("p", p.to_string().into()),
                ("alpha", alpha.to_string().into()),
            ];
            let mut text = format!("{}\n", words.ta("fairness-table-heading", &heading));
            for (name, table) in &tables {
                text.push_str(&format!("\n{}\n", table_lines(words, name, table)));
            }
            text
        }
        Format::Json => {
            let all: serde_json::Map<String, Value> =
                tables.iter().map(|(name, table)| ((*name).to_owned(), table_json(table))).collect();
            let value = json!({ "k": k, "p": p.to_string(), "alpha": alpha.to_string(), "tables": all });
            format!("{value:#}\n")
        }
        Format::Csv => {
            let mut text = "rank,unadjusted,adjusted\n".to_owned();
            let [(_, plain), (_, strict)] = &tables;
            for (rank, (plain, strict)) in (1..).zip(plain.minimums.iter().zip(&strict.minimums)) {
                text.push_str(&format!("{rank},{plain},{strict}\n"));
            }
            text
        }
    })
}

fn table_lines(words: Words, name: &str, table: &Table) -> String {
    let runs: Vec<String> = table.runs().iter().map(|(value, times)| format!("{value}×{times}")).collect();
    let failing = [("probability", places(&table.failing, 6, Rounding::HalfUp).into())];
    let from = places(&table.alpha_from, 6, Rounding::Ceiling);
    let range = match &table.alpha_below {
        Some(below) => {
            let below = places(below, 6, Rounding::Floor);
            words.ta("fairness-table-alpha", &[("from", from.into()), ("below", below.into())])
        }
        None => words.ta("fairness-table-alpha-asked", &[("from", from.into())]),
    };
    let title = words.t(&format!("fairness-table-{name}"));
    let failing = words.ta("fairness-table-failing", &failing);
    format!("{title}: {}\n  {failing}\n  {range}", runs.join(" "))
}

fn table_json(table: &Table) -> Value {
    json!({
        "minimums": table.minimums,
        "failing": places(&table.failing, 6, Rounding::HalfUp),
        "failing_exact": table.failing.to_string(),
        "alpha_from": table.alpha_from.to_string(),
        "alpha_below": table.alpha_below.as_ref().map(ToString::to_string),
    })
}

fn refused(words: Words, refusal: Refusal) -> Failure {
    let most = ("max", Arg::Int(DENOMINATOR_MAX.into()));
    Failure::new(match refusal {
        Refusal::Top => words.ta("fairness-bad-k", &[("max", int(TOP_MAX))]),
        Refusal::Share => words.ta("fairness-bad-p", &[most]),
        Refusal::Alpha => words.ta("fairness-bad-alpha", &[most]),
    })
}

/// A count for the words.
fn int(count: usize) -> Arg {
    Arg::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A number with so many decimal places, rounded as it is said.
fn places(value: &Ratio, places: u32, rounding: Rounding) -> String {
    let unit = Ratio::new(1.into(), ratio::whole(10).to_integer().pow(places));
    ratio::decimal(&rounding.apply(value, &unit), places)
}

/// What is wrong with a file, by row and column.
fn wrong_file(words: Words, file: &std::path::Path, problems: &[Problem]) -> Failure {
    let line = |problem: &Problem| {
        let args: Vec<(&'static str, Arg)> =
            problem.figure.iter().map(|(name, figure)| (*name, Arg::Int(*figure))).collect();
        // A missing column is named by its message, and stands in no row.
        let column = ("column", Arg::from(problem.column.as_str()));
        let args = [args, vec![column]].concat();
        let column = Some(problem.column.as_str()).filter(|column| !column.is_empty());
        say::line(words, Some(problem.row), column, say::problem(words, None, problem.code, &args))
    };
    let mut lines: Vec<String> = problems.iter().take(PROBLEMS_SHOWN).map(line).collect();
    if problems.len() > PROBLEMS_SHOWN {
        lines.push(words.ta("import-more", &[("count", int(problems.len() - PROBLEMS_SHOWN))]));
    }
    let args = [("file", file.display().to_string().into()), ("count", int(problems.len()))];
    Failure::new(words.ta("fairness-wrong-file", &args)).with_lines(lines)
}

/// Lines of cells in columns: the first is to the left, the others to the right. Wide characters take two places.
fn columns(rows: &[Vec<String>]) -> String {
    let widths = (0..rows.iter().map(Vec::len).max().unwrap_or(0))
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect::<Vec<_>>();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, wide)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(wide - width(cell));
            line.push_str(&if at == 0 { format!("  {cell}{space}") } else { format!("  {space}{cell}") });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn width(cell: &str) -> usize {
    cell.chars().map(|letter| if letter >= '\u{2e80}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_places() {
        let rows = [vec!["女".to_owned(), "1".to_owned()], vec!["ab c".to_owned(), "12".to_owned()]];
        assert_eq!(columns(&rows), "  女     1\n  ab c  12\n");
    }

    #[test]
    fn a_table_is_printed_as_it_is_known() {
        let number = |text| ratio::parse(text).unwrap();
        let text = table(Words(Locale::En), 20, &number("0.3"), &number("0.1"), Format::Text).unwrap();
        for line in ["0×6 1×5 2×4 3×5", "0.158061", "0×7 1×6 2×5 3×2", "0.096813"] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        let csv = table(Words(Locale::En), 20, &number("0.3"), &number("0.1"), Format::Csv).unwrap();
        assert_eq!((csv.lines().count(), csv.lines().last()), (21, Some("20,3,3")));
        let refused = table(Words(Locale::ZhCn), 401, &number("0.3"), &number("0.1"), Format::Json);
        assert!(refused.unwrap_err().to_string().contains("400"));
    }
}
