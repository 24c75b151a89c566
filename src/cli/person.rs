//! `ballast person`: what the operator does about one person.

use std::io::{BufRead as _, Write as _};

use ballast_domain::base::id::PersonId;
use clap::Subcommand;
use uuid::Uuid;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::service::Seen;
use crate::service::person::erasure::erase_person;
use crate::words::{Arg, Locale, Words};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Erase a person for good: nothing but a stub stays.
    Erase {
        /// The person's id.
        id: Uuid,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, command: Command) -> Result<(), Failure> {
    let Command::Erase { id, yes } = command;
    let words = Words(locale);
    let whom = [("person", Arg::Text(id.to_string()))];
    if !yes {
        writeln!(Stdout, "{}", words.ta("person-erase-asked", &whom))?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if answer.trim() != id.to_string() {
            return Err(Failure::new(words.t("person-not-erased")));
        }
    }
    let ctx = open::operator(config, locale).await?;
    let entry =
        erase_person(&ctx, PersonId(id), &Seen::Whatever).await.map_err(|e| Failure::of(&e, locale))?;
    open::seal(&ctx.app).await;
    let told = [("person", Arg::Text(id.to_string())), ("entry", Arg::Text(entry.to_string()))];
    Ok(writeln!(Stdout, "{}", words.ta("person-erased", &told))?)
}
