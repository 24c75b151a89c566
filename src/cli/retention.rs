//! `ballast retention`: for how long people's records are kept, and what is past it.

use std::io::Write as _;

use ballast_domain::person::retention::Period;
use clap::Subcommand;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::service::person::retention::{ClassReport, report, set_record_days};
use crate::words::{Arg, Locale, Words};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is past its period, class by class, and change nothing.
    Report,
    /// Erase people so many days after their last tie has ended.
    Set {
        /// 1 to 36500.
        days: i32,
    },
    /// Keep people's records again.
    Unset,
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, command: Command) -> Result<(), Failure> {
    let ctx = open::operator(config, locale).await?;
    let (words, failed) = (Words(locale), |e| Failure::of(&e, locale));
    let days = match command {
        Command::Report => {
            for class in report(&ctx).await.map_err(failed)? {
                writeln!(Stdout, "{}", line(words, &class))?;
            }
            return Ok(());
        }
        Command::Set { days } => Some(days),
        Command::Unset => None,
    };
    set_record_days(&ctx, days).await.map_err(failed)?;
    open::seal(&ctx.app).await;
    let told = match days {
        Some(days) => words.ta("retention-set", &[("days", Arg::Int(days.into()))]),
        None => words.t("retention-unset"),
    };
    Ok(writeln!(Stdout, "{told}")?)
}

fn line(words: Words, report: &ClassReport) -> String {
    let period = match (report.days, report.class.period()) {
        (Some(days), _) => words.ta("retention-days", &[("days", Arg::Int(days))]),
        (None, Period::WithPerson) => words.t("retention-with-person"),
        (None, Period::UntilEnded) => words.t("retention-until-ended"),
        (None, Period::ForGood) => words.t("retention-for-good"),
        (None, Period::AfterLastTie | Period::Days(_)) => words.t("retention-kept"),
    };
    let count = |count: u64| Arg::Int(i64::try_from(count).unwrap_or(i64::MAX));
    let class = words.t(&format!("retention-class-{}", report.class.code()));
    words.ta(
        "retention-line",
        &[
            ("class", class.into()),
            ("period", period.into()),
            ("due", count(report.due)),
            ("held", count(report.held)),
            ("permits", count(report.permits)),
        ],
    )
}
