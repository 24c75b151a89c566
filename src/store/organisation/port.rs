//! Border ports and the bureaus that keep their desks.

use ballast_domain::base::id::PortId;
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::entity::organisation::port;
use crate::store::page::{Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// Inserts ports, each with the grant for it.
///
/// # Errors
/// [`Error::Missing`] for a row without its grant.
pub async fn insert_all(
    tx: &Tx,
    grants: &[Grant<act::ManageOrganisation>],
    rows: Vec<port::Model>,
) -> Result<(), Error> {
    if !grants.iter().map(Grant::id).eq(rows.iter().map(|row| row.id)) {
        return Err(Error::Missing);
    }
    batch::insert_all::<port::Entity, _>(tx.conn(), rows).await
}

/// A port in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    id: PortId,
) -> Result<port::Model, Error> {
    port::Entity::find_by_id(id.0).filter(scope::start(reach)).one(db).await?.ok_or(Error::Missing)
}

/// Ports in reach, by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    request: PageRequest,
) -> Result<Page<port::Model>, Error> {
    let mut query = port::Entity::find().filter(scope::start(reach));
    if let Some(after) = request.after {
        query = query.filter(port::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(port::Column::Id).limit(request.limit + 1).all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id))
}
