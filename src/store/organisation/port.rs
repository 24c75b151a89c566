//! Border ports and the bureaus that keep their desks.

use ballast_domain::base::id::PortId;
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::{ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::entity::organisation::port;
use crate::store::page::{Order, Page, PageRequest};
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
    let query = port::Entity::find().filter(scope::start(reach));
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("port"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}
