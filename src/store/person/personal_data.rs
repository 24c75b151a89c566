//! All that is held of one person, table by table as [`TABLES`](super::personal::TABLES) declares it, and who has read
//! it. Nobody else's rows are among it.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{OwnHousehold, Scope, act};
use sea_orm::sea_query::{self, Alias, Expr, ExprTrait as _, IntoColumnRef, Query, SelectStatement, Value};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait, IdenStatic as _, Iterable as _, ModelTrait,
    PrimaryKeyToColumn as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::personal::{Class, Shown, Table, Whose};
use crate::entity::audit::{audit_entry, audit_subject};
use crate::entity::exchange::{idempotency_key, job, mail_outbox, notification};
use crate::entity::identity::{
    api_token, mail_address, membership, open_id_link, passkey, recovery_code, session, sign_in_link, totp,
    user,
};
use crate::entity::permit::{permit, permit_document};
use crate::entity::person::{
    availability, availability_region, consent, duplicate_case, duplicate_move, erasure, guardian,
    identity_document, nationality, person, person_link, person_secret, person_tie, rights_request,
};
use crate::entity::poverty::{household, household_member, targeting};
use crate::entity::record::skill_claim;
use crate::entity::training::enrolment;
use crate::store::{Error, scope};

/// The most rows of one table.
pub const ROWS_MAX: u64 = 500;

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// As text: numbers in digits, dates as ISO 8601, truth as `true` and `false`.
    Text(String),
    /// Sealed, with the person's key where the row names none.
    Sealed(Vec<u8>),
}

/// A row: what names it, and the columns that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, or that of the login that it belongs to.
    pub id: Option<Uuid>,
    /// The key of the installation that sealed it, where it was not the person's.
    pub key_id: Option<String>,
    /// Columns and values, in the order of the list.
    pub values: Vec<(&'static str, Held)>,
}

/// Which logins, households and rows lead to the person.
fn through(table: &str, column: &str, path: &str, person: PersonId) -> SelectStatement {
    Query::select()
        .column(Alias::new(column))
        .from(Alias::new(table))
        .and_where(Expr::col(Alias::new(path)).eq(person.0))
        .to_owned()
}

fn about(table: &Table, person: PersonId) -> Option<Condition> {
    let column = |name: &'static str| (Alias::new(table.name), Alias::new(name)).into_column_ref();
    let rows = |name, select| Condition::all().add(Expr::col(column(name)).in_subquery(select));
    Some(match table.whose {
        Whose::Person(name) => Condition::all().add(Expr::col(column(name)).eq(person.0)),
        Whose::Pair(one, two) => {
            let is = |name| Expr::col(column(name)).eq(person.0);
            Condition::any().add(is(one)).add(is(two))
        }
        Whose::Login(name) => rows(name, through("user", "id", "person_id", person)),
        Whose::Through(name, parent) => rows(name, through(parent, "id", "person_id", person)),
        Whose::Household(name) => {
            rows(name, through("household_member", "household_id", "person_id", person))
        }
        Whose::Subject(_) | Whose::Digest => return None,
    })
}

/// The rows of a table that are about a person in reach, with the columns that are shown; the rows of households
/// only for who holds the key to their own. A table with nothing to show has none.
///
/// # Errors
/// [`Error::Missing`] for a person out of reach; [`Error::Corrupt`] for a table that is declared and not read here.
pub async fn list_rows(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOwnData>,
    household: Option<&OwnHousehold>,
    person: PersonId,
    table: &'static Table,
) -> Result<Vec<Row>, Error> {
    let reached = scope::oneself(scope::start(reach), reach, (person::Entity, person::Column::Id));
    let found = person::Entity::find_by_id(person.0).filter(reached).filter(super::person::is_there());
    found.one(db).await?.ok_or(Error::Missing)?;
    let shown = |shown| matches!(shown, Shown::AsIs | Shown::Opened);
    let columns: Vec<&'static str> = table
        .groups
        .iter()
        .filter(|group| shown(group.shown))
        .flat_map(|group| group.columns.iter().copied())
        .collect();
    let poverty = table.groups.iter().any(|group| group.class == Class::Poverty);
    let closed = poverty && household.map(OwnHousehold::person) != Some(person);
    match about(table, person) {
        Some(about) if !columns.is_empty() && !closed => read(db, table.name, about, &columns).await,
        _ => Ok(Vec::new()),
    }
}

