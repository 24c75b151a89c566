//! The one row that says what this installation is.

use ballast_domain::base::civil_time::Instant;
use sea_orm::{ConnectionTrait, EntityTrait as _};

use crate::entity::organisation::installation;
use crate::store::{Error, Tx, batch};

/// The row, once it is written.
///
/// # Errors
/// What the database says.
pub async fn find(db: &impl ConnectionTrait) -> Result<Option<installation::Model>, Error> {
    Ok(installation::Entity::find_by_id(1).one(db).await?)
}

/// Declares a demonstration, whose clock stands still.
///
/// # Errors
/// [`Error::Duplicate`] when it is declared already.
pub async fn insert_demonstration(tx: &Tx, as_of: Instant) -> Result<(), Error> {
    let row = installation::Model { id: 1, demonstration: true, as_of: Some(as_of), created_at: as_of };
    batch::insert_all::<installation::Entity, _>(tx.conn(), vec![row]).await
}
