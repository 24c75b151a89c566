//! Logins with their memberships.

use std::collections::HashMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Actor, Grant, Membership, Scope, act};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, UpdateMany,
};
use uuid::Uuid;

use crate::entity::identity::{membership, user};
use crate::entity::organisation::organisation;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::lock_living;
use crate::store::person::{guardian, person_link};
use crate::store::{Error, Tx, scope};

/// A login by its folded name.
///
/// # Errors
/// What the database says.
pub async fn find_by_login(db: &impl ConnectionTrait, login: &str) -> Result<Option<user::Model>, Error> {
    Ok(user::Entity::find().filter(user::Column::Login.eq(login)).one(db).await?)
}

/// A login by its id.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(db: &impl ConnectionTrait, id: UserId) -> Result<user::Model, Error> {
    user::Entity::find_by_id(id.0).one(db).await?.ok_or(Error::Missing)
}

/// The user as an actor: with the memberships that are valid on a day, in organisations that are active, and the
/// wards of that day, by every registration.
///
/// # Errors
/// What the database says; [`Error::Corrupt`] for an unknown role or region.
pub async fn load_actor(
    db: &impl ConnectionTrait,
    user: &user::Model,
    day: CivilDate,
) -> Result<Actor, Error> {
    let mut memberships = Vec::new();
    for (row, organisation) in memberships_on(db, UserId(user.id), day).await? {
        let organisation = match organisation {
            None => None,
            Some(o) => {
                let region =
                    RegionCode::parse(&o.region_code).ok_or(Error::Corrupt("organisation.region_code"))?;
                Some((OrganisationId(o.id), region))
            }
        };
        let parsed = Membership::parse(&row.role, organisation);
        memberships.push(parsed.ok_or(Error::Corrupt("membership.role"))?);
    }
    let actor = Actor::user(UserId(user.id), user.person_id.map(PersonId), memberships);
    person_link::find_others_of(db, guardian::find_wards_of(db, actor, day).await?).await
}

/// The roles of a user that are valid on a day, in organisations that are active.
///
/// # Errors
/// What the database says.
pub async fn memberships_on(
    db: &impl ConnectionTrait,
    user: UserId,
    day: CivilDate,
) -> Result<Vec<(membership::Model, Option<organisation::Model>)>, Error> {
    let mut rows = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user.0))
        .filter(on(day))
        .find_also_related(organisation::Entity)
        .order_by_asc(membership::Column::Id)
        .all(db)
        .await?;
    rows.retain(|(_, organisation)| organisation.as_ref().is_none_or(|o| o.status == "active"));
    Ok(rows)
}

/// Active logins that have a role in one of these organisations on a day, by id: candidates, of whom the
/// policy then says who may do something.
///
/// # Errors
/// What the database says.
pub async fn list_members_of(
    db: &impl ConnectionTrait,
    organisations: &[OrganisationId],
    day: CivilDate,
    limit: u64,
) -> Result<Vec<user::Model>, Error> {
    let members = membership::Entity::find()
        .select_only()
        .column(membership::Column::UserId)
        .filter(membership::Column::OrganisationId.is_in(organisations.iter().map(|id| id.0)))
        .filter(on(day))
        .into_query();
    let query = user::Entity::find().filter(user::Column::Status.eq("active"));
    let query = query.filter(user::Column::Id.in_subquery(members));
    Ok(query.order_by_asc(user::Column::Id).limit(limit).all(db).await?)
}

