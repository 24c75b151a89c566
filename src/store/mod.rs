//! The only queries. A function here takes a connection or a transaction and, for a read, a
//! [`Scope`](ballast_domain::identity::policy::Scope) that it folds into its query; for a change, a
//! [`Grant`](ballast_domain::identity::policy::Grant) for the row. It knows entities and domain values, not
//! who is signed in, nor HTTP.

pub mod audit;
pub mod batch;
pub mod db;
pub mod error;
pub mod exchange;
pub mod hiring;
pub mod identity;
pub mod matching;
pub mod organisation;
pub mod page;
pub mod permit;
pub mod person;
pub mod poverty;
pub mod record;
pub mod scope;
pub mod sealed;
pub mod taxonomy;
pub mod training;

pub use db::{Db, Tx};
pub use error::Error;

/// A connection, a transaction or a snapshot: whatever a query can be asked of.
pub use sea_orm::ConnectionTrait as Connection;
