//! Where logins are written to. What is kept is sealed.

use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::{Act, Grant, act};
use sea_orm::{ActiveModelTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _};

use crate::entity::identity::mail_address::{ActiveModel, Entity, Model};
use crate::store::{Error, Tx};

/// The address of a login, sealed.
///
/// # Errors
/// What the database says.
pub async fn find(db: &impl ConnectionTrait, user: UserId) -> Result<Option<Model>, Error> {
    Ok(Entity::find_by_id(user.0).one(db).await?)
}

/// Who may say where a login is written to: its owner, and whoever invites it.
pub trait Addressing: Act {}

impl Addressing for act::ManageSignIn {}
impl Addressing for act::ManageMember {}

/// Puts an address in the place of the one that a login had; the grant is for the login.
///
/// # Errors
/// [`Error::Dangling`] for a key of the installation that is not in use any more.
pub async fn replace<A: Addressing>(tx: &Tx, grant: &Grant<A>, row: Model) -> Result<(), Error> {
    if row.user_id != grant.id() {
        return Err(Error::Missing);
    }
    Entity::delete_by_id(row.user_id).exec(tx.conn()).await?;
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Takes the address of a login away.
///
/// # Errors
/// What the database says.
pub async fn delete(tx: &Tx, grant: &Grant<act::ManageSignIn>) -> Result<(), Error> {
    Entity::delete_by_id(grant.id()).exec(tx.conn()).await?;
    Ok(())
}