/// The active logins of these people, by whichever registration of theirs.
///
/// # Errors
/// What the database says.
pub async fn list_of_people(
    db: &impl ConnectionTrait,
    people: &[PersonId],
) -> Result<Vec<(PersonId, UserId)>, Error> {
    let mut logins = Vec::new();
    let asked: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    let groups = person_link::groups_of(db, &asked).await?;
    for chunk in asked.chunks(10_000) {
        let query = user::Entity::find().filter(user::Column::Status.eq("active"));
        let query = query.filter(user::Column::PersonId.is_in(groups.all(chunk)));
        let rows = query.order_by_asc(user::Column::Id).all(db).await?;
        let mut of: HashMap<Option<Uuid>, Vec<UserId>> = HashMap::new();
        rows.iter().for_each(|row| of.entry(row.person_id).or_default().push(UserId(row.id)));
        for person in chunk {
            let own = groups.members(*person);
            let its = own.iter().filter_map(|one| of.get(&Some(*one))).flatten();
            logins.extend(its.map(|login| (PersonId(*person), *login)));
        }
    }
    Ok(logins)
}

/// Memberships that hold on a day.
pub(super) fn on(day: CivilDate) -> Condition {
    let not_ended = Condition::any()
        .add(membership::Column::ValidUntil.is_null())
        .add(membership::Column::ValidUntil.gte(day));
    Condition::all().add(membership::Column::ValidFrom.lte(day)).add(not_ended)
}

