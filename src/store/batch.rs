//! Many rows at once: inserting them in few statements, within the databases' limits of parameters, and deleting those
//! that machinery does not need any more, some at a time.

use sea_orm::{
    ActiveModelTrait, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    Iterable as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{Error, Tx};

/// Parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535.
const PARAMETERS_MAX: usize = 32_000;

/// Inserts rows in chunks. Nothing is inserted twice, and an empty list is no statement.
///
/// # Errors
/// What the database says about the first chunk that it refuses.
pub async fn insert_all<E, A>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), Error>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E>,
{
    let chunk = (PARAMETERS_MAX / E::Column::iter().count().max(1)).max(1);
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
    while rows.peek().is_some() {
        let batch: Vec<A> = rows.by_ref().take(chunk).collect();
        E::insert_many(batch).exec_without_returning(db).await?;
    }
    Ok(())
}

/// How many rows there are of a kind.
///
/// # Errors
/// What the database says.
pub async fn find_count<E>(db: &impl ConnectionTrait, which: Condition) -> Result<u64, Error>
where
    E: EntityTrait,
    E::Model: Sync,
{
    Ok(E::find().filter(which).count(db).await?)
}

/// The ids of the first rows of a kind.
///
/// # Errors
/// What the database says.
pub async fn list_ids<E: EntityTrait>(
    db: &impl ConnectionTrait,
    id: E::Column,
    which: Condition,
    rows: u64,
) -> Result<Vec<Uuid>, Error> {
    let first = E::find().select_only().column(id).filter(which).order_by_asc(id).limit(rows);
    Ok(first.into_tuple().all(db).await?)
}

/// Deletes the first rows of a kind; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_some<E: EntityTrait>(
    tx: &Tx,
    id: E::Column,
    which: Condition,
    rows: u64,
) -> Result<Option<u64>, Error> {
    let ids = list_ids::<E>(tx.conn(), id, which, rows).await?;
    if ids.is_empty() {
        return Ok(None);
    }
    Ok(Some(E::delete_many().filter(id.is_in(ids)).exec(tx.conn()).await?.rows_affected))
}
