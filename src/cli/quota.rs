//! `ballast quota`: what a rule pack says of a case. Reads files and prints; opens no database.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::quota::evaluate::{self, Evaluation};
use ballast_domain::quota::facts::Facts;
use ballast_domain::quota::pack::Pack;
use ballast_domain::quota::worked_example;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::config::Config;
use super::input;
use super::output::{Failure, Stdout};
use crate::format::matching::ranking_profile::digest;
use crate::format::quota::{case_facts, fact_shape, outcome, rule_pack};
use crate::words::quota as say;
use crate::words::{Arg, Locale, Words};

/// How many letters of a digest are shown.
const DIGEST_SHOWN: usize = 8;
/// The longest pack.
const PACK_BYTES_MAX: u64 = 4 << 20;

/// Quotas.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer a case by a pack on a date.
    Evaluate(Evaluate),
    /// List the packs: those of the binary, and those of the folder.
    Packs {
        /// A folder with more packs (`quota_packs` in the settings where it is not given).
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
        /// How to print.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Print the JSON Schema of a case.
    Schema,
    /// Run every pack's own worked examples.
    Test {
        /// A folder with more packs (`quota_packs` in the settings where it is not given).
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
    },
}

/// A question.
#[derive(Debug, clap::Args)]
pub struct Evaluate {
    /// The pack, as NAME or NAME@VERSION.
    #[arg(long)]
    pub pack: String,
    /// The date asked about.
    #[arg(long, value_name = "DATE")]
    pub on: CivilDate,
    /// The facts of the case as JSON; - for standard input. `ballast quota schema` says the form.
    #[arg(long, value_name = "FILE")]
    pub facts: PathBuf,
    /// Only these rules of the pack, instead of what the facts ask.
    #[arg(long, value_name = "RULE")]
    pub ask: Vec<String>,
    /// Show every step with its sources.
    #[arg(long)]
    pub explain: bool,
    /// A folder with more packs (`quota_packs` in the settings where it is not given).
    #[arg(long, value_name = "DIR")]
    pub packs: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// A pack with the digest of its file.
struct Loaded {
    pack: Pack,
    digest: String,
}

impl Loaded {
    fn full_name(&self) -> String {
        format!("{}@{}", self.pack.name, self.pack.version)
    }
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn run(config: &Config, locale: Locale, command: Command) -> Result<(), Failure> {
    let words = Words(locale);
    let folder = |given: Option<PathBuf>| given.or_else(|| config.settings.quota_packs.clone());
    match command {
        Command::Evaluate(args) => {
            let packs = load(words, folder(args.packs.clone()).as_deref())?;
            evaluate(words, &packs, &args)
        }
        Command::Packs { packs, format } => list(words, &load(words, folder(packs).as_deref())?, format),
        Command::Schema => Ok(writeln!(Stdout, "{:#}", fact_shape::schema())?),
        Command::Test { packs } => test(words, &load(words, folder(packs).as_deref())?),
    }
}

/// The packs of the binary and those of a folder. A pack that is broken, or that would change what another's name and
/// version mean, is refused with its file.
fn load(words: Words, folder: Option<&Path>) -> Result<Vec<Loaded>, Failure> {
    let mut packs: Vec<Loaded> = Vec::new();
    for text in rule_pack::EMBEDDED {
        packs.push(read(words, "ballast", text)?);
    }
    let Some(folder) = folder else {
        packs.sort_by_key(Loaded::full_name);
        return Ok(packs);
    };
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|error| input::unreadable(words, folder, &error))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, io::Error>>()
        .map_err(|error| input::unreadable(words, folder, &error))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    for file in files {
        let name = file.display().to_string();
        let loaded = read(words, &name, &input::read_text(words, &file, PACK_BYTES_MAX)?)?;
        match packs.iter().find(|other| other.full_name() == loaded.full_name()) {
            Some(same) if same.digest == loaded.digest => {}
            Some(other) => {
                let args = [("file", name.into()), ("pack", other.full_name().into())];
                return Err(Failure::new(words.ta("quota-pack-taken", &args)));
            }
            None => packs.push(loaded),
        }
    }
    packs.sort_by_key(Loaded::full_name);
    Ok(packs)
}

fn read(words: Words, file: &str, text: &str) -> Result<Loaded, Failure> {
    let pack = rule_pack::parse(text).map_err(|error| {
        let args = [("file", file.into()), ("detail", error.to_string().into())];
        Failure::new(words.ta("quota-pack-broken", &args))
    })?;
    Ok(Loaded { pack, digest: digest(text) })
}

fn find<'a>(words: Words, packs: &'a [Loaded], asked: &str) -> Result<&'a Loaded, Failure> {
    let named: Vec<&Loaded> =
        packs.iter().filter(|loaded| loaded.pack.name == asked || loaded.full_name() == asked).collect();
    let names =
        |all: Vec<String>| -> [(&str, Arg); 2] { [("pack", asked.into()), ("packs", all.join(", ").into())] };
    match named.as_slice() {
        [one] => Ok(one),
        [] => {
            let all = packs.iter().map(|loaded| loaded.pack.name.clone()).collect();
            Err(Failure::new(words.ta("quota-no-such-pack", &names(all))))
        }
        several => {
            let all = several.iter().map(|loaded| loaded.full_name()).collect();
            Err(Failure::new(words.ta("quota-pack-ambiguous", &names(all))))
        }
    }
}

