//! Agreements of a school with a factory. Both reach them.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::id::{AgreementId, OrganisationId};
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::organisation::organisation;
use crate::entity::training::agreement;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// The kinds of those of these organisations that are active: `school`, `factory`, …
///
/// # Errors
/// What the database says.
pub async fn active_kinds(
    db: &impl ConnectionTrait,
    ids: BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, String>, Error> {
    let rows: Vec<(Uuid, String)> = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .column(organisation::Column::Kind)
        .filter(organisation::Column::Id.is_in(ids))
        .filter(organisation::Column::Status.eq("active"))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Keeps agreements of the school that the grant is for.
///
/// # Errors
/// What the database says.
pub async fn insert_all(
    tx: &Tx,
    grant: &Grant<act::ManageJointClass>,
    rows: Vec<agreement::Model>,
) -> Result<(), Error> {
    if rows.iter().any(|row| row.school_id != grant.id()) {
        return Err(Error::Missing);
    }
    batch::insert_all::<agreement::Entity, _>(tx.conn(), rows).await
}

/// Those of these agreements that are the school's own.
///
/// # Errors
/// What the database says.
pub async fn list_of_school(
    db: &impl ConnectionTrait,
    school: OrganisationId,
    ids: BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, agreement::Model>, Error> {
    let rows = agreement::Entity::find()
        .filter(agreement::Column::Id.is_in(ids))
        .filter(agreement::Column::SchoolId.eq(school.0))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The agreements in reach: of either party, or of a school or factory in the region.
fn reach(reach: &Scope<act::ReadJointClass>) -> Condition {
    let mut condition = scope::start(reach);
    for party in [agreement::Column::SchoolId, agreement::Column::FactoryId] {
        condition = scope::own(condition, reach, (agreement::Entity, party));
        condition = scope::organisation_region(condition, reach, (agreement::Entity, party));
    }
    condition
}

/// An agreement in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    scope: &Scope<act::ReadJointClass>,
    id: AgreementId,
) -> Result<agreement::Model, Error> {
    agreement::Entity::find_by_id(id.0).filter(reach(scope)).one(db).await?.ok_or(Error::Missing)
}

/// Agreements in reach, by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: &Scope<act::ReadJointClass>,
    request: PageRequest,
) -> Result<Page<agreement::Model>, Error> {
    let query = agreement::Entity::find().filter(reach(scope));
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("agreement"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}
