//! The names of the installation's keys. Every key and digest that is stored names one of them, so the database
//! itself refuses to give up a key that a row still needs, and to store a row under one that was given up.

use std::collections::BTreeSet;

use ballast_domain::identity::policy::{Grant, act};
use sea_orm::QuerySelect as _;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::entity::audit::audit_key;
use crate::entity::exchange::mail_outbox;
use crate::entity::identity::{mail_address, open_id_provider, totp};
use crate::entity::organisation::master_key::{Column, Entity, Model};
use crate::entity::person::{blind_index, person_key};
use crate::store::{Error, Tx, batch};

/// All of them, by name.
///
/// # Errors
/// What the database says.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().order_by_asc(Column::KeyId).all(db).await?)
}

/// The names that a row is under.
///
/// # Errors
/// What the database says.
pub async fn list_needed(db: &impl ConnectionTrait) -> Result<BTreeSet<String>, Error> {
    let people = person_key::Entity::find().select_only().column(person_key::Column::KeyId).distinct();
    let subjects = audit_key::Entity::find().select_only().column(audit_key::Column::KeyId).distinct();
    let digests = blind_index::Entity::find().select_only().column(blind_index::Column::KeyId).distinct();
    let logins = totp::Entity::find().select_only().column(totp::Column::KeyId).distinct();
    let addresses = mail_address::Entity::find().select_only().column(mail_address::Column::KeyId).distinct();
    let mails = mail_outbox::Entity::find().select_only().column(mail_outbox::Column::KeyId).distinct();
    let providers = open_id_provider::Entity::find().select_only().column(open_id_provider::Column::KeyId);
    let mut needed: BTreeSet<String> = people.into_tuple().all(db).await?.into_iter().collect();
    needed.extend(subjects.into_tuple::<String>().all(db).await?);
    needed.extend(digests.into_tuple::<String>().all(db).await?);
    needed.extend(logins.into_tuple::<String>().all(db).await?);
    needed.extend(addresses.into_tuple::<String>().all(db).await?);
    needed.extend(providers.distinct().into_tuple::<String>().all(db).await?);
    needed.extend(mails.into_tuple::<Option<String>>().all(db).await?.into_iter().flatten());
    Ok(needed)
}

/// The keys of a new database.
///
/// # Errors
/// [`Error::Duplicate`] when another process was first.
pub async fn insert_first(tx: &Tx, rows: Vec<Model>) -> Result<(), Error> {
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// A key that comes into use.
///
/// # Errors
/// [`Error::Duplicate`].
pub async fn insert(tx: &Tx, _grant: &Grant<act::RotateKey>, row: Model) -> Result<(), Error> {
    batch::insert_all::<Entity, _>(tx.conn(), vec![row]).await
}

/// Locks the other keys of a purpose than this one: whoever stores a row under one of them waits, and is refused
/// when it is gone.
///
/// # Errors
/// What the database says.
pub async fn lock_others(tx: &Tx, purpose: &str, key_id: &str) -> Result<Vec<Model>, Error> {
    let others = Entity::find().filter(Column::Purpose.eq(purpose)).filter(Column::KeyId.ne(key_id));
    Ok(others.lock_exclusive().all(tx.conn()).await?)
}

/// Gives up the other keys of a purpose than this one.
///
/// # Errors
/// [`Error::Dangling`] while a row names one of them.
pub async fn delete_others(
    tx: &Tx,
    _grant: &Grant<act::RotateKey>,
    purpose: &str,
    key_id: &str,
) -> Result<(), Error> {
    let others = Entity::delete_many().filter(Column::Purpose.eq(purpose)).filter(Column::KeyId.ne(key_id));
    others.exec(tx.conn()).await?;
    Ok(())
}
