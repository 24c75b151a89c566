//! Logins with their memberships.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Actor, Grant, Membership, act};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::entity::identity::{membership, user};
use crate::entity::organisation::organisation;
use crate::store::{Error, Tx};

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

/// The user as an actor: with the memberships that are valid on a day, in organisations that are active.
///
/// # Errors
/// What the database says; [`Error::Corrupt`] for an unknown role or region.
pub async fn load_actor(
    db: &impl ConnectionTrait,
    user: &user::Model,
    day: CivilDate,
) -> Result<Actor, Error> {
    let rows = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user.id))
        .filter(membership::Column::ValidFrom.lte(day))
        .find_also_related(organisation::Entity)
        .all(db)
        .await?;
    let mut memberships = Vec::new();
    for (row, organisation) in rows {
        let ended = row.valid_until.is_some_and(|until| until < day);
        if ended || organisation.as_ref().is_some_and(|o| o.status != "active") {
            continue;
        }
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
    Ok(Actor::user(UserId(user.id), user.person_id.map(PersonId), memberships))
}

/// What a new login needs.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Folded; unique.
    pub login: String,
    /// As shown.
    pub display_name: String,
    /// A PHC string of argon2id.
    pub password_hash: String,
    /// The person that the user is.
    pub person: Option<PersonId>,
}

/// Makes a login.
///
/// # Errors
/// [`Error::Duplicate`] when the login is taken.
pub async fn insert(tx: &Tx, grant: &Grant<act::ManageUser>, new: NewUser) -> Result<(), Error> {
    let row = user::ActiveModel {
        id: Set(grant.id()),
        login: Set(new.login),
        display_name: Set(new.display_name),
        password_hash: Set(Some(new.password_hash)),
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
    let row = membership::ActiveModel {
        id: Set(id),
        user_id: Set(grant.id()),
        organisation_id: Set(organisation.map(Uuid::from)),
        role: Set(role.to_owned()),
        valid_from: Set(from),
        valid_until: Set(None),
        revision: Set(1),
    };
    membership::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}
