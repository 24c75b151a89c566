//! `ballast backup` and `ballast restore`: a folder that holds a copy of the database, what it must be, and the
//! checkpoint that it was taken at. The keys are not in it: they are kept elsewhere, or whoever has the backup has
//! everything.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ballast_domain::base::digest::Digest;
use sea_orm::DbBackend;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::audit;
use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::outside::keys::Keys;
use crate::outside::random::Random;
use crate::service::App;
use crate::service::audit::restore::adopt_log;
use crate::service::audit::{checkpoint, sequencer, verify};
use crate::service::organisation::master_key::list_missing;
use crate::service::person::erasure::replay_erasures;
use crate::store::Db;
use crate::words::{Arg, Locale, Words};

/// The `format` of a manifest.
const FORMAT: &str = "ballast-backup-1";
const DATABASE: &str = "ballast.sqlite";
const MANIFEST: &str = "manifest.json";

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// A folder that is not there yet.
    to: PathBuf,
}

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The folder that `backup` made.
    #[arg(required_unless_present = "adopt", conflicts_with = "adopt")]
    from: Option<PathBuf>,
    /// Put a database aside that is there already.
    #[arg(long, requires = "from")]
    replace: bool,
    /// The database was put back by its own means (PostgreSQL): only begin the log's new name.
    #[arg(long)]
    adopt: bool,
}

/// What a backup holds.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    /// The version that made it.
    version: String,
    /// SHA-256 of the database.
    sha256: String,
    /// How many entries of the log it has.
    log_size: u64,
    /// The checkpoint that it was taken at; absent for an empty log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checkpoint: Option<String>,
}

