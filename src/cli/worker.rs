//! `ballast worker`: the loops without the server.

use std::io::Write as _;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::http::server;
use crate::runtime::{Runtime, Settings, WORKERS_DEFAULT, WORKERS_MAX};
use crate::service::exchange::job::run::LEASE_SECONDS_DEFAULT;
use crate::words::Locale;

/// Arguments of `worker`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Do what is due and exit.
    #[arg(long)]
    once: bool,
    /// How many jobs are done at once.
    #[arg(long, value_name = "N", default_value_t = WORKERS_DEFAULT, conflicts_with = "once",
        value_parser = clap::value_parser!(u32).range(1..=i64::from(WORKERS_MAX)))]
    workers: u32,
    /// How long a worker may be silent before another one takes its job over.
    #[arg(long, value_name = "SECONDS", default_value_t = LEASE_SECONDS_DEFAULT,
        value_parser = clap::value_parser!(u32).range(1..=3600))]
    lease_seconds: u32,
}

/// Works until told to stop, or until nothing is due.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, args: Args) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let settings = Settings { workers: args.workers, lease_seconds: args.lease_seconds };
    if args.once {
        let turns = Runtime::run_once(&app, settings).await.map_err(|e| Failure::of(&e, locale))?;
        return Ok(writeln!(Stdout, "{turns}")?);
    }
    let told_to_stop = server::stop_signal()?;
    let loops = Runtime::start(&app, settings);
    told_to_stop.await;
    loops.stop().await;
    Ok(())
}
