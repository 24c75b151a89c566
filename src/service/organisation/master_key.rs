//! The installation's keys: naming them in a new database, and replacing them while everything goes on.
//!
//! A rotation goes forward from wherever it was broken off. First the new key is named in the database, then it is
//! put into the key file beside the old one; what is sealed from then on is under the new one, what was sealed
//! before is sealed again batch by batch; when no row names the old key it is given up, in the database first.
//! Everything can be read at every moment: a process that meets a key it does not know looks into the file again.

use std::collections::HashMap;

use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use uuid::Uuid;

use crate::entity::exchange::mail_outbox as mail_outbox_entity;
use crate::entity::identity::{
    mail_address as mail_address_entity, open_id_provider as provider_entity, totp as totp_entity,
};
use crate::entity::organisation::master_key;
use crate::entity::person::{blind_index, person_key as person_key_entity};
use crate::outside::keys::{IndexDigest, Keys, Purpose, SealedKey, Unsealable};
use crate::service::audit::audit_entry::key_place as audit_key_place;
use crate::service::exchange::mail_outbox;
use crate::service::identity::{mail_address, open_id_provider, totp};
use crate::service::person::person_key::{
    self, CITIZEN_NUMBER, DOCUMENT_NUMBER, PersonKey, key_place as person_key_place,
};
use crate::service::{App, Ctx, Error};
use crate::store::Tx;
use crate::store::audit::{audit_detail, audit_entry};
use crate::store::organisation::master_key as store;
use crate::store::person::{
    blind_index as index_store, identity_document as document_store, person as person_store,
    person_key as key_store,
};
use crate::store::sealed::{self, Sealed};

/// Rows of one transaction: the writer is not held for long.
const BATCH: u64 = 100;

/// A named key, and how much hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// Its name.
    pub key_id: String,
    /// `seal` or `index`.
    pub purpose: &'static str,
    /// Whether it is the one in use.
    pub in_use: bool,
    /// Whether a row is under it.
    pub needed: bool,
}

/// A step of a rotation that is done for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A new key is named in the database.
    Named(String),
    /// It is in the key file, and in use.
    InUse(String),
    /// So many rows follow it now.
    Followed(u64),
    /// The old ones are given up in the database.
    GivenUp(Vec<String>),
    /// They are out of the file.
    Done(String),
}

