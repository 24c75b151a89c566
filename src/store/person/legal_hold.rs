//! Duties to keep what is known of somebody.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::entity::person::legal_hold::{Column, Entity, Model};
use crate::store::{Error, Tx, batch};

/// The holds on a person that nobody has lifted, by id.
///
/// # Errors
/// What the database says.
pub async fn list_open(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Model>, Error> {
    let open = Entity::find().filter(Column::PersonId.eq(person.0)).filter(Column::ValidUntil.is_null());
    Ok(open.order_by_asc(Column::Id).all(db).await?)
}

/// Places a hold on the person whom the grant is for.
///
/// # Errors
/// [`Error::Missing`] for another person.
pub async fn insert(tx: &Tx, grant: &Grant<act::HoldPerson>, row: Model) -> Result<(), Error> {
    if row.person_id != grant.id() {
        return Err(Error::Missing);
    }
    batch::insert_all::<Entity, _>(tx.conn(), vec![row]).await
}

/// Ends an open hold on the person whom the grant is for.
///
/// # Errors
/// [`Error::Stale`] when somebody ended it meanwhile.
pub async fn end_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::HoldPerson>,
    row: &Model,
    last: CivilDate,
) -> Result<(), Error> {
    let done = Entity::update_many()
        .col_expr(Column::ValidUntil, Expr::value(last))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Id.eq(row.id))
        .filter(Column::PersonId.eq(grant.id()))
        .filter(Column::Revision.eq(row.revision))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 0 { Err(Error::Stale) } else { Ok(()) }
}
