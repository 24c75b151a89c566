//! `ballast audit`: verifying, proving and exporting the log.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ballast_domain::audit::verify::Finding;
use ballast_domain::base::id::{AuditEntryId, OrganisationId};
use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::format::audit::checkpoint::NOTE_BYTES_MAX;
use crate::service::audit::export::{self, FileReport};
use crate::service::audit::verify::{self, Report};
use crate::words::{Arg, Locale, Words};

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// What to do with the log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the log: its entries, its tree, the rows, and the checkpoints that are kept outside. Exit code 1
    /// when anything is not as it was written.
    Verify {
        /// A checkpoint to compare with, besides those that the witnesses keep.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// An export or a proof to check by itself, without any database.
        #[arg(long, value_name = "FILE", conflicts_with = "checkpoint")]
        file: Option<PathBuf>,
        /// The only key to believe, as a witness was given it.
        #[arg(long, value_name = "KEY", requires = "file")]
        key: Option<String>,
        /// How to print it.
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Prove that an entry is in the log. The answer can be checked from its file alone.
    Prove {
        /// The entry's id, as in the receipt of an answer.
        entry: Uuid,
        /// How to print it.
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Write the log to a file that can be checked by itself; entries of others as hashes.
    Export {
        /// Only the entries of this organisation; of all when not given.
        #[arg(long, value_name = "ID")]
        organisation: Option<Uuid>,
        /// Where to; standard output when not given.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Print the key with which a witness checks the checkpoints of this log.
    Key,
}

/// Runs a subcommand.
///
/// # Errors
/// [`Failure`]; also when a verification finds something.
pub async fn run(config: &Config, locale: Locale, command: Command) -> Result<(), Failure> {
    match command {
        Command::Verify { file: Some(file), key, format, .. } => {
            verify_file(&file, key.as_deref(), format, Words(locale))
        }
        Command::Verify { checkpoint, format, .. } => {
            let app = open::app(config).await?;
            let given: Vec<String> = checkpoint.as_deref().map(read_note).transpose()?.into_iter().collect();
            let report = verify::verify_log(&app, &given).await.map_err(|e| Failure::of(&e, locale))?;
            print_report(&report, format, Words(locale))
        }
        Command::Prove { entry, format } => {
            let ctx = open::operator(config, locale).await?;
            let proof =
                export::prove_entry(&ctx, AuditEntryId(entry)).await.map_err(|e| Failure::of(&e, locale))?;
            let text = serde_json::to_string_pretty(&proof).map_err(|e| Failure::new(e.to_string()))?;
            if format == Format::Json {
                writeln!(Stdout, "{text}")?;
                return Ok(());
            }
            let words = Words(locale);
            let size = proof.checkpoint.lines().nth(1).unwrap_or_default().to_owned();
            let args = [("index", Arg::Text(proof.index.to_string())), ("size", Arg::Text(size))];
            writeln!(Stdout, "{}", words.ta("audit-proved", &args))?;
            writeln!(Stdout, "{}", proof.header)?;
            writeln!(Stdout, "{} {}", words.t("audit-leaf-hash"), proof.leaf_hash)?;
            for hash in &proof.path {
                writeln!(Stdout, "  {hash}")?;
            }
            Ok(())
        }
        Command::Export { organisation, output } => {
            let ctx = open::operator(config, locale).await?;
            let mut out: Box<dyn std::io::Write + Send> = match &output {
                Some(path) => Box::new(std::io::BufWriter::new(create(path)?)),
                None => Box::new(Stdout),
            };
            let organisation = organisation.map(OrganisationId);
            let mut write = |line: &str| writeln!(out, "{line}");
            let told = export::export_log(&ctx, organisation, &mut write).await;
            let told = told.map_err(|e| Failure::of(&e, locale))?;
            out.flush()?;
            if output.is_some() {
                let args = [("entries", Arg::Text(told.to_string()))];
                writeln!(Stdout, "{}", Words(locale).ta("audit-exported", &args))?;
            }
            Ok(())
        }
        Command::Key => {
            let ctx = open::operator(config, locale).await?;
            let key = crate::service::audit::checkpoint::find_verifier_key(&ctx.app).await;
            match key.map_err(|e| Failure::of(&e, locale))? {
                Some(key) => writeln!(Stdout, "{key}")?,
                None => return Err(Failure::new(Words(locale).t("refusal-log_empty"))),
            }
            Ok(())
        }
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create_new(path).map_err(|error| {
        Failure::new(format!("{} cannot be written ({error}): choose a new file", path.display()))
    })
}

fn read_note(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{} cannot be read ({error})", path.display()));
    let mut note = String::new();
    let limit = NOTE_BYTES_MAX as u64 + 1;
    File::open(path).map_err(failed)?.take(limit).read_to_string(&mut note).map_err(failed)?;
    Ok(note)
}

fn verify_file(path: &Path, key: Option<&str>, format: Format, words: Words) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{} cannot be read ({error})", path.display()));
    let lines = BufReader::new(File::open(path).map_err(failed)?).lines();
    let report = export::verify_file(lines, key)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    print_file_report(&report, key.is_some(), format, words)
}

fn print_file_report(
    report: &FileReport,
    key_known: bool,
    format: Format,
    words: Words,
) -> Result<(), Failure> {
    if format == Format::Json {
        let findings: Vec<_> =
            report.findings.iter().map(|(line, code)| json!({ "line": line, "code": code })).collect();
        let value = json!({
            "entries": report.entries, "size": report.size, "origin": report.origin,
            "key": report.key, "key_given": key_known, "findings": findings,
        });
        writeln!(Stdout, "{value:#}")?;
    } else {
        let args = [
            ("entries", Arg::Text(report.entries.to_string())),
            ("size", Arg::Text(report.size.to_string())),
            ("origin", Arg::Text(report.origin.clone())),
        ];
        writeln!(Stdout, "{}", words.ta("audit-file-checked", &args))?;
        for (line, code) in &report.findings {
            let args = [("line", Arg::Text(line.to_string()))];
            let what = words.t(&format!("finding-{code}"));
            writeln!(Stdout, "{} {what} [{code}]", words.ta("audit-line", &args))?;
        }
        if !key_known {
            writeln!(Stdout, "{}", words.ta("audit-key-hint", &[("key", Arg::Text(report.key.clone()))]))?;
        }
    }
    conclude(report.findings.len(), format, words)
}

pub(super) fn print_report(report: &Report, format: Format, words: Words) -> Result<(), Failure> {
    let count = report.findings.len() + report.more;
    if format == Format::Json {
        let findings: Vec<_> = report
            .findings
            .iter()
            .map(|f| json!({ "code": f.code(), "exact": f.is_exact(), "what": place(f) }))
            .collect();
        let value = json!({
            "sealed": report.sealed, "waiting": report.waiting, "root": report.root.to_string(),
            "origin": report.origin, "checkpoints": report.checkpoints.0,
            "agrees_up_to": report.checkpoints.1, "findings": findings, "more_findings": report.more,
        });
        writeln!(Stdout, "{value:#}")?;
    } else {
        let text = |n: u64| Arg::Text(n.to_string());
        let args = [
            ("sealed", text(report.sealed)),
            ("waiting", text(report.waiting)),
            ("origin", Arg::Text(report.origin.clone().unwrap_or_else(|| "-".to_owned()))),
            ("root", Arg::Text(report.root.to_string())),
            ("checkpoints", Arg::Text(report.checkpoints.0.to_string())),
            ("agrees", text(report.checkpoints.1)),
        ];
        writeln!(Stdout, "{}", words.ta("audit-checked", &args))?;
        writeln!(Stdout, "{}", words.ta("audit-compared", &args))?;
        for finding in &report.findings {
            let what = words.t(&format!("finding-{}", finding.code()));
            let exact = if finding.is_exact() { "audit-exact" } else { "audit-range" };
            writeln!(Stdout, "{what} {} ({}) [{}]", place(finding), words.t(exact), finding.code())?;
        }
    }
    conclude(count, format, words)
}

fn conclude(findings: usize, format: Format, words: Words) -> Result<(), Failure> {
    if findings > 0 {
        let args = [("findings", Arg::Int(i64::try_from(findings).unwrap_or(i64::MAX)))];
        return Err(Failure::new(words.ta("audit-findings", &args)));
    }
    if format == Format::Table {
        writeln!(Stdout, "{}", words.t("audit-in-order"))?;
    }
    Ok(())
}

/// Where something was found, as a program would write it.
fn place(finding: &Finding) -> String {
    match finding {
        Finding::HeaderChanged { seq }
        | Finding::Forged { seq }
        | Finding::ColumnChanged { seq }
        | Finding::TouchesChanged { seq }
        | Finding::SubjectsChanged { seq }
        | Finding::CommitmentsChanged { seq }
        | Finding::Unsequenced { seq }
        | Finding::PendingDeleted { seq } => format!("entry {seq}"),
        Finding::DetailChanged { seq, subject } | Finding::DetailMissing { seq, subject } => {
            format!("entry {seq}, subject {subject}")
        }
        Finding::EntryDeleted { index, seq } => format!("leaf {index}, entry {seq}"),
        Finding::LeafChanged { index } => format!("leaf {index}"),
        Finding::LeavesMissing { range } | Finding::LeavesChanged { range } => {
            format!("leaves {}-{}", range.start(), range.end())
        }
        Finding::LeavesSwapped { first, second } => format!("leaves {first} and {second}"),
        Finding::NodeChanged { node } => format!("node {}/{}", node.level, node.index),
        Finding::HeadChanged { size } => format!("size {size}"),
        Finding::TailCut { from, known } => format!("leaves {from}-{}", known.saturating_sub(1)),
        Finding::RevisionUntold { kind, id, revision } | Finding::RowBehind { kind, id, revision } => {
            format!("{kind} {id} revision {revision}")
        }
        Finding::Rewritten { good, bad } => format!("leaves {good}-{}", bad.saturating_sub(1)),
        Finding::OlderThanCheckpoint { size, checkpoint } => format!("size {size} of {checkpoint}"),
        Finding::CheckpointUnsigned => String::new(),
        Finding::OriginUntold { origin } | Finding::CheckpointOfAnotherLog { origin } => origin.clone(),
    }
}
