//! Codes that take the place of a second factor once. Only keyed hashes are kept.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::entity::identity::recovery_code::{Column, Entity, Model};
use crate::store::{Error, Tx, batch};

/// How many of a login can still be used.
///
/// # Errors
/// What the database says.
pub async fn find_count(db: &impl ConnectionTrait, user: UserId) -> Result<u64, Error> {
    let left = Entity::find().filter(Column::UserId.eq(user.0)).filter(Column::UsedAt.is_null());
    Ok(left.count(db).await?)
}

/// A login's code by its hash, while it can be used.
///
/// # Errors
/// What the database says.
pub async fn find(db: &impl ConnectionTrait, user: UserId, hash: &[u8]) -> Result<Option<Uuid>, Error> {
    let known = Entity::find().filter(Column::UserId.eq(user.0)).filter(Column::CodeHash.eq(hash));
    Ok(known.filter(Column::UsedAt.is_null()).one(db).await?.map(|row| row.id))
}

/// Gives a login these codes in the place of all that it had.
///
/// # Errors
/// What the database says.
pub async fn replace_all(tx: &Tx, grant: &Grant<act::ManageSignIn>, rows: Vec<Model>) -> Result<(), Error> {
    if rows.iter().any(|row| row.user_id != grant.id()) {
        return Err(Error::Missing);
    }
    Entity::delete_many().filter(Column::UserId.eq(grant.id())).exec(tx.conn()).await?;
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// Uses a code up; says whether it was there to be used. Of two at once one is.
///
/// # Errors
/// What the database says.
pub async fn use_if_unused(tx: &Tx, id: Uuid, now: Instant) -> Result<bool, Error> {
    let used = Entity::update_many().col_expr(Column::UsedAt, Expr::value(now));
    let used = used.filter(Column::Id.eq(id)).filter(Column::UsedAt.is_null());
    Ok(used.exec(tx.conn()).await?.rows_affected == 1)
}

/// Takes the codes of somebody who has lost them away.
///
/// # Errors
/// What the database says.
pub async fn delete_lost(tx: &Tx, grant: &Grant<act::ResetSecondFactor>) -> Result<(), Error> {
    Entity::delete_many().filter(Column::UserId.eq(grant.id())).exec(tx.conn()).await?;
    Ok(())
}
