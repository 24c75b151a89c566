//! Which registrations are one human being's. Each stays what its organisation recorded; what is known of the human being
//! is what is known by all of them.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Actor, Grant, act};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::person::person;
use crate::entity::person::person_link::{Column, Entity, Model};
use crate::store::person::person::is_there;
use crate::store::{Error, Tx, batch};

/// Ids of one query.
const CHUNK: usize = 10_000;

/// Who stands for whom, as far as somebody asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups(BTreeMap<Uuid, Uuid>);

impl Groups {
    /// Whoever stands for a person: the person, unless it is another.
    #[must_use]
    pub fn root(&self, person: Uuid) -> Uuid {
        self.0.get(&person).copied().unwrap_or(person)
    }

    /// Every registration of whom a person is one, in the order of their ids.
    #[must_use]
    pub fn members(&self, person: Uuid) -> BTreeSet<Uuid> {
        let root = self.root(person);
        let others = self.0.iter().filter(|(_, survivor)| **survivor == root).map(|(other, _)| *other);
        others.chain([root]).collect()
    }

    /// These people and every other registration of theirs, in the order of their ids.
    #[must_use]
    pub fn all(&self, people: &[Uuid]) -> Vec<Uuid> {
        let roots: BTreeSet<Uuid> = people.iter().map(|person| self.root(*person)).collect();
        let others = self.0.iter().filter(|(_, survivor)| roots.contains(survivor)).map(|(other, _)| *other);
        let all: BTreeSet<Uuid> = others.chain(roots.iter().copied()).collect();
        all.into_iter().collect()
    }
}

/// Who has somebody stand for them, as a part of a query.
#[must_use]
pub fn behind() -> SelectStatement {
    Entity::find().select_only().column(Column::PersonId).into_query()
}

/// Whoever stands for the people of a query, as a part of another.
#[must_use]
pub fn survivors_of(people: SelectStatement) -> SelectStatement {
    let links = Entity::find().select_only().column(Column::SurvivorId);
    links.filter(Column::PersonId.in_subquery(people)).into_query()
}

/// The groups of these people.
///
/// # Errors
/// What the database says.
pub async fn groups_of(db: &impl ConnectionTrait, people: &[Uuid]) -> Result<Groups, Error> {
    let mut groups = BTreeMap::new();
    for chunk in people.chunks(CHUNK) {
        let these = Entity::find().select_only().column(Column::SurvivorId);
        let roots = these.filter(Column::PersonId.is_in(chunk.to_vec())).into_query();
        let whose = Condition::any()
            .add(Column::SurvivorId.is_in(chunk.to_vec()))
            .add(Column::SurvivorId.in_subquery(roots));
        let rows = Entity::find().filter(whose).all(db).await?;
        groups.extend(rows.into_iter().map(|row| (row.person_id, row.survivor_id)));
    }
    Ok(Groups(groups))
}

/// Every group.
///
/// # Errors
/// What the database says.
pub async fn all_groups(
    db: &impl ConnectionTrait,
    _grant: &Grant<act::RankVacancy>,
) -> Result<Groups, Error> {
    let rows = Entity::find().all(db).await?;
    Ok(Groups(rows.into_iter().map(|row| (row.person_id, row.survivor_id)).collect()))
}

/// An actor with every registration of the person whom they are, and of those whose guardian they are. Who is nobody's
/// costs no statement.
///
/// # Errors
/// What the database says.
pub async fn find_others_of(db: &impl ConnectionTrait, actor: Actor) -> Result<Actor, Error> {
    let own = actor.person_id();
    let people: Vec<Uuid> = own.iter().chain(actor.wards()).map(|id| id.0).collect();
    if people.is_empty() {
        return Ok(actor);
    }
    let groups = groups_of(db, &people).await?;
    let others = own.map(|own| groups.members(own.0)).unwrap_or_default();
    let others = others.into_iter().map(PersonId).filter(|id| Some(*id) != own).collect();
    let wards: Vec<Uuid> = actor.wards().iter().map(|id| id.0).collect();
    let wards = groups.all(&wards).into_iter().map(PersonId).collect();
    Ok(actor.with_others(others).with_wards(wards))
}

/// Locks every registration of some people until the transaction is over, in the order of their ids: nobody is stored
/// about, erased, or made one with others meanwhile.
///
/// # Errors
/// [`Error::Missing`] when somebody is not there, or was erased; [`Error::Stale`] when somebody changed the groups.
pub async fn lock_groups(
    tx: &Tx,
    people: &[PersonId],
) -> Result<(Groups, BTreeMap<Uuid, person::Model>), Error> {
    let asked: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    let groups = groups_of(tx.conn(), &asked).await?;
    let all = groups.all(&asked);
    let rows = person::Entity::find()
        .filter(person::Column::Id.is_in(all.clone()))
        .filter(is_there())
        .order_by_asc(person::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    if rows.len() != all.len() {
        return Err(Error::Missing);
    }
    if groups_of(tx.conn(), &asked).await? != groups {
        return Err(Error::Stale);
    }
    Ok((groups, rows.into_iter().map(|row| (row.id, row)).collect()))
}

/// Puts a person, and all for whom that person stood, behind another.
///
/// # Errors
/// [`Error::Missing`] for another person than the grants are for; [`Error::Duplicate`] for who is behind somebody.
pub async fn insert(
    tx: &Tx,
    survivor: &Grant<act::SettleDuplicate>,
    other: &Grant<act::SettleDuplicate>,
    row: Model,
) -> Result<(), Error> {
    if (row.survivor_id, row.person_id) != (survivor.id(), other.id()) {
        return Err(Error::Missing);
    }
    Entity::update_many()
        .col_expr(Column::SurvivorId, Expr::value(row.survivor_id))
        .filter(Column::SurvivorId.eq(row.person_id))
        .exec(tx.conn())
        .await?;
    batch::insert_all::<Entity, _>(tx.conn(), vec![row]).await
}

/// Lets a person stand for themself again, and for those who came with them.
///
/// # Errors
/// What the database says.
pub async fn delete_of_case(tx: &Tx, grant: &Grant<act::SettleDuplicate>, case: Uuid) -> Result<(), Error> {
    let link = Entity::find().filter(Column::CaseId.eq(case)).one(tx.conn()).await?.ok_or(Error::Missing)?;
    if link.survivor_id != grant.id() && link.person_id != grant.id() {
        return Err(Error::Missing);
    }
    Entity::delete_by_id(link.person_id).exec(tx.conn()).await?;
    // Whoever had come behind this person before the case stands behind them again, at any remove.
    let rest = Entity::find().filter(Column::SurvivorId.eq(link.survivor_id)).all(tx.conn()).await?;
    let by =
        super::duplicate_case::survivors(tx.conn(), rest.iter().map(|row| row.case_id).collect()).await?;
    let mut roots: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    for row in &rest {
        let mut root = row.person_id;
        // A chain is no longer than there are links.
        for _ in 0..=rest.len() {
            let next = rest.iter().find(|link| link.person_id == root);
            match next.and_then(|link| by.get(&link.case_id)) {
                Some(next) => root = *next,
                None => break,
            }
        }
        roots.insert(row.person_id, root);
    }
    for (person, root) in roots.into_iter().filter(|(_, root)| *root != link.survivor_id) {
        Entity::update_many()
            .col_expr(Column::SurvivorId, Expr::value(root))
            .filter(Column::PersonId.eq(person))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}
