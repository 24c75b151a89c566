//! Documents that say who somebody is, and the nationalities recorded from them. Append-only: a correction
//! is a row that supersedes another.

use ballast_domain::base::id::PersonId;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::entity::person::{identity_document, nationality};
use crate::store::{Error, Tx, batch};

/// Records documents and nationalities. What learns a fact always stores it: a grant is asked for by the use
/// case that registers the person.
///
/// # Errors
/// What the database says.
pub async fn insert_all(
    tx: &Tx,
    documents: Vec<identity_document::Model>,
    nationalities: Vec<nationality::Model>,
) -> Result<(), Error> {
    batch::insert_all::<identity_document::Entity, _>(tx.conn(), documents).await?;
    batch::insert_all::<nationality::Entity, _>(tx.conn(), nationalities).await
}

/// All documents of a person, superseded ones too, oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_of(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<identity_document::Model>, Error> {
    Ok(identity_document::Entity::find()
        .filter(identity_document::Column::PersonId.eq(person.0))
        .order_by_asc(identity_document::Column::RecordedAt)
        .order_by_asc(identity_document::Column::Id)
        .all(db)
        .await?)
}

/// All recorded nationalities of a person, superseded ones too, oldest first.
///
/// # Errors
/// What the database says.
pub async fn nationalities_of(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<nationality::Model>, Error> {
    Ok(nationality::Entity::find()
        .filter(nationality::Column::PersonId.eq(person.0))
        .order_by_asc(nationality::Column::RecordedAt)
        .order_by_asc(nationality::Column::Id)
        .all(db)
        .await?)
}
