//! The documents of a bundle: health and training certificates, and what hangs on a permit.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::{PermitId, PersonId};
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::permit::bundle::{Part, Verification};
use uuid::Uuid;

use crate::entity::permit::permit_document::Model;
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::{Ctx, Error, Field, text};
use crate::store::permit::{permit as permit_store, permit_document as store};
use crate::store::person::person;

/// The kinds that go with the person.
const OF_PERSON: [&str; 2] = [Part::HealthCertificate.code(), Part::TrainingCertificate.code()];
/// The kinds that hang on one permit.
const OF_PERMIT: [&str; 4] = ["work_registration", "temporary_residence", "accident_insurance", "contract"];

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentContent {
    /// `health_certificate`, `training_certificate`, `work_registration`, `temporary_residence`,
    /// `accident_insurance` or `contract`.
    pub kind: String,
    /// Who issued it.
    pub issuer: String,
    /// First day of validity.
    pub valid_from: Option<CivilDate>,
    /// Last day of validity; none is unknown, not unlimited.
    pub valid_until: Option<CivilDate>,
    /// `unverified`, `sighted` or `confirmed`.
    pub verification: String,
}

/// A document to record for a person who is registered.
#[derive(Clone, Debug)]
pub struct NewPermitDocument {
    /// Whose.
    pub person: PersonId,
    /// The permit that it hangs on; needed for the kinds that are not the person's own.
    pub permit: Option<PermitId>,
    /// What it says.
    pub content: DocumentContent,
    /// The document of the same person, kind and permit whose place it takes.
    pub supersedes: Option<Uuid>,
}

/// A document as officials and the person see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitDocumentView {
    /// Its id.
    pub id: Uuid,
    /// The permit that it hangs on.
    pub permit: Option<PermitId>,
    /// What it says.
    pub content: DocumentContent,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The document whose place it takes.
    pub supersedes: Option<Uuid>,
    /// Whether a later one has taken its place.
    pub superseded: bool,
}

/// Checks what needs no database; the pointer is the parent's.
pub(crate) fn check_content(problems: &mut Vec<Field>, pointer: &str, new: &DocumentContent) {
    let at = |field: &str| format!("{pointer}/{field}");
    text::clean(problems, &at("issuer"), &new.issuer, text::NAME_CHARS_MAX);
    if Verification::parse(&new.verification).is_none() {
        problems.push(Field::new(at("verification"), "unknown_choice"));
    }
    check_validity(problems, pointer, new.valid_from, new.valid_until);
}

/// A validity that ends before it begins is none.
pub(crate) fn check_validity(
    problems: &mut Vec<Field>,
    pointer: &str,
    from: Option<CivilDate>,
    until: Option<CivilDate>,
) {
    if matches!((from, until), (Some(from), Some(until)) if until < from) {
        problems.push(Field::new(format!("{pointer}/valid_until"), "before_start"));
    }
}

/// Whether a kind goes with the person.
pub(crate) fn is_of_person(kind: &str) -> bool {
    OF_PERSON.contains(&kind)
}

/// The row of a document.
pub(crate) fn row(ctx: &Ctx, person: Uuid, new: &DocumentContent) -> Model {
    Model {
        id: ctx.app.random.secret_id(),
        person_id: person,
        permit_id: None,
        kind: new.kind.clone(),
        issuer: new.issuer.trim().to_owned(),
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        verification: new.verification.clone(),
        recorded_at: ctx.now(),
        supersedes_id: None,
    }
}

