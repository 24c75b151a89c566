//! Nationalities and identity papers of somebody who is registered already: what is learnt later, and what was recorded
//! wrongly. History stays: a correction is a row that takes the place of another, and what it said can be read on.
//!
//! What would bar somebody is stored like anything else, never refused. What lifts a bar is for an official with the
//! word of an authority.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Act as _, Grant, act};
use ballast_domain::permit::bundle::Verification;
use ballast_domain::person::nationality::{self as rule, Country, Evidence, Record};
use serde_json::{Value, json};
use uuid::Uuid;

use super::foreign_worker::{NewTravelDocument, check_travel_document, folded};
use super::number_attempt;
use super::person::{Document, Rows};
use super::person_key::PersonKey;
use crate::entity::person::{identity_document, nationality, person as person_row};
use crate::service::audit::audit_entry::Changes;
use crate::service::{Ctx, Error, Field};
use crate::store::Tx;
use crate::store::audit::audit_entry::Touch;
use crate::store::organisation::region;
use crate::store::person::{
    blind_index as index_store, erasure, identity_document as store, person, person_key as key_store,
};

/// A nationality that was learnt later, or that is right where another is wrong.
#[derive(Clone, Debug, Default)]
pub struct FurtherNationality {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `self_declared`, `document` or `authority`.
    pub evidence: String,
    /// The paper that shows it.
    pub document: Option<Uuid>,
    /// The record whose place it takes.
    pub supersedes: Option<Uuid>,
}

/// A passport or a border pass that was learnt of later, that renews another, or that is right where another is wrong.
#[derive(Clone, Debug, Default)]
pub struct FurtherDocument {
    /// The paper.
    pub document: NewTravelDocument,
    /// The record whose place it takes.
    pub supersedes: Option<Uuid>,
}

/// A nationality as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NationalityView {
    /// Which record.
    pub id: Uuid,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `self_declared`, `document` or `authority`, as it was recorded.
    pub evidence: String,
    /// The paper that shows it.
    pub document: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The record whose place it took.
    pub supersedes: Option<Uuid>,
    /// Whether another has taken its place.
    pub superseded: bool,
}

