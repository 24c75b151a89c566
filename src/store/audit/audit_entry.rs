//! Appending to the log, inside the transaction of the change that it tells of.

use std::collections::HashMap;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{AuditEntryId, OrganisationId, PersonId, UserId};
use ballast_domain::identity::policy::{Scope, act};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::audit::{audit_entry, audit_subject, audit_touch};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, scope};

/// Rows of one INSERT: bound by SQLite's 32,766 parameters.
const CHUNK: usize = 1000;

/// A resource and the revision that a change brought it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The noun.
    pub kind: &'static str,
    /// The row.
    pub id: Uuid,
    /// Its revision after the change.
    pub revision: i64,
}

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
}

/// Writes an entry with the rows that it changed (at most one touch a revision) or, for a reading, the
/// people that it showed. A transaction without one cannot be committed.
///
/// # Errors
/// [`Error::Duplicate`] when a revision was told before.
pub async fn insert(
    tx: &Tx,
    entry: NewEntry,
    touches: &[Touch],
    subjects: &[PersonId],
) -> Result<i64, Error> {
    let row = audit_entry::ActiveModel {
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
    };
    let seq = audit_entry::Entity::insert(row).exec(tx.conn()).await?.last_insert_id;
    for chunk in touches.chunks(CHUNK) {
        let rows = chunk.iter().map(|touch| audit_touch::ActiveModel {
            kind: Set(touch.kind.to_owned()),
            resource_id: Set(touch.id),
            revision: Set(touch.revision),
            seq: Set(seq),
        });
        audit_touch::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    for chunk in subjects.chunks(CHUNK) {
        let rows =
            chunk.iter().map(|person| audit_subject::ActiveModel { person_id: Set(person.0), seq: Set(seq) });
        audit_subject::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    tx.mark_audited();
    Ok(seq)
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