/// Logins in reach, with one role or with any, by id when nobody asks for another order: those who have a role in the scope's organisations on a day, or the scope's own.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadUser>,
    day: CivilDate,
    role: Option<&str>,
    request: PageRequest,
) -> Result<Page<user::Model>, Error> {
    let colleagues = membership::Entity::find()
        .select_only()
        .column(membership::Column::UserId)
        .filter(membership::Column::OrganisationId.is_in(reach.own().iter().map(|id| id.0)))
        .filter(on(day))
        .into_query();
    let condition = scope::start(reach).add(user::Column::Id.in_subquery(colleagues));
    let condition = scope::oneself(condition, reach, (user::Entity, user::Column::PersonId));
    let mut query = user::Entity::find().filter(condition);
    if let Some(role) = role {
        let holders = membership::Entity::find()
            .select_only()
            .column(membership::Column::UserId)
            .filter(membership::Column::Role.eq(role))
            .filter(on(day));
        // Which roles a colleague has elsewhere is not to be learnt here.
        let holders = if reach.every() {
            holders
        } else {
            holders.filter(membership::Column::OrganisationId.is_in(reach.own().iter().map(|id| id.0)))
        };
        query = query.filter(user::Column::Id.in_subquery(holders.into_query()));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("user"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}

/// The roles of these logins on a day, as far as they are in reach: what a colleague is elsewhere is not told.
///
/// # Errors
/// What the database says.
pub async fn list_memberships(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadUser>,
    users: &[UserId],
    day: CivilDate,
) -> Result<Vec<membership::Model>, Error> {
    let condition = scope::start(reach);
    let column = (membership::Entity, membership::Column::OrganisationId);
    let mut condition = scope::own(condition, reach, column);
    let people: Vec<Uuid> = reach.people().iter().map(|id| id.0).collect();
    if !people.is_empty() {
        let oneself = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            .filter(user::Column::PersonId.is_in(people))
            .into_query();
        condition = condition.add(membership::Column::UserId.in_subquery(oneself));
    }
    let query = membership::Entity::find().filter(condition).filter(on(day));
    let query = query.filter(membership::Column::UserId.is_in(users.iter().map(|id| id.0)));
    Ok(query.order_by_asc(membership::Column::Id).all(db).await?)
}

/// What a new login needs.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Folded; unique.
    pub login: String,
    /// As shown.
    pub display_name: String,
    /// A PHC string of argon2id; none for somebody who was invited and has not set one.
    pub password_hash: Option<String>,
    /// The person that the user is.
    pub person: Option<PersonId>,
}

/// Makes a login.
///
/// # Errors
/// [`Error::Duplicate`] when the login is taken; [`Error::Missing`] for a person who was erased.
pub async fn insert(tx: &Tx, grant: &Grant<act::ManageUser>, new: NewUser) -> Result<(), Error> {
    insert_row(tx, grant.id(), new).await
}

/// Makes the login of somebody who is invited.
///
/// # Errors
/// [`Error::Duplicate`] when the login is taken.
pub async fn insert_invited(tx: &Tx, grant: &Grant<act::ManageMember>, new: NewUser) -> Result<(), Error> {
    insert_row(tx, grant.id(), new).await
}

/// Makes the login of the person whom the grant is for, with the role of such a login.
///
/// # Errors
/// [`Error::Duplicate`] when the login is taken; [`Error::Missing`] for another person, or one who was erased.
pub async fn insert_of_person(
    tx: &Tx,
    grant: &Grant<act::OpenLogin>,
    (id, membership): (Uuid, Uuid),
    new: NewUser,
    role: &str,
    from: CivilDate,
) -> Result<(), Error> {
    if new.person.map(Uuid::from) != Some(grant.id()) {
        return Err(Error::Missing);
    }
    insert_row(tx, id, new).await?;
    insert_membership_row(tx, (membership, id), role, None, from).await
}

async fn insert_row(tx: &Tx, id: Uuid, new: NewUser) -> Result<(), Error> {
    let person: Vec<Uuid> = new.person.map(Uuid::from).into_iter().collect();
    lock_living(tx, &person).await?;
    let row = user::ActiveModel {
        id: Set(id),
        login: Set(new.login),
        display_name: Set(new.display_name),
        password_hash: Set(new.password_hash),
        person_id: Set(new.person.map(Uuid::from)),
        status: Set("active".to_owned()),
        locale: Set(None),
        revision: Set(1),
    };
    user::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Gives a login a role.
///
/// # Errors
/// [`Error::Duplicate`] when it has that role there already.
pub async fn insert_membership(
    tx: &Tx,
    grant: &Grant<act::ManageUser>,
    id: Uuid,
    role: &str,
    organisation: Option<OrganisationId>,
    from: CivilDate,
) -> Result<(), Error> {
    insert_membership_row(tx, (id, grant.id()), role, organisation, from).await
}

/// Gives the login of somebody who is invited a role.
///
/// # Errors
/// [`Error::Duplicate`] when it has that role there already.
pub async fn insert_invited_membership(
    tx: &Tx,
    grant: &Grant<act::ManageMember>,
    id: Uuid,
    role: &str,
    organisation: Option<OrganisationId>,
    from: CivilDate,
) -> Result<(), Error> {
    insert_membership_row(tx, (id, grant.id()), role, organisation, from).await
}

async fn insert_membership_row(
    tx: &Tx,
    (id, user): (Uuid, Uuid),
    role: &str,
    organisation: Option<OrganisationId>,
    from: CivilDate,
) -> Result<(), Error> {
    let row = membership::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        organisation_id: Set(organisation.map(Uuid::from)),
        role: Set(role.to_owned()),
        valid_from: Set(from),
        valid_until: Set(None),
        revision: Set(1),
    };
    membership::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The roles of a login that hold on a day or will, wherever they are held: what a password opens.
///
/// # Errors
/// What the database says.
pub async fn find_memberships_of(
    db: &impl ConnectionTrait,
    user: UserId,
    day: CivilDate,
) -> Result<Vec<membership::Model>, Error> {
    let not_ended = Condition::any()
        .add(membership::Column::ValidUntil.is_null())
        .add(membership::Column::ValidUntil.gte(day));
    let own = membership::Entity::find().filter(membership::Column::UserId.eq(user.0)).filter(not_ended);
    Ok(own.order_by_asc(membership::Column::Id).all(db).await?)
}

/// A role of a login that ended before a day.
///
/// # Errors
/// What the database says.
pub async fn find_ended_membership(
    db: &impl ConnectionTrait,
    user: UserId,
    role: &str,
    organisation: Option<OrganisationId>,
    day: CivilDate,
) -> Result<Option<membership::Model>, Error> {
    let own = membership::Entity::find().filter(membership::Column::UserId.eq(user.0));
    let own = own.filter(membership::Column::Role.eq(role)).filter(membership::Column::ValidUntil.lt(day));
    let own = match organisation {
        Some(id) => own.filter(membership::Column::OrganisationId.eq(id.0)),
        None => own.filter(membership::Column::OrganisationId.is_null()),
    };
    Ok(own.one(db).await?)
}

/// Roles in reach that ended before a day, with their logins, the last first.
///
/// # Errors
/// What the database says.
pub async fn list_ended_memberships(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageMember>,
    day: CivilDate,
    limit: u64,
) -> Result<Vec<(membership::Model, user::Model)>, Error> {
    let column = (membership::Entity, membership::Column::OrganisationId);
    let ended = membership::Entity::find()
        .filter(scope::own(scope::start(reach), reach, column))
        .filter(membership::Column::ValidUntil.lt(day))
        .find_also_related(user::Entity)
        .filter(user::Column::Status.eq("active"))
        .order_by_desc(membership::Column::ValidUntil)
        .order_by_desc(membership::Column::Id)
        .limit(limit);
    Ok(ended.all(db).await?.into_iter().filter_map(|(row, user)| Some((row, user?))).collect())
}

/// Gives a role again from a day on, if it is as it was judged.
///
/// # Errors
/// [`Error::Stale`].
pub async fn reopen_membership_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ManageMember>,
    from: CivilDate,
) -> Result<(), Error> {
    let again = membership::Entity::update_many()
        .col_expr(membership::Column::ValidFrom, Expr::value(from))
        .col_expr(membership::Column::ValidUntil, Expr::value(None::<CivilDate>));
    change_membership(tx, grant, again).await
}

async fn change_membership(
    tx: &Tx,
    grant: &Grant<act::ManageMember>,
    change: UpdateMany<membership::Entity>,
) -> Result<(), Error> {
    let change = change
        .col_expr(membership::Column::Revision, Expr::value(grant.revision() + 1))
        .filter(membership::Column::Id.eq(grant.id()))
        .filter(membership::Column::Revision.eq(grant.revision()));
    if change.exec(tx.conn()).await?.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Ends a role with a day, if it is as it was judged.
///
/// # Errors
/// [`Error::Stale`].
pub async fn end_membership_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ManageMember>,
    last_day: CivilDate,
) -> Result<(), Error> {
    let ended =
        membership::Entity::update_many().col_expr(membership::Column::ValidUntil, Expr::value(last_day));
    change_membership(tx, grant, ended).await
}

/// Sets the password of whoever holds a link or a code, if the login is as it was read and open.
///
/// # Errors
/// [`Error::Stale`].
pub async fn set_password_by_link_if_unchanged(
    tx: &Tx,
    seen: &user::Model,
    hash: String,
) -> Result<(), Error> {
    let change = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::Revision, Expr::value(seen.revision + 1))
        .filter(user::Column::Id.eq(seen.id))
        .filter(user::Column::Status.eq("active"))
        .filter(user::Column::Revision.eq(seen.revision));
    if change.exec(tx.conn()).await?.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Gives a login another password, if it is as it was judged.
///
/// # Errors
/// [`Error::Stale`].
pub async fn replace_password_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ManageSignIn>,
    hash: String,
) -> Result<(), Error> {
    let change = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::Revision, Expr::value(grant.revision() + 1))
        .filter(user::Column::Id.eq(grant.id()))
        .filter(user::Column::Revision.eq(grant.revision()));
    if change.exec(tx.conn()).await?.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Stores the same password at a higher cost, unless it is another by now.
///
/// # Errors
/// What the database says.
pub async fn rehash_if_unchanged(tx: &Tx, id: Uuid, before: &str, hash: String) -> Result<(), Error> {
    let change = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .filter(user::Column::Id.eq(id))
        .filter(user::Column::PasswordHash.eq(before));
    change.exec(tx.conn()).await?;
    Ok(())
}
