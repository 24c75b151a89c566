//! Opening the database, and the one way to write.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::AuditEntryId;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::Notify;

use super::error::Error;

/// How often a write is tried when another writer is in the way.
const TRIES_MAX: u32 = 5;
/// How long SQLite waits for its lock before it says that it is busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers of an SQLite file: with 4 a fifth fewer requests are answered on 2 cores, with 12 a third (measured).
const SQLITE_READERS: u32 = 8;
/// Pages of the log of SQLite's writes before they go into the database, which whoever commits then waits for: 16 MB.
/// By default it is a quarter, which posting some twenty vacancies fills.
const SQLITE_LOG_PAGES: &str = "4000";
/// Connections to PostgreSQL of one process.
const POSTGRES_CONNECTIONS: u32 = 8;
/// A connection that was idle for longer is asked whether it still lives before it is used. One that is in use
/// all the time is not: asking costs as much as a statement.
const ASKED_WHEN_IDLE_FOR: Duration = Duration::from_secs(5);

/// The database: one writer and several readers on SQLite, one pool on PostgreSQL.
#[derive(Clone, Debug)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    work_waits: Arc<Notify>,
}

/// A write transaction. It cannot be committed without an entry in the log; dropped, it is rolled back.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    audited: AtomicBool,
    wakes: AtomicBool,
    work_waits: Arc<Notify>,
    written: Mutex<Vec<Receipt>>,
    receipts: Receipts,
}

/// An entry of the log and its leaf hash: what whoever caused it can later ask a proof for.
pub type Receipt = (AuditEntryId, Digest);

/// The receipts of what was committed. Cheap to clone; the clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Receipts(Arc<Mutex<Vec<Receipt>>>);

impl Receipts {
    /// Adds what was committed.
    pub fn extend(&self, receipts: impl IntoIterator<Item = Receipt>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(receipts);
    }

    /// Everything so far.
    #[must_use]
    pub fn list(&self) -> Vec<Receipt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Tx {
    /// The transaction as sea-orm wants it.
    #[must_use]
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Keeps what was written.
    ///
    /// # Errors
    /// [`Error::Unaudited`] when there is no entry in the log: nothing is kept then.
    pub async fn commit(self) -> Result<(), Error> {
        if !self.audited.load(Ordering::Relaxed) {
            return Err(Error::Unaudited);
        }
        self.inner.commit().await?;
        self.receipts.extend(self.written.into_inner().unwrap_or_else(PoisonError::into_inner));
        if self.wakes.load(Ordering::Relaxed) {
            self.work_waits.notify_one();
        }
        Ok(())
    }

    /// Takes everything back: what a change would do was asked of the database itself.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.inner.rollback().await?)
    }

    /// Said by the function that writes the entry, and by machinery whose rows are exempt (sessions, tokens'
    /// last use).
    pub(super) fn mark_audited(&self) {
        self.audited.store(true, Ordering::Relaxed);
    }

    /// An entry was written; its receipt holds when the transaction is committed.
    pub(super) fn note_receipt(&self, receipt: Receipt) {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(receipt);
    }

    /// Where receipts go when the transaction is committed.
    #[must_use]
    pub fn with_receipts(self, receipts: Receipts) -> Self {
        Self { receipts, ..self }
    }

