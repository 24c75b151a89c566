//! `ballast migrate`: the schema, by the owner of the database.

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DbBackend};

use super::config::Config;
use super::open;
use super::output::Failure;

/// Arguments of `migrate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// PostgreSQL: the role that `serve` connects as; it is granted what it needs and no more.
    #[arg(long, value_name = "ROLE")]
    application_role: Option<String>,
}

/// Brings the schema up to this version.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, args: Args) -> Result<(), Failure> {
    open::prepare_folder(config)?;
    let db = open::connect(config).await?;
    open::refuse_newer(&db).await?;
    let failed = |e: sea_orm::DbErr| Failure::new(format!("the schema cannot be changed: {e}"));
    Migrator::up(db.owner(), None).await.map_err(failed)?;
    if let Some(role) = args.application_role {
        if db.backend() != DbBackend::Postgres {
            return Err(Failure::new("--application-role is for PostgreSQL: an SQLite file has no roles"));
        }
        for statement in migration::grants(&role).map_err(failed)? {
            db.owner().execute_unprepared(&statement).await.map_err(failed)?;
        }
    }
    Ok(())
}
