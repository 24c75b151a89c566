//! The names under which the log was signed.

use ballast_domain::base::civil_time::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, EntityTrait as _, QueryOrder as _};

use crate::entity::audit::audit_origin;
use crate::store::{Error, Tx};

/// A name of the log and the leaf from which it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The first leaf under it.
    pub from_index: u64,
    /// The name.
    pub name: String,
}

/// All names, the newest last.
///
/// # Errors
/// What the database says.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Origin>, Error> {
    let rows = audit_origin::Entity::find().order_by_asc(audit_origin::Column::FromIndex).all(db).await?;
    rows.into_iter()
        .map(|row| {
            let from_index =
                u64::try_from(row.from_index).map_err(|_range| Error::Corrupt("audit_origin.from_index"))?;
            Ok(Origin { from_index, name: row.origin })
        })
        .collect()
}

/// Begins a new name.
///
/// # Errors
/// [`Error::Duplicate`] when it was begun before, or another begins at the same leaf.
pub async fn insert(tx: &Tx, origin: &Origin, now: Instant) -> Result<(), Error> {
    let from_index =
        i64::try_from(origin.from_index).map_err(|_range| Error::Corrupt("audit_origin.from_index"))?;
    let row = audit_origin::ActiveModel {
        from_index: Set(from_index),
        origin: Set(origin.name.clone()),
        begun_at: Set(now),
    };
    audit_origin::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}
