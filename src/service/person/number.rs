//! The numbers of a person and of their papers: with the middle covered for who has to recognise them, in full for
//! a purpose, and the phone number for a factory that the person lets know it.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Act, Scope, act};
use ballast_domain::person::mask::{masked_number, masked_phone};
use ballast_domain::person::number_reading::Purpose;
use uuid::Uuid;

use super::person_key::PersonKey;
use crate::entity::person::{identity_document, person_key, person_secret};
use crate::service::audit::audit_entry::Event;
use crate::service::{App, Ctx, Error};
use crate::store::person::{identity_document as document_store, person, person_key as key_store};

/// The kind of secret that is a phone number.
const PHONE: &str = "phone";

/// A number of a person or of one of their papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberView {
    /// Which row keeps it.
    pub id: Uuid,
    /// `citizen_number`, `phone` or `bank_account`; of a paper `citizen_card`, `passport` or `border_pass`.
    pub kind: String,
    /// The number, covered or in full.
    pub number: String,
    /// Of a paper, what is known of it.
    pub paper: Option<Paper>,
}

/// What is known of a paper besides its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The country that issued it.
    pub country: String,
    /// Its first day.
    pub valid_from: Option<CivilDate>,
    /// Its last day.
    pub valid_until: Option<CivilDate>,
    /// `unverified`, `sighted` or `confirmed`.
    pub verification: String,
}

/// The numbers of a person with their middle covered. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list_numbers(ctx: &Ctx, id: PersonId) -> Result<Vec<NumberView>, Error> {
    let scope = ctx.scope::<act::ReadNumber>()?;
    let mut numbers = numbers_of(ctx, &scope, id).await?;
    ctx.record_reading(act::ReadNumber::ACTION, ("person", id.0), &[id]).await?;
    for number in &mut numbers {
        let cover = if number.kind == PHONE { masked_phone } else { masked_number };
        number.number = cover(&number.number);
    }
    Ok(numbers)
}

/// The numbers of a person in full. Nobody gets them before the log has who looked, and for what.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn uncover_numbers(ctx: &Ctx, id: PersonId, purpose: Purpose) -> Result<Vec<NumberView>, Error> {
    let scope = ctx.scope::<act::UncoverNumber>()?;
    let numbers = numbers_of(ctx, &scope, id).await?;
    let event = Event {
        subjects: &[id],
        purpose: Some(purpose),
        ..Event::new(act::UncoverNumber::ACTION, ("person", id.0))
    };
    ctx.record_reading_of(&event).await?;
    Ok(numbers)
}

async fn numbers_of<A: Act>(ctx: &Ctx, reach: &Scope<A>, id: PersonId) -> Result<Vec<NumberView>, Error> {
    let db = ctx.app.db.reader();
    person::get(db, reach, id, ctx.today()).await?;
    let secrets = person::list_secrets_of(db, reach, &[id]).await?;
    let papers = document_store::list_of(db, id).await?;
    let Some(row) = key_store::list_of(db, &[id.0]).await?.remove(&id.0) else { return Ok(Vec::new()) };
    let key = open_key(&ctx.app, &row)?;
    // A paper that another one has taken the place of says nothing any more.
    let replaced: BTreeSet<Uuid> = papers.iter().filter_map(|paper| paper.supersedes_id).collect();
    let mut numbers = Vec::new();
    for row in secrets {
        let number = open_secret(&key, &row)?;
        numbers.push(NumberView { id: row.id, kind: row.kind, number, paper: None });
    }
    for row in papers.into_iter().filter(|paper| !replaced.contains(&paper.id)) {
        numbers.push(of_paper(&key, row)?);
    }
    numbers.sort_by(|a, b| (a.paper.is_some(), &a.kind, a.id).cmp(&(b.paper.is_some(), &b.kind, b.id)));
    Ok(numbers)
}

fn of_paper(key: &PersonKey, row: identity_document::Model) -> Result<NumberView, Error> {
    let number = key.open_number(&row).map_err(|_unsealable| unreadable("identity_document", row.id))?;
    let paper = Paper {
        country: row.country_code,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        verification: row.verification,
    };
    Ok(NumberView { id: row.id, kind: row.kind, number, paper: Some(paper) })
}

/// The phone numbers of people who were found in reach, in full.
pub(super) async fn phones_of<A: Act>(
    ctx: &Ctx,
    reach: &Scope<A>,
    people: &[PersonId],
) -> Result<BTreeMap<PersonId, String>, Error> {
    let db = ctx.app.db.reader();
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let keys = key_store::list_of(db, &ids).await?;
    let mut phones = BTreeMap::new();
    for row in person::list_secrets_of(db, reach, people).await? {
        let Some(key) = keys.get(&row.person_id).filter(|_| row.kind == PHONE) else { continue };
        phones.insert(PersonId(row.person_id), open_secret(&open_key(&ctx.app, key)?, &row)?);
    }
    Ok(phones)
}

fn open_key(app: &App, row: &person_key::Model) -> Result<PersonKey, Error> {
    PersonKey::open(app, row).map_err(|_unsealable| unreadable("person_key", row.person_id))
}

fn open_secret(key: &PersonKey, row: &person_secret::Model) -> Result<String, Error> {
    key.open_secret(row).map_err(|_unsealable| unreadable("person_secret", row.id))
}

fn unreadable(table: &str, row: Uuid) -> Error {
    Error::Internal(format!("{table} {row} does not open"))
}
