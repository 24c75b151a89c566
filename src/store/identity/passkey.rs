//! Passkeys of logins: the public halves alone.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::identity::passkey::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx, scope};

/// Those in reach, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageSignIn>,
    limit: u64,
) -> Result<Vec<Model>, Error> {
    let own = scope::login(scope::start(reach), reach, (Entity, Column::UserId));
    Ok(Entity::find().filter(own).order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// One in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageSignIn>,
    id: Uuid,
) -> Result<Model, Error> {
    let own = scope::login(scope::start(reach), reach, (Entity, Column::UserId));
    Entity::find_by_id(id).filter(own).one(db).await?.ok_or(Error::Missing)
}

/// How many a login has.
///
/// # Errors
/// What the database says.
pub async fn find_count(db: &impl ConnectionTrait, user: UserId) -> Result<u64, Error> {
    Ok(Entity::find().filter(Column::UserId.eq(user.0)).count(db).await?)
}

/// The one that a device calls so, whosever it is.
///
/// # Errors
/// What the database says.
pub async fn find_by_credential(
    db: &impl ConnectionTrait,
    credential: &[u8],
) -> Result<Option<Model>, Error> {
    Ok(Entity::find().filter(Column::CredentialId.eq(credential)).one(db).await?)
}

/// Keeps a new one.
///
/// # Errors
/// [`Error::Duplicate`] when a login has it already.
pub async fn insert(tx: &Tx, grant: &Grant<act::ManageSignIn>, row: Model) -> Result<(), Error> {
    if row.user_id != grant.id() {
        return Err(Error::Missing);
    }
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Remembers a use, if nobody used it since it was looked at; says whether that is so. Of two answers with the same
/// count one gets through.
///
/// # Errors
/// What the database says.
pub async fn record_use_if_unchanged(
    tx: &Tx,
    before: &Model,
    credential: String,
    counter: i64,
    day: CivilDate,
) -> Result<bool, Error> {
    let used = Entity::update_many()
        .col_expr(Column::Credential, Expr::value(credential))
        .col_expr(Column::Counter, Expr::value(counter))
        .col_expr(Column::LastUsedOn, Expr::value(day))
        .filter(Column::Id.eq(before.id))
        .filter(Column::Counter.eq(before.counter));
    Ok(used.exec(tx.conn()).await?.rows_affected == 1)
}

/// Takes one away; the grant is for it.
///
/// # Errors
/// What the database says.
pub async fn delete(tx: &Tx, grant: &Grant<act::ManageSignIn>) -> Result<(), Error> {
    Entity::delete_by_id(grant.id()).exec(tx.conn()).await?;
    Ok(())
}

/// Takes those of somebody who has lost them away; says how many there were.
///
/// # Errors
/// What the database says.
pub async fn delete_lost(tx: &Tx, grant: &Grant<act::ResetSecondFactor>) -> Result<u64, Error> {
    let gone = Entity::delete_many().filter(Column::UserId.eq(grant.id()));
    Ok(gone.exec(tx.conn()).await?.rows_affected)
}

/// The logins that have one, as a part of a query about logins.
pub(super) fn owners() -> sea_orm::sea_query::SelectStatement {
    use sea_orm::QueryTrait as _;
    Entity::find().select_only().column(Column::UserId).into_query()
}
