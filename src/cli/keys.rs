//! `ballast keys`: the keys that seal and index secrets.

use std::io::Write as _;

use clap::Subcommand;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::outside::keys::Purpose;
use crate::service::organisation::master_key::{Progress, list_keys, rotate_key};
use crate::words::{Arg, Locale, Words};

/// What to do with the keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the keys by name.
    List,
    /// Replace a key by a new one while everything goes on; run it again if it was broken off.
    Rotate {
        /// The key by which secrets are looked up, instead of the one that seals them.
        #[arg(long)]
        index: bool,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, command: Command) -> Result<(), Failure> {
    let ctx = open::operator(config, locale).await?;
    let words = Words(locale);
    match command {
        Command::List => {
            for key in list_keys(&ctx).await.map_err(|e| Failure::of(&e, locale))? {
                let state = match (key.in_use, key.needed) {
                    (true, _) => "keys-in-use",
                    (false, true) => "keys-old",
                    (false, false) => "keys-unneeded",
                };
                writeln!(Stdout, "{}  {}  {}", key.key_id, key.purpose, words.t(state))?;
            }
            Ok(())
        }
        Command::Rotate { index } => {
            let purpose = if index { Purpose::Index } else { Purpose::Seal };
            // Nobody who listens is no reason to stop half way.
            let mut told = |step| drop(writeln!(Stdout, "{}", said(words, &step)));
            let rotated = rotate_key(&ctx, purpose, &mut told).await;
            open::seal(&ctx.app).await;
            rotated.map_err(|e| Failure::of(&e, locale))
        }
    }
}

fn said(words: Words, step: &Progress) -> String {
    let text = |key: &str| [("key", Arg::Text(key.to_owned()))];
    match step {
        Progress::Named(key) => words.ta("keys-named", &text(key)),
        Progress::InUse(key) => words.ta("keys-put-in", &text(key)),
        Progress::Followed(rows) => {
            words.ta("keys-followed", &[("rows", Arg::Int(i64::try_from(*rows).unwrap_or(i64::MAX)))])
        }
        Progress::GivenUp(keys) => words.ta("keys-given-up", &text(&keys.join(", "))),
        Progress::Done(key) => words.ta("keys-done", &text(key)),
    }
}
