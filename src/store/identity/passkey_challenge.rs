//! Questions to passkeys. Machinery: these rows are exempt from the log; what comes of them is told there by the service.

use ballast_domain::base::civil_time::Instant;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use crate::entity::identity::passkey_challenge::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx, batch};

/// Keeps a question until it is answered.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &Tx, row: Model) -> Result<(), Error> {
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Takes a question to its answer, while it lasts: it is there no more. Of two at once one gets it.
///
/// # Errors
/// What the database says.
pub async fn take(tx: &Tx, id: Uuid, now: Instant) -> Result<Option<Model>, Error> {
    let found = Entity::find_by_id(id).filter(Column::ExpiresAt.gt(now)).one(tx.conn()).await?;
    let gone = Entity::delete_by_id(id).exec(tx.conn()).await?.rows_affected;
    Ok(found.filter(|_| gone == 1))
}

fn ended(before: Instant) -> Condition {
    Condition::all().add(Column::ExpiresAt.lt(before))
}

/// How many ended before an instant.
///
/// # Errors
/// What the database says.
pub async fn find_ended_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    batch::find_count::<Entity>(db, ended(before)).await
}

/// Deletes some that ended before an instant; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_ended(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    batch::delete_some::<Entity>(tx, Column::Id, ended(before), rows).await
}
