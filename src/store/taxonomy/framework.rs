//! Which classifications are here, and in which release.

use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::taxonomy::{framework, occupation, skill};
use crate::store::{Error, Tx, scope};

/// How much a classification holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Occupations.
    pub occupations: u64,
    /// Skills and groups of skills.
    pub skills: u64,
}

/// All classifications, by code.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
) -> Result<Vec<framework::Model>, Error> {
    let query = framework::Entity::find().filter(scope::start(reach));
    Ok(query.order_by_asc(framework::Column::Code).all(db).await?)
}

/// How much of a classification is stored.
///
/// # Errors
/// What the database says.
pub async fn size(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    framework: &framework::Model,
) -> Result<Size, Error> {
    let occupations = occupation::Entity::find()
        .filter(scope::start(reach))
        .filter(occupation::Column::FrameworkId.eq(framework.id))
        .count(db)
        .await?;
    let skills = skill::Entity::find()
        .filter(scope::start(reach))
        .filter(skill::Column::FrameworkId.eq(framework.id))
        .count(db)
        .await?;
    Ok(Size { occupations, skills })
}

/// Inserts a classification that is not there yet, and otherwise gives the one that is; either way its row is
/// locked, so that two imports of one classification come one after the other.
///
/// # Errors
/// [`Error::Missing`] when the grant is for another one.
pub async fn insert_or_lock(
    tx: &Tx,
    grant: &Grant<act::ImportTaxonomy>,
    new: framework::Model,
) -> Result<Option<framework::Model>, Error> {
    if new.id != grant.id() {
        return Err(Error::Missing);
    }
    let inserted = framework::Entity::insert(new.into_active_model().reset_all())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    if inserted == 1 {
        return Ok(None);
    }
    framework::Entity::update_many()
        .col_expr(framework::Column::Code, Expr::col(framework::Column::Code))
        .filter(framework::Column::Id.eq(grant.id()))
        .exec(tx.conn())
        .await?;
    let found = framework::Entity::find_by_id(grant.id()).one(tx.conn()).await?;
    found.map(Some).ok_or(Error::Missing)
}

/// Says of which release the stored rows are now.
///
/// # Errors
/// [`Error::Missing`] when the grant is for another classification.
pub async fn update(tx: &Tx, grant: &Grant<act::ImportTaxonomy>, row: framework::Model) -> Result<(), Error> {
    if row.id != grant.id() {
        return Err(Error::Missing);
    }
    row.into_active_model().reset_all().update(tx.conn()).await?;
    Ok(())
}
