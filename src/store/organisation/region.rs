//! Regions and countries: public reference data, the same for everyone.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use crate::entity::organisation::{country, region};
use crate::store::Error;

/// Those of these codes that are regions.
///
/// # Errors
/// What the database says.
pub async fn known_regions(
    db: &impl ConnectionTrait,
    codes: BTreeSet<String>,
) -> Result<BTreeSet<String>, Error> {
    let rows: Vec<String> = region::Entity::find()
        .select_only()
        .column(region::Column::Code)
        .filter(region::Column::Code.is_in(codes))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Those of these codes that are countries.
///
/// # Errors
/// What the database says.
pub async fn known_countries(
    db: &impl ConnectionTrait,
    codes: BTreeSet<String>,
) -> Result<BTreeSet<String>, Error> {
    let rows: Vec<String> = country::Entity::find()
        .select_only()
        .column(country::Column::Code)
        .filter(country::Column::Code.is_in(codes))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
