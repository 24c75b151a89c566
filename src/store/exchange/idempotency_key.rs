//! Keys under which requests were carried out, beside the effects themselves.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

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

/// How many keys are of before a moment.
///
/// # Errors
/// What the database says.
pub async fn find_old_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    let old = idempotency_key::Entity::find().filter(idempotency_key::Column::CreatedAt.lt(before));
    Ok(old.count(db).await?)
}

/// Forgets some keys of before a moment, the oldest first; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_old(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    let old: Vec<(Uuid, Vec<u8>)> = idempotency_key::Entity::find()
        .select_only()
        .columns([idempotency_key::Column::UserId, idempotency_key::Column::KeyHash])
        .filter(idempotency_key::Column::CreatedAt.lt(before))
        .order_by_asc(idempotency_key::Column::CreatedAt)
        .limit(rows)
        .into_tuple()
        .all(tx.conn())
        .await?;
    if old.is_empty() {
        return Ok(None);
    }
    let columns = [idempotency_key::Column::UserId, idempotency_key::Column::KeyHash].map(Expr::col);
    let these = Expr::tuple(columns).in_tuples(old);
    let gone = idempotency_key::Entity::delete_many().filter(these).exec(tx.conn()).await?;
    Ok(Some(gone.rows_affected))
}
