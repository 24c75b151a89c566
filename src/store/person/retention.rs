//! For how long an installation keeps people's records, and whose time is over.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use crate::entity::person::retention::{Column, Entity, Model};
use crate::entity::person::{person, person_tie};
use crate::store::person::person::is_there;
use crate::store::person::person_link::{behind, survivors_of};
use crate::store::{Error, Tx, batch};

/// What is set for a class.
///
/// # Errors
/// What the database says.
pub async fn find(db: &impl ConnectionTrait, class: &str) -> Result<Option<Model>, Error> {
    Ok(Entity::find().filter(Column::Class.eq(class)).one(db).await?)
}

/// Sets a class for the first time.
///
/// # Errors
/// [`Error::Duplicate`] when somebody set it first.
pub async fn insert(tx: &Tx, grant: &Grant<act::SetRetention>, row: Model) -> Result<(), Error> {
    if row.id != grant.id() {
        return Err(Error::Missing);
    }
    batch::insert_all::<Entity, _>(tx.conn(), vec![row]).await
}

/// Sets a class anew, if it is as it was judged.
///
/// # Errors
/// [`Error::Stale`].
pub async fn update_if_unchanged(tx: &Tx, grant: &Grant<act::SetRetention>, row: Model) -> Result<(), Error> {
    let done = Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::Id.eq(grant.id()))
        .filter(Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// People who have had ties, and whose every tie, by whichever registration, had ended by a day. Of one human being
/// whoever stands for them.
fn over(ended: CivilDate) -> Select<person::Entity> {
    let ties = || person_tie::Entity::find().select_only().column(person_tie::Column::PersonId);
    let open = || ties().filter(person_tie::Column::ValidUntil.gt(ended)).into_query();
    let had = Condition::any()
        .add(person::Column::Id.in_subquery(ties().into_query()))
        .add(person::Column::Id.in_subquery(survivors_of(ties().into_query())));
    person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(is_there())
        .filter(had)
        .filter(person::Column::Id.not_in_subquery(behind()))
        .filter(person::Column::Id.not_in_subquery(open()))
        .filter(person::Column::Id.not_in_subquery(survivors_of(open())))
}

/// Whether every tie of a person had ended by a day.
///
/// # Errors
/// What the database says.
pub async fn is_over(db: &impl ConnectionTrait, ended: CivilDate, person: Uuid) -> Result<bool, Error> {
    let found: Option<Uuid> = over(ended).filter(person::Column::Id.eq(person)).into_tuple().one(db).await?;
    Ok(found.is_some())
}

/// People whose every tie had ended by a day, by id after one of them.
///
/// # Errors
/// What the database says.
pub async fn list_over(
    db: &impl ConnectionTrait,
    ended: CivilDate,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Uuid>, Error> {
    let mut query = over(ended);
    if let Some(after) = after {
        query = query.filter(person::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(person::Column::Id).limit(limit).into_tuple().all(db).await?)
}