macro_rules! readable {
    ($($table:ident),+ $(,)?) => {
        async fn read(
            db: &impl ConnectionTrait,
            table: &str,
            about: Condition,
            columns: &[&'static str],
        ) -> Result<Vec<Row>, Error> {
            match table {
                $(stringify!($table) => rows::<$table::Entity>(db, about, columns).await,)+
                _ => Err(Error::Corrupt("personal.TABLES")),
            }
        }
    };
}

readable! {
    api_token,
    availability,
    availability_region,
    consent,
    duplicate_case,
    duplicate_move,
    enrolment,
    erasure,
    guardian,
    household,
    household_member,
    idempotency_key,
    identity_document,
    job,
    mail_address,
    mail_outbox,
    membership,
    nationality,
    notification,
    open_id_link,
    passkey,
    permit,
    permit_document,
    person,
    person_link,
    person_secret,
    person_tie,
    recovery_code,
    rights_request,
    session,
    sign_in_link,
    skill_claim,
    targeting,
    totp,
    user,
}

async fn rows<E: EntityTrait>(
    db: &impl ConnectionTrait,
    about: Condition,
    columns: &[&'static str],
) -> Result<Vec<Row>, Error> {
    let mut query = E::find().filter(about).limit(ROWS_MAX);
    for key in E::PrimaryKey::iter() {
        query = query.order_by_asc(key.into_column());
    }
    Ok(query.all(db).await?.iter().map(|row| shown::<E>(row, columns)).collect())
}

fn shown<E: EntityTrait>(row: &E::Model, columns: &[&'static str]) -> Row {
    let mut held: BTreeMap<String, Held> = BTreeMap::new();
    let (mut id, mut key_id) = (None, None);
    for column in E::Column::iter() {
        let value = row.get(column);
        match (column.as_str(), &value) {
            ("id", Value::Uuid(named)) => id = *named,
            ("user_id", Value::Uuid(named)) => id = id.or(*named),
            ("key_id", Value::String(named)) => key_id.clone_from(named),
            _ => {}
        }
        held.insert(column.as_str().to_owned(), said(value));
    }
    let values = columns.iter().map(|column| (*column, held.remove(*column).unwrap_or(Held::Nothing)));
    Row { id, key_id, values: values.collect() }
}

fn said(value: Value) -> Held {
    match value {
        Value::Bytes(bytes) => return bytes.map_or(Held::Nothing, Held::Sealed),
        Value::ChronoDate(Some(day)) => return Held::Text(day.to_string()),
        Value::ChronoDateTimeUtc(Some(at)) => return Held::Text(at.to_rfc3339()),
        _ => {}
    }
    match sea_query::sea_value_to_json_value(&value) {
        serde_json::Value::Null => Held::Nothing,
        serde_json::Value::String(text) => Held::Text(text),
        other => Held::Text(other.to_string()),
    }
}

/// Who read what is held of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Instant,
    /// By which login; none for the operator.
    pub user: Option<Uuid>,
    /// In which roles, as codes.
    pub role: String,
    /// For which organisation.
    pub organisation: Option<Uuid>,
    /// What, by the policy's name of the action.
    pub action: String,
    /// The header of its entry.
    pub header: String,
}

/// The newest readings of a person in reach.
///
/// # Errors
/// What the database says.
pub async fn list_readings(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadOwnData>,
    person: PersonId,
    limit: u64,
) -> Result<Vec<Reading>, Error> {
    use audit_subject::Column;
    let reached = scope::oneself(scope::start(reach), reach, (audit_subject::Entity, Column::PersonId));
    let seqs: Vec<i64> = audit_subject::Entity::find()
        .select_only()
        .column(Column::Seq)
        .filter(reached)
        .filter(Column::PersonId.eq(person.0))
        .order_by_desc(Column::Seq)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let entries = audit_entry::Entity::find()
        .filter(audit_entry::Column::Seq.is_in(seqs))
        .order_by_desc(audit_entry::Column::Seq);
    let reading = |row: audit_entry::Model| Reading {
        at: row.recorded_at,
        user: row.actor_user_id,
        role: row.actor_role,
        organisation: row.organisation_id,
        action: row.action,
        header: row.header,
    };
    Ok(entries.all(db).await?.into_iter().map(reading).collect())
}
