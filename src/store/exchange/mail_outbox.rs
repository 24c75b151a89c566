//! Mails that wait to be sent. Machinery: these rows are exempt from the log; what causes a mail is told there.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use ballast_domain::exchange::mail_outbox::State;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, UpdateMany,
};
use uuid::Uuid;

use crate::entity::exchange::mail_outbox::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx, batch};

/// Puts a mail in.
///
/// # Errors
/// [`Error::Dangling`] for a key of the installation that is not in use any more.
pub async fn insert(tx: &Tx, row: Model) -> Result<(), Error> {
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// A mail that waits.
///
/// # Errors
/// What the database says.
pub async fn find_waiting(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, Error> {
    Ok(Entity::find_by_id(id).filter(Column::State.eq(State::Waiting.code())).one(db).await?)
}

fn waiting(id: Uuid) -> UpdateMany<Entity> {
    let change = Entity::update_many().col_expr(Column::Revision, Expr::col(Column::Revision).add(1));
    change.filter(Column::Id.eq(id)).filter(Column::State.eq(State::Waiting.code()))
}

/// Says whose mail it is that waits, and what is in it.
///
/// # Errors
/// What the database says.
pub async fn address_if_waiting(tx: &Tx, row: Model, user: UserId) -> Result<(), Error> {
    waiting(row.id)
        .col_expr(Column::UserId, Expr::value(user.0))
        .col_expr(Column::KeyId, Expr::value(row.key_id))
        .col_expr(Column::Sealed, Expr::value(row.sealed))
        .col_expr(Column::ExpiresAt, Expr::value(row.expires_at))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Counts one more try that came to nothing.
///
/// # Errors
/// What the database says.
pub async fn count_try_if_waiting(tx: &Tx, id: Uuid) -> Result<(), Error> {
    waiting(id).col_expr(Column::Tries, Expr::col(Column::Tries).add(1)).exec(tx.conn()).await?;
    Ok(())
}

/// Ends a mail, and forgets what it said.
///
/// # Errors
/// What the database says.
pub async fn end_if_waiting(tx: &Tx, id: Uuid, state: State, now: Instant) -> Result<(), Error> {
    waiting(id)
        .col_expr(Column::State, Expr::value(state.code()))
        .col_expr(Column::KeyId, Expr::value(None::<String>))
        .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::EndedAt, Expr::value(now))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Forgets a mail that is for nobody.
///
/// # Errors
/// What the database says.
pub async fn delete(tx: &Tx, id: Uuid) -> Result<(), Error> {
    Entity::delete_by_id(id).exec(tx.conn()).await?;
    Ok(())
}

/// Those that ended before an instant, and those that waited until they were of no use.
fn over(ended: Instant, now: Instant) -> Condition {
    Condition::any()
        .add(Column::EndedAt.lt(ended))
        .add(Condition::all().add(Column::State.eq(State::Waiting.code())).add(Column::ExpiresAt.lt(now)))
}

/// How many are over.
///
/// # Errors
/// What the database says.
pub async fn find_over_count(db: &impl ConnectionTrait, ended: Instant, now: Instant) -> Result<u64, Error> {
    batch::find_count::<Entity>(db, over(ended, now)).await
}

/// Deletes some that are over; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_over(tx: &Tx, ended: Instant, now: Instant, rows: u64) -> Result<Option<u64>, Error> {
    batch::delete_some::<Entity>(tx, Column::Id, over(ended, now), rows).await
}
