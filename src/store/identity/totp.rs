//! Codes by time: one secret a login, and the last step whose code was taken.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::identity::totp::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx};

/// A login's secret, confirmed or not.
///
/// # Errors
/// What the database says.
pub async fn find(db: &impl ConnectionTrait, user: UserId) -> Result<Option<Model>, Error> {
    Ok(Entity::find_by_id(user.0).one(db).await?)
}

/// Takes the place of a secret that nobody has confirmed. One that is confirmed is in the way.
///
/// # Errors
/// [`Error::Duplicate`]; [`Error::Dangling`] for a key of the installation that is not in use any more.
pub async fn replace_unconfirmed(tx: &Tx, grant: &Grant<act::ManageSignIn>, row: Model) -> Result<(), Error> {
    if row.user_id != grant.id() {
        return Err(Error::Missing);
    }
    let before = Entity::delete_many().filter(Column::UserId.eq(grant.id()));
    before.filter(Column::ConfirmedAt.is_null()).exec(tx.conn()).await?;
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Confirms a login's secret by the code of a step, if it is the one whose code was looked at.
///
/// # Errors
/// [`Error::Stale`].
pub async fn confirm_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ManageSignIn>,
    revision: i64,
    step: i64,
    now: Instant,
) -> Result<(), Error> {
    let done = Entity::update_many()
        .col_expr(Column::ConfirmedAt, Expr::value(now))
        .col_expr(Column::LastStep, Expr::value(step))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::UserId.eq(grant.id()))
        .filter(Column::Revision.eq(revision))
        .filter(Column::ConfirmedAt.is_null())
        .filter(Column::LastStep.lt(step))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Takes the code of a step, if none of it or of a later one was taken; says whether it was. Of two at once one is.
///
/// # Errors
/// What the database says.
pub async fn take_step_if_newer(tx: &Tx, user: UserId, step: i64) -> Result<bool, Error> {
    let taken = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::ConfirmedAt.is_not_null())
        .filter(Column::LastStep.lt(step))
        .exec(tx.conn())
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Takes a login's own secret away.
///
/// # Errors
/// What the database says.
pub async fn delete(tx: &Tx, grant: &Grant<act::ManageSignIn>) -> Result<(), Error> {
    Entity::delete_by_id(grant.id()).exec(tx.conn()).await?;
    Ok(())
}

/// Takes the secret of somebody who has lost it away; says whether there was one.
///
/// # Errors
/// What the database says.
pub async fn delete_lost(tx: &Tx, grant: &Grant<act::ResetSecondFactor>) -> Result<bool, Error> {
    Ok(Entity::delete_by_id(grant.id()).exec(tx.conn()).await?.rows_affected > 0)
}

/// Whether a login has a second factor, as a part of a query about logins.
pub(super) fn confirmed() -> sea_orm::sea_query::SelectStatement {
    use sea_orm::QueryTrait as _;
    Entity::find().select_only().column(Column::UserId).filter(Column::ConfirmedAt.is_not_null()).into_query()
}

/// Whether a login has confirmed one.
///
/// # Errors
/// What the database says.
pub async fn find_whether_confirmed(db: &impl ConnectionTrait, user: Uuid) -> Result<bool, Error> {
    let found = Entity::find_by_id(user).filter(Column::ConfirmedAt.is_not_null()).one(db).await?;
    Ok(found.is_some())
}
