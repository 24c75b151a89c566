//! Plants, campuses, dormitories and offices of organisations.

use std::collections::BTreeSet;

use ballast_domain::base::id::{OrganisationId, SiteId};
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use uuid::Uuid;

use crate::entity::organisation::site;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// Inserts sites, each with the grant for it.
///
/// # Errors
/// [`Error::Missing`] for a row without its grant.
pub async fn insert_all(
    tx: &Tx,
    grants: &[Grant<act::ManageOrganisation>],
    rows: Vec<site::Model>,
) -> Result<(), Error> {
    if !grants.iter().map(Grant::id).eq(rows.iter().map(|row| row.id)) {
        return Err(Error::Missing);
    }
    batch::insert_all::<site::Entity, _>(tx.conn(), rows).await
}

/// A site in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    id: SiteId,
) -> Result<site::Model, Error> {
    site::Entity::find_by_id(id.0).filter(scope::start(reach)).one(db).await?.ok_or(Error::Missing)
}

/// The sites of one organisation.
///
/// # Errors
/// What the database says.
pub async fn ids_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<BTreeSet<Uuid>, Error> {
    let ids: Vec<Uuid> = site::Entity::find()
        .select_only()
        .column(site::Column::Id)
        .filter(site::Column::OrganisationId.eq(organisation.0))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}

/// The names of one organisation's sites in reach: (site, Chinese, English).
///
/// # Errors
/// What the database says.
pub async fn names_of(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    organisation: OrganisationId,
) -> Result<Vec<(Uuid, String, String)>, Error> {
    Ok(site::Entity::find()
        .select_only()
        .columns([site::Column::Id, site::Column::NameZh, site::Column::NameEn])
        .filter(scope::start(reach))
        .filter(site::Column::OrganisationId.eq(organisation.0))
        .into_tuple()
        .all(db)
        .await?)
}

/// Sites in reach, of one organisation or of all, by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    organisation: Option<OrganisationId>,
    request: PageRequest,
) -> Result<Page<site::Model>, Error> {
    let mut query = site::Entity::find().filter(scope::start(reach));
    if let Some(organisation) = organisation {
        query = query.filter(site::Column::OrganisationId.eq(organisation.0));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("site"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}
