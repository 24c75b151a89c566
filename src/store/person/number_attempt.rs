//! How often organisations come with numbers of people. Machinery: exempt from the log.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::OrganisationId;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::person::number_attempt::{ActiveModel, Column, Entity};
use crate::store::{Error, Tx};

/// Adds to the numbers of an organisation's day, if they stay within the most; says whether they did. The guard is
/// in the statement: of two processes that both would fit alone, one is refused.
///
/// # Errors
/// What the database says.
pub async fn add_if_within(
    tx: &Tx,
    organisation: OrganisationId,
    day: CivilDate,
    more: i32,
    most: i32,
) -> Result<bool, Error> {
    let first = ActiveModel { organisation_id: Set(organisation.0), on_day: Set(day), attempts: Set(0) };
    let unless = OnConflict::columns([Column::OrganisationId, Column::OnDay]).do_nothing().to_owned();
    Entity::insert(first).on_conflict(unless).exec_without_returning(tx.conn()).await?;
    let done = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(more))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::OnDay.eq(day))
        .filter(Column::Attempts.lte(most.saturating_sub(more)))
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many rows are of before a day.
///
/// # Errors
/// What the database says.
pub async fn find_old_count(db: &impl ConnectionTrait, before: CivilDate) -> Result<u64, Error> {
    Ok(Entity::find().filter(Column::OnDay.lt(before)).count(db).await?)
}

/// Forgets some days before a day; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_old(tx: &Tx, before: CivilDate, rows: u64) -> Result<Option<u64>, Error> {
    let old: Vec<(Uuid, CivilDate)> = Entity::find()
        .select_only()
        .columns([Column::OrganisationId, Column::OnDay])
        .filter(Column::OnDay.lt(before))
        .order_by_asc(Column::OnDay)
        .limit(rows)
        .into_tuple()
        .all(tx.conn())
        .await?;
    if old.is_empty() {
        return Ok(None);
    }
    let these = Expr::tuple([Column::OrganisationId, Column::OnDay].map(Expr::col)).in_tuples(old);
    Ok(Some(Entity::delete_many().filter(these).exec(tx.conn()).await?.rows_affected))
}
