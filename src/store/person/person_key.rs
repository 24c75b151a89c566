//! The keys of people, each sealed by the key of the installation.

use std::collections::HashMap;

use ballast_domain::identity::policy::{Grant, act};
use sea_orm::QuerySelect as _;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::entity::person::person_key::{Column, Entity, Model};
use crate::store::person::person::Registration;
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

/// Some keys that another key of the installation than this one seals.
///
/// # Errors
/// What the database says.
pub async fn list_under_others(
    db: &impl ConnectionTrait,
    key_id: &str,
    rows: u64,
) -> Result<Vec<Model>, Error> {
    let query = Entity::find().filter(Column::KeyId.ne(key_id)).order_by_asc(Column::PersonId).limit(rows);
    Ok(query.all(db).await?)
}

/// Seals a key under another key of the installation. One that changed or went meanwhile is left alone.
///
/// # Errors
/// What the database says.
pub async fn update_sealed_if_unchanged(
    tx: &Tx,
    _grant: &Grant<act::RotateKey>,
    row: &Model,
    key_id: &str,
    sealed: Vec<u8>,
) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::KeyId, Expr::value(key_id))
        .col_expr(Column::Sealed, Expr::value(sealed))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::PersonId.eq(row.person_id))
        .filter(Column::Revision.eq(row.revision))
        .exec(tx.conn())
        .await?;
    Ok(())
}
