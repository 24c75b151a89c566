//! A database for each test, copied from a template that is made once. Knows how to make and drop databases; what
//! stands in them is the town's.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ballast::outside::keys::hex;
use ballast::outside::random::Random;
use ballast::store::Db;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

use super::town::{self, World};

/// The role that the application has on PostgreSQL; `scripts/test` makes it.
const APP_ROLE: &str = "ballast_app";
/// What the names of a test's databases on PostgreSQL begin with.
const NAME_PREFIX: &str = "ballast_";
/// The lock under which templates are made on PostgreSQL: `ballast` in ASCII.
const ADVISORY_LOCK: i64 = 0x0062_616c_6c61_7374;

/// What stands in a new database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// The tables.
    Empty,
    /// The tables and the town.
    Town,
}

impl Template {
    fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Town => "town",
        }
    }
}

/// Whether this run is on SQLite.
pub fn is_sqlite() -> bool {
    match variable("BALLAST_TEST_DATABASE").as_deref() {
        None | Some("sqlite") => true,
        Some("postgres") => false,
        Some(other) => panic!("BALLAST_TEST_DATABASE is sqlite or postgres, not {other:?}"),
    }
}

/// A variable of the environment; where the tests read their settings.
#[expect(clippy::disallowed_methods, reason = "the settings of a test run have no other place to come from")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What a test draws at random from: another number in each run, or the one that a run that failed has said.
pub fn random_seed() -> u64 {
    let said = variable("BALLAST_TEST_SEED").map(|seed| seed.parse().expect("BALLAST_TEST_SEED is a number"));
    said.unwrap_or_else(|| u64::from(u32::from_be_bytes(Random::System.bytes())))
}

fn required(name: &str) -> String {
    variable(name).unwrap_or_else(|| panic!("{name} is not set: run the tests with scripts/test"))
}

/// A database that one test has to itself.
#[derive(Debug)]
pub enum TestDatabase {
    /// A file in a folder that goes with it.
    Sqlite(TempDir),
    /// A database on the server, by name, dropped at the end.
    Postgres(String),
}

impl TestDatabase {
    /// Copies a template, which is made if this is the first test that needs it.
    pub async fn create(template: Template) -> Self {
        if is_sqlite() {
            let source = sqlite_template(template).await;
            let folder = tempfile::Builder::new().prefix("ballast-test-").tempdir().unwrap();
            fs::copy(source, folder.path().join("ballast.sqlite")).unwrap();
            return Self::Sqlite(folder);
        }
        Self::Postgres(postgres_copy(&postgres_template(template).await).await)
    }

    /// Copies it as it is, whole, while nobody has it open.
    pub async fn copied(&self) -> Self {
        match self {
            Self::Sqlite(folder) => {
                let copy = tempfile::Builder::new().prefix("ballast-test-").tempdir().unwrap();
                fs::copy(folder.path().join("ballast.sqlite"), copy.path().join("ballast.sqlite")).unwrap();
                Self::Sqlite(copy)
            }
            Self::Postgres(source) => Self::Postgres(postgres_copy(source).await),
        }
    }

    /// The address that the application opens.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("ballast.sqlite").display()),
            Self::Postgres(name) => in_database(&required("BALLAST_TEST_PG_APP_URL"), name),
        }
    }

    /// Opens it as the application does.
    pub async fn open(&self, watch: Option<fn(&str)>) -> Db {
        Db::open(&self.url(), false, watch).await.expect("the test's database opens")
    }

    /// Panics if any of these bytes is still kept: on SQLite anywhere in the folder once the log of writes is
    /// emptied; on PostgreSQL in a column of bytes after a VACUUM.
    pub async fn assert_gone(&self, secrets: &[Vec<u8>]) {
        let owner = self.owner().await;
        match self {
            Self::Sqlite(folder) => {
                run(&owner, "PRAGMA wal_checkpoint(TRUNCATE)").await;
                for entry in fs::read_dir(folder.path()).unwrap() {
                    let path = entry.unwrap().path();
                    let bytes = fs::read(&path).unwrap();
                    for secret in secrets {
                        let found = bytes.windows(secret.len()).any(|window| window == secret);
                        assert!(!found, "a secret is in {}", path.display());
                    }
                }
            }
            Self::Postgres(_) => {
                for table in ["audit_detail", "audit_key"] {
                    run(&owner, &format!("VACUUM \"{table}\"")).await;
                    for secret in secrets {
                        let sql = format!("SELECT 1 FROM {table} t WHERE t::text LIKE '%{}%'", hex(secret));
                        assert!(owner.query_one_raw(text(&sql)).await.unwrap().is_none(), "{table}");
                    }
                }
            }
        }
    }

    /// Opens it as the owner of the tables, who may change them.
    pub async fn owner(&self) -> DatabaseConnection {
        match self {
            Self::Sqlite(_) => self.open(None).await.owner().clone(),
            Self::Postgres(name) => connect(&in_database(&required("BALLAST_TEST_PG_OWNER_URL"), name)).await,
        }
    }
}

