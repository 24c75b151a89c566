//! The application as a test starts it: everything real but the clock, which stands still, and the randomness,
//! which is foreseeable.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use ballast::cli::open;
use ballast::http::settings::HttpSettings;
use ballast::outside::clock::Clock;
use ballast::outside::keys::{Keys, hex};
use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
pub use ballast::service::App;
use ballast::service::audit::checkpoint::{Signing, sign_head};
use ballast::service::audit::sequencer::seal_all;
use ballast::service::{Ctx, Error};
use ballast::store::Db;
use ballast::words::Locale;
use ballast_domain::base::civil_time::Instant;
use chrono::DateTime;
use poem::endpoint::BoxEndpoint;
use poem::test::TestClient;
use sea_orm::DatabaseConnection;
use tempfile::TempDir;

use super::database::{Template, TestDatabase};
use super::identity::Identity;
use super::routes::endpoint;
use super::statements;
use super::town::{self, Side, Town, World};

/// The password of every login of the town.
pub const PASSWORD: &str = "correct horse battery";
/// What the keys of every installation of the tests come from, so that the town's secrets open everywhere.
const KEY_SEED: u64 = 11;
/// What a test draws from; not what the town was drawn from, or ids would meet.
const TEST_SEED: u64 = 13;

/// The instant at which the clock of every test stands: 09:12:07 in Asia/Shanghai.
pub fn now() -> Instant {
    DateTime::parse_from_rfc3339("2026-11-24T01:12:07Z").unwrap().to_utc()
}

/// An installation on a database, put together as the program does it.
pub async fn installation(db: Db, seed: u64) -> Arc<App> {
    installation_with(db, seed, Witness::default()).await
}

/// The same with somewhere to keep checkpoints.
pub async fn installation_with(db: Db, seed: u64, witness: Witness) -> Arc<App> {
    let keys = Keys::ephemeral(&Random::seeded(KEY_SEED));
    let made = open::assemble(db, keys, Random::seeded(seed), Clock::Fixed(now()), witness).await;
    made.unwrap_or_else(|_| panic!("the installation cannot be put together"))
}

/// Writes the keys of [`installation`] where the program looks for them, so that it opens the town's secrets.
pub fn write_keys(folder: &Path) {
    let random = Random::seeded(KEY_SEED);
    let names = ["secret_key", "index_key", "log_key", "checkpoint_key"];
    let keys = names.map(|name| format!("{name} = \"{}\"\n", hex(&random.bytes::<32>()))).concat();
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("keys.toml");
    std::fs::write(&path, format!("key_id = \"k-ephemeral\"\n{keys}")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A running installation with the town in it, and the people of the town.
pub struct TestApp {
    /// The installation.
    pub app: Arc<App>,
    /// Who and what is there.
    pub town: Town,
    pub(super) client: TestClient<BoxEndpoint<'static>>,
    /// Where its checkpoints are kept.
    pub checkpoints: TempDir,
    // Last: the connections above close before the database goes.
    pub(super) database: Arc<TestDatabase>,
}

impl TestApp {
    /// The town on a database of its own.
    pub async fn start() -> Self {
        Self::start_with(HttpSettings::default()).await
    }

    /// The same in other surroundings.
    pub async fn start_with(settings: HttpSettings) -> Self {
        let database = Arc::new(TestDatabase::create(Template::Town).await);
        Self::serve(database, None, TEST_SEED, settings).await
    }

    /// A town built from nothing in one of the two worlds, whose statements are collected. The same seed and the
    /// same clock: what differs is who is targeted.
    pub async fn start_in(world: World) -> Self {
        let database = TestDatabase::create(Template::Empty).await;
        let db = database.open(None).await;
        town::build(&installation(db, town::SEED).await, world).await;
        Self::serve(Arc::new(database), Some(statements::watch), TEST_SEED, HttpSettings::default()).await
    }

    /// Another node on the same database: it draws other ids, and knows nothing of what this one is at work on.
    pub async fn beside(&self) -> Self {
        Self::serve(self.database.clone(), None, TEST_SEED + 1, HttpSettings::default()).await
    }

    async fn serve(
        database: Arc<TestDatabase>,
        watch: Option<fn(&str)>,
        seed: u64,
        settings: HttpSettings,
    ) -> Self {
        let checkpoints = tempfile::tempdir().unwrap();
        let witness = Witness::new(vec![checkpoints.path().to_owned()]);
        let app = installation_with(database.open(watch).await, seed, witness).await;
        let town = Town::find(app.db.reader()).await;
        let client = TestClient::new(endpoint(app.clone(), settings));
        Self { app, town, client, checkpoints, database }
    }

    /// The owner of the tables, who may do to them what the application may not.
    pub async fn owner(&self) -> DatabaseConnection {
        self.database.owner().await
    }

    /// Panics if any of these bytes is still kept: on SQLite anywhere in the folder, on PostgreSQL in a table.
    pub async fn assert_gone(&self, secrets: &[Vec<u8>]) {
        self.database.assert_gone(secrets).await;
    }

    /// A use case's context for the operator at the command line.
    pub fn operator(&self) -> Ctx {
        Ctx::operator(self.app.clone(), Locale::En)
    }

    /// Nobody: no token.
    pub fn nobody(&self) -> Identity<'_> {
        Identity::nobody(self)
    }

    /// A registrar of the school.
    pub fn school(&self) -> Identity<'_> {
        Identity::of(self, "school_registrar", Side::Home)
    }

    /// A registrar of the other region's school.
    pub fn other_school(&self) -> Identity<'_> {
        Identity::of(self, "school_registrar", Side::Other)
    }

    /// The factory's HR.
    pub fn factory(&self) -> Identity<'_> {
        Identity::of(self, "factory_hr", Side::Home)
    }

    /// HR of the other region's factory.
    pub fn other_factory(&self) -> Identity<'_> {
        Identity::of(self, "factory_hr", Side::Other)
    }

    /// An official of the bureau.
    pub fn official(&self) -> Identity<'_> {
        Identity::of(self, "labour_official", Side::Home)
    }

    /// An official of the other region's bureau.
    pub fn other_official(&self) -> Identity<'_> {
        Identity::of(self, "labour_official", Side::Other)
    }

    /// A trainee of the school: [`Place::trainee`](super::Place).
    pub fn trainee(&self) -> Identity<'_> {
        Identity::of(self, "trainee", Side::Home)
    }

    /// A trainee of the other region's school.
    pub fn other_trainee(&self) -> Identity<'_> {
        Identity::of(self, "trainee", Side::Other)
    }

    /// The installation's administrator.
    pub fn administrator(&self) -> Identity<'_> {
        Identity::of(self, "administrator", Side::Home)
    }

    /// Everyone with a login at home, and the same from elsewhere; the administrator belongs to no side.
    pub fn tenants(&self, side: Side) -> [Identity<'_>; 4] {
        ["school_registrar", "factory_hr", "labour_official", "trainee"]
            .map(|role| Identity::of(self, role, side))
    }
}

/// Everything in the log that waits is sealed, and its head is signed. Gives the note.
pub async fn seal_and_sign(app: &App) -> String {
    seal_all(app).await.unwrap();
    match sign_head(app).await.unwrap() {
        Signing::Known(note) | Signing::Signed(note) => note,
        other => panic!("not signed: {other:?}"),
    }
}

/// The code of an error of a use case, for short assertions: `not_found`, `denied`, a refusal's own.
pub fn code_of(error: &Error) -> &'static str {
    ballast::http::problem::classify(error).1
}
