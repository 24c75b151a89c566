//! Appending to the log, inside the transaction of the change that it tells of.

use std::collections::HashMap;
use std::fmt::Write as _;

pub use ballast_domain::audit::entry::Touch;
use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::{AuditEntryId, OrganisationId, PersonId, UserId};
use ballast_domain::identity::policy::{Scope, act};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, Statement, Value,
};
use uuid::Uuid;

use crate::entity::audit::{
    audit_commitment, audit_detail as detail_entity, audit_entry, audit_subject, audit_touch,
};
use crate::store::audit::audit_detail;
use crate::store::db::Receipt;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, scope};

/// Rows of one INSERT: bound by SQLite's 32,766 parameters.
const CHUNK: usize = 1000;
/// Rows that hang on an entry which is written at once: each number of them is a statement of its own, which the
/// database keeps prepared.
const AT_ONCE_MAX: usize = 8;

/// What happened, who did it, and to what.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Its id.
    pub id: AuditEntryId,
    /// When.
    pub recorded_at: Instant,
    /// Who; none for the operator.
    pub user: Option<UserId>,
    /// In which roles, as codes.
    pub role: String,
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
    /// What, by the policy's name of the action.
    pub action: &'static str,
    /// The noun that it was done to.
    pub resource_kind: &'static str,
    /// The row that it was done to.
    pub resource_id: Uuid,
    /// The request that it came with.
    pub request_id: String,
    /// The same, as canonical JSON without personal data.
    pub header: String,
    /// The header's hash as a leaf of the log's tree.
    pub leaf_hash: Digest,
    /// What authenticates it until it is sealed.
    pub mac: [u8; 32],
}

/// The values about one subject before and after a change: what stays of them, and what can be erased.
#[derive(Clone, Debug)]
pub struct SealedDetail {
    /// Whose values.
    pub subject: Uuid,
    /// Salt and values, hashed.
    pub commitment: Digest,
    /// 32 random bytes.
    pub salt: [u8; 32],
    /// The values, under the subject's key.
    pub sealed: Vec<u8>,
    /// That key as it is stored: the entry is written only while it is there.
    pub key: Vec<u8>,
}

/// Writes an entry with the rows that it changed (at most one touch a revision), the values before and after,
/// and, for a reading, the people that it showed. A transaction without one cannot be committed. None, and
/// nothing is written, where the key of some values is not the stored one any more.
///
/// # Errors
/// [`Error::Duplicate`] when a revision was told before.
pub async fn insert(
    tx: &Tx,
    entry: NewEntry,
    touches: &[Touch],
    subjects: &[PersonId],
    details: Vec<SealedDetail>,
) -> Result<Option<i64>, Error> {
    let receipt = (entry.id, entry.leaf_hash);
    let seq = if touches.len() + subjects.len() + details.len() <= AT_ONCE_MAX {
        insert_at_once(tx, entry, touches, subjects, details).await?
    } else if keys_are_stored(tx, &details).await? {
        Some(insert_one_by_one(tx, entry, touches, subjects, details).await?)
    } else {
        None
    };
    if seq.is_some() {
        tx.mark_audited();
        tx.note_receipt(receipt);
    }
    Ok(seq)
}

async fn keys_are_stored(tx: &Tx, details: &[SealedDetail]) -> Result<bool, Error> {
    let subjects: Vec<Uuid> = details.iter().map(|detail| detail.subject).collect();
    let stored = audit_detail::list_keys(tx.conn(), &subjects).await?;
    Ok(details.iter().all(|detail| stored.get(&detail.subject).is_some_and(|row| row.sealed == detail.key)))
}

