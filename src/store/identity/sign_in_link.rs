//! Ways in that work once.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, Select,
};
use uuid::Uuid;

use crate::entity::identity::sign_in_link::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx, batch};

/// Issues one to a member; those before it work no more.
///
/// # Errors
/// What the database says.
pub async fn insert_for_member(tx: &Tx, _grant: &Grant<act::ManageMember>, row: Model) -> Result<(), Error> {
    insert(tx, row).await
}

/// Issues one to a person; those before it work no more.
///
/// # Errors
/// What the database says.
pub async fn insert_for_person(
    tx: &Tx,
    _grant: &Grant<act::IssueSignInCode>,
    row: Model,
) -> Result<(), Error> {
    insert(tx, row).await
}

/// Issues one to whoever asked for it without having signed in. Those before it work on: else somebody else could end
/// them by asking.
///
/// # Errors
/// What the database says.
pub async fn insert_for_oneself(tx: &Tx, _grant: &Grant<act::ManageSignIn>, row: Model) -> Result<(), Error> {
    insert_beside(tx, row).await
}

async fn insert(tx: &Tx, row: Model) -> Result<(), Error> {
    end_all_of(tx, UserId(row.user_id), row.created_at).await?;
    insert_beside(tx, row).await
}

async fn insert_beside(tx: &Tx, row: Model) -> Result<(), Error> {
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

fn working(now: Instant) -> Select<Entity> {
    Entity::find().filter(Column::UsedAt.is_null()).filter(Column::ExpiresAt.gt(now))
}

/// A link that still works.
///
/// # Errors
/// What the database says.
pub async fn find_link(db: &impl ConnectionTrait, hash: &[u8], now: Instant) -> Result<Option<Model>, Error> {
    Ok(working(now).filter(Column::SecretHash.eq(hash)).filter(Column::Kind.ne("code")).one(db).await?)
}

/// The code of a login that still works, whatever it is.
///
/// # Errors
/// What the database says.
pub async fn find_code(
    db: &impl ConnectionTrait,
    user: UserId,
    now: Instant,
    tries_max: i32,
) -> Result<Option<Model>, Error> {
    let own = working(now).filter(Column::UserId.eq(user.0)).filter(Column::Kind.eq("code"));
    Ok(own.filter(Column::Tries.lt(tries_max)).order_by_desc(Column::Id).one(db).await?)
}

/// Takes one of the tries that a code allows; false when there is none left. However many ask at once, no more get
/// one than there are.
///
/// # Errors
/// What the database says.
pub async fn take_try_if_left(tx: &Tx, id: Uuid, tries_max: i32) -> Result<bool, Error> {
    let more = Entity::update_many().col_expr(Column::Tries, Expr::col(Column::Tries).add(1));
    let taken = more.filter(Column::Id.eq(id)).filter(Column::Tries.lt(tries_max)).exec(tx.conn()).await?;
    Ok(taken.rows_affected == 1)
}

/// Uses one up; false when somebody else did first.
///
/// # Errors
/// What the database says.
pub async fn use_if_unused(tx: &Tx, id: Uuid, now: Instant) -> Result<bool, Error> {
    let used = Entity::update_many().col_expr(Column::UsedAt, Expr::val(now));
    let used = used.filter(Column::Id.eq(id)).filter(Column::UsedAt.is_null());
    Ok(used.exec(tx.conn()).await?.rows_affected == 1)
}

/// Ends all of a login.
///
/// # Errors
/// What the database says.
pub async fn end_all_of(tx: &Tx, user: UserId, now: Instant) -> Result<(), Error> {
    let ended = Entity::update_many().col_expr(Column::UsedAt, Expr::val(now));
    let ended = ended.filter(Column::UserId.eq(user.0)).filter(Column::UsedAt.is_null());
    ended.exec(tx.conn()).await?;
    Ok(())
}

/// Those that nobody can use any more.
fn over(before: Instant) -> Condition {
    Condition::any().add(Column::ExpiresAt.lt(before)).add(Column::UsedAt.lt(before))
}

/// How many were used or had expired before an instant.
///
/// # Errors
/// What the database says.
pub async fn find_over_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    batch::find_count::<Entity>(db, over(before)).await
}

/// Deletes some that were used or had expired before an instant; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_over(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    batch::delete_some::<Entity>(tx, Column::Id, over(before), rows).await
}
