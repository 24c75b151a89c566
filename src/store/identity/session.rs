//! Sessions of the pages and tokens of the API. Only hashes are kept. These rows are machinery: they are
//! exempt from the log; signing in is told there by the service.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::identity::{api_token, session};
use crate::store::{Error, Tx};

/// Opens a session.
///
/// # Errors
/// What the database says.
pub async fn insert_session(
    tx: &Tx,
    id: Uuid,
    user: UserId,
    token_hash: Vec<u8>,
    created_at: Instant,
    expires_at: Instant,
) -> Result<(), Error> {
    let row = session::ActiveModel {
        id: Set(id),
        user_id: Set(user.0),
        token_hash: Set(token_hash),
        created_at: Set(created_at),
        expires_at: Set(expires_at),
    };
    session::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Makes a token of the API.
///
/// # Errors
/// What the database says.
pub async fn insert_token(tx: &Tx, row: api_token::Model) -> Result<(), Error> {
    let row = api_token::ActiveModel {
        id: Set(row.id),
        user_id: Set(row.user_id),
        name: Set(row.name),
        prefix: Set(row.prefix),
        token_hash: Set(row.token_hash),
        created_at: Set(row.created_at),
        expires_at: Set(row.expires_at),
        revoked_at: Set(None),
    };
    api_token::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Whose session this is, while it lasts.
///
/// # Errors
/// What the database says.
pub async fn find_session(
    db: &impl ConnectionTrait,
    hash: &[u8],
    now: Instant,
) -> Result<Option<UserId>, Error> {
    let row = session::Entity::find().filter(session::Column::TokenHash.eq(hash)).one(db).await?;
    Ok(row.filter(|row| row.expires_at > now).map(|row| UserId(row.user_id)))
}

/// Whose token this is, while it lasts and nobody revoked it.
///
/// # Errors
/// What the database says.
pub async fn find_token(
    db: &impl ConnectionTrait,
    hash: &[u8],
    now: Instant,
) -> Result<Option<UserId>, Error> {
    let row = api_token::Entity::find().filter(api_token::Column::TokenHash.eq(hash)).one(db).await?;
    Ok(row.filter(|row| row.expires_at > now && row.revoked_at.is_none()).map(|row| UserId(row.user_id)))
}

/// Closes a session. Closing one that is closed already is no error.
///
/// # Errors
/// What the database says.
pub async fn delete_session(tx: &Tx, hash: &[u8]) -> Result<(), Error> {
    session::Entity::delete_many().filter(session::Column::TokenHash.eq(hash)).exec(tx.conn()).await?;
    Ok(())
}

/// Ends a token. Ending one that is ended already is no error.
///
/// # Errors
/// What the database says.
pub async fn revoke_token(tx: &Tx, hash: &[u8], now: Instant) -> Result<(), Error> {
    use sea_orm::sea_query::Expr;
    api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Expr::val(now))
        .filter(api_token::Column::TokenHash.eq(hash))
        .filter(api_token::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// How many sessions and tokens ended before an instant.
///
/// # Errors
/// What the database says.
pub async fn find_ended_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    let sessions = session::Entity::find().filter(session::Column::ExpiresAt.lt(before)).count(db).await?;
    let tokens = api_token::Entity::find().filter(api_token::Column::ExpiresAt.lt(before)).count(db).await?;
    Ok(sessions + tokens)
}

/// Deletes some sessions and tokens that ended before an instant; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_ended(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    let ids: Vec<Uuid> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::ExpiresAt.lt(before))
        .order_by_asc(session::Column::Id)
        .limit(rows)
        .into_tuple()
        .all(tx.conn())
        .await?;
    if !ids.is_empty() {
        let gone = session::Entity::delete_many().filter(session::Column::Id.is_in(ids));
        return Ok(Some(gone.exec(tx.conn()).await?.rows_affected));
    }
    let ids: Vec<Uuid> = api_token::Entity::find()
        .select_only()
        .column(api_token::Column::Id)
        .filter(api_token::Column::ExpiresAt.lt(before))
        .order_by_asc(api_token::Column::Id)
        .limit(rows)
        .into_tuple()
        .all(tx.conn())
        .await?;
    if ids.is_empty() {
        return Ok(None);
    }
    let gone = api_token::Entity::delete_many().filter(api_token::Column::Id.is_in(ids));
    Ok(Some(gone.exec(tx.conn()).await?.rows_affected))
}
