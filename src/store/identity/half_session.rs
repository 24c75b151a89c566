//! Sign-ins that lack the second factor. Machinery: these rows are exempt from the log; what comes of them is told there
//! by the service.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::identity::policy::{Act, Grant, act};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use crate::entity::identity::half_session::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx, batch};

/// Begins one.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &Tx, row: Model) -> Result<(), Error> {
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The one with this hash, while it lasts.
///
/// # Errors
/// What the database says.
pub async fn find(db: &impl ConnectionTrait, hash: &[u8], now: Instant) -> Result<Option<Model>, Error> {
    Ok(Entity::find().filter(Column::TokenHash.eq(hash)).filter(Column::ExpiresAt.gt(now)).one(db).await?)
}

/// Counts a try, if there are fewer than so many; says whether there were. Of two at once both are counted.
///
/// # Errors
/// What the database says.
pub async fn count_try_if_below(tx: &Tx, id: Uuid, max: i32) -> Result<bool, Error> {
    let counted = Entity::update_many().col_expr(Column::Tries, Expr::col(Column::Tries).add(1));
    let counted = counted.filter(Column::Id.eq(id)).filter(Column::Tries.lt(max));
    Ok(counted.exec(tx.conn()).await?.rows_affected == 1)
}

/// Ends one, if it is there; says whether it was. It opens one session at most.
///
/// # Errors
/// What the database says.
pub async fn delete_if_there(tx: &Tx, id: Uuid) -> Result<bool, Error> {
    Ok(Entity::delete_by_id(id).exec(tx.conn()).await?.rows_affected == 1)
}

/// What ends every sign-in of a login that is still under way.
pub trait Ending: Act {}

impl Ending for act::ManageSignIn {}
impl Ending for act::ResetSecondFactor {}

/// Ends all of a login.
///
/// # Errors
/// What the database says.
pub async fn delete_of<A: Ending>(tx: &Tx, grant: &Grant<A>) -> Result<(), Error> {
    Entity::delete_many().filter(Column::UserId.eq(grant.id())).exec(tx.conn()).await?;
    Ok(())
}

fn ended(before: Instant) -> Condition {
    Condition::all().add(Column::ExpiresAt.lt(before))
}

/// How many ended before an instant.
///
/// # Errors
/// What the database says.
pub async fn find_ended_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    batch::find_count::<Entity>(db, ended(before)).await
}

/// Deletes some that ended before an instant; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_ended(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    batch::delete_some::<Entity>(tx, Column::Id, ended(before), rows).await
}