async fn insert_one_by_one(
    tx: &Tx,
    entry: NewEntry,
    touches: &[Touch],
    subjects: &[PersonId],
    details: Vec<SealedDetail>,
) -> Result<i64, Error> {
    let seq = audit_entry::Entity::insert(row(entry)).exec(tx.conn()).await?.last_insert_id;
    for chunk in touches.chunks(CHUNK) {
        let rows = chunk.iter().map(|touch| audit_touch::ActiveModel {
            kind: Set(touch.kind.to_owned()),
            resource_id: Set(touch.id),
            revision: Set(touch.revision),
            seq: Set(seq),
        });
        audit_touch::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    let subjects: Vec<(PersonId, i64)> = subjects.iter().map(|person| (*person, seq)).collect();
    insert_subjects(tx, &subjects).await?;
    insert_details(tx, seq, details).await?;
    Ok(seq)
}

/// Rows of one table that hang on an entry: its columns but `seq`, and their values.
struct Hanging {
    table: &'static str,
    columns: &'static str,
    rows: Vec<Vec<Value>>,
}

/// A statement that is put together, with the values that its `$1`, `$2`, … stand for.
#[derive(Default)]
struct Text {
    sql: String,
    values: Vec<Value>,
}

impl Text {
    /// Adds values: `$4, $5, $6`.
    fn values(&mut self, values: Vec<Value>) {
        for (n, value) in values.into_iter().enumerate() {
            self.values.push(value);
            let comma = if n == 0 { "" } else { ", " };
            // Writing into a string does not fail.
            let _ = write!(self.sql, "{comma}${}", self.values.len());
        }
    }
}

/// An entry and what hangs on it in one journey to the database: half of what a small change costs would be the
/// journeys of its log. PostgreSQL takes one statement with a part for each table; SQLite, which has no such
/// thing, several in one text. Both count `$1`, `$2`, … through all of it.
async fn insert_at_once(
    tx: &Tx,
    entry: NewEntry,
    touches: &[Touch],
    subjects: &[PersonId],
    details: Vec<SealedDetail>,
) -> Result<Option<i64>, Error> {
    let (mut keys, mut commitments, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for detail in details {
        keys.push((detail.subject, detail.key));
        commitments.push(vec![detail.subject.into(), detail.commitment.0.to_vec().into()]);
        values.push(vec![detail.subject.into(), detail.salt.to_vec().into(), detail.sealed.into()]);
    }
    let touches = touches.iter().map(|t| vec![t.kind.into(), t.id.into(), t.revision.into()]);
    let hanging = [
        Hanging { table: "audit_touch", columns: "kind, resource_id, revision", rows: touches.collect() },
        Hanging {
            table: "audit_subject",
            columns: "person_id",
            rows: subjects.iter().map(|person| vec![person.0.into()]).collect(),
        },
        Hanging { table: "audit_commitment", columns: "subject_id, digest", rows: commitments },
        Hanging { table: "audit_detail", columns: "subject_id, salt, sealed", rows: values },
    ];
    let backend = tx.conn().get_database_backend();
    let text = match backend {
        DbBackend::Postgres => one_statement(entry, keys, hanging),
        _ => several_statements(entry, keys, hanging),
    };
    let statement = Statement::from_sql_and_values(backend, text.sql, text.values);
    let written = tx.conn().query_one_raw(statement).await?;
    Ok(written.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// The entry, where each of these keys is the stored one. Asked in the same journey: a key that a process
/// remembers may be gone with its subject.
fn insert_entry(entry: NewEntry, keys: Vec<(Uuid, Vec<u8>)>) -> Text {
    // The id is `$1`.
    let sql = "INSERT INTO audit_entry (id, recorded_at, actor_user_id, actor_role, organisation_id, action, \
               resource_kind, resource_id, request_id, header, leaf_hash, mac) SELECT ";
    let mut text = Text { sql: sql.to_owned(), values: Vec::new() };
    text.values(vec![
        entry.id.0.into(),
        entry.recorded_at.into(),
        entry.user.map(Uuid::from).into(),
        entry.role.into(),
        entry.organisation.map(Uuid::from).into(),
        entry.action.into(),
        entry.resource_kind.into(),
        entry.resource_id.into(),
        entry.request_id.into(),
        entry.header.into(),
        entry.leaf_hash.0.to_vec().into(),
        entry.mac.to_vec().into(),
    ]);
    for (n, (subject, sealed)) in keys.into_iter().enumerate() {
        text.sql.push_str(if n == 0 { " WHERE " } else { " AND " });
        text.sql.push_str("EXISTS (SELECT 1 FROM audit_key WHERE (subject_id, sealed) = (");
        text.values(vec![subject.into(), sealed.into()]);
        text.sql.push_str("))");
    }
    text
}

fn one_statement(entry: NewEntry, keys: Vec<(Uuid, Vec<u8>)>, hanging: [Hanging; 4]) -> Text {
    let mut text = insert_entry(entry, keys);
    text.sql = format!("WITH entry AS ({} RETURNING seq)", text.sql);
    for Hanging { table, columns, rows } in hanging.into_iter().filter(|table| !table.rows.is_empty()) {
        let _ = write!(
            text.sql,
            ", of_{table} AS (INSERT INTO {table} ({columns}, seq) SELECT told.*, entry.seq FROM entry, (VALUES "
        );
        for (n, row) in rows.into_iter().enumerate() {
            text.sql.push_str(if n == 0 { "(" } else { ", (" });
            text.values(row);
            text.sql.push(')');
        }
        text.sql.push_str(") AS told)");
    }
    text.sql.push_str(" SELECT seq FROM entry");
    text
}

fn several_statements(entry: NewEntry, keys: Vec<(Uuid, Vec<u8>)>, hanging: [Hanging; 4]) -> Text {
    let mut text = insert_entry(entry, keys);
    for Hanging { table, columns, rows } in hanging.into_iter().filter(|table| !table.rows.is_empty()) {
        let _ = write!(text.sql, "; INSERT INTO {table} ({columns}, seq) SELECT ");
        for (n, row) in rows.into_iter().enumerate() {
            text.sql.push_str(if n == 0 { "" } else { " UNION ALL SELECT " });
            text.values(row);
            text.sql.push_str(", seq FROM audit_entry WHERE id = $1");
        }
    }
    text.sql.push_str("; SELECT seq FROM audit_entry WHERE id = $1");
    text
}

/// Writes the entries of several readings at once; each has its own subjects.
///
/// # Errors
/// What the database says.
pub async fn insert_readings(tx: &Tx, readings: Vec<(NewEntry, Vec<PersonId>)>) -> Result<(), Error> {
    let (entries, subjects): (Vec<NewEntry>, Vec<Vec<PersonId>>) = readings.into_iter().unzip();
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id.0).collect();
    audit_entry::Entity::insert_many(entries.into_iter().map(row)).exec_without_returning(tx.conn()).await?;
    // The order in which a database counts rows of one statement is its own.
    let seqs: HashMap<Uuid, i64> = audit_entry::Entity::find()
        .select_only()
        .columns([audit_entry::Column::Id, audit_entry::Column::Seq])
        .filter(audit_entry::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(tx.conn())
        .await?
        .into_iter()
        .collect();
    let mut rows = Vec::new();
    for (id, people) in ids.iter().zip(subjects) {
        let seq = *seqs.get(id).ok_or(Error::Missing)?;
        rows.extend(people.into_iter().map(|person| (person, seq)));
    }
    insert_subjects(tx, &rows).await?;
    tx.mark_audited();
    Ok(())
}

fn row(entry: NewEntry) -> audit_entry::ActiveModel {
    audit_entry::ActiveModel {
        seq: NotSet,
        id: Set(entry.id.0),
        recorded_at: Set(entry.recorded_at),
        actor_user_id: Set(entry.user.map(Uuid::from)),
        actor_role: Set(entry.role),
        organisation_id: Set(entry.organisation.map(Uuid::from)),
        action: Set(entry.action.to_owned()),
        resource_kind: Set(entry.resource_kind.to_owned()),
        resource_id: Set(entry.resource_id),
        request_id: Set(entry.request_id),
        header: Set(entry.header),
        leaf_hash: Set(entry.leaf_hash.0.to_vec()),
        mac: Set(entry.mac.to_vec()),
    }
}

async fn insert_subjects(tx: &Tx, subjects: &[(PersonId, i64)]) -> Result<(), Error> {
    for chunk in subjects.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .map(|(person, seq)| audit_subject::ActiveModel { person_id: Set(person.0), seq: Set(*seq) });
        audit_subject::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

async fn insert_details(tx: &Tx, seq: i64, details: Vec<SealedDetail>) -> Result<(), Error> {
    for chunk in details.chunks(CHUNK) {
        let commitments = chunk.iter().map(|detail| audit_commitment::ActiveModel {
            seq: Set(seq),
            subject_id: Set(detail.subject),
            digest: Set(detail.commitment.0.to_vec()),
        });
        audit_commitment::Entity::insert_many(commitments).exec_without_returning(tx.conn()).await?;
        let values = chunk.iter().map(|detail| detail_entity::ActiveModel {
            seq: Set(seq),
            subject_id: Set(detail.subject),
            salt: Set(detail.salt.to_vec()),
            sealed: Set(detail.sealed.clone()),
        });
        detail_entity::Entity::insert_many(values).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The highest revision that the log tells of each of these rows, those that are gone among them: a row that
/// comes back under its old id goes on counting from there.
///
/// # Errors
/// What the database says.
pub async fn last_revisions(
    db: &impl ConnectionTrait,
    kind: &'static str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, i64>, Error> {
    let mut revisions = HashMap::new();
    for chunk in ids.chunks(10_000) {
        let rows: Vec<(Uuid, i64)> = audit_touch::Entity::find()
            .select_only()
            .column(audit_touch::Column::ResourceId)
            .column_as(audit_touch::Column::Revision.max(), "revision")
            .filter(audit_touch::Column::Kind.eq(kind))
            .filter(audit_touch::Column::ResourceId.is_in(chunk.to_vec()))
            .group_by(audit_touch::Column::ResourceId)
            .into_tuple()
            .all(db)
            .await?;
        revisions.extend(rows);
    }
    Ok(revisions)
}

/// The receipt of an entry, as whoever wrote it got it.
///
/// # Errors
/// [`Error::Corrupt`] for a leaf hash that is none; what the database says.
pub async fn find_receipt(db: &impl ConnectionTrait, id: AuditEntryId) -> Result<Option<Receipt>, Error> {
    let hash: Option<Vec<u8>> = audit_entry::Entity::find()
        .select_only()
        .column(audit_entry::Column::LeafHash)
        .filter(audit_entry::Column::Id.eq(id.0))
        .into_tuple()
        .one(db)
        .await?;
    let digest = |hash: Vec<u8>| Digest::from_slice(&hash).ok_or(Error::Corrupt("audit_entry.leaf_hash"));
    Ok(hash.map(digest).transpose()?.map(|digest| (id, digest)))
}

/// For rows that are machinery and exempt from the log: sessions, tokens and their last use.
pub fn exempt(tx: &Tx) {
    tx.mark_audited();
}

/// Which entries of those in reach; what is none asks nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter<'f> {
    /// The noun that was acted on.
    pub resource_kind: Option<&'f str>,
    /// Its row.
    pub resource: Option<Uuid>,
    /// Who acted.
    pub user: Option<Uuid>,
    /// The earliest moment.
    pub from: Option<Instant>,
    /// The first moment that is too late.
    pub until: Option<Instant>,
}

impl Filter<'_> {
    fn condition(&self) -> Condition {
        let parts = [
            self.resource_kind.map(|kind| audit_entry::Column::ResourceKind.eq(kind)),
            self.resource.map(|id| audit_entry::Column::ResourceId.eq(id)),
            self.user.map(|id| audit_entry::Column::ActorUserId.eq(id)),
            self.from.map(|from| audit_entry::Column::RecordedAt.gte(from)),
            self.until.map(|until| audit_entry::Column::RecordedAt.lt(until)),
        ];
        parts.into_iter().flatten().fold(Condition::all(), Condition::add)
    }
}

/// The newest entries in reach. The page goes backwards by id, which sorts by time.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadAudit>,
    filter: &Filter<'_>,
    request: PageRequest,
) -> Result<Page<audit_entry::Model>, Error> {
    let condition = scope::start(reach);
    let condition =
        scope::by_bureau(condition, reach, (audit_entry::Entity, audit_entry::Column::OrganisationId));
    let query = audit_entry::Entity::find().filter(condition).filter(filter.condition());
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("audit_entry").reversed(), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}
