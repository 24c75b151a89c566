//! Digests of secrets, by which they are looked up without being opened.

use ballast_domain::base::id::OrganisationId;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use crate::entity::person::blind_index::{ActiveModel, Column, Entity, Model};
use crate::entity::person::person_tie;
use crate::store::person::person::{Registration, lock_living, lock_those_living};
use crate::store::{Error, Tx, batch};

/// Stores the digests of people who are registered in this transaction.
///
/// # Errors
/// [`Error::Dangling`] for an index key that is not in use any more.
pub async fn insert_first<A: Registration>(
    tx: &Tx,
    _grant: &Grant<A>,
    rows: Vec<Model>,
) -> Result<(), Error> {
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// Stores the digests of what is recorded of the person whom the grant is for.
///
/// # Errors
/// [`Error::Missing`] for another person; [`Error::Dangling`] for an index key that is not in use any more.
pub async fn insert_of_person(
    tx: &Tx,
    grant: &Grant<act::RecordIdentity>,
    rows: Vec<Model>,
) -> Result<(), Error> {
    if rows.iter().any(|row| row.person_id != grant.id()) {
        return Err(Error::Missing);
    }
    lock_living(tx, &[grant.id()]).await?;
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// Which of these digests belong to a person who is or was tied to the organisation. Another organisation's
/// people are never looked at: whether a number is known elsewhere is not to be learnt here.
///
/// # Errors
/// What the database says.
pub async fn find_known(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    place: &str,
    digests: Vec<Vec<u8>>,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut known = Vec::new();
    for chunk in digests.chunks(10_000) {
        let tied = person_tie::Entity::find()
            .select_only()
            .column(person_tie::Column::PersonId)
            .filter(person_tie::Column::OrganisationId.eq(organisation.0))
            .into_query();
        let rows: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::Digest)
            .filter(Column::Place.eq(place))
            .filter(Column::Digest.is_in(chunk.to_vec()))
            .filter(Column::PersonId.in_subquery(tied))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(rows);
    }
    Ok(known)
}

/// Digests under other keys than this one whose value has none under this one yet.
fn lacking(key_id: &str) -> Select<Entity> {
    let new = Alias::new("new");
    let has = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, new.clone())
        .and_where(Expr::col((new.clone(), Column::RowId)).equals((Entity, Column::RowId)))
        .and_where(Expr::col((new, Column::KeyId)).eq(key_id))
        .to_owned();
    Entity::find().filter(Column::KeyId.ne(key_id)).filter(Expr::exists(has).not())
}

/// Some digests whose value has none under this key yet.
///
/// # Errors
/// What the database says.
pub async fn list_lacking(db: &impl ConnectionTrait, key_id: &str, rows: u64) -> Result<Vec<Model>, Error> {
    Ok(lacking(key_id).order_by_asc(Column::RowId).limit(rows).all(db).await?)
}

/// Stores digests under a new key, where there is none yet; none of who was erased since they were read.
///
/// # Errors
/// What the database says.
pub async fn insert_missing(tx: &Tx, _grant: &Grant<act::RotateKey>, rows: Vec<Model>) -> Result<(), Error> {
    let people: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    let living = lock_those_living(tx, &people).await?;
    let rows: Vec<Model> = rows.into_iter().filter(|row| living.contains(&row.person_id)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| -> ActiveModel { row.into_active_model().reset_all() });
    let unless = OnConflict::columns([Column::KeyId, Column::RowId]).do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(unless).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Removes the digests under other keys than this one; says how many there were.
///
/// # Errors
/// What the database says.
pub async fn delete_under_others(
    tx: &Tx,
    _grant: &Grant<act::RotateKey>,
    key_id: &str,
) -> Result<u64, Error> {
    let old = Entity::delete_many().filter(Column::KeyId.ne(key_id));
    Ok(old.exec(tx.conn()).await?.rows_affected)
}
