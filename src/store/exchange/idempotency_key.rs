//! Keys under which requests were carried out, beside the effects themselves.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::entity::exchange::idempotency_key;
use crate::store::{Error, Tx, batch};

/// What was done under a user's key, if anything was.
///
/// # Errors
/// What the database says.
pub async fn find(
    db: &impl ConnectionTrait,
    user: UserId,
    key_hash: &[u8; 32],
) -> Result<Option<idempotency_key::Model>, Error> {
    Ok(idempotency_key::Entity::find_by_id((user.0, key_hash.to_vec())).one(db).await?)
}

/// Keeps a key with what was done under it, in the transaction that does it.
///
/// # Errors
/// [`Error::Duplicate`] when something was done under it before: this transaction has to go.
pub async fn insert(tx: &Tx, row: idempotency_key::Model) -> Result<(), Error> {
    batch::insert_all::<idempotency_key::Entity, _>(tx.conn(), vec![row]).await
}

/// Forgets the keys of before a moment, and says how many there were.
///
/// # Errors
/// What the database says.
pub async fn delete_older_than(tx: &Tx, moment: Instant) -> Result<u64, Error> {
    let old = idempotency_key::Entity::delete_many().filter(idempotency_key::Column::CreatedAt.lt(moment));
    Ok(old.exec(tx.conn()).await?.rows_affected)
}