fn evaluate(words: Words, packs: &[Loaded], args: &Evaluate) -> Result<(), Failure> {
    let loaded = find(words, packs, &args.pack)?;
    let wrong = wrong_examples(words, loaded);
    if !wrong.is_empty() {
        return Err(Failure::new(words.t("quota-test-failed")).with_lines(wrong));
    }
    let mut facts = facts(words, &args.facts)?;
    if !args.ask.is_empty() {
        facts.ask.clone_from(&args.ask);
    }
    let found = evaluate::evaluate(&loaded.pack, &facts, args.on).map_err(|refusal| {
        let evaluate::Refusal::NoSuchRule(rule) = refusal;
        let rules: Vec<&str> = loaded.pack.rules.iter().map(|rule| rule.id.as_str()).collect();
        Failure::new(
            words.ta("quota-no-such-rule", &[("rule", rule.into()), ("rules", rules.join(", ").into())]),
        )
    })?;
    match args.format {
        Format::Json => {
            let mut json = outcome::evaluation(&loaded.pack, &loaded.digest, &found);
            if args.explain {
                let steps: Vec<String> = found.steps.iter().map(|step| say::step(words, step)).collect();
                json["explained"] = json!(steps);
            }
            Ok(writeln!(Stdout, "{json:#}")?)
        }
        Format::Table => Ok(print(words, loaded, &found, args.explain)?),
    }
}

/// The facts of a case, or everything that is wrong with them.
fn facts(words: Words, file: &Path) -> Result<Facts, Failure> {
    let bytes_max = u64::try_from(case_facts::BYTES_MAX).unwrap_or(u64::MAX);
    let text = input::read_text(words, file, bytes_max)?;
    let count = |n: usize| Arg::Int(i64::try_from(n).unwrap_or(i64::MAX));
    case_facts::parse(&text).map_err(|error| match error {
        case_facts::Error::Syntax { line, column, detail } => {
            let place = |n: usize| Arg::from(n.to_string());
            let args = [("line", place(line)), ("column", place(column)), ("detail", detail.into())];
            Failure::new(words.ta("quota-bad-json", &args))
        }
        case_facts::Error::TooLong => {
            Failure::new(words.ta("quota-facts-too-long", &[("bytes", count(case_facts::BYTES_MAX))]))
        }
        case_facts::Error::Problems(problems) => {
            let lines = problems.iter().map(|one| {
                let place = if one.pointer.is_empty() { "/" } else { one.pointer.as_str() };
                format!("{place}: {}", say::problem(words, one.code, &one.detail))
            });
            Failure::new(words.ta("quota-bad-facts", &[("count", count(problems.len()))]))
                .with_lines(lines.collect())
        }
    })
}

