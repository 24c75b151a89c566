//! Consents. A factory reaches those that it asked for; a person those about themselves.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{ConsentId, OrganisationId, PersonId, VacancyId};
use ballast_domain::identity::policy::{Grant, Scope, Target, act};
use ballast_domain::person::consent::State;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::person::consent::{Column, Entity, Model};
use crate::entity::person::person;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::lock_living;
use crate::store::{Error, Tx, batch, scope};

/// The most consents of one vacancy.
pub const OF_VACANCY_MAX: u64 = 500;

/// What the policy has to know of a consent, as its person's.
#[must_use]
pub fn target(row: &Model) -> Target {
    Target { id: row.id, revision: row.revision, person: Some(PersonId(row.person_id)), ..Target::default() }
}

/// Those of these people who were asked for a vacancy already.
///
/// # Errors
/// What the database says.
pub async fn asked_before(
    db: &impl ConnectionTrait,
    vacancy: VacancyId,
) -> Result<BTreeSet<PersonId>, Error> {
    let rows: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::VacancyId.eq(vacancy.0))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(PersonId).collect())
}

/// Which of these people have said no to a vacancy, or have taken a yes back.
///
/// # Errors
/// What the database says.
pub async fn list_refusing(
    db: &impl ConnectionTrait,
    vacancy: VacancyId,
    people: &[Uuid],
) -> Result<BTreeSet<Uuid>, Error> {
    let rows: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::VacancyId.eq(vacancy.0))
        .filter(Column::State.is_in([State::Refused.code(), State::Withdrawn.code()]))
        .filter(Column::PersonId.is_in(people.to_vec()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Inserts requests. The grant is for the factory that asks.
///
/// # Errors
/// [`Error::Missing`] for a row of another factory; [`Error::Duplicate`].
pub async fn insert_all(tx: &Tx, grant: &Grant<act::AskConsent>, rows: Vec<Model>) -> Result<(), Error> {
    if rows.iter().any(|row| row.organisation_id != grant.id()) {
        return Err(Error::Missing);
    }
    let people: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    lock_living(tx, &people).await?;
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// A consent in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadConsent>,
    id: ConsentId,
) -> Result<Model, Error> {
    let condition = scope::oneself(scope::start(reach), reach, (Entity, Column::PersonId));
    Entity::find_by_id(id.0).filter(condition).one(db).await?.ok_or(Error::Missing)
}

/// Consents in reach, by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadConsent>,
    request: PageRequest,
) -> Result<Page<Model>, Error> {
    let query = Entity::find().filter(scope::oneself(scope::start(reach), reach, (Entity, Column::PersonId)));
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("consent"), db.get_database_backend());
    Ok(Page::cut(query.all(db).await?, request, |row| row.id).of(total))
}

/// How many consents in reach wait for an answer.
///
/// # Errors
/// What the database says.
pub async fn find_waiting_count(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadConsent>,
) -> Result<u64, Error> {
    let query = Entity::find().filter(scope::oneself(scope::start(reach), reach, (Entity, Column::PersonId)));
    Ok(query.filter(Column::State.eq(State::Asked.code())).count(db).await?)
}

/// Whom a factory asked for a vacancy, in the order of asking, and the names of those who consent. Refused and not
/// answered are one: the statement does not look at it.
///
/// # Errors
/// What the database says.
pub async fn list_of_vacancy(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadContact>,
    vacancy: VacancyId,
) -> Result<Vec<(Model, Option<String>)>, Error> {
    let condition = scope::own(scope::start(reach), reach, (Entity, Column::OrganisationId));
    let rows = Entity::find()
        .filter(condition)
        .filter(Column::VacancyId.eq(vacancy.0))
        .order_by_asc(Column::AskedAt)
        .order_by_asc(Column::Id)
        .limit(OF_VACANCY_MAX)
        .find_also_related(person::Entity)
        .all(db)
        .await?;
    let named = |(row, person): (Model, Option<person::Model>)| {
        let given = row.state == State::Given.code();
        let name = person.filter(|_| given).map(|person| person.name);
        (row, name)
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Whether a factory has another consent of the person that stands.
///
/// # Errors
/// What the database says.
pub async fn is_given_to(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    person: PersonId,
    but: ConsentId,
) -> Result<bool, Error> {
    let others = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::State.eq(State::Given.code()))
        .filter(Column::Id.ne(but.0));
    Ok(others.count(db).await? > 0)
}

/// Writes an answer, if the consent is unchanged since it was read.
///
/// # Errors
/// [`Error::Stale`].
pub async fn answer_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::AnswerConsent>,
    state: State,
    at: Instant,
) -> Result<(), Error> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::val(state.code()))
        .col_expr(Column::AnsweredAt, Expr::val(at))
        .col_expr(Column::Revision, Expr::val(grant.revision() + 1))
        .filter(Column::Id.eq(grant.id()))
        .filter(Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}
