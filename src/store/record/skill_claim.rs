//! Claims about people's skills. Append-only: a correction is a row that supersedes another.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::record::skill_claim;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::lock_living;
use crate::store::{Error, Tx, batch, scope};

/// Ids of one statement.
const IDS_MAX: usize = 10_000;

/// Claims that are to be corrected, each with whether another took its place before. For judging a
/// correction inside its own transaction: nothing of it is shown.
///
/// # Errors
/// What the database says.
pub async fn find_superseded(
    tx: &Tx,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, (skill_claim::Model, bool)>, Error> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(IDS_MAX) {
        let ids = || chunk.to_vec();
        let rows = skill_claim::Entity::find().filter(skill_claim::Column::Id.is_in(ids())).all(tx.conn());
        found.extend(rows.await?.into_iter().map(|row| (row.id, (row, false))));
        let taken: Vec<Option<Uuid>> = skill_claim::Entity::find()
            .select_only()
            .column(skill_claim::Column::SupersedesId)
            .filter(skill_claim::Column::SupersedesId.is_in(ids()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        for id in taken.into_iter().flatten() {
            if let Some((_, superseded)) = found.get_mut(&id) {
                *superseded = true;
            }
        }
    }
    Ok(found)
}

/// Records claims about people, each of whom a grant is for.
///
/// # Errors
/// [`Error::Missing`] for a person without a grant; [`Error::Duplicate`] when somebody corrected the same
/// claim first.
pub async fn insert_all(
    tx: &Tx,
    grants: &[Grant<act::RecordSkillClaim>],
    rows: Vec<skill_claim::Model>,
) -> Result<(), Error> {
    let granted: BTreeSet<Uuid> = grants.iter().map(Grant::id).collect();
    if rows.iter().any(|row| !granted.contains(&row.person_id)) {
        return Err(Error::Missing);
    }
    lock_living(tx, &people_of(&rows)).await?;
    batch::insert_all::<skill_claim::Entity, _>(tx.conn(), rows).await
}

/// Records what finished enrolments prove, each of which a grant is for.
///
/// # Errors
/// [`Error::Missing`] for a claim of another enrolment.
pub async fn insert_of_enrolments(
    tx: &Tx,
    grants: &[Grant<act::EnrolTrainee>],
    rows: Vec<skill_claim::Model>,
) -> Result<(), Error> {
    let granted: BTreeSet<Option<Uuid>> = grants.iter().map(|grant| Some(grant.id())).collect();
    if rows.iter().any(|row| !granted.contains(&row.enrolment_id)) {
        return Err(Error::Missing);
    }
    lock_living(tx, &people_of(&rows)).await?;
    batch::insert_all::<skill_claim::Entity, _>(tx.conn(), rows).await
}

fn people_of(rows: &[skill_claim::Model]) -> Vec<Uuid> {
    rows.iter().map(|row| row.person_id).collect()
}

/// The claims in reach, as a condition: those about people in reach.
fn reach(reach: &Scope<act::ReadSkillClaim>, day: CivilDate) -> Condition {
    let condition = scope::start(reach);
    let person = (skill_claim::Entity, skill_claim::Column::PersonId);
    let condition = scope::tied(condition, reach, person, day);
    let condition = scope::person_region(condition, reach, person);
    scope::oneself(condition, reach, person)
}

/// A person's claims by id, each with whether a later one took its place: all of them, or those that neither
/// a later one supersedes nor anybody revoked.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: &Scope<act::ReadSkillClaim>,
    person: PersonId,
    history: bool,
    day: CivilDate,
    request: PageRequest,
) -> Result<Page<(skill_claim::Model, bool)>, Error> {
    let later = Alias::new("later");
    let superseded = Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from_as(skill_claim::Entity, later.clone())
            .and_where(
                Expr::col((later, skill_claim::Column::SupersedesId))
                    .equals((skill_claim::Entity, skill_claim::Column::Id)),
            )
            .to_owned(),
    );
    let mut query = skill_claim::Entity::find()
        .filter(skill_claim::Column::PersonId.eq(person.0))
        .filter(reach(scope, day));
    if !history {
        query = query.filter(superseded.not()).filter(skill_claim::Column::Status.ne("revoked"));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("skill_claim"), db.get_database_backend());
    let rows = query.all(db).await?;
    let ids = rows.iter().map(|row| row.id);
    let taken: Vec<Option<Uuid>> = skill_claim::Entity::find()
        .select_only()
        .column(skill_claim::Column::SupersedesId)
        .filter(skill_claim::Column::SupersedesId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let taken: BTreeSet<Uuid> = taken.into_iter().flatten().collect();
    Ok(Page::cut(rows, request, |row| row.id).of(total).map(|row| {
        let superseded = taken.contains(&row.id);
        (row, superseded)
    }))
}
