//! Households with their members.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{HouseholdId, OrganisationId, PersonId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Act, Grant, PovertyAccess, Scope, Target, act};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::poverty::{household, household_member};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::lock_living;
use crate::store::{Error, Tx, batch, scope};

/// Values of one statement.
const CHUNK: usize = 10_000;

/// Inserts households with their members. The grant is for the bureau that registers them.
///
/// # Errors
/// [`Error::Missing`] for a household of another bureau; [`Error::Duplicate`] for a reference that it has.
pub async fn insert_all(
    tx: &Tx,
    _access: &PovertyAccess,
    grant: &Grant<act::RegisterHousehold>,
    households: Vec<household::Model>,
    members: Vec<household_member::Model>,
) -> Result<(), Error> {
    let ids: BTreeSet<Uuid> = households.iter().map(|household| household.id).collect();
    let own = households.iter().all(|household| household.bureau_id == grant.id());
    if !own || members.iter().any(|member| !ids.contains(&member.household_id)) {
        return Err(Error::Missing);
    }
    let people: Vec<Uuid> = members.iter().map(|member| member.person_id).collect();
    lock_living(tx, &people).await?;
    batch::insert_all::<household::Entity, _>(tx.conn(), households).await?;
    batch::insert_all::<household_member::Entity, _>(tx.conn(), members).await
}

/// The households in reach, as a condition on `household`.
fn reach<A: Act>(reach: &Scope<A>) -> Condition {
    let condition = scope::start(reach);
    let condition = scope::own(condition, reach, (household::Entity, household::Column::BureauId));
    let condition = scope::by_bureau(condition, reach, (household::Entity, household::Column::BureauId));
    scope::region(condition, reach, (household::Entity, household::Column::RegionCode))
}

/// A household in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    scope: &Scope<act::ReadHousehold>,
    id: HouseholdId,
) -> Result<household::Model, Error> {
    household::Entity::find_by_id(id.0).filter(reach(scope)).one(db).await?.ok_or(Error::Missing)
}

/// Households in reach, of one region or of all, by id when nobody asks for another order.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    scope: &Scope<act::ReadHousehold>,
    region: Option<RegionCode>,
    request: PageRequest,
) -> Result<Page<household::Model>, Error> {
    let mut query = household::Entity::find().filter(reach(scope));
    if let Some(region) = region {
        let (from, until) = region.range();
        query = query
            .filter(household::Column::RegionCode.gte(from))
            .filter(household::Column::RegionCode.lt(until));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("household"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}

/// Those who belong to these households on a day, by household, then the head first and the others by id.
///
/// # Errors
/// What the database says.
pub async fn members(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    scope: &Scope<act::ReadHousehold>,
    households: &[HouseholdId],
    day: CivilDate,
) -> Result<Vec<household_member::Model>, Error> {
    let in_reach = household::Entity::find()
        .select_only()
        .column(household::Column::Id)
        .filter(household::Column::Id.is_in(households.iter().map(|id| id.0)))
        .filter(reach(scope))
        .into_query();
    let mut rows = household_member::Entity::find()
        .filter(household_member::Column::HouseholdId.in_subquery(in_reach))
        .filter(on(day))
        .all(db)
        .await?;
    rows.sort_by_key(|row| (row.household_id, row.relation != "head", row.id));
    Ok(rows)
}

/// Memberships that hold on a day.
fn on(day: CivilDate) -> Condition {
    let not_ended = Condition::any()
        .add(household_member::Column::ValidUntil.is_null())
        .add(household_member::Column::ValidUntil.gte(day));
    Condition::all().add(household_member::Column::ValidFrom.lte(day)).add(not_ended)
}

/// Which of these people belong to a household in reach already on a day.
///
/// # Errors
/// What the database says.
pub async fn members_among(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    scope: &Scope<act::ReadHousehold>,
    people: &[PersonId],
    day: CivilDate,
) -> Result<BTreeSet<PersonId>, Error> {
    let mut found = BTreeSet::new();
    for chunk in people.chunks(CHUNK) {
        let in_reach = household::Entity::find()
            .select_only()
            .column(household::Column::Id)
            .filter(reach(scope))
            .into_query();
        let rows: Vec<Uuid> = household_member::Entity::find()
            .select_only()
            .column(household_member::Column::PersonId)
            .filter(household_member::Column::PersonId.is_in(chunk.iter().map(|id| id.0)))
            .filter(household_member::Column::HouseholdId.in_subquery(in_reach))
            .filter(on(day))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows.into_iter().map(PersonId));
    }
    Ok(found)
}

/// Whether any of these people belongs to a household on a day, wherever it is: nothing more is said of it.
///
/// # Errors
/// What the database says.
pub async fn is_any_member(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    people: &BTreeSet<Uuid>,
    day: CivilDate,
) -> Result<bool, Error> {
    let rows = household_member::Entity::find()
        .filter(household_member::Column::PersonId.is_in(people.iter().copied()))
        .filter(on(day));
    Ok(rows.one(db).await?.is_some())
}

/// Those of these references that a bureau has given.
///
/// # Errors
/// What the database says.
pub async fn known_references(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    bureau: OrganisationId,
    references: Vec<String>,
) -> Result<BTreeSet<String>, Error> {
    let rows: Vec<String> = household::Entity::find()
        .select_only()
        .column(household::Column::Reference)
        .filter(household::Column::BureauId.eq(bureau.0))
        .filter(household::Column::Reference.is_in(references))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// What the policy has to know of households: whose they are, where they lie. Missing ones are left out.
///
/// # Errors
/// What the database says; [`Error::Corrupt`] for an unknown region.
pub async fn targets(
    db: &impl ConnectionTrait,
    _access: &PovertyAccess,
    ids: &[HouseholdId],
) -> Result<Vec<Target>, Error> {
    let mut targets = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows = household::Entity::find()
            .filter(household::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .all(db)
            .await?;
        let members = household_member::Entity::find()
            .filter(household_member::Column::HouseholdId.is_in(chunk.iter().map(|id| id.0)))
            .all(db)
            .await?;
        for row in rows {
            let of_it = members.iter().filter(|member| member.household_id == row.id);
            let region =
                RegionCode::parse(&row.region_code).ok_or(Error::Corrupt("household.region_code"))?;
            targets.push(Target {
                id: row.id,
                revision: row.revision,
                organisations: vec![OrganisationId(row.bureau_id)],
                tied: vec![OrganisationId(row.bureau_id)],
                regions: vec![region],
                person: None,
                // Those of earlier days too: who has left still knows the others.
                concerned: of_it.map(|member| PersonId(member.person_id)).collect(),
                user: None,
            });
        }
    }
    Ok(targets)
}
