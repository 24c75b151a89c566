//! The application as a test starts it: everything real but the clock, which stands still, and the randomness,
//! which is foreseeable.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use ballast::cli::open::{self, Around};
use ballast::http::metrics;
use ballast::http::settings::HttpSettings;
use ballast::outside::clock::Clock;
use ballast::outside::http_client::Reach;
use ballast::outside::keys::{Keys, hex};
use ballast::outside::mail::Mailer;
use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
pub use ballast::service::App;
use ballast::service::audit::checkpoint::{Signing, sign_head};
use ballast::service::audit::sequencer::seal_all;
use ballast::service::identity::open_id::OpenId;
use ballast::service::identity::passkey::RelyingParty;
use ballast::service::{Ctx, Error, Limits};
use ballast::store::Db;
use ballast::words::Locale;
use ballast_domain::base::civil_time::Instant;
use chrono::{DateTime, Duration};
use poem::endpoint::BoxEndpoint;
use poem::test::TestClient;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tempfile::TempDir;

use super::database::{Template, TestDatabase, is_sqlite};
use super::identity::Identity;
use super::routes::endpoint;
use super::statements;
use super::town::{self, EVERYWHERE, Side, TENANTS, Town, World};

/// The password of every login of the town.
pub const PASSWORD: &str = "correct horse battery";
/// Where people open the pages of an installation that has passkeys.
pub const PUBLIC_URL: &str = "https://ballast.example";
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
    installation_at(db, seed, witness, now(), Limits::default()).await
}

/// The same at another instant.
async fn installation_at(db: Db, seed: u64, witness: Witness, at: Instant, limits: Limits) -> Arc<App> {
    assembled(db, seed, at, Around { witness, limits, ..Around::default() }).await
}

