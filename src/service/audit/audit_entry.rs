//! The log: how an entry is written, and how officials and administrators read it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ballast_domain::audit::entry::{commitment, commitments_digest, subjects_digest, touches_digest};
use ballast_domain::audit::merkle::leaf_hash;
use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::{AuditEntryId, PersonId};
use ballast_domain::identity::policy::{Action, act};
use ballast_domain::person::number_reading::Purpose;
use serde_json::Value;
use uuid::Uuid;

use crate::entity::audit::audit_key;
use crate::format::audit::header::{Header, Resource, Restored, Summary};
use crate::outside::keys::{SealedKey, Unsealable};
use crate::service::audit::known_keys::Known;
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_detail;
pub use crate::store::audit::audit_entry::Filter as AuditFilter;
use crate::store::audit::audit_entry::{self as store, NewEntry, SealedDetail, Touch};
use crate::store::audit::told::{Told, values_of};

/// What is to be remembered of a change or of a reading.
#[derive(Clone, Debug)]
pub struct Event<'e> {
    /// What was done.
    pub action: Action,
    /// The noun and the row that it was done to.
    pub resource: (&'static str, Uuid),
    /// The rows that it changed, each with its new revision.
    pub touches: &'e [Touch],
    /// The people whom a reading showed.
    pub subjects: &'e [PersonId],
    /// The values before and after, where they are kept.
    pub details: &'e [Detail],
    /// SHA-256 of the rules and profiles by which it was decided.
    pub rules: Vec<String>,
    /// The civil day for which it holds; today when nobody says.
    pub valid_on: Option<CivilDate>,
    /// For what numbers were read in full.
    pub purpose: Option<Purpose>,
    /// The log before a backup was put back, in the first entry after it.
    pub restored: Option<Restored>,
}

impl<'e> Event<'e> {
    /// Something was done to a row, and nothing more is known of it yet.
    #[must_use]
    pub fn new(action: Action, resource: (&'static str, Uuid)) -> Self {
        Self {
            action,
            resource,
            touches: &[],
            subjects: &[],
            details: &[],
            rules: Vec::new(),
            valid_on: None,
            purpose: None,
            restored: None,
        }
    }

    /// The same with the rows that were changed.
    #[must_use]
    pub fn changing(self, changes: &'e Changes) -> Self {
        Self { touches: &changes.touches, details: &changes.details, ..self }
    }
}

/// A row's values before and after a change, kept under the key of whom they are about.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// Whose values: a person, or the organisation that owns the row.
    pub subject: Uuid,
    /// The noun.
    pub kind: &'static str,
    /// The row.
    pub id: Uuid,
    /// Before; none for a new row.
    pub before: Option<Value>,
    /// After; none for a removed row.
    pub after: Option<Value>,
}

/// The rows that a use case changed, with their values before and after.
#[derive(Debug, Default)]
pub struct Changes {
    touches: Vec<Touch>,
    details: Vec<Detail>,
}

impl Changes {
    /// Nothing changed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A row is new. `subject` is whose values they are: the person, or the organisation that owns the row.
    pub fn created<M: Told>(&mut self, subject: impl Into<Uuid>, row: &M) {
        self.push(subject.into(), row, None);
    }

    /// A row is another now than `before`.
    pub fn updated<M: Told>(&mut self, subject: impl Into<Uuid>, before: &M, row: &M) {
        self.push(subject.into(), row, Some(values_of(before)));
    }

    /// Some of a row's values are others now; `before` is null for a new row.
    pub fn described(&mut self, subject: impl Into<Uuid>, touch: Touch, before: Value, after: Value) {
        self.touches.push(touch);
        let before = Some(before).filter(|value| !value.is_null());
        let (subject, kind, id) = (subject.into(), touch.kind, touch.id);
        self.details.push(Detail { subject, kind, id, before, after: Some(after) });
    }

    /// A row says something of several people: what it says is kept under each of them, and goes with whoever is erased.
    pub fn described_of_each(&mut self, subjects: &[Uuid], touch: Touch, before: &Value, after: &Value) {
        self.touches.push(touch);
        let before = Some(before).filter(|value| !value.is_null());
        self.details.extend(subjects.iter().map(|subject| Detail {
            subject: *subject,
            kind: touch.kind,
            id: touch.id,
            before: before.cloned(),
            after: Some(after.clone()),
        }));
    }

    /// A row is at a revision now, and its values tell nothing about anybody.
    pub fn touched(&mut self, touch: Touch) {
        self.touches.push(touch);
    }

