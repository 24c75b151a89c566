//! Decisions about households. Append-only: the one that none supersedes stands.

use std::collections::BTreeMap;

use ballast_domain::base::id::HouseholdId;
use ballast_domain::identity::policy::{Grant, PovertyAccess, act};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::poverty::{household, targeting};
use crate::store::{Error, Tx, batch};

/// Ids of one statement.
const CHUNK: usize = 10_000;

/// The decisions that stand about these households. Who asks has read the households in reach before.
///
/// # Errors
/// What the database says.
pub async fn standing(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    households: &[HouseholdId],
) -> Result<BTreeMap<HouseholdId, targeting::Model>, Error> {
    let mut found = BTreeMap::new();
    for chunk in households.chunks(CHUNK) {
        let ids = || chunk.iter().map(|id| id.0);
        let superseded = targeting::Entity::find()
            .select_only()
            .column(targeting::Column::SupersedesId)
            .filter(targeting::Column::HouseholdId.is_in(ids()))
            .filter(targeting::Column::SupersedesId.is_not_null())
            .into_query();
        let rows = targeting::Entity::find()
            .filter(targeting::Column::HouseholdId.is_in(ids()))
            .filter(targeting::Column::Id.not_in_subquery(superseded))
            .all(db)
            .await?;
        found.extend(rows.into_iter().map(|row| (HouseholdId(row.household_id), row)));
    }
    Ok(found)
}

/// All decisions about a household, in no order that tells which followed which. Who asks has read the household in reach before.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    household: HouseholdId,
) -> Result<Vec<targeting::Model>, Error> {
    let query = targeting::Entity::find().filter(targeting::Column::HouseholdId.eq(household.0));
    Ok(query.order_by_asc(targeting::Column::Id).all(db).await?)
}

/// Inserts decisions, one a household, each with the grant for its household, whose revision is raised so
/// that two who decide at once do not both follow the same decision.
///
/// # Errors
/// [`Error::Missing`] for a decision without its grant; [`Error::Stale`] when somebody decided in between.
pub async fn insert_all(
    tx: &Tx,
    _access: &PovertyAccess,
    grants: &[Grant<act::DecideTargeting>],
    rows: Vec<targeting::Model>,
) -> Result<(), Error> {
    if !grants.iter().map(Grant::id).eq(rows.iter().map(|row| row.household_id)) {
        return Err(Error::Missing);
    }
    let mut by_revision: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for grant in grants {
        by_revision.entry(grant.revision()).or_default().push(grant.id());
    }
    for (revision, ids) in by_revision {
        for chunk in ids.chunks(CHUNK) {
            let raised = household::Entity::update_many()
                .col_expr(household::Column::Revision, Expr::col(household::Column::Revision).add(1))
                .filter(household::Column::Id.is_in(chunk.to_vec()))
                .filter(household::Column::Revision.eq(revision))
                .exec(tx.conn())
                .await?;
            if usize::try_from(raised.rows_affected) != Ok(chunk.len()) {
                return Err(Error::Stale);
            }
        }
    }
    batch::insert_all::<targeting::Entity, _>(tx.conn(), rows).await
}