/// Copies the database into a folder while it is in use, and verifies the copy.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn backup(config: &Config, locale: Locale, args: BackupArgs) -> Result<(), Failure> {
    let app = open::app(config).await?;
    if app.db.backend() != DbBackend::Sqlite {
        return Err(Failure::new(
            "a PostgreSQL database is backed up by its own means (pg_basebackup, pg_dump); after a restore run `ballast restore --adopt`",
        ));
    }
    let failed = |error: io::Error| cannot(&args.to, "be written", &error);
    fs::create_dir(&args.to).map_err(failed)?;
    let of = |e: crate::service::Error| Failure::of(&e, locale);
    sequencer::seal_all(&app).await.map_err(of)?;
    let note = match checkpoint::sign_head(&app).await.map_err(of)? {
        checkpoint::Signing::Empty => None,
        checkpoint::Signing::Known(note) | checkpoint::Signing::Signed(note) => Some(note),
        checkpoint::Signing::Refused(_) => {
            return Err(Failure::new(Words(locale).t("refusal-log_not_signed")));
        }
    };
    let copy = args.to.join(DATABASE);
    app.db.copy_into(&copy).await.map_err(|e| Failure::new(e.to_string()))?;
    File::open(&copy).and_then(|file| file.sync_all()).map_err(failed)?;
    // The copy is verified as what it would be put back as.
    let copied = open_copy(config, &copy).await?;
    check_pages(&copied.db, &copy).await?;
    let report = verify::verify_log(&copied, note.as_slice()).await.map_err(of)?;
    let log_size = report.sealed;
    audit::print_report(&report, audit::Format::Table, Words(locale))?;
    drop(copied);
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: digest_of(&copy).map_err(failed)?.to_string(),
        log_size,
        checkpoint: note,
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| Failure::new(e.to_string()))?;
    let mut file = File::create_new(args.to.join(MANIFEST)).map_err(failed)?;
    file.write_all(format!("{text}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let where_to = [("folder", Arg::Text(args.to.display().to_string()))];
    Ok(writeln!(Stdout, "{}", Words(locale).ta("audit-backed-up", &where_to))?)
}

/// Puts a backup back, or adopts a database that was put back by its own means; then begins the log's new name
/// and verifies everything.
///
/// # Errors
/// [`Failure`] that says what to do; also when the verification finds something.
pub async fn restore(config: &Config, locale: Locale, args: RestoreArgs) -> Result<(), Failure> {
    if let Some(from) = &args.from {
        put_back(config, from, args.replace).await?;
    }
    let ctx = open::operator(config, locale).await?;
    let of = |e: crate::service::Error| Failure::of(&e, locale);
    if let Some(missing) = list_missing(&ctx.app).await.map_err(of)?.first() {
        return Err(Failure::new(format!(
            "{} lacks the key {missing}, with which this database was kept: put the key file of then in its place and run `ballast restore --adopt`",
            config.key_file().display()
        )));
    }
    let adopted = adopt_log(&ctx).await.map_err(of)?;
    let words = Words(locale);
    let number = |n: u64| Arg::Text(n.to_string());
    let told = [
        ("before", Arg::Text(adopted.before)),
        ("origin", Arg::Text(adopted.origin)),
        ("size", number(adopted.size)),
    ];
    writeln!(Stdout, "{}", words.ta("audit-adopted", &told))?;
    if let Some(known) = adopted.lost_up_to {
        let lost = [("from", number(adopted.size)), ("until", number(known - 1))];
        writeln!(Stdout, "{}", words.ta("audit-lost", &lost))?;
    }
    // Whom the backup brought back and the journal says was erased since.
    let erased = replay_erasures(&ctx).await.map_err(of)?;
    if erased > 0 {
        let again = [("people", Arg::Int(i64::try_from(erased).unwrap_or(i64::MAX)))];
        writeln!(Stdout, "{}", words.ta("audit-erased-again", &again))?;
    }
    open::seal(&ctx.app).await;
    let report = verify::verify_log(&ctx.app, &[]).await.map_err(of)?;
    audit::print_report(&report, audit::Format::Table, words)
}

/// Checks a backup and puts its database into the data folder.
async fn put_back(config: &Config, from: &Path, replace: bool) -> Result<(), Failure> {
    let url = config.database_url();
    let Some(target) = url.strip_prefix("sqlite:").map(PathBuf::from) else {
        return Err(Failure::new(
            "a PostgreSQL database is put back by its own means; then run `ballast restore --adopt`",
        ));
    };
    let manifest = read_manifest(from)?;
    let copy = from.join(DATABASE);
    let found = digest_of(&copy).map_err(|error| cannot(&copy, "be read", &error))?;
    if found.to_string() != manifest.sha256 {
        return Err(Failure::new(format!(
            "{} is not what was backed up: its SHA-256 is {found}",
            copy.display()
        )));
    }
    open::prepare_folder(config)?;
    // With new keys every entry would look forged, and no secret could be opened.
    if !config.key_file().exists() {
        return Err(Failure::new(format!(
            "{} is missing: put the key file there that the backup was made with",
            config.key_file().display()
        )));
    }
    if target.exists() {
        if !replace {
            return Err(Failure::new(format!(
                "{} is there already: stop the server, then say --replace to put it aside",
                target.display()
            )));
        }
        put_aside(&target).await?;
    }
    let fresh = target.with_extension("restoring");
    let failed = |error: io::Error| cannot(&target, "be written", &error);
    fs::copy(&copy, &fresh).map_err(failed)?;
    File::open(&fresh).and_then(|file| file.sync_all()).map_err(failed)?;
    let opened = Db::open(&format!("sqlite:{}", fresh.display()), false, None).await;
    let opened = opened.map_err(|e| Failure::new(format!("the backup cannot be opened ({e})")))?;
    check_pages(&opened, &copy).await?;
    opened.close().await.map_err(|e| Failure::new(e.to_string()))?;
    fs::rename(&fresh, &target).map_err(failed)
}

/// Renames a database that nobody has open.
async fn put_aside(target: &Path) -> Result<(), Failure> {
    // Whoever closes it last removes the files beside it; who still has it open leaves them.
    let opened = Db::open(&format!("sqlite:{}", target.display()), false, None).await;
    let opened = opened.map_err(|e| Failure::new(format!("{} cannot be opened ({e})", target.display())))?;
    opened.close().await.map_err(|e| Failure::new(e.to_string()))?;
    let beside = |end: &str| PathBuf::from(format!("{}{end}", target.display()));
    if beside("-shm").exists() || beside("-wal").exists() {
        return Err(Failure::new(format!("{} is in use: stop the server first", target.display())));
    }
    let aside = (1..).map(|n| beside(&format!(".before-{n}"))).find(|path| !path.exists());
    let aside = aside.unwrap_or_else(|| beside(".before"));
    fs::rename(target, &aside).map_err(|error| cannot(&aside, "be written", &error))
}

fn read_manifest(from: &Path) -> Result<Manifest, Failure> {
    let path = from.join(MANIFEST);
    let mut text = String::new();
    let read = File::open(&path).and_then(|file| file.take(64 * 1024).read_to_string(&mut text));
    read.map_err(|error| cannot(&path, "be read", &error))?;
    match serde_json::from_str::<Manifest>(&text) {
        Ok(manifest) if manifest.format == FORMAT => Ok(manifest),
        _ => Err(Failure::new(format!("{} is no manifest of a backup of this version", path.display()))),
    }
}

/// The copy as an installation with the same keys and no witness of its own.
async fn open_copy(config: &Config, copy: &Path) -> Result<std::sync::Arc<App>, Failure> {
    let keys = Keys::open(&config.key_file(), &Random::System).map_err(|e| Failure::new(e.to_string()))?;
    let db = Db::open(&format!("sqlite:{}", copy.display()), false, None).await;
    let db = db.map_err(|e| Failure::new(format!("{} cannot be opened ({e})", copy.display())))?;
    let clock = crate::outside::clock::Clock::System;
    open::assemble(db, keys, Random::System, clock, crate::outside::witness::Witness::default()).await
}

async fn check_pages(db: &Db, path: &Path) -> Result<(), Failure> {
    match db.check_pages().await {
        Ok(said) if said == "ok" => Ok(()),
        Ok(said) => Err(Failure::new(format!("{} is damaged: {said}", path.display()))),
        Err(error) => Err(Failure::new(format!("{} cannot be read ({error})", path.display()))),
    }
}

fn digest_of(path: &Path) -> io::Result<Digest> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
    }
    Ok(Digest(hash.finalize().into()))
}

fn cannot(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::new(format!("{} cannot {what} ({error}): choose another", path.display()))
}
