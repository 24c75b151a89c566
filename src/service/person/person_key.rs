//! Sealing what is only kept sealed of a person, under the person's own key.

use ballast_domain::person::citizen_number::CitizenNumber;
use uuid::Uuid;

use crate::entity::person::{blind_index, identity_document, person_key, person_secret};
use crate::outside::keys::{IndexDigest, Keys, SealedKey, SubjectKey, Unsealable};
use crate::service::{App, Ctx, Error};

/// Where a citizen number's digest belongs.
pub(crate) const CITIZEN_NUMBER: &str = "person_secret.citizen_number";
/// Where an identity document's digest belongs.
pub(crate) const DOCUMENT_NUMBER: &str = "identity_document.number";

/// The key of a person who is being registered, with the row that keeps it.
pub(crate) struct PersonKey {
    person: Uuid,
    key: SubjectKey,
}

impl PersonKey {
    /// A new key for a person, and its row.
    pub(crate) fn make(ctx: &Ctx, person: Uuid) -> Result<(Self, person_key::Model), Error> {
        let made = ctx.app.keys.make_subject_key(&key_place(person), &ctx.app.random);
        let (key, SealedKey { key_id, sealed }) = made.map_err(internal)?;
        Ok((Self { person, key }, person_key::Model { person_id: person, key_id, sealed, revision: 1 }))
    }

    /// A stored key.
    pub(crate) fn open(app: &App, row: &person_key::Model) -> Result<Self, Unsealable> {
        let key = app.keys.open_subject_key(&key_place(row.person_id), &row.key_id, &row.sealed)?;
        Ok(Self { person: row.person_id, key })
    }

    fn place(&self, column: &str, row: Uuid) -> String {
        format!("{column}|{row}|{}", self.person)
    }

    /// A value for one column of one row.
    pub(crate) fn seal(&self, ctx: &Ctx, column: &str, row: Uuid, value: &str) -> Result<Vec<u8>, Error> {
        let sealed = self.key.seal(&self.place(column, row), value.as_bytes(), &ctx.app.random);
        sealed.map_err(internal)
    }

    fn unseal(&self, column: &str, row: Uuid, sealed: &[u8]) -> Result<String, Unsealable> {
        let opened = self.key.unseal(&self.place(column, row), sealed)?;
        String::from_utf8(opened).map_err(|_bytes| Unsealable)
    }

    /// The value of a secret.
    pub(crate) fn open_secret(&self, row: &person_secret::Model) -> Result<String, Unsealable> {
        self.unseal("person_secret|sealed", row.id, &row.sealed)
    }

    /// The number of an identity document.
    pub(crate) fn open_number(&self, row: &identity_document::Model) -> Result<String, Unsealable> {
        self.unseal("identity_document|number_sealed", row.id, &row.number_sealed)
    }
}

/// Where a person's key is sealed for.
pub(crate) fn key_place(person: Uuid) -> String {
    format!("person_key|sealed|{person}")
}

/// The digests of a citizen number, the one to store first.
pub(crate) fn citizen_digests(keys: &Keys, number: &CitizenNumber) -> Vec<IndexDigest> {
    keys.index_digests(CITIZEN_NUMBER, number.as_str())
}

/// The digests of a folded document number, the one to store first.
pub(crate) fn document_digests(keys: &Keys, kind: &str, country: &str, number: &str) -> Vec<IndexDigest> {
    keys.index_digests(DOCUMENT_NUMBER, &format!("{kind}|{country}|{number}"))
}

/// The row of a value's first digest.
pub(crate) fn index_row(
    place: &str,
    row: Uuid,
    person: Uuid,
    digests: Vec<IndexDigest>,
) -> Option<blind_index::Model> {
    let IndexDigest { key_id, digest } = digests.into_iter().next()?;
    Some(blind_index::Model { place: place.to_owned(), key_id, row_id: row, person_id: person, digest })
}

fn internal(error: Unsealable) -> Error {
    Error::Internal(error.to_string())
}
