//! Documents that say who somebody is, and the nationalities recorded from them. Append-only: a correction
//! is a row that supersedes another.

use std::collections::HashMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Grant, act};
use ballast_domain::permit::bundle::{Document, Part, Verification};
use ballast_domain::person::nationality::{Country, Evidence, Record};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, RelationTrait as _,
};
use uuid::Uuid;

use crate::entity::person::{identity_document, nationality};
use crate::store::person::person::lock_living;
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

/// Records what was learnt later of the person whom the grant is for, beside or in the place of what is there.
///
/// # Errors
/// [`Error::Missing`] for another person; [`Error::Duplicate`] when another took the same record's place first.
pub async fn insert_of_person(
    tx: &Tx,
    grant: &Grant<act::RecordIdentity>,
    documents: Vec<identity_document::Model>,
    nationalities: Vec<nationality::Model>,
) -> Result<(), Error> {
    let people = documents.iter().map(|row| row.person_id);
    if people.chain(nationalities.iter().map(|row| row.person_id)).any(|person| person != grant.id()) {
        return Err(Error::Missing);
    }
    lock_living(tx, &[grant.id()]).await?;
    insert_all(tx, documents, nationalities).await
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

/// Some documents, by id.
///
/// # Errors
/// What the database says.
pub async fn list_by_ids(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, identity_document::Model>, Error> {
    let rows = identity_document::Entity::find().filter(identity_document::Column::Id.is_in(ids.to_vec()));
    Ok(rows.all(db).await?.into_iter().map(|row| (row.id, row)).collect())
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

/// The travel document of one person that stands: not superseded, and sighted or confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingDocument {
    /// Whose.
    pub person: PersonId,
    /// As the bars weigh it.
    pub document: Document,
}

/// One nationality of one person that stands: not superseded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingNationality {
    /// Whose.
    pub person: PersonId,
    /// As the bars weigh it: a document that nobody has seen is worth the person's word.
    pub record: Record,
}

/// The standing travel documents of everybody, by person: what a ranking weighs, and nothing that names
/// anyone.
///
/// # Errors
/// What the database says.
pub async fn standing_travel_documents(
    db: &impl ConnectionTrait,
    _grant: &Grant<act::RankVacancy>,
) -> Result<Vec<StandingDocument>, Error> {
    travel_documents(db, None).await
}

/// The same of some people, whose permits are in reach.
///
/// # Errors
/// What the database says.
pub async fn standing_travel_documents_of(
    db: &impl ConnectionTrait,
    people: &[Uuid],
) -> Result<Vec<StandingDocument>, Error> {
    travel_documents(db, Some(people)).await
}

async fn travel_documents(
    db: &impl ConnectionTrait,
    people: Option<&[Uuid]>,
) -> Result<Vec<StandingDocument>, Error> {
    use identity_document::{Column, Entity};
    let whose = |select: sea_orm::Select<Entity>| match people {
        Some(people) => select.filter(Column::PersonId.is_in(people.to_vec())),
        None => select,
    };
    let superseded = whose(Entity::find().select_only().column(Column::SupersedesId))
        .filter(Column::SupersedesId.is_not_null())
        .into_query();
    let rows: Vec<(Uuid, Option<CivilDate>, Option<CivilDate>)> = whose(Entity::find())
        .select_only()
        .columns([Column::PersonId, Column::ValidFrom, Column::ValidUntil])
        .filter(Column::Kind.is_in(["passport", "border_pass"]))
        .filter(Column::Verification.ne(Verification::Unverified.code()))
        .filter(Column::Id.not_in_subquery(superseded))
        .order_by_asc(Column::PersonId)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let standing = |(person, valid_from, valid_until)| StandingDocument {
        person: PersonId(person),
        document: Document { part: Part::TravelDocument, valid_from, valid_until },
    };
    Ok(rows.into_iter().map(standing).collect())
}

/// The standing nationalities of everybody, by person.
///
/// # Errors
/// [`Error::Corrupt`] for a country or an evidence that is none: nobody is ranked past what cannot be read.
pub async fn standing_nationalities(
    db: &impl ConnectionTrait,
    _grant: &Grant<act::RankVacancy>,
) -> Result<Vec<StandingNationality>, Error> {
    nationalities(db, None).await
}

/// The same of some people, whose permits are in reach.
///
/// # Errors
/// As [`standing_nationalities`].
pub async fn standing_nationalities_of(
    db: &impl ConnectionTrait,
    people: &[Uuid],
) -> Result<Vec<StandingNationality>, Error> {
    nationalities(db, Some(people)).await
}

/// Person, country, evidence, and of the document behind it: country, verification.
type NationalityRow = (Uuid, String, String, Option<String>, Option<String>);

async fn nationalities(
    db: &impl ConnectionTrait,
    people: Option<&[Uuid]>,
) -> Result<Vec<StandingNationality>, Error> {
    use nationality::{Column, Entity, Relation};
    let whose = |select: sea_orm::Select<Entity>| match people {
        Some(people) => select.filter(Column::PersonId.is_in(people.to_vec())),
        None => select,
    };
    let superseded = whose(Entity::find().select_only().column(Column::SupersedesId))
        .filter(Column::SupersedesId.is_not_null())
        .into_query();
    let rows: Vec<NationalityRow> = whose(Entity::find())
        .select_only()
        .columns([Column::PersonId, Column::CountryCode, Column::Evidence])
        .column(identity_document::Column::CountryCode)
        .column(identity_document::Column::Verification)
        .join(JoinType::LeftJoin, Relation::IdentityDocument.def())
        .filter(Column::Id.not_in_subquery(superseded))
        .order_by_asc(Column::PersonId)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut standing = Vec::with_capacity(rows.len());
    for (person, country, evidence, document_country, verification) in rows {
        let country = parse_country(&country)?;
        let evidence = Evidence::parse(&evidence).ok_or(Error::Corrupt("nationality.evidence"))?;
        let document = match (document_country.as_deref(), verification.as_deref()) {
            (Some(of), Some(code)) => Some((
                parse_country(of)?,
                Verification::parse(code).ok_or(Error::Corrupt("identity_document.verification"))?,
            )),
            _ => None,
        };
        let record = Record { country, evidence: evidence.worth(country, document) };
        standing.push(StandingNationality { person: PersonId(person), record });
    }
    Ok(standing)
}

fn parse_country(code: &str) -> Result<Country, Error> {
    Country::parse(code).ok_or(Error::Corrupt("country.code"))
}
