//! The command line: one file a subcommand. `serve` puts the parts together, the others call the same use
//! cases as the API does, as the operator.
//!
//! Exit codes: 0 done; 1 refused or failed, with one sentence on standard error; 2 wrong usage.

pub mod audit;
pub mod backup;
pub mod config;
pub mod demo;
pub mod fairness;
pub mod import;
pub mod input;
pub mod keys;
pub mod migrate;
pub mod open;
pub mod openapi;
pub mod output;
pub mod permit;
pub mod permit_card;
pub mod person;
pub mod quota;
pub mod rank;
pub mod retention;
pub mod serve;
pub mod taxonomy;
pub mod token;
pub mod user;
pub mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::config::Config;
use self::output::Failure;
use crate::words::Locale;

/// Links joint classes, skill records, poverty targeting and port labour permits to factory vacancies.
#[derive(Debug, Parser)]
#[command(name = "ballast", version, about, propagate_version = true)]
pub struct Cli {
    /// The folder with the database, the key file and the settings.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder when not given.
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// The language of what is printed: zh-CN or en.
    #[arg(long, global = true, value_name = "LANG", value_parser = parse_locale)]
    lang: Option<Locale>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages and the API.
    Serve(serve::Args),
    /// Do the work that is put in, without serving: for more nodes on PostgreSQL, or from cron with `--once`.
    Worker(worker::Args),
    /// Fill a folder with a fictional city, print three explained shortlists and serve it.
    Demo(demo::Args),
    /// Bring the schema of the database up to this version.
    Migrate(migrate::Args),
    /// Make logins.
    User(user::Args),
    /// List and end tokens of the API.
    Token(token::Args),
    /// Load and look up classifications of occupations and skills.
    Taxonomy {
        #[command(subcommand)]
        command: taxonomy::Command,
    },
    /// Load rows from a CSV file; a trial unless `--commit` is given.
    Import(import::Args),
    /// List and replace the keys that seal secrets.
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
    /// What the operator does about one person.
    Person {
        #[command(subcommand)]
        command: person::Command,
    },
    /// For how long people's records are kept, and what is past it.
    Retention {
        #[command(subcommand)]
        command: retention::Command,
    },
    /// Rank people for a vacancy, with reasons.
    Rank(rank::Args),
    /// What a quota pack says of a case in a file, with every step.
    Quota {
        #[command(subcommand)]
        command: quota::Command,
    },
    /// What can be said of permits from files alone.
    Permit {
        #[command(subcommand)]
        command: permit::Command,
    },
    /// How groups fare in recorded shortlists, out of files.
    Fairness {
        #[command(subcommand)]
        command: fairness::Command,
    },
    /// Copy the database into a folder while it is in use (SQLite).
    Backup(backup::BackupArgs),
    /// Put a backup back, and begin the log's new name.
    Restore(backup::RestoreArgs),
    /// Check, prove and export the log.
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Print the API's document.
    Openapi,
}

fn parse_locale(text: &str) -> Result<Locale, String> {
    Locale::parse(text).ok_or_else(|| "zh-CN or en".to_owned())
}

/// Runs the command of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    output::start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::report(&Failure::new(format!("no threads can be started: {error}"))),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::report(&failure),
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    let locale = cli.lang.unwrap_or(Locale::En);
    let default_dir = match cli.command {
        Command::Demo(_) => demo::DATA_DIR_DEFAULT,
        _ => config::DATA_DIR_DEFAULT,
    };
    let config = Config::read(cli.data_dir, cli.database_url, default_dir)?;
    match cli.command {
        Command::Serve(args) => serve::run(&config, args).await,
        Command::Worker(args) => worker::run(&config, locale, args).await,
        Command::Demo(args) => demo::run(&config, locale, args).await,
        Command::Migrate(args) => migrate::run(&config, args).await,
        Command::User(args) => user::run(&config, locale, args).await,
        Command::Token(args) => token::run(&config, locale, args).await,
        Command::Taxonomy { command } => {
            let ctx = open::operator(&config, locale).await?;
            let done = taxonomy::run(command, &ctx, &mut output::Stdout).await;
            open::seal(&ctx.app).await;
            done.map_err(|e| Failure::new(e.to_string()))
        }
        Command::Import(args) => import::run(&config, locale, args).await,
        Command::Keys { command } => keys::run(&config, locale, command).await,
        Command::Person { command } => person::run(&config, locale, command).await,
        Command::Retention { command } => retention::run(&config, locale, command).await,
        Command::Rank(args) => rank::run(&config, locale, args).await,
        Command::Quota { command } => quota::run(&config, locale, command),
        Command::Permit { command } => permit::run(locale, &command),
        Command::Fairness { command } => fairness::run(locale, &command),
        Command::Backup(args) => backup::backup(&config, locale, args).await,
        Command::Restore(args) => backup::restore(&config, locale, args).await,
        Command::Audit { command } => audit::run(&config, locale, command).await,
        Command::Openapi => openapi::run(),
    }
}
