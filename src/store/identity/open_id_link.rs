//! Accounts elsewhere that open logins here.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::identity::open_id_link::{ActiveModel, Column, Entity, Model};
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

/// That of an account elsewhere, whosever login it is linked to.
///
/// # Errors
/// What the database says.
pub async fn find_by_subject(db: &impl ConnectionTrait, hash: &[u8]) -> Result<Option<Model>, Error> {
    Ok(Entity::find().filter(Column::SubjectHash.eq(hash)).one(db).await?)
}

/// Keeps a new one.
///
/// # Errors
/// [`Error::Duplicate`] when a login is linked to the account already.
pub async fn insert(tx: &Tx, grant: &Grant<act::ManageSignIn>, row: Model) -> Result<(), Error> {
    if row.user_id != grant.id() {
        return Err(Error::Missing);
    }
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Keeps the day of a use, if the link is still there; says whether it is.
///
/// # Errors
/// What the database says.
pub async fn record_use_if_there(tx: &Tx, id: Uuid, day: CivilDate) -> Result<bool, Error> {
    let used = Entity::update_many().col_expr(Column::LastUsedOn, Expr::value(day)).filter(Column::Id.eq(id));
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