async fn assembled(db: Db, seed: u64, at: Instant, around: Around) -> Arc<App> {
    let keys = Keys::ephemeral(&Random::seeded(KEY_SEED));
    let made = open::assemble_with(db, keys, Random::seeded(seed), Clock::Fixed(at), around).await;
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

/// Somewhere to keep checkpoints, and the folder, which goes when it is dropped.
fn own_witness() -> (Witness, TempDir) {
    let checkpoints = tempfile::tempdir().unwrap();
    (Witness::new(vec![checkpoints.path().to_owned()]), checkpoints)
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
        Self::serve(database, None, TEST_SEED, settings, now(), Limits::default()).await
    }

    /// The same, where less may be asked.
    pub async fn start_limited(limits: Limits) -> Self {
        let database = Arc::new(TestDatabase::create(Template::Town).await);
        Self::serve(database, None, TEST_SEED, HttpSettings::default(), now(), limits).await
    }

    /// The same with statements that are collected.
    pub async fn start_watched() -> Self {
        let database = Arc::new(TestDatabase::create(Template::Town).await);
        let (watch, settings) = (Some(statements::watch as fn(&str)), HttpSettings::default());
        Self::serve(database, watch, TEST_SEED, settings, now(), Limits::default()).await
    }

    /// The town with a mail server.
    pub async fn start_with_mail(mailer: Mailer) -> Self {
        let database = Arc::new(TestDatabase::create(Template::Town).await);
        Self::mailing_on(database, None, mailer, Duration::zero()).await
    }

    /// A node on the same database with a mail server, so much later.
    pub async fn with_mail(&self, mailer: Mailer, by: Duration) -> Self {
        Self::mailing_on(self.database.clone(), Some(self.town.clone()), mailer, by).await
    }

    async fn mailing_on(
        database: Arc<TestDatabase>,
        town: Option<Town>,
        mailer: Mailer,
        by: Duration,
    ) -> Self {
        let (witness, checkpoints) = own_witness();
        let around = Around { witness, mailer: Some(mailer), ..Around::default() };
        let db = database.open(Some(statements::watch)).await;
        let seed = TEST_SEED + 4 + u64::try_from(by.num_seconds()).unwrap();
        let app = assembled(db, seed, now() + by, around).await;
        Self::around(app, town, HttpSettings::default(), checkpoints, database).await
    }

    /// A node on the same database, so much later.
    pub async fn later(&self, by: Duration) -> Self {
        self.another(TEST_SEED + 2, now() + by).await
    }

    /// The town where officials and administrators have to have a second factor, with passkeys, and an issuer elsewhere may
    /// be on this machine.
    pub async fn start_strict() -> Self {
        Self::strict_on(Arc::new(TestDatabase::create(Template::Town).await), None, Duration::zero()).await
    }

    /// A node on the same database that asks for second factors, so much later.
    pub async fn strict(&self, by: Duration) -> Self {
        Self::strict_on(self.database.clone(), Some(self.town.clone()), by).await
    }

    async fn strict_on(database: Arc<TestDatabase>, town: Option<Town>, by: Duration) -> Self {
        let (witness, checkpoints) = own_witness();
        let relying_party = RelyingParty::at(PUBLIC_URL);
        let open_id = OpenId::new(Some(PUBLIC_URL), Reach::Private);
        let around =
            Around { witness, require_second_factor: true, relying_party, open_id, ..Around::default() };
        let app = assembled(database.open(None).await, TEST_SEED + 3, now() + by, around).await;
        Self::around(app, town, HttpSettings::default(), checkpoints, database).await
    }

    /// A town built from nothing in one of the two worlds, whose statements are collected. The same seed and the
    /// same clock: what differs is who is targeted.
    pub async fn start_in(world: World) -> Self {
        let database = TestDatabase::create(Template::Empty).await;
        let db = database.open(None).await;
        town::build(&installation(db, town::SEED).await, world).await;
        let settings = HttpSettings::default();
        let limits = Limits::default();
        Self::serve(Arc::new(database), Some(statements::watch), TEST_SEED, settings, now(), limits).await
    }

    /// Another node on the same database: it draws other ids, and knows nothing of what this one is at work on.
    pub async fn beside(&self) -> Self {
        self.another(TEST_SEED + 1, now()).await
    }

    /// Another node on the same database. Who and what is there, this one knows already.
    async fn another(&self, seed: u64, at: Instant) -> Self {
        let (database, settings) = (self.database.clone(), HttpSettings::default());
        let (witness, checkpoints) = own_witness();
        let app = installation_at(database.open(None).await, seed, witness, at, self.app.limits).await;
        Self::around(app, Some(self.town.clone()), settings, checkpoints, database).await
    }

    async fn serve(
        database: Arc<TestDatabase>,
        watch: Option<fn(&str)>,
        seed: u64,
        settings: HttpSettings,
        at: Instant,
        limits: Limits,
    ) -> Self {
        let (witness, checkpoints) = own_witness();
        let app = installation_at(database.open(watch).await, seed, witness, at, limits).await;
        Self::around(app, None, settings, checkpoints, database).await
    }

    async fn around(
        app: Arc<App>,
        town: Option<Town>,
        settings: HttpSettings,
        checkpoints: TempDir,
        database: Arc<TestDatabase>,
    ) -> Self {
        let town = match town {
            Some(town) => town,
            None => Town::find(app.db.reader()).await,
        };
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

    /// The sequencer gets nothing done any more, as if every process that could seal had lost the right to.
    pub async fn stop_sealing(&self) {
        let (body, sqlite) = ("RAISE EXCEPTION 'nothing is sealed'", "RAISE(ABORT, 'nothing is sealed')");
        let statements = if is_sqlite() {
            format!("CREATE TRIGGER stop_sealing BEFORE INSERT ON audit_leaf BEGIN SELECT {sqlite}; END")
        } else {
            format!(
                "CREATE OR REPLACE FUNCTION stop_sealing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$;
                 CREATE TRIGGER stop_sealing BEFORE INSERT ON audit_leaf FOR EACH ROW EXECUTE FUNCTION stop_sealing()"
            )
        };
        self.owner().await.execute_unprepared(&statements).await.unwrap();
    }

    /// It does again.
    pub async fn resume_sealing(&self) {
        let table = if is_sqlite() { "" } else { " ON audit_leaf" };
        let drop = format!("DROP TRIGGER stop_sealing{table}");
        self.owner().await.execute_unprepared(&drop).await.unwrap();
    }

    /// The measurements without labels, and those of a follower by its name, as Prometheus reads them.
    pub async fn measured(app: &Arc<App>) -> BTreeMap<String, i64> {
        let answer = TestClient::new(metrics::endpoint(app.clone())).get("/metrics").send().await;
        let text = answer.0.into_body().into_string().await.unwrap();
        let numbers =
            text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
        numbers.filter_map(|(name, number)| Some((name.to_owned(), number.parse().ok()?))).collect()
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

    /// Who runs the logins of a side's factory.
    pub fn organisation_administrator(&self, side: Side) -> Identity<'_> {
        Identity::of(self, "organisation_administrator", side)
    }

    /// The trainee's guardian.
    pub fn guardian(&self) -> Identity<'_> {
        Identity::of(self, "guardian", Side::Home)
    }

    /// The guardian of the other region's trainee.
    pub fn other_guardian(&self) -> Identity<'_> {
        Identity::of(self, "guardian", Side::Other)
    }

    /// Who decides about households for the bureau.
    pub fn targeting_officer(&self) -> Identity<'_> {
        Identity::of(self, "targeting_officer", Side::Home)
    }

    /// Who audits for the bureau.
    pub fn auditor(&self) -> Identity<'_> {
        Identity::of(self, "auditor", Side::Home)
    }

    /// Everyone with a login on a side, one of each role; those who belong to no side are not among them.
    pub fn tenants(&self, side: Side) -> [Identity<'_>; TENANTS.len()] {
        TENANTS.map(|role| Identity::of(self, role, side))
    }

    /// Everyone with a login at home or everywhere.
    pub fn everyone(&self) -> impl Iterator<Item = Identity<'_>> {
        TENANTS.iter().chain(&EVERYWHERE).map(|role| Identity::of(self, role, Side::Home))
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