    /// Said by the function that puts a job in: a worker of this process is woken once the job can be seen.
    pub(super) fn wake_workers(&self) {
        self.wakes.store(true, Ordering::Relaxed);
    }
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`. `watch` is called with every statement; tests use it.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn open(url: &str, create: bool, watch: Option<fn(&str)>) -> Result<Self, DbErr> {
        let mut db = if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(Path::new(path), create).await?
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(POSTGRES_CONNECTIONS)
                .test_before_acquire_if_idle_for(ASKED_WHEN_IDLE_FOR)
                .sqlx_logging(false)
                .record_stmt_in_spans(false);
            let pool = Database::connect(options).await?;
            Self { writer: pool.clone(), reader: pool, work_waits: Arc::default() }
        };
        if let Some(watch) = watch {
            db.reader.set_metric_callback(move |info| watch(&info.statement.sql));
            db.writer.set_metric_callback(move |info| watch(&info.statement.sql));
        }
        Ok(db)
    }

    async fn open_sqlite(path: &Path, create: bool) -> Result<Self, DbErr> {
        let options = |readers: u32, query_only: bool| {
            let file = path.to_owned();
            let mut options = ConnectOptions::new("sqlite://placeholder");
            options
                .max_connections(readers)
                .min_connections(1)
                // A file does not hang up.
                .test_before_acquire(false)
                .sqlx_logging(false)
                .record_stmt_in_spans(false);
            options.map_sqlx_sqlite_opts(move |sqlite| {
                let sqlite = sqlite
                    .filename(&file)
                    .create_if_missing(create && !query_only)
                    .foreign_keys(true)
                    .busy_timeout(BUSY_TIMEOUT)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .pragma("secure_delete", "ON")
                    // What takes back a statement that fails midway needs no file.
                    .pragma("temp_store", "MEMORY")
                    .pragma("wal_autocheckpoint", SQLITE_LOG_PAGES);
                if query_only { sqlite.pragma("query_only", "ON") } else { sqlite }
            });
            options
        };
        let writer = Database::connect(options(1, false)).await?;
        let reader = Database::connect(options(SQLITE_READERS, true)).await?;
        Ok(Self { writer, reader, work_waits: Arc::default() })
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// For reading outside a transaction.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// How many connections each pool has open, and how many of them are idle.
    #[must_use]
    pub fn connections(&self) -> Vec<(&'static str, (usize, usize))> {
        if self.backend() == DbBackend::Postgres {
            let pool = self.writer.get_postgres_connection_pool();
            return vec![("all", (count(pool.size()), pool.num_idle()))];
        }
        let of = |connection: &DatabaseConnection| {
            let pool = connection.get_sqlite_connection_pool();
            (count(pool.size()), pool.num_idle())
        };
        vec![("reader", of(&self.reader)), ("writer", of(&self.writer))]
    }

    /// For the migrations alone, which the owner of the tables runs.
    #[must_use]
    pub fn owner(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Woken when a job was committed in this process. Other processes find it when they look.
    #[must_use]
    pub fn work_waits(&self) -> &Notify {
        &self.work_waits
    }

    /// Copies an SQLite database, as it is at one moment, into a new file, while others go on reading and writing.
    /// What was deleted is not in the copy.
    ///
    /// # Errors
    /// What SQLite says, for example that the file is there already.
    pub async fn copy_into(&self, path: &Path) -> Result<(), Error> {
        let path = path.to_string_lossy().into_owned();
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
        self.writer.execute_raw(copy).await?;
        Ok(())
    }

    /// Takes what was written into the database's file and empties the log of writes, so that nothing that was
    /// deleted stands there. Says whether nobody was in the way. PostgreSQL looks after its own.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn empty_log_of_writes(&self) -> Result<bool, Error> {
        if self.backend() == DbBackend::Postgres {
            return Ok(true);
        }
        for tries in 1..=TRIES_MAX {
            let checkpoint = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
            let row = self.writer.query_one_raw(checkpoint).await?.ok_or(Error::Missing)?;
            let busy: i32 = row.try_get_by_index(0)?;
            if busy == 0 {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(u64::from(10 * tries * tries))).await;
        }
        Ok(false)
    }

    /// What an SQLite database says of its own pages and indexes: `ok`, or what is wrong.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn check_pages(&self) -> Result<String, Error> {
        let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check(1)");
        let row = self.reader.query_one_raw(check).await?.ok_or(Error::Missing)?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn close(self) -> Result<(), Error> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }

    /// A read that sees one state of the database through all its queries.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, Error> {
        let postgres = self.backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        Ok(begin(&self.reader, options).await?)
    }

    /// The one way to write: IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL; tried again while another
    /// writer is in the way. What is not committed is rolled back.
    ///
    /// # Errors
    /// [`Error::Busy`] after several tries.
    pub async fn write_tx(&self) -> Result<Tx, Error> {
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let mut tries = 1;
        loop {
            match begin(&self.writer, options).await.map_err(Error::from) {
                Ok(inner) => {
                    return Ok(Tx {
                        inner,
                        audited: AtomicBool::new(false),
                        written: Mutex::default(),
                        receipts: Receipts::default(),
                        wakes: AtomicBool::new(false),
                        work_waits: Arc::clone(&self.work_waits),
                    });
                }
                Err(Error::Busy) if tries < TRIES_MAX => {
                    tokio::time::sleep(Duration::from_millis(u64::from(10 * tries * tries))).await;
                    tries += 1;
                }
                Err(err) => return Err(err),
            }
        }
    }
}

/// Begins to the end, also when nobody waits for it any more. A connection to PostgreSQL whose BEGIN was sent and not
/// heard would go back into the pool inside of a transaction that nobody knows of: the driver rolls back only what it
/// knows to have begun. What was begun for nobody is dropped here, and so rolled back.
async fn begin(
    connection: &DatabaseConnection,
    options: TransactionOptions,
) -> Result<DatabaseTransaction, DbErr> {
    let connection = connection.clone();
    #[expect(clippy::disallowed_methods, reason = "it ends with the BEGIN, whoever hangs up meanwhile")]
    let begun = tokio::spawn(async move { connection.begin_with_options(options).await });
    begun.await.map_err(|error| DbErr::Custom(error.to_string()))?
}

fn count(connections: u32) -> usize {
    usize::try_from(connections).unwrap_or(usize::MAX)
}