/// Names the keys of a new database. A purpose that has a key already is left as it is: which one is in use is for
/// a rotation to say.
///
/// # Errors
/// What the database says.
pub async fn name_first(app: &App) -> Result<(), Error> {
    if nameless(&store::list(app.db.reader()).await?).is_empty() {
        return Ok(());
    }
    let tx = app.db.write_tx().await?;
    let row = |purpose: Purpose| master_key::Model {
        key_id: app.keys.current(purpose),
        purpose: purpose.code().to_owned(),
    };
    let rows: Vec<_> = nameless(&store::list(tx.conn()).await?).into_iter().map(row).collect();
    match store::insert_first(&tx, rows).await {
        Ok(()) => {}
        // Another process was first.
        Err(crate::store::Error::Duplicate(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    audit_entry::exempt(&tx);
    Ok(tx.commit().await?)
}

fn nameless(named: &[master_key::Model]) -> Vec<Purpose> {
    let mut purposes = vec![Purpose::Seal, Purpose::Index];
    purposes.retain(|purpose| named.iter().all(|row| row.purpose != purpose.code()));
    purposes
}

/// The keys of the file and of the database, by purpose and name.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator.
pub async fn list_keys(ctx: &Ctx) -> Result<Vec<KeyView>, Error> {
    ctx.require(act::RotateKey::ACTION)?;
    let named = store::list(ctx.app.db.reader()).await?;
    let needed = store::list_needed(ctx.app.db.reader()).await?;
    let mut views = Vec::new();
    for purpose in [Purpose::Seal, Purpose::Index] {
        let in_use = ctx.app.keys.current(purpose);
        let mut names = ctx.app.keys.old(purpose);
        names.push(in_use.clone());
        let of_purpose = named.iter().filter(|row| row.purpose == purpose.code());
        names.extend(of_purpose.map(|row| row.key_id.clone()));
        names.sort_unstable();
        names.dedup();
        views.extend(names.into_iter().map(|key_id| KeyView {
            in_use: key_id == in_use,
            needed: needed.contains(&key_id),
            purpose: purpose.code(),
            key_id,
        }));
    }
    Ok(views)
}

/// Names of keys that rows of the database are under and that the key file does not have.
///
/// # Errors
/// What the database says.
pub async fn list_missing(app: &App) -> Result<Vec<String>, Error> {
    let needed = store::list_needed(app.db.reader()).await?;
    let named = store::list(app.db.reader()).await?.into_iter().filter(|row| needed.contains(&row.key_id));
    let missing = named.filter(|row| {
        let purpose = if row.purpose == Purpose::Seal.code() { Purpose::Seal } else { Purpose::Index };
        !app.keys.knows(purpose, &row.key_id)
    });
    Ok(missing.map(|row| row.key_id).collect())
}

/// Replaces a key by a new one, or finishes a replacement that was broken off. `told` hears of every step when it
/// is done.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator; [`Error::Internal`] when the key file cannot be written, or a
/// row cannot be opened. What is done then stays done.
pub async fn rotate_key(
    ctx: &Ctx,
    purpose: Purpose,
    told: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), Error> {
    let grant = ctx.authorise::<act::RotateKey>(&Target::default())?;
    let keys = &ctx.app.keys;
    let _held = keys.hold().map_err(|error| Error::Internal(error.to_string()))?;
    if keys.old(purpose).is_empty() {
        let key_id = Keys::name_of_new(purpose, &ctx.app.random);
        name(ctx, &grant, purpose, &key_id).await?;
        told(Progress::Named(key_id.clone()));
        keys.add(purpose, &key_id, &ctx.app.random).map_err(|error| Error::Internal(error.to_string()))?;
        told(Progress::InUse(key_id));
    }
    let key_id = keys.current(purpose);
    loop {
        let followed = match purpose {
            Purpose::Seal => {
                seal_rows::<person_key_entity::Entity>(ctx, &grant, &key_id, person_key_place).await?
                    + seal_subjects(ctx, &grant, &key_id).await?
                    + seal_rows::<totp_entity::Entity>(ctx, &grant, &key_id, totp::key_place).await?
                    + seal_rows::<mail_address_entity::Entity>(ctx, &grant, &key_id, mail_address::key_place)
                        .await?
                    + seal_rows::<mail_outbox_entity::Entity>(ctx, &grant, &key_id, mail_outbox::key_place)
                        .await?
                    + seal_rows::<provider_entity::Entity>(ctx, &grant, &key_id, open_id_provider::key_place)
                        .await?
            }
            Purpose::Index => index(ctx, &grant, &key_id).await?,
        };
        if followed > 0 {
            told(Progress::Followed(followed));
        } else if let Some(given_up) = give_up(ctx, &grant, purpose, &key_id).await? {
            told(Progress::GivenUp(given_up));
            break;
        }
    }
    keys.drop_old(purpose).map_err(|error| Error::Internal(error.to_string()))?;
    told(Progress::Done(key_id));
    Ok(())
}

async fn name(ctx: &Ctx, grant: &Grant<act::RotateKey>, purpose: Purpose, key_id: &str) -> Result<(), Error> {
    let tx = ctx.write_tx().await?;
    let row = master_key::Model { key_id: key_id.to_owned(), purpose: purpose.code().to_owned() };
    store::insert(&tx, grant, row).await?;
    ctx.record(&tx, act::RotateKey::ACTION, ("master_key", Uuid::nil()), &[]).await?;
    Ok(tx.commit().await?)
}

/// Seals some rows of a table again.
async fn seal_rows<E: Sealed>(
    ctx: &Ctx,
    grant: &Grant<act::RotateKey>,
    key_id: &str,
    place: fn(Uuid) -> String,
) -> Result<u64, Error> {
    let tx = ctx.write_tx().await?;
    let rows = sealed::list_under_others::<E>(tx.conn(), key_id, BATCH).await?;
    if rows.is_empty() {
        tx.rollback().await?;
        return Ok(0);
    }
    for row in &rows {
        let again = seal_again(ctx, &place(row.id), &row.key_id, &row.sealed)?;
        sealed::update_if_unchanged::<E>(&tx, grant, row, &again.key_id, again.sealed).await?;
    }
    ctx.record(&tx, act::RotateKey::ACTION, (E::NOUN, Uuid::nil()), &[]).await?;
    tx.commit().await?;
    Ok(rows.len() as u64)
}

/// Seals the keys of some subjects of the log again.
async fn seal_subjects(ctx: &Ctx, grant: &Grant<act::RotateKey>, key_id: &str) -> Result<u64, Error> {
    let tx = ctx.write_tx().await?;
    let rows = audit_detail::list_keys_under_others(tx.conn(), key_id, BATCH).await?;
    if rows.is_empty() {
        tx.rollback().await?;
        return Ok(0);
    }
    for row in &rows {
        let again = seal_again(ctx, &audit_key_place(row.subject_id), &row.key_id, &row.sealed)?;
        audit_detail::update_key_if_unchanged(&tx, grant, row, &again.key_id, again.sealed).await?;
    }
    ctx.record(&tx, act::RotateKey::ACTION, ("audit_key", Uuid::nil()), &[]).await?;
    tx.commit().await?;
    Ok(rows.len() as u64)
}

fn seal_again(ctx: &Ctx, place: &str, key_id: &str, sealed: &[u8]) -> Result<SealedKey, Error> {
    let again = ctx.app.keys.seal_again(place, key_id, sealed, &ctx.app.random);
    again.map_err(|error| Error::Internal(format!("{place} under {key_id}: {error}")))
}

/// Gives some values a digest under the new index key.
async fn index(ctx: &Ctx, grant: &Grant<act::RotateKey>, key_id: &str) -> Result<u64, Error> {
    let tx = ctx.write_tx().await?;
    let lacking = index_store::list_lacking(tx.conn(), key_id, BATCH).await?;
    if lacking.is_empty() {
        tx.rollback().await?;
        return Ok(0);
    }
    let people: Vec<Uuid> = lacking.iter().map(|row| row.person_id).collect();
    let ids: Vec<Uuid> = lacking.iter().map(|row| row.row_id).collect();
    let mut opened: HashMap<Uuid, Result<PersonKey, Unsealable>> = HashMap::new();
    for (person, row) in key_store::list_of(tx.conn(), &people).await? {
        opened.insert(person, PersonKey::open(&ctx.app, &row));
    }
    let secrets = person_store::list_secrets(tx.conn(), &ids).await?;
    let documents = document_store::list_by_ids(tx.conn(), &ids).await?;
    let mut rows = Vec::with_capacity(lacking.len());
    for row in &lacking {
        let key = opened.get(&row.person_id).and_then(|key| key.as_ref().ok());
        let digests = key.and_then(|key| match row.place.as_str() {
            CITIZEN_NUMBER => {
                let number = key.open_secret(secrets.get(&row.row_id)?).ok()?;
                Some(ctx.app.keys.index_digests(CITIZEN_NUMBER, &number))
            }
            DOCUMENT_NUMBER => {
                let document = documents.get(&row.row_id)?;
                let number = key.open_number(document).ok()?;
                let (kind, country) = (&document.kind, &document.country_code);
                Some(person_key::document_digests(&ctx.app.keys, kind, country, &number))
            }
            _ => None,
        });
        let digest = digests.unwrap_or_default().into_iter().find(|digest| digest.key_id == key_id);
        let IndexDigest { key_id, digest } = digest
            .ok_or_else(|| Error::Internal(format!("{} of {} cannot be opened", row.place, row.row_id)))?;
        rows.push(blind_index::Model { key_id, digest, ..row.clone() });
    }
    index_store::insert_missing(&tx, grant, rows).await?;
    ctx.record(&tx, act::RotateKey::ACTION, ("blind_index", Uuid::nil()), &[]).await?;
    tx.commit().await?;
    Ok(lacking.len() as u64)
}

async fn has_under_others<E: Sealed>(tx: &Tx, key_id: &str) -> Result<bool, Error> {
    Ok(!sealed::list_under_others::<E>(tx.conn(), key_id, 1).await?.is_empty())
}

/// Gives up the other keys, if nothing needs them any more. A row that was stored meanwhile is seen: whoever
/// stores one holds its key, and this waits for the key.
async fn give_up(
    ctx: &Ctx,
    grant: &Grant<act::RotateKey>,
    purpose: Purpose,
    key_id: &str,
) -> Result<Option<Vec<String>>, Error> {
    let tx = ctx.write_tx().await?;
    let others = store::lock_others(&tx, purpose.code(), key_id).await?;
    let (reader, one) = (tx.conn(), 1);
    let needed = match purpose {
        Purpose::Seal => {
            has_under_others::<person_key_entity::Entity>(&tx, key_id).await?
                || !audit_detail::list_keys_under_others(reader, key_id, one).await?.is_empty()
                || has_under_others::<totp_entity::Entity>(&tx, key_id).await?
                || has_under_others::<mail_address_entity::Entity>(&tx, key_id).await?
                || has_under_others::<mail_outbox_entity::Entity>(&tx, key_id).await?
                || has_under_others::<provider_entity::Entity>(&tx, key_id).await?
        }
        Purpose::Index => !index_store::list_lacking(reader, key_id, one).await?.is_empty(),
    };
    if needed {
        tx.rollback().await?;
        return Ok(None);
    }
    if purpose == Purpose::Index {
        index_store::delete_under_others(&tx, grant, key_id).await?;
    }
    store::delete_others(&tx, grant, purpose.code(), key_id).await?;
    ctx.record(&tx, act::RotateKey::ACTION, ("master_key", Uuid::nil()), &[]).await?;
    tx.commit().await?;
    Ok(Some(others.into_iter().map(|row| row.key_id).collect()))
}
