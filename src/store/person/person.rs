//! People with their secrets and their ties. A person belongs to no organisation: every read goes through a
//! tie, a region or the person's own login.

use std::collections::{BTreeSet, HashMap};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Act, Grant, Scope, Target, act};
use ballast_domain::person::nationality::Country;
use sea_orm::sea_query::{Expr, LikeExpr, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::person::{person, person_secret, person_tie};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person_link::behind;
use crate::store::{Error, Tx, batch, scope};

/// The last day of a tie that is open.
#[must_use]
pub fn open_end() -> CivilDate {
    CivilDate::from_ymd_opt(9999, 12, 31).unwrap_or(CivilDate::MAX)
}

/// The actions by which a person comes into the database.
pub trait Registration: Act {}
impl Registration for act::RegisterPerson {}
impl Registration for act::RegisterForeignWorker {}

/// Inserts people with their first ties. The grant is for the organisation that registers them.
///
/// # Errors
/// What the database says.
pub async fn insert_people<A: Registration>(
    tx: &Tx,
    grant: &Grant<A>,
    people: Vec<person::Model>,
    ties: Vec<person_tie::Model>,
) -> Result<(), Error> {
    if ties.iter().any(|tie| tie.organisation_id != grant.id()) {
        return Err(Error::Missing);
    }
    batch::insert_all::<person::Entity, _>(tx.conn(), people).await?;
    batch::insert_all::<person_tie::Entity, _>(tx.conn(), ties).await
}

/// Stores secrets of people who are registered in this transaction.
///
/// # Errors
/// What the database says.
pub async fn insert_secrets<A: Registration>(
    tx: &Tx,
    _grant: &Grant<A>,
    secrets: Vec<person_secret::Model>,
) -> Result<(), Error> {
    batch::insert_all::<person_secret::Entity, _>(tx.conn(), secrets).await
}

/// Some secrets, by id.
///
/// # Errors
/// What the database says.
pub async fn list_secrets(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, person_secret::Model>, Error> {
    let rows = person_secret::Entity::find().filter(person_secret::Column::Id.is_in(ids.to_vec()));
    Ok(rows.all(db).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// The secrets of some people who were found in reach.
///
/// # Errors
/// What the database says.
pub async fn list_secrets_of<A: Act>(
    db: &impl ConnectionTrait,
    _reach: &Scope<A>,
    people: &[PersonId],
) -> Result<Vec<person_secret::Model>, Error> {
    use person_secret::{Column, Entity};
    let people = people.iter().map(|person| person.0);
    Ok(Entity::find().filter(Column::PersonId.is_in(people)).order_by_asc(Column::Id).all(db).await?)
}

/// The people in reach, as a condition on `person`.
fn reach<A: Act>(reach: &Scope<A>, day: CivilDate) -> Condition {
    let condition = scope::start(reach);
    let condition = scope::tied(condition, reach, (person::Entity, person::Column::Id), day);
    let condition = scope::region(condition, reach, (person::Entity, person::Column::HomeRegionCode));
    scope::oneself(condition, reach, (person::Entity, person::Column::Id))
}

/// The people in reach whom a list shows. A bureau sees one human being once, as whoever stands for them; an organisation
/// that registered somebody sees whom it registered, as before.
fn listed<A: Act>(reach: &Scope<A>, day: CivilDate) -> Condition {
    let own = scope::tied(scope::start(reach), reach, (person::Entity, person::Column::Id), day);
    let own = scope::oneself(own, reach, (person::Entity, person::Column::Id));
    if reach.regions().is_empty() {
        return own;
    }
    let lives = scope::region(Condition::any(), reach, (person::Entity, person::Column::HomeRegionCode));
    own.add(Condition::all().add(lives).add(person::Column::Id.not_in_subquery(behind())))
}

/// The ids of the people in reach, whoever is there or not, as a part of a query.
#[must_use]
pub fn ids_in_reach<A: Act>(scope: &Scope<A>, day: CivilDate) -> SelectStatement {
    person::Entity::find().select_only().column(person::Column::Id).filter(reach(scope, day)).into_query()
}

/// Who was not erased.
#[must_use]
pub fn is_there() -> SimpleExpr {
    person::Column::ErasedAt.is_null()
}

/// Locks people against being erased until the transaction is over. Whatever stores something of a person calls it
/// first: a write that was judged before an erasure and comes after it would bring values back. Rows are locked in
/// one order, so that two writers wait for each other and do not lock each other out. SQLite has one writer, who
/// needs no lock; there the question alone decides.
///
/// # Errors
/// [`Error::Missing`] when somebody is not there, or was erased meanwhile.
pub async fn lock_living(tx: &Tx, people: &[Uuid]) -> Result<(), Error> {
    let asked: BTreeSet<Uuid> = people.iter().copied().collect();
    if lock_those_living(tx, people).await?.len() == asked.len() { Ok(()) } else { Err(Error::Missing) }
}

/// The same for who can do without those who were erased: locks the others, and says who they are.
///
/// # Errors
/// What the database says.
pub async fn lock_those_living(tx: &Tx, people: &[Uuid]) -> Result<BTreeSet<Uuid>, Error> {
    let people: BTreeSet<Uuid> = people.iter().copied().collect();
    let (people, mut living) = (people.into_iter().collect::<Vec<_>>(), BTreeSet::new());
    for chunk in people.chunks(10_000) {
        let rows: Vec<Uuid> = person::Entity::find()
            .select_only()
            .column(person::Column::Id)
            .filter(person::Column::Id.is_in(chunk.to_vec()))
            .filter(is_there())
            .order_by_asc(person::Column::Id)
            .lock_shared()
            .into_tuple()
            .all(tx.conn())
            .await?;
        living.extend(rows);
    }
    Ok(living)
}

/// Writes another name, birth date, sex or region of a person, if nobody changed the person since they were judged.
///
/// # Errors
/// [`Error::Missing`] for another person; [`Error::Stale`].
pub async fn correct_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::DecideCorrection>,
    row: &person::Model,
) -> Result<(), Error> {
    if row.id != grant.id() || row.revision != grant.revision() + 1 {
        return Err(Error::Missing);
    }
    let done = person::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(person::Column::Id.eq(grant.id()))
        .filter(person::Column::Revision.eq(grant.revision()))
        .filter(is_there())
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Raises the revision of a person of whom more is recorded, so that whoever looks at them looks again.
///
/// # Errors
/// [`Error::Stale`].
pub async fn raise_if_unchanged(tx: &Tx, grant: &Grant<act::RecordIdentity>) -> Result<(), Error> {
    let done = person::Entity::update_many()
        .col_expr(person::Column::Revision, Expr::value(grant.revision() + 1))
        .filter(person::Column::Id.eq(grant.id()))
        .filter(person::Column::Revision.eq(grant.revision()))
        .filter(is_there())
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// A person in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    id: PersonId,
    day: CivilDate,
) -> Result<person::Model, Error> {
    person::Entity::find_by_id(id.0)
        .filter(reach(scope, day))
        .filter(is_there())
        .one(db)
        .await?
        .ok_or(Error::Missing)
}

/// People in reach whose folded name begins with a text, by id.
///
/// # Errors
/// What the database says.
pub async fn list<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    name_begins: Option<&str>,
    day: CivilDate,
    request: PageRequest,
) -> Result<Page<person::Model>, Error> {
    let mut query = person::Entity::find().filter(listed(scope, day)).filter(is_there());
    if let Some(begin) = name_begins {
        let escaped = begin.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query =
            query.filter(person::Column::SearchKey.like(LikeExpr::new(format!("{escaped}%")).escape('\\')));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("person"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}

/// Which of these people are in reach: for names in a list that holds others too.
///
/// # Errors
/// What the database says.
pub async fn list_of<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    ids: &[PersonId],
    day: CivilDate,
) -> Result<Vec<person::Model>, Error> {
    let ids = ids.iter().map(|id| id.0);
    let people = person::Entity::find().filter(person::Column::Id.is_in(ids)).filter(reach(scope, day));
    Ok(people.filter(is_there()).all(db).await?)
}

/// What the policy has to know of people: who is tied to them, where they live. Missing people are left out.
///
/// # Errors
/// What the database says.
pub async fn targets(
    db: &impl ConnectionTrait,
    ids: &[PersonId],
    day: CivilDate,
) -> Result<Vec<Target>, Error> {
    let raw: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut targets = Vec::with_capacity(raw.len());
    for chunk in raw.chunks(10_000) {
        let people = person::Entity::find().filter(person::Column::Id.is_in(chunk.to_vec()));
        let people = people.filter(is_there()).all(db).await?;
        let ties = person_tie::Entity::find()
            .filter(person_tie::Column::PersonId.is_in(chunk.to_vec()))
            .filter(person_tie::Column::ValidFrom.lte(day))
            .filter(person_tie::Column::ValidUntil.gte(day))
            .all(db)
            .await?;
        let mut tied: HashMap<Uuid, Vec<OrganisationId>> = HashMap::new();
        for tie in ties {
            tied.entry(tie.person_id).or_default().push(OrganisationId(tie.organisation_id));
        }
        targets.extend(people.into_iter().map(|row| Target {
            id: row.id,
            revision: row.revision,
            organisations: Vec::new(),
            tied: tied.remove(&row.id).unwrap_or_default(),
            regions: row.home_region_code.as_deref().and_then(RegionCode::parse).into_iter().collect(),
            person: Some(PersonId(row.id)),
            concerned: Vec::new(),
            user: None,
        }));
    }
    Ok(targets)
}

/// When and where one person was born, as far as the law asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    /// Who.
    pub person: PersonId,
    /// When.
    pub date: Option<CivilDate>,
    /// Where.
    pub country: Option<Country>,
}

/// The births of some people, whose permits are in reach.
///
/// # Errors
/// [`Error::Corrupt`] for a country that is none.
pub async fn births_of(db: &impl ConnectionTrait, people: &[Uuid]) -> Result<Vec<Birth>, Error> {
    let rows: Vec<(Uuid, Option<CivilDate>, Option<String>)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::BirthDate, person::Column::BirthCountryCode])
        .filter(person::Column::Id.is_in(people.to_vec()))
        .into_tuple()
        .all(db)
        .await?;
    let birth = |(person, date, code): (Uuid, _, Option<String>)| {
        let country = code.as_deref().map(|c| Country::parse(c).ok_or(Error::Corrupt("country.code")));
        Ok(Birth { person: PersonId(person), date, country: country.transpose()? })
    };
    rows.into_iter().map(birth).collect()
}

/// Which of these people have a tie of a basis to an organisation that is open on a day.
///
/// # Errors
/// What the database says.
pub async fn people_with_tie(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    basis: &str,
    ids: &[PersonId],
    day: CivilDate,
) -> Result<Vec<PersonId>, Error> {
    let mut found = Vec::new();
    for chunk in ids.chunks(10_000) {
        let rows: Vec<Uuid> = person_tie::Entity::find()
            .select_only()
            .column(person_tie::Column::PersonId)
            .filter(person_tie::Column::OrganisationId.eq(organisation.0))
            .filter(person_tie::Column::Basis.eq(basis))
            .filter(person_tie::Column::PersonId.is_in(chunk.iter().map(|id| id.0)))
            .filter(person_tie::Column::ValidFrom.lte(day))
            .filter(person_tie::Column::ValidUntil.gte(day))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows.into_iter().map(PersonId));
    }
    Ok(found)
}

/// Opens a tie, in the transaction of what it rests on. A tie of the same basis that began the same day is
/// kept as it is.
///
/// # Errors
/// What the database says.
pub async fn insert_ties(tx: &Tx, ties: Vec<person_tie::Model>) -> Result<(), Error> {
    let people: Vec<Uuid> = ties.iter().map(|tie| tie.person_id).collect();
    lock_living(tx, &people).await?;
    batch::insert_all::<person_tie::Entity, _>(tx.conn(), ties).await
}