/// Every nationality that was ever recorded of a person, the oldest first. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list_nationalities(ctx: &Ctx, id: PersonId) -> Result<Vec<NationalityView>, Error> {
    let scope = ctx.scope::<act::RecordIdentity>()?;
    let db = ctx.app.db.reader();
    person::get(db, &scope, id, ctx.today()).await?;
    let rows = store::nationalities_of(db, id).await?;
    ctx.record_reading(act::RecordIdentity::ACTION, ("person", id.0), &[id]).await?;
    let replaced: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.supersedes_id).collect();
    let view = |row: nationality::Model| NationalityView {
        superseded: replaced.contains(&row.id),
        id: row.id,
        country: row.country_code,
        evidence: row.evidence,
        document: row.document_id,
        recorded_at: row.recorded_at,
        supersedes: row.supersedes_id,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Records a further nationality of a person, or one in the place of another.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Denied`] for what an authority says, and for what lifts a bar, where one may not;
/// [`Error::Invalid`]; a refusal about oneself.
pub async fn record_nationality(ctx: &Ctx, id: PersonId, new: &FurtherNationality) -> Result<(), Error> {
    ctx.require(act::RecordIdentity::ACTION)?;
    let known = region::known_countries(ctx.app.db.reader(), [new.country.clone()].into()).await?;
    let tx = ctx.write_tx().await?;
    let judged = Judged::read(ctx, &tx, id).await?;
    let (record, before) = check_nationality(&judged, new, &known)?;
    let old = before.map(|row| judged.worth(row)).transpose()?;
    if rule::needs_authority(old, record) {
        if record.evidence != Evidence::Authority {
            return Err(Error::field("/evidence", "needs_authority"));
        }
        ctx.authorise::<act::SettleNationality>(&judged.target)?;
    }
    let row = nationality::Model {
        id: ctx.app.random.secret_id(),
        person_id: id.0,
        country_code: new.country.clone(),
        evidence: new.evidence.clone(),
        document_id: new.document,
        recorded_at: ctx.now(),
        supersedes_id: new.supersedes,
    };
    let told = (before.map_or(Value::Null, told_nationality), told_nationality(&row));
    judged.keep(ctx, tx, Rows { nationalities: vec![row], ..Rows::default() }, told).await
}

/// Records a further paper of a person, or one in the place of another. A paper of a country of which the person has no
/// nationality on record is recorded as a claim to that country's nationality too: it proves nothing, and can bar.
/// Nationalities that rest on the paper before rest on this one then, for what it is worth.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Spent`]; [`Error::Invalid`]; a refusal about oneself.
pub async fn record_document(ctx: &Ctx, id: PersonId, new: &FurtherDocument) -> Result<(), Error> {
    ctx.require(act::RecordIdentity::ACTION)?;
    if let Some(organisation) = ctx.actor.acting_organisation(act::RecordIdentity::ACTION) {
        number_attempt::spend(ctx, organisation, 1).await?;
    }
    let (paper, mut problems) = (&new.document, Vec::new());
    let known = region::known_countries(ctx.app.db.reader(), [paper.country.clone()].into()).await?;
    check_travel_document(&mut problems, "", paper, &known);
    let tx = ctx.write_tx().await?;
    let judged = Judged::read(ctx, &tx, id).await?;
    let before = match new.supersedes {
        None => None,
        Some(old) => {
            let found = judged.documents.iter().find(|row| row.id == old && row.kind != "citizen_card");
            if found.is_none() {
                problems.push(Field::new("/supersedes_id", "unknown_identity_document"));
            } else if judged.documents.iter().any(|row| row.supersedes_id == Some(old)) {
                problems.push(Field::new("/supersedes_id", "record_superseded_before"));
            }
            found
        }
    };
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let before = before.map_or(Value::Null, told_document);
    let mut rows = Rows::default();
    let key = match key_store::list_of(tx.conn(), &[id.0]).await?.remove(&id.0) {
        Some(row) => PersonKey::open(&ctx.app, &row)
            .map_err(|_unsealable| Error::Internal(format!("the key of person {id} does not open")))?,
        None => {
            let (key, row) = PersonKey::make(ctx, id.0)?;
            rows.keys.push(row);
            key
        }
    };
    let document = Document {
        kind: &paper.kind,
        country: &paper.country,
        number: &folded(&paper.number),
        valid_from: paper.valid_from,
        valid_until: paper.valid_until,
        verification: &paper.verification,
    };
    let made = rows.add_document(ctx, &key, id.0, &document)?;
    rows.documents.iter_mut().for_each(|row| row.supersedes_id = new.supersedes);
    rows.nationalities = judged.resting_on(ctx, made, new);
    let after = rows.documents.first().map_or(Value::Null, told_document);
    judged.keep(ctx, tx, rows, (before, after)).await
}

/// The person, locked, what is recorded of them, and that one may record more.
struct Judged {
    grant: Grant<act::RecordIdentity>,
    target: ballast_domain::identity::policy::Target,
    person: person_row::Model,
    documents: Vec<identity_document::Model>,
    nationalities: Vec<nationality::Model>,
}

impl Judged {
    async fn read(ctx: &Ctx, tx: &Tx, id: PersonId) -> Result<Self, Error> {
        let person = erasure::lock_person(tx, id).await?;
        let target = person::targets(tx.conn(), &[id], ctx.today()).await?.pop().ok_or(Error::NotFound)?;
        let grant = ctx.authorise::<act::RecordIdentity>(&target)?;
        let documents = store::list_of(tx.conn(), id).await?;
        let nationalities = store::nationalities_of(tx.conn(), id).await?;
        Ok(Self { grant, target, person, documents, nationalities })
    }

    fn standing(&self) -> impl Iterator<Item = &nationality::Model> {
        let replaced: BTreeSet<Uuid> =
            self.nationalities.iter().filter_map(|row| row.supersedes_id).collect();
        self.nationalities.iter().filter(move |row| !replaced.contains(&row.id))
    }

    /// Country and verification of a paper of the person.
    fn shown(&self, document: Option<Uuid>) -> Option<(Country, Verification)> {
        let row = self.documents.iter().find(|row| Some(row.id) == document)?;
        Country::parse(&row.country_code).zip(Verification::parse(&row.verification))
    }

    /// A record as it is weighed.
    fn worth(&self, row: &nationality::Model) -> Result<Record, Error> {
        let corrupt = || Error::Internal(format!("nationality {} cannot be read", row.id));
        let country = Country::parse(&row.country_code).ok_or_else(corrupt)?;
        let evidence = Evidence::parse(&row.evidence).ok_or_else(corrupt)?;
        Ok(Record { country, evidence: evidence.worth(country, self.shown(row.document_id)) })
    }

