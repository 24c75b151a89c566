//! What people want. Versioned: the highest version is the last word, and none is overwritten.

use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::entity::person::{availability, availability_region};
use crate::store::person::person::{Registration, lock_living};
use crate::store::{Error, Tx, batch};

/// The last word of a person, with its regions.
///
/// # Errors
/// What the database says.
pub async fn find_newest(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Option<(availability::Model, Vec<String>)>, Error> {
    let newest = availability::Entity::find()
        .filter(availability::Column::PersonId.eq(person.0))
        .order_by_desc(availability::Column::Version)
        .one(db)
        .await?;
    let Some(newest) = newest else { return Ok(None) };
    let regions = availability_region::Entity::find()
        .filter(availability_region::Column::AvailabilityId.eq(newest.id))
        .order_by_asc(availability_region::Column::RegionCode)
        .all(db)
        .await?;
    Ok(Some((newest, regions.into_iter().map(|row| row.region_code).collect())))
}

/// Records first words of people who are registered in this transaction.
///
/// # Errors
/// What the database says.
pub async fn insert_first<A: Registration>(
    tx: &Tx,
    _grant: &Grant<A>,
    rows: Vec<availability::Model>,
    regions: Vec<availability_region::Model>,
) -> Result<(), Error> {
    batch::insert_all::<availability::Entity, _>(tx.conn(), rows).await?;
    batch::insert_all::<availability_region::Entity, _>(tx.conn(), regions).await
}

/// Records the next word of one person.
///
/// # Errors
/// [`Error::Duplicate`] when somebody recorded the same version first.
pub async fn insert_next(
    tx: &Tx,
    grant: &Grant<act::RecordAvailability>,
    row: availability::Model,
    regions: Vec<String>,
) -> Result<(), Error> {
    if row.person_id != grant.id() {
        return Err(Error::Missing);
    }
    lock_living(tx, &[row.person_id]).await?;
    let id: Uuid = row.id;
    batch::insert_all::<availability::Entity, _>(tx.conn(), vec![row]).await?;
    let regions = regions
        .into_iter()
        .map(|region_code| availability_region::Model { availability_id: id, region_code })
        .collect();
    batch::insert_all::<availability_region::Entity, _>(tx.conn(), regions).await
}
