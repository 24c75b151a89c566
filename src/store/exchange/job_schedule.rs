//! When work comes round next.

use ballast_domain::base::civil_time::Instant;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};

use crate::entity::exchange::job_schedule::{ActiveModel, Column, Entity, Model};
use crate::store::{Error, Tx};

/// All schedules, by name.
///
/// # Errors
/// What the database says.
pub async fn list_all(db: &impl ConnectionTrait) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().order_by_asc(Column::Name).all(db).await?)
}

/// Puts a schedule in unless it is there.
///
/// # Errors
/// What the database says.
pub async fn insert_if_missing(tx: &Tx, row: Model) -> Result<(), Error> {
    let row: ActiveModel = row.into_active_model().reset_all();
    let insert = Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    insert.try_insert().exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Moves a schedule on, as it was read. False when another process was first: of several that find the same
/// due time, one goes on.
///
/// # Errors
/// What the database says.
pub async fn advance_if_unchanged(tx: &Tx, seen: &Model, rule: &str, next: Instant) -> Result<bool, Error> {
    let moved = Entity::update_many()
        .col_expr(Column::Rule, Expr::val(rule))
        .col_expr(Column::NextDueAt, Expr::val(next))
        .filter(Column::Name.eq(seen.name.as_str()))
        .filter(Column::Rule.eq(seen.rule.as_str()))
        .filter(Column::NextDueAt.eq(seen.next_due_at))
        .exec(tx.conn())
        .await?;
    Ok(moved.rows_affected == 1)
}
