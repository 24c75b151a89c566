//! Tokens of the API. Only hashes are kept.

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::entity::identity::api_token::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx, scope};

/// Makes a token of the API.
///
/// # Errors
/// What the database says.
pub async fn insert_token(tx: &Tx, row: Model) -> Result<(), Error> {
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Ends a token. Ending one that is ended already is no error.
///
/// # Errors
/// What the database says.
pub async fn revoke_token(tx: &Tx, hash: &[u8], now: Instant) -> Result<(), Error> {
    let ended = Entity::update_many().col_expr(Column::RevokedAt, Expr::val(now));
    let ended = ended.filter(Column::TokenHash.eq(hash)).filter(Column::RevokedAt.is_null());
    ended.exec(tx.conn()).await?;
    Ok(())
}

fn in_reach(reach: &Scope<act::ManageSignIn>, now: Instant) -> Select<Entity> {
    let own = scope::login(scope::start(reach), reach, (Entity, Column::UserId));
    let lasting = Entity::find().filter(own).filter(Column::ExpiresAt.gt(now));
    lasting.filter(Column::RevokedAt.is_null())
}

/// Tokens in reach that can still be used, of one login or of all, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageSignIn>,
    user: Option<Uuid>,
    now: Instant,
    limit: u64,
) -> Result<Vec<Model>, Error> {
    let query = in_reach(reach, now);
    let query = if let Some(user) = user { query.filter(Column::UserId.eq(user)) } else { query };
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// How many of a login can still be used.
///
/// # Errors
/// What the database says.
pub async fn find_count(db: &impl ConnectionTrait, user: Uuid, now: Instant) -> Result<u64, Error> {
    let lasting = Entity::find().filter(Column::UserId.eq(user)).filter(Column::ExpiresAt.gt(now));
    Ok(lasting.filter(Column::RevokedAt.is_null()).count(db).await?)
}

/// A token in reach that can still be used.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageSignIn>,
    id: Uuid,
    now: Instant,
) -> Result<Model, Error> {
    in_reach(reach, now).filter(Column::Id.eq(id)).one(db).await?.ok_or(Error::Missing)
}

/// Ends one token.
///
/// # Errors
/// What the database says.
pub async fn revoke(tx: &Tx, grant: &Grant<act::ManageSignIn>, now: Instant) -> Result<(), Error> {
    let ended = Entity::update_many().col_expr(Column::RevokedAt, Expr::val(now));
    let ended = ended.filter(Column::Id.eq(grant.id())).filter(Column::RevokedAt.is_null());
    ended.exec(tx.conn()).await?;
    Ok(())
}

/// Ends every token of the login with this name but the one with this hash; says how many.
///
/// # Errors
/// What the database says.
pub async fn revoke_others(
    tx: &Tx,
    grant: &Grant<act::ManageSignIn>,
    name: &str,
    kept: &[u8],
    now: Instant,
) -> Result<u64, Error> {
    let ended = Entity::update_many().col_expr(Column::RevokedAt, Expr::val(now));
    let ended = ended.filter(Column::UserId.eq(grant.id())).filter(Column::Name.eq(name));
    let ended = ended.filter(Column::RevokedAt.is_null()).filter(Column::TokenHash.ne(kept));
    Ok(ended.exec(tx.conn()).await?.rows_affected)
}

/// Ends every token with this name of a login whose second factor is lost.
///
/// # Errors
/// What the database says.
pub async fn revoke_all_named(
    tx: &Tx,
    grant: &Grant<act::ResetSecondFactor>,
    name: &str,
    now: Instant,
) -> Result<(), Error> {
    let ended = Entity::update_many().col_expr(Column::RevokedAt, Expr::val(now));
    let ended = ended.filter(Column::UserId.eq(grant.id())).filter(Column::Name.eq(name));
    ended.filter(Column::RevokedAt.is_null()).exec(tx.conn()).await?;
    Ok(())
}

/// Remembers the day on which a token was used.
///
/// # Errors
/// What the database says.
pub async fn record_use(tx: &Tx, id: Uuid, day: CivilDate) -> Result<(), Error> {
    let used = Entity::update_many().col_expr(Column::LastUsedOn, Expr::value(day));
    used.filter(Column::Id.eq(id)).exec(tx.conn()).await?;
    Ok(())
}
