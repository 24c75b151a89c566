//! Checkpoints that were signed, as the database remembers them. Those that count are kept outside of it.

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::entity::audit::checkpoint;
use crate::store::{Error, Tx};

/// Remembers a checkpoint; one that is there already stays.
///
/// # Errors
/// What the database says.
pub async fn insert_if_new(tx: &Tx, row: checkpoint::Model) -> Result<(), Error> {
    let known = checkpoint::Entity::find_by_id((row.origin.clone(), row.size)).one(tx.conn()).await?;
    if known.is_none() {
        let row: checkpoint::ActiveModel = row.into();
        checkpoint::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    }
    super::audit_entry::exempt(tx);
    Ok(())
}

/// The newest checkpoint under a name.
///
/// # Errors
/// What the database says.
pub async fn find_latest(
    db: &impl ConnectionTrait,
    origin: &str,
) -> Result<Option<checkpoint::Model>, Error> {
    Ok(checkpoint::Entity::find()
        .filter(checkpoint::Column::Origin.eq(origin))
        .order_by_desc(checkpoint::Column::Size)
        .one(db)
        .await?)
}
