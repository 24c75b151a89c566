//! Checkpoints that were signed, as the database remembers them. Those that count are kept outside of it.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::audit::checkpoint;
use crate::store::page::{Page, PageRequest};
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

/// The checkpoints under a name, the newest first. Within a name the size tells them apart, so it is what a page
/// begins behind.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    origin: &str,
    request: PageRequest,
) -> Result<Page<checkpoint::Model>, Error> {
    let query = checkpoint::Entity::find().filter(checkpoint::Column::Origin.eq(origin));
    let total = request.count(db, &query).await?;
    let query = match request.after.map(size_of) {
        None => query,
        Some(size) => query.filter(checkpoint::Column::Size.lt(size)),
    };
    let query = query.order_by_desc(checkpoint::Column::Size).limit(request.limit + 1);
    Ok(Page::cut(query.all(db).await?, request, |row| row_of(row.size)).of(total))
}

/// A size where pages name rows by their id.
fn row_of(size: i64) -> Uuid {
    Uuid::from_u64_pair(0, size.unsigned_abs())
}

fn size_of(row: Uuid) -> i64 {
    i64::try_from(row.as_u64_pair().1).unwrap_or(i64::MAX)
}

/// Every checkpoint of a size, the newest first: one a name that reached it.
///
/// # Errors
/// What the database says.
pub async fn list_of_size(db: &impl ConnectionTrait, size: u64) -> Result<Vec<checkpoint::Model>, Error> {
    let Ok(size) = i64::try_from(size) else { return Ok(Vec::new()) };
    Ok(checkpoint::Entity::find()
        .filter(checkpoint::Column::Size.eq(size))
        .order_by_desc(checkpoint::Column::SignedAt)
        .order_by_asc(checkpoint::Column::Origin)
        .all(db)
        .await?)
}
