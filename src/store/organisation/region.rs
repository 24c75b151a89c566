//! Regions and countries: public reference data, the same for everyone.

use std::collections::BTreeSet;

use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::entity::organisation::{country, region};
use crate::store::{Error, Tx, scope};

/// Codes of one statement.
const CHUNK: usize = 10_000;

/// Inserts regions, or gives those that are there these names. A parent stands before its children.
///
/// # Errors
/// [`Error::Dangling`] for a parent that is not there.
pub async fn upsert_all(
    tx: &Tx,
    _grant: &Grant<act::ManageOrganisation>,
    rows: Vec<region::Model>,
) -> Result<(), Error> {
    let names = [region::Column::NameZh, region::Column::NameEn];
    for chunk in rows.chunks(1000) {
        let rows = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        let renamed = OnConflict::column(region::Column::Code).update_columns(names).to_owned();
        region::Entity::insert_many(rows).on_conflict(renamed).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The regions one step below another, or the provinces. By code; at most 999, which is how the codes nest.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    parent: Option<RegionCode>,
) -> Result<Vec<region::Model>, Error> {
    let query = region::Entity::find().filter(scope::start(reach));
    let query = match parent {
        Some(parent) => query.filter(region::Column::ParentCode.eq(parent.as_str())),
        None => query.filter(region::Column::ParentCode.is_null()),
    };
    Ok(query.order_by_asc(region::Column::Code).all(db).await?)
}

/// Regions by code, for names beside rows that were read. Missing ones are left out.
///
/// # Errors
/// What the database says.
pub async fn list_of(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    codes: &BTreeSet<String>,
) -> Result<Vec<region::Model>, Error> {
    let query = region::Entity::find().filter(scope::start(reach));
    Ok(query
        .filter(region::Column::Code.is_in(codes.iter().cloned()))
        .order_by_asc(region::Column::Code)
        .all(db)
        .await?)
}

/// Those of these codes that are regions.
///
/// # Errors
/// What the database says.
pub async fn known_regions(
    db: &impl ConnectionTrait,
    codes: BTreeSet<String>,
) -> Result<BTreeSet<String>, Error> {
    let codes: Vec<String> = codes.into_iter().collect();
    let mut known = BTreeSet::new();
    for chunk in codes.chunks(CHUNK) {
        let rows: Vec<String> = region::Entity::find()
            .select_only()
            .column(region::Column::Code)
            .filter(region::Column::Code.is_in(chunk.to_vec()))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(rows);
    }
    Ok(known)
}

/// Those of these codes that are countries.
///
/// # Errors
/// What the database says.
pub async fn known_countries(
    db: &impl ConnectionTrait,
    codes: BTreeSet<String>,
) -> Result<BTreeSet<String>, Error> {
    let codes: Vec<String> = codes.into_iter().collect();
    let mut known = BTreeSet::new();
    for chunk in codes.chunks(CHUNK) {
        let rows: Vec<String> = country::Entity::find()
            .select_only()
            .column(country::Column::Code)
            .filter(country::Column::Code.is_in(chunk.to_vec()))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(rows);
    }
    Ok(known)
}