/// Records documents of people in reach of an official. An employer records none: what a document is worth
/// is not the employer's to say.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row; a person out of reach is an unknown one.
pub async fn record_permit_documents(
    ctx: &Ctx,
    new: Vec<NewPermitDocument>,
    mode: Mode,
) -> Result<Vec<Uuid>, Error> {
    ctx.require(act::DraftPermit::ACTION)?;
    batch::check_size(new.len())?;
    let (mut grants, mut rows) = (Vec::new(), Vec::new());
    let mut problems = check(ctx, &new).await?;
    let people = people(ctx, &new).await?;
    for (n, document) in new.iter().enumerate() {
        let grant = people.get(&document.person).map(|target| ctx.authorise::<act::DraftPermit>(target));
        let Some(Ok(grant)) = grant else {
            problems.push(Field::new(format!("/{n}/person_id"), "unknown_person"));
            continue;
        };
        grants.push(grant);
        rows.push(Model {
            permit_id: document.permit.map(|id| id.0),
            supersedes_id: document.supersedes,
            ..row(ctx, document.person.0, &document.content)
        });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.person_id, row));
    let tx = ctx.write_tx().await?;
    store::insert_later(&tx, &grants, rows).await?;
    let resource = if let [one] = ids.as_slice() { *one } else { Uuid::nil() };
    ctx.record_changes(&tx, act::DraftPermit::ACTION, ("permit_document", resource), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

async fn people(ctx: &Ctx, new: &[NewPermitDocument]) -> Result<BTreeMap<PersonId, Target>, Error> {
    let asked: BTreeSet<PersonId> = new.iter().map(|document| document.person).collect();
    let asked: Vec<PersonId> = asked.into_iter().collect();
    let targets = person::targets(ctx.app.db.reader(), &asked, ctx.today()).await?;
    Ok(targets.into_iter().map(|target| (PersonId(target.id), target)).collect())
}

async fn check(ctx: &Ctx, new: &[NewPermitDocument]) -> Result<Vec<Field>, Error> {
    let db = ctx.app.db.reader();
    let mut problems = Vec::new();
    let permits = new.iter().filter_map(|document| document.permit).collect();
    let permits = permit_store::people_of(db, permits).await?;
    let older: Vec<Uuid> = new.iter().filter_map(|document| document.supersedes).collect();
    let mut superseded = store::superseded(db, &older).await?;
    let older: BTreeMap<Uuid, Model> =
        store::find_many(db, &older).await?.into_iter().map(|row| (row.id, row)).collect();
    for (n, document) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        let kind = document.content.kind.as_str();
        check_content(&mut problems, &format!("/{n}"), &document.content);
        match document.permit {
            _ if !is_of_person(kind) && !OF_PERMIT.contains(&kind) => {
                problems.push(Field::new(at("kind"), "unknown_choice"));
            }
            None if !is_of_person(kind) => problems.push(Field::new(at("permit_id"), "required")),
            Some(permit) if permits.get(&permit) != Some(&document.person) => {
                problems.push(Field::new(at("permit_id"), "unknown_permit"));
            }
            None | Some(_) => {}
        }
        let Some(id) = document.supersedes else { continue };
        let same = older.get(&id).is_some_and(|row| {
            row.person_id == document.person.0
                && row.kind == kind
                && row.permit_id == document.permit.map(|permit| permit.0)
        });
        if !same {
            problems.push(Field::new(at("supersedes_id"), "unknown_document"));
        } else if !superseded.insert(id) {
            problems.push(Field::new(at("supersedes_id"), "superseded_before"));
        }
    }
    Ok(problems)
}

/// All documents of a person, oldest first, for officials and the person: an employer sees the bundle's
/// status and expiry with the permit, and no more. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list_permit_documents(ctx: &Ctx, id: PersonId) -> Result<Vec<PermitDocumentView>, Error> {
    let scope = ctx.scope::<act::ReadPermit>()?;
    let db = ctx.app.db.reader();
    person::get(db, &scope, id, ctx.today()).await?;
    let rows = store::list_of(db, id).await?;
    ctx.record_reading(act::ReadPermit::ACTION, ("permit_document", id.0), &[id]).await?;
    let superseded: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.supersedes_id).collect();
    let view = |row: Model| PermitDocumentView {
        id: row.id,
        permit: row.permit_id.map(PermitId),
        superseded: superseded.contains(&row.id),
        content: DocumentContent {
            kind: row.kind,
            issuer: row.issuer,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            verification: row.verification,
        },
        recorded_at: row.recorded_at,
        supersedes: row.supersedes_id,
    };
    Ok(rows.into_iter().map(view).collect())
}
