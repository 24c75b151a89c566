//! `ballast token`: the tokens of the API that can be used.

use std::io::Write as _;

use clap::Subcommand;
use uuid::Uuid;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::service::identity::api_token::{list_own_tokens, revoke_own_token};
use crate::words::Locale;

/// Arguments of `token`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List tokens: id, beginning, last day of use, end, what it is for, name.
    List {
        /// Only those of this login.
        #[arg(long)]
        login: Option<String>,
    },
    /// End a token.
    Revoke {
        /// Its id.
        id: Uuid,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, args: Args) -> Result<(), Failure> {
    let ctx = open::operator(config, locale).await?;
    match args.command {
        Command::List { login } => {
            let found = list_own_tokens(&ctx, login.as_deref()).await;
            for token in found.map_err(|e| Failure::of(&e, locale))? {
                let used = token.last_used_on.map_or_else(|| "-".to_owned(), |day| day.to_string());
                let scopes = token.scopes.map_or_else(|| "-".to_owned(), |scopes| scopes.join(" "));
                let (id, prefix, name) = (token.id, token.prefix, token.name);
                let until = token.expires_at.format("%Y-%m-%dT%H:%M:%SZ");
                writeln!(Stdout, "{id}\t{prefix}\t{used}\t{until}\t{scopes}\t{name}")?;
            }
        }
        Command::Revoke { id } => {
            revoke_own_token(&ctx, id).await.map_err(|e| Failure::of(&e, locale))?;
            open::seal(&ctx.app).await;
        }
    }
    Ok(())
}
