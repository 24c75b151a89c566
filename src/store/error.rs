//! What can go wrong between a query and its answer.

use sea_orm::{DbErr, RuntimeErr};

/// An error of the store. What the database said stays inside and is never shown to a user.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row that was named is not there, or not in reach.
    #[error("a row is missing")]
    Missing,
    /// A unique constraint was violated, by name.
    #[error("the constraint {0} finds a double")]
    Duplicate(String),
    /// A foreign key points to nothing, by name.
    #[error("the constraint {0} finds no parent")]
    Dangling(String),
    /// A CHECK or an append-only trigger refused.
    #[error("the database refuses: {0}")]
    Refused(String),
    /// The row was changed by somebody else since it was read.
    #[error("the row has another revision")]
    Stale,
    /// Another writer was in the way, also after several tries.
    #[error("the database is busy")]
    Busy,
    /// A change without its entry in the log.
    #[error("a transaction wrote without an audit entry")]
    Unaudited,
    /// What is stored cannot be read as what it should be.
    #[error("the column {0} holds something unexpected")]
    Corrupt(&'static str),
    /// Anything else.
    #[error(transparent)]
    Db(DbErr),
}

impl From<DbErr> for Error {
    fn from(err: DbErr) -> Self {
        let (DbErr::Exec(RuntimeErr::SqlxError(sqlx)) | DbErr::Query(RuntimeErr::SqlxError(sqlx))) = &err
        else {
            return match err {
                DbErr::RecordNotUpdated => Self::Stale,
                DbErr::ConnectionAcquire(_) => Self::Busy,
                err => Self::Db(err),
            };
        };
        let Some(database) = sqlx.as_database_error() else { return Self::Db(err) };
        let message = database.message().to_owned();
        let constraint = || database.constraint().map_or_else(|| message.clone(), str::to_owned);
        // A trigger of SQLite stands before the unique index of an append-only table and names what it finds.
        if let Some((_, columns)) = message.split_once("UNIQUE constraint failed: ") {
            return Self::Duplicate(columns.to_owned());
        }
        match database.code().as_deref() {
            // SQLite names the columns, not the constraint: `UNIQUE constraint failed: user.login`.
            Some("23505" | "2067" | "1555") => Self::Duplicate(constraint()),
            Some("23503" | "787") => Self::Dangling(constraint()),
            Some("23514" | "23001" | "275" | "1811") => Self::Refused(constraint()),
            Some("40001" | "40P01" | "55P03" | "5" | "261" | "517" | "6" | "262") => Self::Busy,
            _ => Self::Db(err),
        }
    }
}
