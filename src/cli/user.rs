//! `ballast user`: logins.

use std::io::{Read as _, Write as _};

use ballast_domain::base::id::OrganisationId;
use clap::Subcommand;
use uuid::Uuid;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::service::Error;
use crate::service::identity::second_factor::reset_second_factor_of;
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
    /// Take away the second factor of a login whose owner has lost it; all of its sessions end.
    ResetFactor {
        /// The name to sign in with.
        login: String,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, args: Args) -> Result<(), Failure> {
    let (login, name, role, organisation) = match args.command {
        Command::Create { login, name, role, organisation } => (login, name, role, organisation),
        Command::ResetFactor { login } => return reset_factor(config, locale, &login).await,
    };
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

async fn reset_factor(config: &Config, locale: Locale, login: &str) -> Result<(), Failure> {
    let ctx = open::operator(config, locale).await?;
    let id = reset_second_factor_of(&ctx, login).await.map_err(|error| match error {
        Error::NotFound => Failure::new(format!("there is no login {login:?}: check how it is written")),
        other => Failure::of(&other, locale),
    })?;
    open::seal(&ctx.app).await;
    Ok(writeln!(Stdout, "{id}")?)
}
