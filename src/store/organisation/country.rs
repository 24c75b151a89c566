//! Countries: public reference data, the same for everyone.

use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::entity::organisation::country;
use crate::store::{Error, Tx, scope};

/// Inserts countries, or gives those that are there these names.
///
/// # Errors
/// What the database says.
pub async fn upsert_all(
    tx: &Tx,
    _grant: &Grant<act::ManageOrganisation>,
    rows: Vec<country::Model>,
) -> Result<(), Error> {
    let names = [country::Column::NameZh, country::Column::NameEn];
    for chunk in rows.chunks(1000) {
        let rows = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        let renamed = OnConflict::column(country::Column::Code).update_columns(names).to_owned();
        country::Entity::insert_many(rows).on_conflict(renamed).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Countries in reach, by code.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
) -> Result<Vec<country::Model>, Error> {
    let query = country::Entity::find().filter(scope::start(reach));
    Ok(query.order_by_asc(country::Column::Code).all(db).await?)
}
