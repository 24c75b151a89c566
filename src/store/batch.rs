//! Inserting many rows in few statements, within the databases' limits of parameters.

use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable as _};

use super::Error;

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