    fn push<M: Told>(&mut self, subject: Uuid, row: &M, before: Option<Value>) {
        self.touches.push(row.touch());
        let (kind, id, after) = (M::KIND, row.id(), Some(values_of(row)));
        self.details.push(Detail { subject, kind, id, before, after });
    }
}

/// Writes an entry into the transaction of what it tells.
///
/// # Errors
/// What the database says.
pub async fn write(ctx: &Ctx, tx: &Tx, event: Event<'_>) -> Result<(AuditEntryId, i64), Error> {
    let id = AuditEntryId(ctx.app.random.timed_id(ctx.now()));
    // Again only when a key went or was sealed anew since this process read it, which it then forgets: at most
    // a few times, since of these subjects each goes once.
    loop {
        let details = seal(ctx, tx, id, event.details).await?;
        let subjects: Vec<Uuid> = details.iter().map(|detail| detail.subject).collect();
        let entry = entry(ctx, id, &event, &details)?;
        if let Some(seq) = store::insert(tx, entry, event.touches, event.subjects, details).await? {
            return Ok((id, seq));
        }
        ctx.app.log.keys.forget(&subjects);
    }
}

/// The entry of a reading, to be written with those of other requests.
///
/// # Errors
/// [`Error::Internal`], which these types never give.
pub(super) fn reading(ctx: &Ctx, event: &Event<'_>) -> Result<NewEntry, Error> {
    entry(ctx, AuditEntryId(ctx.app.random.timed_id(ctx.now())), event, &[])
}

fn entry(
    ctx: &Ctx,
    id: AuditEntryId,
    event: &Event<'_>,
    details: &[SealedDetail],
) -> Result<NewEntry, Error> {
    let (now, role) = (ctx.now(), ctx.actor.role_codes().join(" "));
    let organisation = ctx.actor.acting_organisation(event.action);
    let (kind, resource_id) = event.resource;
    let revision = event.touches.iter().find(|t| (t.kind, t.id) == event.resource).map(|t| t.revision);
    let header = Header {
        action: event.action.name().to_owned(),
        actor: ctx.actor.user_id().map(|user| user.to_string()),
        details: summary(details.len(), || {
            commitments_digest(details.iter().map(|detail| (detail.subject, detail.commitment)))
        }),
        id: id.to_string(),
        organisation: organisation.map(|organisation| organisation.to_string()),
        purpose: event.purpose.map(|purpose| purpose.code().to_owned()),
        recorded_at: instant(now),
        request_id: ctx.request_id.clone(),
        restored: event.restored.clone(),
        resource: Resource { id: resource_id.to_string(), kind: kind.to_owned(), revision },
        role: role.clone(),
        rules: event.rules.clone(),
        subjects: summary(event.subjects.len(), || subjects_digest(event.subjects)),
        touches: summary(event.touches.len(), || {
            touches_digest(event.touches.iter().map(|touch| (touch.kind, touch.id, touch.revision)))
        }),
        valid_on: event.valid_on.unwrap_or_else(|| ctx.today()).to_string(),
    };
    let header = header.to_canonical().map_err(|error| Error::Internal(error.to_string()))?;
    let leaf_hash = leaf_hash(header.as_bytes());
    Ok(NewEntry {
        id,
        recorded_at: now,
        user: ctx.actor.user_id(),
        role,
        organisation,
        action: event.action.name(),
        resource_kind: kind,
        resource_id,
        request_id: ctx.request_id.clone(),
        header,
        leaf_hash,
        mac: ctx.app.keys.log_mac(&leaf_hash),
    })
}

/// An instant as a header says it.
#[must_use]
pub fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

fn summary(count: usize, digest: impl FnOnce() -> Digest) -> Option<Summary> {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    (count > 0).then(|| Summary { count, sha256: digest().to_string() })
}

/// The values of an event, all of one subject together under that subject's key. Of an erased subject
/// nothing is kept any more.
async fn seal(
    ctx: &Ctx,
    tx: &Tx,
    entry: AuditEntryId,
    details: &[Detail],
) -> Result<Vec<SealedDetail>, Error> {
    if details.is_empty() {
        return Ok(Vec::new());
    }
    let mut by_subject: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
    for detail in details {
        by_subject.entry(detail.subject).or_default().push(serde_json::json!({
            "after": detail.after,
            "before": detail.before,
            "id": detail.id.to_string(),
            "kind": detail.kind,
        }));
    }
    let subjects: Vec<Uuid> = by_subject.keys().copied().collect();
    let keys = subject_keys(ctx, tx, &subjects).await?;
    by_subject.retain(|subject, _| keys.contains_key(subject));
    let internal = |error: &dyn std::fmt::Display| Error::Internal(error.to_string());
    let mut sealed = Vec::with_capacity(by_subject.len());
    for (subject, values) in by_subject {
        let payload = serde_json_canonicalizer::to_vec(&values).map_err(|error| internal(&error))?;
        let salt: [u8; 32] = ctx.app.random.bytes();
        let key = keys.get(&subject).ok_or_else(|| internal(&"a subject without a key"))?;
        let place = detail_place(entry, subject);
        let sealed_values = key.opened.seal(&place, &payload, &ctx.app.random).map_err(|e| internal(&e))?;
        sealed.push(SealedDetail {
            subject,
            commitment: commitment(&salt, &payload),
            salt,
            sealed: sealed_values,
            key: key.stored.clone(),
        });
    }
    Ok(sealed)
}

