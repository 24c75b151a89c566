//! Guardianships. Those who registered the ward reach them, the ward, and the guardian's own login.

use std::collections::HashMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{GuardianId, PersonId, UserId};
use ballast_domain::identity::policy::{Actor, Grant, Scope, act};
use ballast_domain::person::guardian::{Basis, Term};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
};
use uuid::Uuid;

use crate::entity::identity::user;
use crate::entity::person::guardian::{Column, Entity, Model, Relation};
use crate::entity::person::person;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::{lock_living, lock_those_living};
use crate::store::{Error, Tx, batch, scope};

/// The term of a guardianship.
///
/// # Errors
/// [`Error::Corrupt`] for a basis that is none.
pub fn term(row: &Model) -> Result<Term, Error> {
    let basis = Basis::parse(&row.basis).ok_or(Error::Corrupt("guardian.basis"))?;
    Ok(Term { basis, from: row.valid_from, until: row.valid_until })
}

/// Rows whose place no other has taken.
fn standing() -> Select<Entity> {
    let later = Alias::new("later");
    let taken = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, later.clone())
        .and_where(Expr::col((later, Column::SupersedesId)).equals((Entity, Column::Id)))
        .to_owned();
    Entity::find().filter(Expr::exists(taken).not())
}

/// Ward, guardian, basis, first and last day, and the ward's birth date.
type HoldingRow = (Uuid, Uuid, String, CivilDate, Option<CivilDate>, Option<CivilDate>);

/// Guardianships that hold on a day, of what `which` selects: ward and guardian.
async fn holding(
    db: &impl ConnectionTrait,
    which: Condition,
    day: CivilDate,
) -> Result<Vec<(PersonId, UserId)>, Error> {
    let rows: Vec<HoldingRow> = standing()
        .select_only()
        .columns([Column::PersonId, Column::UserId, Column::Basis, Column::ValidFrom, Column::ValidUntil])
        .column(person::Column::BirthDate)
        .join(JoinType::InnerJoin, Relation::Person.def())
        .filter(which)
        .filter(person::Column::ErasedAt.is_null())
        .filter(Column::ValidFrom.lte(day))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut found = Vec::new();
    for (ward, user, basis, from, until, birth) in rows {
        let basis = Basis::parse(&basis).ok_or(Error::Corrupt("guardian.basis"))?;
        if (Term { basis, from, until }).holds_on(birth, day) {
            found.push((PersonId(ward), UserId(user)));
        }
    }
    Ok(found)
}

/// An actor with the wards of a day. Who may have none costs no statement.
///
/// # Errors
/// What the database says.
pub async fn find_wards_of(db: &impl ConnectionTrait, actor: Actor, day: CivilDate) -> Result<Actor, Error> {
    let Some(user) = actor.user_id().filter(|_| actor.may_have_wards()) else { return Ok(actor) };
    let found = holding(db, Condition::all().add(Column::UserId.eq(user.0)), day).await?;
    let mut wards: Vec<PersonId> = found.into_iter().map(|(ward, _)| ward).collect();
    wards.sort_unstable();
    wards.dedup();
    Ok(actor.with_wards(wards))
}

/// Who acts for these people on a day: ward and guardian's login.
///
/// # Errors
/// What the database says.
pub async fn list_guardians_of(
    db: &impl ConnectionTrait,
    people: &[PersonId],
    day: CivilDate,
) -> Result<Vec<(PersonId, UserId)>, Error> {
    let mut found = Vec::new();
    for chunk in people.chunks(10_000) {
        let wards = Column::PersonId.is_in(chunk.iter().map(|id| id.0));
        found.extend(holding(db, Condition::all().add(wards), day).await?);
    }
    Ok(found)
}

fn reach(reach: &Scope<act::ReadGuardian>, day: CivilDate) -> Condition {
    let condition = scope::start(reach);
    let condition = scope::tied(condition, reach, (Entity, Column::PersonId), day);
    let condition = scope::person_region(condition, reach, (Entity, Column::PersonId));
    let condition = scope::oneself(condition, reach, (Entity, Column::PersonId));
    scope::login(condition, reach, (Entity, Column::UserId))
}

/// A guardianship in reach, though another row took its place.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    scope: &Scope<act::ReadGuardian>,
    id: GuardianId,
    day: CivilDate,
) -> Result<Model, Error> {
    Entity::find_by_id(id.0).filter(reach(scope, day)).one(db).await?.ok_or(Error::Missing)
}

/// Guardianships in reach, by id, as they stand now: each once.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: &Scope<act::ReadGuardian>,
    ward: Option<PersonId>,
    day: CivilDate,
    request: PageRequest,
) -> Result<Page<Model>, Error> {
    let mut query = standing().filter(reach(scope, day));
    if let Some(ward) = ward {
        query = query.filter(Column::PersonId.eq(ward.0));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("guardian"), db.get_database_backend());
    Ok(Page::cut(query.all(db).await?, request, |row| row.id).of(total))
}

/// How these logins are shown.
///
/// # Errors
/// What the database says.
pub async fn list_names(db: &impl ConnectionTrait, users: &[Uuid]) -> Result<HashMap<Uuid, String>, Error> {
    let rows: Vec<(Uuid, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::DisplayName])
        .filter(user::Column::Id.is_in(users.to_vec()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The guardianships of a login that nobody has ended by a day, whoever is the ward.
///
/// # Errors
/// What the database says.
pub async fn list_open_of_login(
    db: &impl ConnectionTrait,
    login: Uuid,
    day: CivilDate,
) -> Result<Vec<Model>, Error> {
    let open = Condition::any().add(Column::ValidUntil.is_null()).add(Column::ValidUntil.gte(day));
    Ok(standing().filter(Column::UserId.eq(login)).filter(open).order_by_asc(Column::Id).all(db).await?)
}

/// Records a guardianship, or its end, of the person whom the grant is for.
///
/// # Errors
/// [`Error::Missing`] for another person; [`Error::Duplicate`] when another row took the place first.
pub async fn insert(tx: &Tx, grant: &Grant<act::ManageGuardian>, row: Model) -> Result<(), Error> {
    if row.person_id != grant.id() {
        return Err(Error::Missing);
    }
    lock_living(tx, &[row.person_id]).await?;
    batch::insert_all::<Entity, _>(tx.conn(), vec![row]).await
}

/// Ends the guardianships of the login of somebody who is erased.
///
/// # Errors
/// What the database says.
pub async fn insert_endings(
    tx: &Tx,
    _grant: &Grant<act::ErasePerson>,
    rows: Vec<Model>,
) -> Result<(), Error> {
    let wards: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    let living = lock_those_living(tx, &wards).await?;
    let rows = rows.into_iter().filter(|row| living.contains(&row.person_id)).collect();
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}
