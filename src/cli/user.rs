//! `ballast user`: logins.

use std::io::{Read as _, Write as _};

use ballast_domain::base::id::OrganisationId;
use clap::Subcommand;
use uuid::Uuid;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::service::identity::user::{NewUser, create_user};
use crate::words::Locale;

/// Arguments of `user`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a login; the password is read from standard input.
    Create {
        /// The name to sign in with.
        login: String,
        /// As shown.
        #[arg(long)]
        name: String,
        /// administrator, `school_registrar`, `factory_hr`, `labour_official`, trainee, …: see docs/authz.md.
        #[arg(long)]
        role: String,
        /// The organisation, by id.
        #[arg(long)]
        organisation: Option<Uuid>,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, args: Args) -> Result<(), Failure> {
    let Command::Create { login, name, role, organisation } = args.command;
    let mut password = String::new();
    std::io::stdin().take(2048).read_to_string(&mut password)?;
    let ctx = open::operator(config, locale).await?;
    let new = NewUser {
        login,
        display_name: name,
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
        role,
        organisation: organisation.map(OrganisationId),
        person: None,
    };
    let id = create_user(&ctx, new).await.map_err(|e| Failure::of(&e, locale))?;
    open::seal(&ctx.app).await;
    Ok(writeln!(Stdout, "{id}")?)
}
