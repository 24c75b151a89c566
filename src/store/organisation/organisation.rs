//! Organisations. Their pseudonym keys leave only through [`pseudonym_keys`].

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::id::OrganisationId;
use ballast_domain::base::name_key::name_key;
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Grant, Scope, act};
use ballast_domain::organisation::organisation::OrganisationKind;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::organisation::organisation;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// Ids of one statement.
const CHUNK: usize = 10_000;

/// An organisation without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: OrganisationId,
    /// What it is here for.
    pub kind: OrganisationKind,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Unified social credit code.
    pub credit_code: Option<String>,
    /// Where it lies, or for what region it answers.
    pub region: RegionCode,
    /// `active` or `closed`.
    pub status: String,
    /// The revision.
    pub revision: i64,
}

fn keyless(row: organisation::Model) -> Result<Organisation, Error> {
    Ok(Organisation {
        id: OrganisationId(row.id),
        kind: OrganisationKind::parse(&row.kind).ok_or(Error::Corrupt("organisation.kind"))?,
        name_zh: row.name_zh,
        name_en: row.name_en,
        credit_code: row.credit_code,
        region: RegionCode::parse(&row.region_code).ok_or(Error::Corrupt("organisation.region_code"))?,
        status: row.status,
        revision: row.revision,
    })
}

/// Inserts organisations, each with the grant for it.
///
/// # Errors
/// [`Error::Missing`] for a row without its grant; [`Error::Duplicate`].
pub async fn insert_all(
    tx: &Tx,
    grants: &[Grant<act::ManageOrganisation>],
    rows: Vec<organisation::Model>,
) -> Result<(), Error> {
    if !grants.iter().map(Grant::id).eq(rows.iter().map(|row| row.id)) {
        return Err(Error::Missing);
    }
    batch::insert_all::<organisation::Entity, _>(tx.conn(), rows).await
}

/// Gives an organisation other names, if it is unchanged since it was read.
///
/// # Errors
/// [`Error::Stale`].
pub async fn rename_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ManageOrganisation>,
    (name_zh, name_en): (&str, &str),
) -> Result<(), Error> {
    let done = organisation::Entity::update_many()
        .col_expr(organisation::Column::NameZh, Expr::val(name_zh))
        .col_expr(organisation::Column::NameZhKey, Expr::val(name_key(name_zh)))
        .col_expr(organisation::Column::NameEn, Expr::val(name_en))
        .col_expr(organisation::Column::Revision, Expr::val(grant.revision() + 1))
        .filter(organisation::Column::Id.eq(grant.id()))
        .filter(organisation::Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// An organisation in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    id: OrganisationId,
) -> Result<Organisation, Error> {
    let found = organisation::Entity::find_by_id(id.0).filter(scope::start(reach)).one(db).await?;
    keyless(found.ok_or(Error::Missing)?)
}

/// Organisations in reach, of one kind or of all, by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    kind: Option<OrganisationKind>,
    request: PageRequest,
) -> Result<Page<Organisation>, Error> {
    let mut query = organisation::Entity::find().filter(scope::start(reach));
    if let Some(kind) = kind {
        query = query.filter(organisation::Column::Kind.eq(kind.code()));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("organisation"), db.get_database_backend());
    let rows = query.all(db).await?;
    let rows = rows.into_iter().map(keyless).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::cut(rows, request, |row| row.id.0).of(total))
}

/// Organisations by id, for names beside rows that were read. Missing ones are left out.
///
/// # Errors
/// What the database says.
pub async fn list_of(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    ids: &BTreeSet<OrganisationId>,
) -> Result<BTreeMap<OrganisationId, Organisation>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let query = organisation::Entity::find().filter(organisation::Column::Id.is_in(chunk.to_vec()));
        for row in query.filter(scope::start(reach)).all(db).await? {
            let row = keyless(row)?;
            found.insert(row.id, row);
        }
    }
    Ok(found)
}

/// The bureaus that answer for a place: their region is it, or around it.
///
/// # Errors
/// What the database says.
pub async fn list_bureaus_over(
    db: &impl ConnectionTrait,
    place: RegionCode,
) -> Result<Vec<OrganisationId>, Error> {
    let around: Vec<String> = std::iter::successors(Some(place), |code| code.parent())
        .map(|code| code.as_str().to_owned())
        .collect();
    let ids: Vec<Uuid> = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(organisation::Column::Kind.eq(OrganisationKind::Bureau.code()))
        .filter(organisation::Column::Status.eq("active"))
        .filter(organisation::Column::RegionCode.is_in(around))
        .order_by_asc(organisation::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(OrganisationId).collect())
}

/// Those of these credit codes that are registered.
///
/// # Errors
/// What the database says.
pub async fn known_credit_codes(
    db: &impl ConnectionTrait,
    codes: Vec<String>,
) -> Result<BTreeSet<String>, Error> {
    let rows: Vec<Option<String>> = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::CreditCode)
        .filter(organisation::Column::CreditCode.is_in(codes))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// The organisation in reach with this credit code.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get_by_credit_code(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOrganisation>,
    code: &str,
) -> Result<Organisation, Error> {
    let query = organisation::Entity::find().filter(scope::start(reach));
    let found = query.filter(organisation::Column::CreditCode.eq(code)).one(db).await?;
    found.map(keyless).ok_or(Error::Missing)?
}

/// The keys of the pseudonyms under which organisations see people; 32 bytes each. For matching alone: who
/// holds a key can tell which pseudonym is whose.
///
/// # Errors
/// [`Error::Corrupt`] for a key of another length.
pub async fn pseudonym_keys(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> Result<BTreeMap<OrganisationId, [u8; 32]>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut keys = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Uuid, Vec<u8>)> = organisation::Entity::find()
            .select_only()
            .column(organisation::Column::Id)
            .column(organisation::Column::PseudonymKey)
            .filter(organisation::Column::Id.is_in(chunk.to_vec()))
            .into_tuple()
            .all(db)
            .await?;
        for (id, key) in rows {
            let wrong_length = |_key: Vec<u8>| Error::Corrupt("organisation.pseudonym_key");
            let key = key.try_into().map_err(wrong_length)?;
            keys.insert(OrganisationId(id), key);
        }
    }
    Ok(keys)
}