    /// The nationalities that a further paper brings: those that rested on the one before, and the claim to its
    /// country's where there is none yet.
    fn resting_on(&self, ctx: &Ctx, made: Uuid, new: &FurtherDocument) -> Vec<nationality::Model> {
        let row = |country: &str, evidence: &str, supersedes: Option<Uuid>| nationality::Model {
            id: ctx.app.random.secret_id(),
            person_id: self.person.id,
            country_code: country.to_owned(),
            evidence: evidence.to_owned(),
            document_id: Some(made),
            recorded_at: ctx.now(),
            supersedes_id: supersedes,
        };
        let rested =
            self.standing().filter(|row| row.document_id.is_some() && row.document_id == new.supersedes);
        let mut rows: Vec<_> =
            rested.map(|old| row(&old.country_code, &old.evidence, Some(old.id))).collect();
        let country = &new.document.country;
        if !self.standing().any(|row| row.country_code == *country) {
            rows.push(row(country, Evidence::Declared.code(), None));
        }
        rows
    }

    /// Stores the rows; the person is at another revision, so that whoever looks at them looks again.
    async fn keep(self, ctx: &Ctx, tx: Tx, rows: Rows, told: (Value, Value)) -> Result<(), Error> {
        person::raise_if_unchanged(&tx, &self.grant).await?;
        key_store::insert_of_person(&tx, &self.grant, rows.keys).await?;
        store::insert_of_person(&tx, &self.grant, rows.documents, rows.nationalities).await?;
        index_store::insert_of_person(&tx, &self.grant, rows.indexes).await?;
        let touch = Touch { kind: "person", id: self.person.id, revision: self.person.revision + 1 };
        let mut changes = Changes::new();
        changes.described(self.person.id, touch, told.0, told.1);
        let about = ("person", self.person.id);
        ctx.record_changes(&tx, act::RecordIdentity::ACTION, about, &changes).await?;
        Ok(tx.commit().await?)
    }
}

/// What a further nationality is worth, and the record whose place it takes.
fn check_nationality<'j>(
    judged: &'j Judged,
    new: &FurtherNationality,
    known: &BTreeSet<String>,
) -> Result<(Record, Option<&'j nationality::Model>), Error> {
    let mut problems = Vec::new();
    let country = Country::parse(&new.country).filter(|country| known.contains(country.as_str()));
    let evidence = Evidence::parse(&new.evidence);
    if country.is_none() {
        problems.push(Field::new("/country", "unknown_country"));
    }
    if evidence.is_none() {
        problems.push(Field::new("/evidence", "unknown_choice"));
    }
    let replaced = |id: Uuid| judged.documents.iter().any(|row| row.supersedes_id == Some(id));
    if let Some(id) = new.document
        && (judged.shown(new.document).is_none() || replaced(id))
    {
        problems.push(Field::new("/document_id", "unknown_identity_document"));
    }
    if let (Some(country), Some(evidence)) = (country, evidence)
        && evidence.worth(country, judged.shown(new.document)) != evidence
    {
        problems.push(Field::new("/evidence", "evidence_not_seen"));
    }
    let before = new.supersedes.and_then(|old| judged.nationalities.iter().find(|row| row.id == old));
    if new.supersedes.is_some() && before.is_none() {
        problems.push(Field::new("/supersedes_id", "unknown_nationality"));
    } else if before.is_some_and(|old| !judged.standing().any(|row| row.id == old.id)) {
        problems.push(Field::new("/supersedes_id", "record_superseded_before"));
    }
    match (country, evidence) {
        (Some(country), Some(evidence)) if problems.is_empty() => Ok((Record { country, evidence }, before)),
        _ => Err(Error::Invalid(problems)),
    }
}

fn told_nationality(row: &nationality::Model) -> Value {
    json!({ "nationality": {
        "country_code": row.country_code,
        "evidence": row.evidence,
        "document_id": row.document_id.map(|id| id.to_string()),
        "id": row.id.to_string(),
    } })
}

/// A paper as the log tells it: without its number.
fn told_document(row: &identity_document::Model) -> Value {
    json!({ "identity_document": {
        "kind": row.kind,
        "country_code": row.country_code,
        "valid_from": row.valid_from.map(|day| day.to_string()),
        "valid_until": row.valid_until.map(|day| day.to_string()),
        "verification": row.verification,
        "id": row.id.to_string(),
    } })
}
