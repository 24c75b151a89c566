//! The rows that the log tells one by one, and what it keeps of their values.

use ballast_domain::audit::entry::Touch;
use sea_orm::sea_query::{self, Value};
use sea_orm::{EntityTrait, IdenStatic as _, Iterable as _, ModelTrait};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::entity::hiring::vacancy;
use crate::entity::identity::user;
use crate::entity::organisation::{organisation, port, site};
use crate::entity::permit::{permit, permit_document};
use crate::entity::person::{
    availability, consent, duplicate_case, guardian, legal_hold, person, retention, rights_request,
};
use crate::entity::poverty::{household, targeting};
use crate::entity::record::skill_claim;
use crate::entity::training::{agreement, enrolment, joint_class};

/// A row that the log tells: its noun, its id, and the revision that it is at.
pub trait Told: ModelTrait {
    /// The noun, and the table.
    const KIND: &'static str;
    /// The row.
    fn id(&self) -> Uuid;
    /// Its revision; 1 where rows never change.
    fn revision(&self) -> i64;

    /// The touch that brings it to this revision.
    fn touch(&self) -> Touch {
        Touch { kind: Self::KIND, id: self.id(), revision: self.revision() }
    }
}

macro_rules! told {
    ($($noun:ident: |$row:ident| $id:expr, $revision:expr);+ $(;)?) => {$(
        impl Told for $noun::Model {
            const KIND: &'static str = stringify!($noun);

            fn id(&self) -> Uuid {
                let $row = self;
                $id
            }

            fn revision(&self) -> i64 {
                let $row = self;
                $revision
            }
        }
    )+};
}

told! {
    agreement: |row| row.id, row.revision;
    // What a person wants is one resource; each version is a row.
    availability: |row| row.person_id, row.version.into();
    consent: |row| row.id, row.revision;
    duplicate_case: |row| row.id, row.revision;
    enrolment: |row| row.id, row.revision;
    guardian: |row| row.id, never_changes(row);
    household: |row| row.id, row.revision;
    joint_class: |row| row.id, row.revision;
    legal_hold: |row| row.id, row.revision;
    organisation: |row| row.id, row.revision;
    permit: |row| row.id, row.revision;
    permit_document: |row| row.id, never_changes(row);
    person: |row| row.id, row.revision;
    port: |row| row.id, row.revision;
    retention: |row| row.id, row.revision;
    rights_request: |row| row.id, row.revision;
    site: |row| row.id, row.revision;
    skill_claim: |row| row.id, never_changes(row);
    targeting: |row| row.id, never_changes(row);
    user: |row| row.id, row.revision;
    vacancy: |row| row.id, row.revision;
}

/// Rows that never change are at their first revision.
fn never_changes<M>(_row: &M) -> i64 {
    1
}

/// A row's values as JSON, for the log. Bytes (keys, seeds, what is sealed already) and hashes of passwords are
/// left out.
pub fn values_of<M: ModelTrait>(row: &M) -> Json {
    let mut fields = Map::new();
    for column in <M::Entity as EntityTrait>::Column::iter() {
        let name = column.as_str().to_owned();
        match row.get(column) {
            Value::Bytes(_) => {}
            _ if name.ends_with("_hash") => {}
            value => {
                fields.insert(name, sea_query::sea_value_to_json_value(&value));
            }
        }
    }
    Json::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_without_secrets() {
        let row = user::Model {
            id: Uuid::from_u128(1),
            login: "zhao".to_owned(),
            password_hash: Some("$argon2id$".to_owned()),
            display_name: "赵春和".to_owned(),
            person_id: None,
            status: "active".to_owned(),
            locale: None,
            revision: 1,
        };
        let told = values_of(&row);
        assert_eq!(row.touch(), Touch { kind: "user", id: Uuid::from_u128(1), revision: 1 });
        assert_eq!(told["login"], "zhao");
        assert!(told.get("password_hash").is_none());
    }
}
