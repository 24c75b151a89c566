//! Failed attempts. Machinery: these rows are exempt from the log; that somebody has to wait is told there by the
//! service.

use ballast_domain::base::civil_time::Instant;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::entity::identity::sign_in_failure::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx};

/// Subject and device.
type Key<'k> = (&'k [u8], &'k [u8]);

fn is(key: Key<'_>) -> Condition {
    Condition::all().add(Column::Subject.eq(key.0)).add(Column::Device.eq(key.1))
}

/// The failures of somebody.
///
/// # Errors
/// What the database says.
pub async fn find(db: &impl ConnectionTrait, key: Key<'_>) -> Result<Option<Model>, Error> {
    Ok(Entity::find().filter(is(key)).one(db).await?)
}

/// Counts one more and says how many there are now; those before `forgotten` count no more. The row stays locked
/// until the transaction ends, so that two at once are two.
///
/// # Errors
/// What the database says.
pub async fn count(tx: &Tx, key: Key<'_>, now: Instant, forgotten: Instant) -> Result<i32, Error> {
    let old = Entity::delete_many().filter(is(key)).filter(Column::LastFailedAt.lt(forgotten));
    old.exec(tx.conn()).await?;
    let row = ActiveModel {
        subject: Set(key.0.to_vec()),
        device: Set(key.1.to_vec()),
        failures: Set(1),
        last_failed_at: Set(now),
        locked_until: Set(None),
    };
    let one_more = OnConflict::columns([Column::Subject, Column::Device])
        .value(Column::Failures, Expr::col((Entity, Column::Failures)).add(1))
        .value(Column::LastFailedAt, now)
        .to_owned();
    Entity::insert(row).on_conflict(one_more).exec_without_returning(tx.conn()).await?;
    let found = Entity::find().filter(is(key)).one(tx.conn()).await?;
    Ok(found.ok_or(Error::Missing)?.failures)
}

/// Says until when nobody is let in.
///
/// # Errors
/// What the database says.
pub async fn record_wait(tx: &Tx, key: Key<'_>, until: Option<Instant>) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::LockedUntil, Expr::value(until)).filter(is(key));
    update.exec(tx.conn()).await?;
    Ok(())
}

/// Forgets the failures of somebody who got in.
///
/// # Errors
/// What the database says.
pub async fn delete(tx: &Tx, key: Key<'_>) -> Result<(), Error> {
    Entity::delete_many().filter(is(key)).exec(tx.conn()).await?;
    Ok(())
}

/// Forgets the failures of somebody, by whatever browser.
///
/// # Errors
/// What the database says.
pub async fn delete_all_of(tx: &Tx, subject: &[u8]) -> Result<(), Error> {
    Entity::delete_many().filter(Column::Subject.eq(subject)).exec(tx.conn()).await?;
    Ok(())
}

/// How many are older than an instant.
///
/// # Errors
/// What the database says.
pub async fn find_old_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    Ok(Entity::find().filter(Column::LastFailedAt.lt(before)).count(db).await?)
}

/// Deletes some that are older than an instant; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_old(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    let old = Entity::find().filter(Column::LastFailedAt.lt(before));
    let old = old.order_by_asc(Column::LastFailedAt).limit(rows).all(tx.conn()).await?;
    let mut gone = 0;
    for row in &old {
        let one = Entity::delete_many().filter(is((&row.subject, &row.device)));
        gone += one.filter(Column::LastFailedAt.lt(before)).exec(tx.conn()).await?.rows_affected;
    }
    Ok((!old.is_empty()).then_some(gone))
}
