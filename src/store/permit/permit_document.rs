//! The papers of a permit's bundle. Append-only: a renewal or a correction is a row that supersedes another.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Grant, act};
use ballast_domain::permit::bundle::{Document, Part, Verification};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::permit::permit_document::{Column, Entity, Model};
use crate::store::person::identity_document::StandingDocument;
use crate::store::person::person::lock_living;
use crate::store::{Error, Tx, batch};

/// Ids of one query.
const CHUNK: usize = 10_000;

/// Records the first papers of people who are registered in this transaction.
///
/// # Errors
/// What the database says.
pub async fn insert_first(
    tx: &Tx,
    _grant: &Grant<act::RegisterForeignWorker>,
    rows: Vec<Model>,
) -> Result<(), Error> {
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// Records later papers, each with the grant for its person.
///
/// # Errors
/// [`Error::Missing`] for a row whose grant is for somebody else; [`Error::Duplicate`] when a row was
/// superseded meanwhile.
pub async fn insert_later(
    tx: &Tx,
    grants: &[Grant<act::DraftPermit>],
    rows: Vec<Model>,
) -> Result<(), Error> {
    let fits = grants.iter().map(Grant::id).eq(rows.iter().map(|row| row.person_id));
    if !fits {
        return Err(Error::Missing);
    }
    let people: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    lock_living(tx, &people).await?;
    batch::insert_all::<Entity, _>(tx.conn(), rows).await
}

/// All papers of a person, superseded ones too, oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_of(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Model>, Error> {
    Ok(Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// These rows, by id, for what wants to supersede them.
///
/// # Errors
/// What the database says.
pub async fn find_many(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        found.extend(Entity::find().filter(Column::Id.is_in(chunk.to_vec())).all(db).await?);
    }
    Ok(found)
}

/// Those of these rows that are superseded already.
///
/// # Errors
/// What the database says.
pub async fn superseded(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<BTreeSet<Uuid>, Error> {
    let mut superseded = BTreeSet::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<Option<Uuid>> = Entity::find()
            .select_only()
            .column(Column::SupersedesId)
            .filter(Column::SupersedesId.is_in(chunk.to_vec()))
            .into_tuple()
            .all(db)
            .await?;
        superseded.extend(rows.into_iter().flatten());
    }
    Ok(superseded)
}

/// The standing certificates of everybody, by person: not superseded, sighted or confirmed, of the parts that
/// go with the person.
///
/// # Errors
/// [`Error::Corrupt`] for a part that is none.
pub async fn standing_of_all(
    db: &impl ConnectionTrait,
    _grant: &Grant<act::RankVacancy>,
) -> Result<Vec<StandingDocument>, Error> {
    standing(db, None).await
}

/// The same of some people, whose permits are in reach.
///
/// # Errors
/// As [`standing_of_all`].
pub async fn standing_of(db: &impl ConnectionTrait, people: &[Uuid]) -> Result<Vec<StandingDocument>, Error> {
    standing(db, Some(people)).await
}

/// The last days of what hangs on these permits and stands: not superseded, sighted or confirmed, with an
/// end. Permit, kind, last day.
///
/// # Errors
/// What the database says.
pub async fn standing_of_permits(
    db: &impl ConnectionTrait,
    permits: &[Uuid],
) -> Result<Vec<(Uuid, String, CivilDate)>, Error> {
    let of_permits = || Column::PermitId.is_in(permits.to_vec());
    let superseded = Entity::find()
        .select_only()
        .column(Column::SupersedesId)
        .filter(of_permits())
        .filter(Column::SupersedesId.is_not_null())
        .into_query();
    let of_person = [Part::HealthCertificate.code(), Part::TrainingCertificate.code()];
    let rows: Vec<(Option<Uuid>, String, Option<CivilDate>)> = Entity::find()
        .select_only()
        .columns([Column::PermitId, Column::Kind, Column::ValidUntil])
        .filter(of_permits())
        .filter(Column::Kind.is_not_in(of_person))
        .filter(Column::Verification.ne(Verification::Unverified.code()))
        .filter(Column::ValidUntil.is_not_null())
        .filter(Column::Id.not_in_subquery(superseded))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(permit, kind, until)| Some((permit?, kind, until?))).collect())
}

async fn standing(
    db: &impl ConnectionTrait,
    people: Option<&[Uuid]>,
) -> Result<Vec<StandingDocument>, Error> {
    let whose = |select: sea_orm::Select<Entity>| match people {
        Some(people) => select.filter(Column::PersonId.is_in(people.to_vec())),
        None => select,
    };
    let superseded = whose(Entity::find().select_only().column(Column::SupersedesId))
        .filter(Column::SupersedesId.is_not_null())
        .into_query();
    let rows: Vec<(Uuid, String, Option<CivilDate>, Option<CivilDate>)> = whose(Entity::find())
        .select_only()
        .columns([Column::PersonId, Column::Kind, Column::ValidFrom, Column::ValidUntil])
        .filter(Column::Kind.is_in([Part::HealthCertificate.code(), Part::TrainingCertificate.code()]))
        .filter(Column::Verification.ne(Verification::Unverified.code()))
        .filter(Column::Id.not_in_subquery(superseded))
        .order_by_asc(Column::PersonId)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut standing = Vec::with_capacity(rows.len());
    for (person, kind, valid_from, valid_until) in rows {
        let part = Part::ALL.into_iter().find(|part| part.code() == kind);
        let part = part.ok_or(Error::Corrupt("permit_document.kind"))?;
        let document = Document { part, valid_from, valid_until };
        standing.push(StandingDocument { person: PersonId(person), document });
    }
    Ok(standing)
}