fn print(words: Words, loaded: &Loaded, found: &Evaluation, explain: bool) -> io::Result<()> {
    let mut out = Stdout;
    let pack = &loaded.pack;
    let digest = loaded.digest.get(..DIGEST_SHOWN).unwrap_or_default();
    let heading = [
        ("pack", pack.name.as_str().into()),
        ("version", pack.version.as_str().into()),
        ("digest", digest.into()),
        ("on", words.date(found.on).into()),
    ];
    writeln!(out, "{}", words.ta("quota-heading", &heading))?;
    let standing = words.t(&format!("quota-standing-{}", found.standing.code()));
    let line = [("title", title(words, pack).into()), ("standing", standing.into())];
    writeln!(out, "{}", words.ta("quota-title-line", &line))?;
    if !found.assumed.is_empty() {
        writeln!(out, "{}", words.ta("quota-assumed", &[("names", found.assumed.join(", ").into())]))?;
    }
    if !found.assumed_in_vain.is_empty() {
        let names = found.assumed_in_vain.join(", ");
        writeln!(out, "{}", words.ta("quota-assumed-in-vain", &[("names", names.into())]))?;
    }
    for rule in pack.rules.iter().filter(|rule| found.rules.contains(&rule.id)) {
        writeln!(out, "\n{} · {} · {}", rule.id, rule.family.code(), rule.source)?;
        let steps = found.steps.iter().filter(|step| explain && step.rule == rule.id);
        for (number, step) in (1..).zip(steps) {
            writeln!(out, "{number:>4}. {}", say::step(words, step))?;
            for cite in &step.cites {
                writeln!(out, "      ← {}", say::cite(words, cite))?;
            }
        }
        for figure in found.figures.iter().filter(|figure| figure.rule == rule.id) {
            writeln!(out, "  {}", say::figure(words, figure))?;
        }
    }
    Ok(())
}

fn title(words: Words, pack: &Pack) -> &str {
    match words.locale() {
        Locale::ZhCn => &pack.titles.0,
        Locale::En => &pack.titles.1,
    }
}

fn list(words: Words, packs: &[Loaded], format: Format) -> Result<(), Failure> {
    if format == Format::Json {
        let all: Vec<_> = packs
            .iter()
            .map(|loaded| {
                let pack = &loaded.pack;
                let rules: Vec<_> = pack
                    .rules
                    .iter()
                    .map(|r| json!({ "id": r.id, "family": r.family.code(), "source": r.source }))
                    .collect();
                json!({
                    "name": pack.name,
                    "version": pack.version,
                    "sha256": loaded.digest,
                    "country": pack.country,
                    "standing": pack.standing.code(),
                    "title": title(words, pack),
                    "rules": rules,
                })
            })
            .collect();
        return Ok(writeln!(Stdout, "{:#}", json!(all))?);
    }
    for loaded in packs {
        let pack = &loaded.pack;
        let families: Vec<&str> = pack.rules.iter().map(|rule| rule.family.code()).collect();
        let args = [
            ("name", pack.name.as_str().into()),
            ("version", pack.version.as_str().into()),
            ("country", pack.country.as_str().into()),
            ("standing", words.t(&format!("quota-standing-{}", pack.standing.code())).into()),
            ("families", families.join(" ").into()),
            ("title", title(words, pack).into()),
        ];
        writeln!(Stdout, "{}", words.ta("quota-pack-line", &args))?;
    }
    Ok(())
}

/// The answers of its own examples that a pack does not give.
fn wrong_examples(words: Words, loaded: &Loaded) -> Vec<String> {
    let report = worked_example::run(&loaded.pack);
    let line = |mismatch: worked_example::Mismatch| {
        let args = [
            ("pack", loaded.full_name().into()),
            ("example", mismatch.example.into()),
            ("figure", mismatch.figure.into()),
            ("expected", mismatch.expected.into()),
            ("found", mismatch.found.unwrap_or_else(|| "–".to_owned()).into()),
        ];
        words.ta("quota-test-wrong", &args)
    };
    report.mismatches.into_iter().map(line).collect()
}

fn test(words: Words, packs: &[Loaded]) -> Result<(), Failure> {
    let count = |n: usize| Arg::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let mut wrong = Vec::new();
    for loaded in packs {
        let report = worked_example::run(&loaded.pack);
        let args = [
            ("name", loaded.pack.name.as_str().into()),
            ("version", loaded.pack.version.as_str().into()),
            ("examples", count(report.examples)),
            ("compared", count(report.compared)),
            ("wrong", count(report.mismatches.len())),
        ];
        writeln!(Stdout, "{}", words.ta("quota-test-line", &args))?;
        wrong.extend(wrong_examples(words, loaded));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(words.t("quota-test-failed")).with_lines(wrong)) }
}
