//! Opening an installation: the folder, the keys, the database at this version's schema.

use std::fs;
use std::sync::Arc;

use migration::{Migrator, MigratorTrait as _};
use sea_orm::DbBackend;

use super::config::Config;
use super::output::Failure;
use crate::format::matching::ranking_profile;
use crate::outside::clock::Clock;
use crate::outside::erasure_journal::ErasureJournal;
use crate::outside::keys::Keys;
use crate::outside::mail::Mailer;
use crate::outside::metrics::Metrics;
use crate::outside::random::Random;
use crate::outside::witness::Witness;
use crate::service::audit::checkpoint::{self, Signing};
use crate::service::audit::{Log, sequencer};
use crate::service::exchange::idempotency_key::Running;
use crate::service::identity::open_id::OpenId;
use crate::service::identity::passkey::RelyingParty;
use crate::service::identity::password::Passwords;
use crate::service::matching::catalogue::Catalogue;
use crate::service::organisation::{installation, master_key};
use crate::service::taxonomy::occupation::Remembered;
use crate::service::{App, Ctx, Limits};
use crate::store::Db;
use crate::words::Locale;

/// Makes the data folder and tries whether it can be written.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn prepare_folder(config: &Config) -> Result<(), Failure> {
    let folder = config.data_dir.display();
    let failed = |error: std::io::Error| {
        Failure::new(format!(
            "the data folder {folder} cannot be written ({error}): choose another with --data-dir or change its permissions"
        ))
    };
    fs::create_dir_all(&config.data_dir).map_err(failed)?;
    let probe = config.data_dir.join(".write-probe");
    fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(failed)
}

/// Connects to the database.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn connect(config: &Config) -> Result<Db, Failure> {
    let url = config.database_url();
    Db::open(&url, true, None).await.map_err(|error| {
        let name = url.split_once('@').map_or(url.as_str(), |(_, host)| host);
        Failure::new(format!(
            "the database {name} cannot be opened ({error}): check the URL and that it runs"
        ))
    })
}

/// Refuses a database that a newer version has changed.
///
/// # Errors
/// [`Failure`] that names what is unknown.
pub async fn refuse_newer(db: &Db) -> Result<(), Failure> {
    let unknown = migration::unknown(db.owner()).await.map_err(|e| Failure::new(e.to_string()))?;
    match unknown.first() {
        None => Ok(()),
        Some(first) => Err(Failure::new(format!(
            "the database was changed by a newer version of ballast ({first} is unknown here): use that version or newer"
        ))),
    }
}

/// The schema as this version wants it. An embedded database is brought there; on PostgreSQL that is the
/// owner's to do.
async fn bring_up(db: &Db) -> Result<(), Failure> {
    let failed = |e: sea_orm::DbErr| Failure::new(format!("the schema cannot be brought up to date: {e}"));
    refuse_newer(db).await?;
    if db.backend() == DbBackend::Sqlite {
        return Migrator::up(db.owner(), None).await.map_err(failed);
    }
    // The application's role may read the list and not make it.
    let behind = migration::pending(db.owner()).await.map_err(|error| {
        Failure::new(format!("the schema cannot be read ({error}): run `ballast migrate` as the owner first"))
    })?;
    if behind.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the schema lacks {} migrations: run `ballast migrate` as the owner of the database",
        behind.len()
    )))
}

/// The installation of a folder.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn app(config: &Config) -> Result<Arc<App>, Failure> {
    prepare_folder(config)?;
    let keys = Keys::open(&config.key_file(), &Random::System).map_err(|e| Failure::new(e.to_string()))?;
    let db = connect(config).await?;
    bring_up(&db).await?;
    let around = Around {
        witness: config.witness(),
        erasures: ErasureJournal::at(config.erasure_journal()),
        passwords: Passwords::new(config.settings.password_cost()?),
        require_second_factor: config.settings.require_second_factor,
        limits: config.settings.limits(),
        relying_party: config.settings.relying_party()?,
        open_id: config.settings.open_id(),
        mailer: config.settings.mailer()?,
    };
    assemble_with(db, keys, Random::System, Clock::System, around).await
}

/// What an installation has around it beside its database, its keys, its clock and its randomness.
#[derive(Debug, Default)]
pub struct Around {
    /// Where checkpoints are kept.
    pub witness: Witness,
    /// Who was erased.
    pub erasures: ErasureJournal,
    /// Where passwords are hashed.
    pub passwords: Passwords,
    /// Whether roles that need a second factor are asked for one.
    pub require_second_factor: bool,
    /// What devices with passkeys know it by.
    pub relying_party: Option<RelyingParty>,
    /// What asks the issuers at which organisations' people sign in.
    pub open_id: OpenId,
    /// What hands mails over.
    pub mailer: Option<Mailer>,
    /// What it may be asked at most.
    pub limits: Limits,
}

/// Puts an installation together that keeps no journal of erasures and asks nobody for a second factor.
///
/// # Errors
/// As [`assemble_with`].
pub async fn assemble(
    db: Db,
    keys: Keys,
    random: Random,
    clock: Clock,
    witness: Witness,
) -> Result<Arc<App>, Failure> {
    assemble_with(db, keys, random, clock, Around { witness, ..Around::default() }).await
}

/// Puts an installation together; a demonstration's clock stands still.
///
/// # Errors
/// [`Failure`] when the database or the embedded profile cannot be read.
pub async fn assemble_with(
    db: Db,
    keys: Keys,
    random: Random,
    clock: Clock,
    around: Around,
) -> Result<Arc<App>, Failure> {
    let text = ranking_profile::EMBEDDED;
    let profile = ranking_profile::parse(text).map_err(|e| Failure::new(e.to_string()))?;
    let installed = installation::find(&db).await.map_err(|e| Failure::of(&e, Locale::En))?;
    let demonstration = installed.as_ref().is_some_and(|row| row.demonstration);
    let clock = installed.and_then(|row| row.as_of).map_or(clock, Clock::Fixed);
    let app = Arc::new(App {
        db,
        clock,
        random,
        keys,
        profile: (profile, ranking_profile::digest(text)),
        demonstration,
        passwords: around.passwords,
        require_second_factor: around.require_second_factor && !demonstration,
        relying_party: around.relying_party.filter(|_| !demonstration),
        // A demonstration's administrators are everybody: it asks nobody.
        open_id: if demonstration { OpenId::default() } else { around.open_id },
        mailer: around.mailer.filter(|_| !demonstration),
        people: Catalogue::default(),
        occupations: Remembered::default(),
        log: Log::new(around.witness),
        running: Running::default(),
        metrics: Metrics::default(),
        limits: around.limits,
        erasures: around.erasures,
    });
    master_key::name_first(&app).await.map_err(|e| Failure::of(&e, Locale::En))?;
    Ok(app)
}

/// Seals and signs what a command has written, so that the log does not wait for a server. A command that has
/// done its work does not fail for it: the next process seals.
pub async fn seal(app: &App) {
    let sealed = sequencer::seal_all(app).await;
    let signed = checkpoint::sign_head(app).await;
    if let Ok(Signing::Refused(finding)) = &signed {
        tracing::error!(code = finding.code(), "the log is not signed: run ballast audit verify");
    }
    if let Err(error) = sealed.map(|_| ()).and(signed.map(|_| ())) {
        tracing::warn!(?error, "the log is not sealed yet");
    }
}

/// The operator of the installation of a folder.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn operator(config: &Config, locale: Locale) -> Result<Ctx, Failure> {
    Ok(Ctx::operator(app(config).await?, locale))
}