impl Drop for TestDatabase {
    /// Best effort: what is left is swept when the next build makes its templates.
    fn drop(&mut self) {
        let Self::Postgres(name) = self else { return };
        let name = std::mem::take(name);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let admin = connect(&required("BALLAST_TEST_PG_OWNER_URL")).await;
                // The pool of the application is still open: its runtime is the one that waits here.
                let _ = admin.execute_unprepared(&format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await;
            });
            std::io::Result::Ok(())
        });
        if !matches!(thread.join(), Ok(Ok(()))) {
            eprintln!("a test's database was not dropped");
        }
    }
}

/// Which build of the tests this is: another one makes its templates anew.
fn build() -> String {
    let file = fs::metadata(std::env::current_exe().unwrap()).unwrap();
    let changed = file.modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let known = format!("{} {changed}", file.len());
    hex(&ballast::service::identity::session::hash_token(&known))[..10].to_owned()
}

/// The template as one file without a log beside it. Whoever comes first makes it under a lock and puts it into
/// place whole.
async fn sqlite_template(template: Template) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("test-db");
    let path = folder.join(format!("{}-{}.sqlite", build(), template.name()));
    if path.exists() {
        return path;
    }
    fs::create_dir_all(&folder).unwrap();
    let lock = OpenOptions::new().create(true).append(true).open(folder.join("lock")).unwrap();
    File::lock(&lock).unwrap();
    if !path.exists() {
        sweep_files(&folder);
        let unfinished = path.with_extension("unfinished");
        let _ = fs::remove_file(&unfinished);
        let db = connect(&format!("sqlite://{}?mode=rwc", unfinished.display())).await;
        Migrator::up(&db, None).await.expect("an empty database migrates");
        db.close().await.unwrap();
        fill(template, &format!("sqlite:{}", unfinished.display())).await;
        fs::rename(unfinished, &path).unwrap();
    }
    path
}

/// Closing the last connection leaves one file on SQLite, and no session in the template on PostgreSQL.
async fn fill(template: Template, url: &str) {
    if template == Template::Town {
        let db = Db::open(url, false, None).await.unwrap();
        town::build(&super::app::installation(db.clone(), town::SEED).await, World::A).await;
        db.reader().close_by_ref().await.unwrap();
        db.owner().close_by_ref().await.unwrap();
    }
}

/// Removes the templates of other builds. One that is being copied stays readable to its reader.
fn sweep_files(folder: &Path) {
    let mine = build();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != "lock" && !name.starts_with(&mine) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A new database that is the copy of another; its name.
async fn postgres_copy(source: &str) -> String {
    let name = format!("{NAME_PREFIX}x_{}_{}", build(), hex(&Random::System.bytes::<6>()));
    let admin = connect(&required("BALLAST_TEST_PG_OWNER_URL")).await;
    run(&admin, &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{source}\"")).await;
    admin.close().await.unwrap();
    name
}

async fn postgres_template(template: Template) -> String {
    let name = format!("{NAME_PREFIX}t_{}_{}", build(), template.name());
    let owner = required("BALLAST_TEST_PG_OWNER_URL");
    let admin = connect(&owner).await;
    if !exists(&admin, &name).await {
        run(&admin, &format!("SELECT pg_advisory_lock({ADVISORY_LOCK})")).await;
        if !exists(&admin, &name).await {
            sweep_databases(&admin).await;
            let unfinished = format!("{name}_unfinished");
            run(&admin, &format!("DROP DATABASE IF EXISTS \"{unfinished}\"")).await;
            run(&admin, &format!("CREATE DATABASE \"{unfinished}\"")).await;
            let db = connect(&in_database(&owner, &unfinished)).await;
            Migrator::up(&db, None).await.expect("an empty database migrates");
            for statement in migration::grants(APP_ROLE).unwrap() {
                run(&db, &statement).await;
            }
            db.close().await.unwrap();
            fill(template, &in_database(&owner, &unfinished)).await;
            run(&admin, &format!("ALTER DATABASE \"{unfinished}\" RENAME TO \"{name}\"")).await;
        }
    }
    // The lock ends with the connection.
    admin.close().await.unwrap();
    name
}

/// Drops what other builds left on a server that outlives a run.
async fn sweep_databases(admin: &DatabaseConnection) {
    let mine = build();
    let rows = admin.query_all_raw(text("SELECT datname FROM pg_database WHERE datname LIKE 'ballast\\_%'"));
    for row in rows.await.unwrap() {
        let name: String = row.try_get("", "datname").unwrap();
        let of_tests = name.starts_with("ballast_t_") || name.starts_with("ballast_x_");
        if of_tests && !name.contains(&mine) {
            let _ = admin.execute_unprepared(&format!("DROP DATABASE \"{name}\"")).await;
        }
    }
}

async fn exists(admin: &DatabaseConnection, name: &str) -> bool {
    let sql = format!("SELECT 1 AS one FROM pg_database WHERE datname = '{name}'");
    admin.query_one_raw(text(&sql)).await.unwrap().is_some()
}

fn text(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Postgres, sql)
}

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// One connection, so that a lock and a setting stay with it.
async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap_or_else(|error| panic!("the test database: {error}"))
}

/// The same server, another database.
fn in_database(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{name}")
}
