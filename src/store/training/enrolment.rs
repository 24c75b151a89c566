//! Who is in which joint class. The school's own: a factory sees counts, which are the class's.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{EnrolmentId, JointClassId};
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::person::person;
use crate::entity::training::enrolment;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::erasure::erased;
use crate::store::{Error, Tx, batch, scope};

/// Ids of one statement.
const IDS_MAX: usize = 10_000;

/// Which of these people are or were in which of these classes.
///
/// # Errors
/// What the database says.
pub async fn pairs(
    tx: &Tx,
    classes: &BTreeSet<Uuid>,
    people: &BTreeSet<Uuid>,
) -> Result<BTreeSet<(Uuid, Uuid)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::JointClassId)
        .column(enrolment::Column::PersonId)
        .filter(enrolment::Column::JointClassId.is_in(classes.iter().copied()))
        .filter(enrolment::Column::PersonId.is_in(people.iter().copied()))
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Enrols people in classes, each of which a grant is for.
///
/// # Errors
/// [`Error::Missing`] for a class without a grant; [`Error::Duplicate`] for somebody who is in it already.
pub async fn insert_all(
    tx: &Tx,
    grants: &[Grant<act::EnrolTrainee>],
    rows: Vec<enrolment::Model>,
) -> Result<(), Error> {
    let granted: BTreeSet<Uuid> = grants.iter().map(Grant::id).collect();
    if rows.iter().any(|row| !granted.contains(&row.joint_class_id)) {
        return Err(Error::Missing);
    }
    batch::insert_all::<enrolment::Entity, _>(tx.conn(), rows).await
}

/// Enrolments by id, for judging what is to happen to them. Missing ones are left out.
///
/// # Errors
/// What the database says.
pub async fn find_all(tx: &Tx, ids: &[EnrolmentId]) -> Result<BTreeMap<Uuid, enrolment::Model>, Error> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(IDS_MAX) {
        let ids = chunk.iter().map(|id| id.0);
        let rows = enrolment::Entity::find().filter(enrolment::Column::Id.is_in(ids)).all(tx.conn()).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// Ends enrolments that nobody changed since they were judged.
///
/// # Errors
/// [`Error::Stale`] when one of them was changed: nothing may be kept then.
pub async fn end_if_unchanged(
    tx: &Tx,
    grants: &[Grant<act::EnrolTrainee>],
    status: &str,
    on: CivilDate,
) -> Result<(), Error> {
    let mut by_revision: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for grant in grants {
        by_revision.entry(grant.revision()).or_default().push(grant.id());
    }
    for (revision, ids) in by_revision {
        for chunk in ids.chunks(IDS_MAX) {
            let done = enrolment::Entity::update_many()
                .col_expr(enrolment::Column::Status, Expr::val(status))
                .col_expr(enrolment::Column::EndedOn, Expr::val(on))
                .col_expr(enrolment::Column::Revision, Expr::val(revision + 1))
                .filter(enrolment::Column::Id.is_in(chunk.to_vec()))
                .filter(enrolment::Column::Revision.eq(revision))
                .exec(tx.conn())
                .await?;
            if usize::try_from(done.rows_affected) != Ok(chunk.len()) {
                return Err(Error::Stale);
            }
        }
    }
    Ok(())
}

/// The enrolments in reach: the school's own, those of schools in the region, one's own.
fn reach(reach: &Scope<act::ReadEnrolment>) -> Condition {
    let school = (enrolment::Entity, enrolment::Column::SchoolId);
    let condition = scope::own(scope::start(reach), reach, school);
    let condition = scope::organisation_region(condition, reach, school);
    scope::oneself(condition, reach, (enrolment::Entity, enrolment::Column::PersonId))
}

/// The roster of a class as far as it is in reach, with names, by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: &Scope<act::ReadEnrolment>,
    class: JointClassId,
    request: PageRequest,
) -> Result<Page<(enrolment::Model, String)>, Error> {
    let query = enrolment::Entity::find()
        .filter(enrolment::Column::JointClassId.eq(class.0))
        .filter(enrolment::Column::PersonId.not_in_subquery(erased()))
        .filter(reach(scope));
    let total = request.count(db, &query).await?;
    let rows = request
        .turn(query, Order::id("enrolment"), db.get_database_backend())
        .find_also_related(person::Entity)
        .all(db)
        .await?;
    let rows = rows
        .into_iter()
        .map(|(row, person)| person.map(|person| (row, person.name)))
        .collect::<Option<Vec<_>>>()
        .ok_or(Error::Corrupt("enrolment.person_id"))?;
    Ok(Page::cut(rows, request, |(row, _)| row.id).of(total))
}