/// Where the key of a subject is sealed for.
pub(crate) fn key_place(subject: Uuid) -> String {
    format!("audit_key|sealed|{subject}")
}

/// Where the values of an entry about a subject are sealed for.
pub(super) fn detail_place(entry: AuditEntryId, subject: Uuid) -> String {
    format!("audit_detail|sealed|{entry}|{subject}")
}

/// The keys of subjects: those that this process remembers, and the others as the transaction finds them.
async fn subject_keys(ctx: &Ctx, tx: &Tx, subjects: &[Uuid]) -> Result<HashMap<Uuid, Arc<Known>>, Error> {
    let mut keys = ctx.app.log.keys.recall(subjects);
    let unknown: Vec<Uuid> = subjects.iter().copied().filter(|id| !keys.contains_key(id)).collect();
    if !unknown.is_empty() {
        let found = stored_keys(ctx, tx, &unknown).await?;
        ctx.app.log.keys.remember(&found);
        keys.extend(found);
    }
    Ok(keys)
}

/// The stored keys of subjects, made where there is none yet. An erased subject has none and gets none: whoever
/// has a key is not erased, since erasing destroys it in the same transaction.
async fn stored_keys(ctx: &Ctx, tx: &Tx, subjects: &[Uuid]) -> Result<HashMap<Uuid, Arc<Known>>, Error> {
    let internal = |error: Unsealable| Error::Internal(error.to_string());
    let mut stored = audit_detail::list_keys(tx.conn(), subjects).await?;
    let mut missing: Vec<Uuid> = subjects.iter().copied().filter(|id| !stored.contains_key(id)).collect();
    if !missing.is_empty() {
        let erased = audit_detail::list_erased(tx.conn(), &missing).await?;
        missing.retain(|subject| !erased.contains(subject));
    }
    if !missing.is_empty() {
        let mut rows = Vec::with_capacity(missing.len());
        for subject in &missing {
            let made = ctx.app.keys.make_subject_key(&key_place(*subject), &ctx.app.random);
            let (_, SealedKey { key_id, sealed }) = made.map_err(internal)?;
            rows.push(audit_key::Model { subject_id: *subject, key_id, sealed });
        }
        audit_detail::insert_keys_if_new(tx, rows).await?;
        stored.extend(audit_detail::list_keys(tx.conn(), &missing).await?);
    }
    let open = |(subject, row): (Uuid, audit_key::Model)| {
        let opened = ctx.app.keys.open_subject_key(&key_place(subject), &row.key_id, &row.sealed);
        Ok((subject, Arc::new(Known { opened: opened.map_err(internal)?, stored: row.sealed })))
    };
    stored.into_iter().map(open).collect()
}

/// One entry: pseudonymous ids only.
#[derive(Clone, Debug)]
pub struct AuditEntryView {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub recorded_at: Instant,
    /// Who; none for the operator.
    pub user_id: Option<Uuid>,
    /// In which roles.
    pub role: String,
    /// What.
    pub action: String,
    /// To which noun.
    pub resource_kind: String,
    /// To which row.
    pub resource_id: Uuid,
    /// In which request.
    pub request_id: String,
}

/// The newest entries in the actor's reach.
///
/// # Errors
/// [`Error::Denied`] for those who may not read the log.
pub async fn list_audit_entries(
    ctx: &Ctx,
    filter: &AuditFilter<'_>,
    request: PageRequest,
) -> Result<Page<AuditEntryView>, Error> {
    let scope = ctx.scope::<act::ReadAudit>()?;
    let page = store::list(ctx.app.db.reader(), &scope, filter, request).await?;
    Ok(page.map(|row| AuditEntryView {
        id: row.id,
        recorded_at: row.recorded_at,
        user_id: row.actor_user_id,
        role: row.actor_role,
        action: row.action,
        resource_kind: row.resource_kind,
        resource_id: row.resource_id,
        request_id: row.request_id,
    }))
}
