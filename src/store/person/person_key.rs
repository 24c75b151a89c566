//! The keys of people, each sealed by the key of the installation.

use std::collections::HashMap;

use ballast_domain::identity::policy::{Grant, act};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::entity::person::person_key::{Column, Entity, Model};
use crate::store::person::person::{Registration, lock_living};
use crate::store::{Error, Tx, batch};

/// Stores the keys of people who are registered in this transaction.
///
/// # Errors
/// [`Error::Dangling`] for a key of the installation that is not in use any more.
pub async fn insert_first<A: Registration>(
    tx: &Tx,
    _grant: &Grant<A>,
    rows: Vec<Model>,
) -> Result<(), Error> {
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// Stores the first key of the person whom the grant is for.
///
/// # Errors
/// [`Error::Missing`] for another person.
pub async fn insert_of_person(
    tx: &Tx,
    grant: &Grant<act::RecordIdentity>,
    rows: Vec<Model>,
) -> Result<(), Error> {
    if rows.iter().any(|row| row.person_id != grant.id()) {
        return Err(Error::Missing);
    }
    lock_living(tx, &[grant.id()]).await?;
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// The keys of some people, by person; whoever has no secret has none.
///
/// # Errors
/// What the database says.
pub async fn list_of(db: &impl ConnectionTrait, people: &[Uuid]) -> Result<HashMap<Uuid, Model>, Error> {
    let mut keys = HashMap::new();
    for chunk in people.chunks(10_000) {
        let rows = Entity::find().filter(Column::PersonId.is_in(chunk.to_vec())).all(db).await?;
        keys.extend(rows.into_iter().map(|row| (row.person_id, row)));
    }
    Ok(keys)
}
