//! What users are told. A row is its user's alone.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::NotificationId;
use ballast_domain::exchange::notification::Kind;
use ballast_domain::identity::policy::{Grant, Scope, Target, act};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, Select, TryInsertResult,
};

use crate::entity::exchange::notification::{ActiveModel, Column, Entity, Model};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// Rows of one INSERT, within SQLite's 32,766 parameters.
const CHUNK: usize = 1000;

/// Tells users something, each the same thing once; says how many were not told before.
///
/// # Errors
/// What the database says.
pub async fn insert_new(tx: &Tx, rows: Vec<Model>) -> Result<u64, Error> {
    let mut told = 0;
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk.iter().cloned().map(|row| -> ActiveModel { row.into_active_model().reset_all() });
        let insert = Entity::insert_many(rows).on_conflict(OnConflict::new().do_nothing().to_owned());
        if let TryInsertResult::Inserted(rows) = insert.try_insert().exec_without_returning(tx.conn()).await?
        {
            told += rows;
        }
    }
    Ok(told)
}

/// In reach, and of the kinds that this program has words for.
fn in_reach(reach: &Scope<act::ReadNotification>) -> Select<Entity> {
    let own = scope::login(scope::start(reach), reach, (Entity, Column::UserId));
    Entity::find().filter(own).filter(Column::Kind.is_in(Kind::ALL.map(Kind::code)))
}

/// Notifications in reach, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadNotification>,
    request: PageRequest,
) -> Result<Page<Model>, Error> {
    let query = in_reach(reach);
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("notification").reversed(), db.get_database_backend());
    Ok(Page::cut(query.all(db).await?, request, |row| row.id).of(total))
}

/// How many in reach are not read.
///
/// # Errors
/// What the database says.
pub async fn find_unread_count(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadNotification>,
) -> Result<u64, Error> {
    Ok(in_reach(reach).filter(Column::ReadAt.is_null()).count(db).await?)
}

/// A notification in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadNotification>,
    id: NotificationId,
) -> Result<Model, Error> {
    in_reach(reach).filter(Column::Id.eq(id.0)).one(db).await?.ok_or(Error::Missing)
}

fn old(before: Instant) -> Condition {
    Condition::all().add(Column::CreatedAt.lt(before))
}

/// Deletes some notifications that are older than an instant; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_old(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    batch::delete_some::<Entity>(tx, Column::Id, old(before), rows).await
}

/// How many notifications are older than an instant.
///
/// # Errors
/// What the database says.
pub async fn find_old_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    batch::find_count::<Entity>(db, old(before)).await
}

/// What the policy has to know of a notification.
#[must_use]
pub fn target(row: &Model) -> Target {
    Target { id: row.id, user: Some(row.user_id.into()), ..Target::default() }
}

/// Says that a notification was read. One that was read before keeps its time.
///
/// # Errors
/// What the database says.
pub async fn mark_read(tx: &Tx, grant: &Grant<act::ReadNotification>, now: Instant) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::ReadAt, Expr::val(now))
        .filter(Column::Id.eq(grant.id()))
        .filter(Column::ReadAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}
