//! Registering and reading people.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId};
use ballast_domain::base::name_key::name_key;
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::person::citizen_number::{self, CitizenNumber};
use uuid::Uuid;

use super::availability::{self, NewAvailability};
use super::person_key::{
    CITIZEN_NUMBER, DOCUMENT_NUMBER, PersonKey, citizen_digests, document_digests, index_row,
};
use crate::entity::permit::permit_document;
use crate::entity::person::{
    availability as availability_row, availability_region, blind_index, identity_document, nationality,
    person, person_key, person_secret, person_tie,
};
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, text};
use crate::store::Tx;
use crate::store::organisation::region;
use crate::store::person::person::{Registration, open_end};
use crate::store::person::{
    availability as availability_store, blind_index as index_store, identity_document as document_store,
    person as store, person_key as key_store,
};

/// The earliest birth year that is believed.
const BIRTH_YEAR_MIN: i32 = 1900;

/// A local person, as a school or a bureau registers one.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// As on the identity card.
    pub name: String,
    /// In Latin letters.
    pub name_latin: Option<String>,
    /// Birth date; taken from the citizen number when that is given.
    pub birth_date: Option<CivilDate>,
    /// `female` or `male`; taken from the citizen number when that is given.
    pub sex: Option<String>,
    /// The region where the person lives.
    pub home_region: Option<String>,
    /// The citizen number, from the card that the registrar has seen. Kept sealed; it proves the nationality.
    pub citizen_number: Option<String>,
    /// A phone number. Kept sealed.
    pub phone: Option<String>,
    /// What the person wants.
    pub availability: Option<NewAvailability>,
}

/// A person, as those see them who may know the name.
#[derive(Clone, Debug)]
pub struct PersonView {
    /// Who.
    pub id: PersonId,
    /// As written in the person's own script.
    pub name: String,
    /// In Latin letters.
    pub name_latin: Option<String>,
    /// Birth date.
    pub birth_date: Option<CivilDate>,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// The region where the person lives.
    pub home_region: Option<String>,
    /// Whether a port registered the person.
    pub foreign_worker: bool,
    /// The revision.
    pub revision: i64,
}

/// All rows of a batch, table by table.
#[derive(Default)]
pub(crate) struct Rows {
    pub people: Vec<person::Model>,
    pub keys: Vec<person_key::Model>,
    pub secrets: Vec<person_secret::Model>,
    pub indexes: Vec<blind_index::Model>,
    pub ties: Vec<person_tie::Model>,
    pub documents: Vec<identity_document::Model>,
    pub nationalities: Vec<nationality::Model>,
    pub wishes: Vec<availability_row::Model>,
    pub wish_regions: Vec<availability_region::Model>,
}

impl Rows {
    /// What the log tells of them: each person, what they want, and the papers that came with them.
    pub(crate) fn changes(&self, papers: &[permit_document::Model]) -> Changes {
        let mut changes = Changes::new();
        self.people.iter().for_each(|row| changes.created(row.id, row));
        self.wishes.iter().for_each(|row| changes.created(row.person_id, row));
        papers.iter().for_each(|row| changes.created(row.person_id, row));
        changes
    }

    /// Stores them, parents first.
    pub(crate) async fn insert<A: Registration>(self, tx: &Tx, grant: &Grant<A>) -> Result<(), Error> {
        store::insert_people(tx, grant, self.people, self.ties).await?;
        key_store::insert_first(tx, grant, self.keys).await?;
        store::insert_secrets(tx, grant, self.secrets).await?;
        document_store::insert_all(tx, self.documents, self.nationalities).await?;
        index_store::insert_first(tx, grant, self.indexes).await?;
        availability_store::insert_first(tx, grant, self.wishes, self.wish_regions).await?;
        Ok(())
    }

    /// A secret, sealed for its own row.
    pub(crate) fn add_secret(
        &mut self,
        ctx: &Ctx,
        key: &PersonKey,
        person: Uuid,
        kind: &str,
        value: &str,
    ) -> Result<Uuid, Error> {
        let id = ctx.app.random.secret_id();
        let sealed = key.seal(ctx, "person_secret|sealed", id, value)?;
        let kind = kind.to_owned();
        self.secrets.push(person_secret::Model { id, person_id: person, kind, sealed, revision: 1 });
        Ok(id)
    }

    /// An identity document with its number sealed for its own row, and the digest by which it is looked up.
    pub(crate) fn add_document(
        &mut self,
        ctx: &Ctx,
        key: &PersonKey,
        person: Uuid,
        new: &Document<'_>,
    ) -> Result<Uuid, Error> {
        let id = ctx.app.random.secret_id();
        self.documents.push(identity_document::Model {
            id,
            person_id: person,
            kind: new.kind.to_owned(),
            country_code: new.country.to_owned(),
            number_sealed: key.seal(ctx, "identity_document|number_sealed", id, new.number)?,
            valid_from: new.valid_from,
            valid_until: new.valid_until,
            verification: new.verification.to_owned(),
            recorded_at: ctx.now(),
            supersedes_id: None,
        });
        let digests = document_digests(&ctx.app.keys, new.kind, new.country, new.number);
        self.indexes.extend(index_row(DOCUMENT_NUMBER, id, person, digests));
        Ok(id)
    }
}

/// An identity document, its number as it is looked up.
pub(crate) struct Document<'d> {
    pub kind: &'d str,
    pub country: &'d str,
    pub number: &'d str,
    pub valid_from: Option<CivilDate>,
    pub valid_until: Option<CivilDate>,
    pub verification: &'d str,
}

/// Registers people for an organisation: names, sealed secrets, the tie, and what they want.
///
/// A number that this organisation registered before is refused; whether another one knows it is not told
/// (the duplicates are the bureau's to settle).
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row.
pub async fn register_people(
    ctx: &Ctx,
    organisation: OrganisationId,
    new: Vec<NewPerson>,
    mode: Mode,
) -> Result<Vec<PersonId>, Error> {
    let target = Target { id: organisation.0, organisations: vec![organisation], ..Target::default() };
    let grant = ctx.authorise::<act::RegisterPerson>(&target)?;
    batch::check_size(new.len())?;
    let problems = check(ctx, organisation, &new).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (mut rows, mut ids) = (Rows::default(), Vec::with_capacity(new.len()));
    for person in &new {
        ids.push(add_rows(ctx, organisation, person, &mut rows)?);
    }
    let changes = rows.changes(&[]);
    let tx = ctx.write_tx().await?;
    rows.insert(&tx, &grant).await?;
    ctx.record_changes(&tx, act::RegisterPerson::ACTION, ("organisation", organisation.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

async fn check(ctx: &Ctx, organisation: OrganisationId, new: &[NewPerson]) -> Result<Vec<Field>, Error> {
    let mut problems = Vec::new();
    let asked: BTreeSet<String> = new.iter().flat_map(regions_of).collect();
    let known = region::known_regions(ctx.app.db.reader(), asked).await?;
    let mut numbers: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for (n, person) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        text::clean(&mut problems, &at("name"), &person.name, text::NAME_CHARS_MAX);
        if let Some(latin) = &person.name_latin {
            text::clean(&mut problems, &at("name_latin"), latin, text::NAME_CHARS_MAX);
        }
        if let Some(phone) = &person.phone {
            text::clean(&mut problems, &at("phone"), phone, text::REFERENCE_CHARS_MAX);
        }
        check_birth(&mut problems, &at("birth_date"), person.birth_date, ctx.today());
        if person.sex.as_deref().is_some_and(|sex| !matches!(sex, "female" | "male")) {
            problems.push(Field::new(at("sex"), "unknown_choice"));
        }
        if person.home_region.as_ref().is_some_and(|code| !known.contains(code)) {
            problems.push(Field::new(at("home_region"), "unknown_region"));
        }
        if let Some(wishes) = &person.availability {
            availability::check(&mut problems, &at("availability"), wishes);
            if wishes.regions.iter().any(|code| !known.contains(code)) {
                problems.push(Field::new(at("availability/regions"), "unknown_region"));
            }
        }
        if let Some(number) = &person.citizen_number {
            match CitizenNumber::parse(number) {
                Err(problem) => problems.push(Field::new(at("citizen_number"), number_code(problem))),
                Ok(number) if person.birth_date.is_some_and(|birth| birth != number.birth_date()) => {
                    problems.push(Field::new(at("birth_date"), "differs_from_citizen_number"));
                }
                Ok(number) => {
                    let digests = citizen_digests(&ctx.app.keys, &number);
                    if digests.into_iter().any(|known| numbers.insert(known.digest, n).is_some()) {
                        problems.push(Field::new(at("citizen_number"), "doubled"));
                    }
                }
            }
        }
    }
    let indexes = numbers.keys().cloned().collect();
    let known = index_store::find_known(ctx.app.db.reader(), organisation, CITIZEN_NUMBER, indexes).await?;
    let registered: BTreeSet<usize> =
        known.iter().filter_map(|digest| numbers.get(digest).copied()).collect();
    for n in registered {
        problems.push(Field::new(format!("/{n}/citizen_number"), "registered_before"));
    }
    Ok(problems)
}

fn regions_of(person: &NewPerson) -> Vec<String> {
    let wished = person.availability.iter().flat_map(|w| w.regions.iter().cloned());
    person.home_region.iter().cloned().chain(wished).collect()
}

/// A birth date that is not in the future nor in another century's register.
pub(crate) fn check_birth(
    problems: &mut Vec<Field>,
    pointer: &str,
    birth: Option<CivilDate>,
    today: CivilDate,
) {
    use chrono::Datelike as _;
    if birth.is_some_and(|birth| birth > today || birth.year() < BIRTH_YEAR_MIN) {
        problems.push(Field::new(pointer, "date_out_of_range"));
    }
}

fn number_code(problem: citizen_number::Problem) -> &'static str {
    match problem {
        citizen_number::Problem::Form => "citizen_number_form",
        citizen_number::Problem::BirthDate => "citizen_number_birth_date",
        citizen_number::Problem::Check => "citizen_number_check",
    }
}

fn add_rows(
    ctx: &Ctx,
    organisation: OrganisationId,
    new: &NewPerson,
    rows: &mut Rows,
) -> Result<PersonId, Error> {
    let random = &ctx.app.random;
    let (id, now) = (random.secret_id(), ctx.now());
    let number = new.citizen_number.as_deref().map(CitizenNumber::parse).transpose();
    let number = number.map_err(|_checked_before| Error::field("/citizen_number", "citizen_number_form"))?;
    let sex = number.as_ref().map(|n| match n.sex() {
        citizen_number::Sex::Female => "female".to_owned(),
        citizen_number::Sex::Male => "male".to_owned(),
    });
    rows.people.push(person::Model {
        id,
        name: new.name.trim().to_owned(),
        name_latin: new.name_latin.as_deref().map(|n| n.trim().to_owned()),
        search_key: text::search_key(&new.name),
        name_key: name_key(&new.name),
        birth_date: number.as_ref().map(CitizenNumber::birth_date).or(new.birth_date),
        sex: sex.or_else(|| new.sex.clone()),
        birth_country_code: None,
        home_region_code: new.home_region.clone(),
        foreign_worker: false,
        revision: 1,
        erased_at: None,
    });
    rows.ties.push(tie(random.secret_id(), organisation, id, "registration", ctx.today()));
    if new.phone.is_some() || number.is_some() {
        add_secrets(ctx, id, new.phone.as_deref(), number.as_ref(), rows)?;
    }
    if let Some(wishes) = &new.availability {
        let (row, regions) = availability::rows(random.secret_id(), id, 1, wishes, now);
        rows.wishes.push(row);
        rows.wish_regions.extend(regions);
    }
    Ok(PersonId(id))
}

/// What of a person is only kept sealed, and the nationality that the citizen number proves.
fn add_secrets(
    ctx: &Ctx,
    id: Uuid,
    phone: Option<&str>,
    number: Option<&CitizenNumber>,
    rows: &mut Rows,
) -> Result<(), Error> {
    let (key, row) = PersonKey::make(ctx, id)?;
    rows.keys.push(row);
    if let Some(phone) = phone {
        rows.add_secret(ctx, &key, id, "phone", phone.trim())?;
    }
    if let Some(number) = number {
        let secret = rows.add_secret(ctx, &key, id, "citizen_number", number.as_str())?;
        let digests = citizen_digests(&ctx.app.keys, number);
        rows.indexes.extend(index_row(CITIZEN_NUMBER, secret, id, digests));
        let card = Document {
            kind: "citizen_card",
            country: "CN",
            number: number.as_str(),
            valid_from: None,
            valid_until: None,
            verification: "sighted",
        };
        let document = rows.add_document(ctx, &key, id, &card)?;
        rows.nationalities.push(nationality::Model {
            id: ctx.app.random.secret_id(),
            person_id: id,
            country_code: "CN".to_owned(),
            evidence: "document".to_owned(),
            document_id: Some(document),
            recorded_at: ctx.now(),
            supersedes_id: None,
        });
    }
    Ok(())
}

/// An open tie that begins today.
pub(crate) fn tie(
    id: Uuid,
    organisation: OrganisationId,
    person: Uuid,
    basis: &str,
    today: CivilDate,
) -> person_tie::Model {
    person_tie::Model {
        id,
        organisation_id: organisation.0,
        person_id: person,
        basis: basis.to_owned(),
        valid_from: today,
        valid_until: open_end(),
        revision: 1,
    }
}

fn view(row: person::Model) -> PersonView {
    PersonView {
        id: PersonId(row.id),
        name: row.name,
        name_latin: row.name_latin,
        birth_date: row.birth_date,
        sex: row.sex,
        home_region: row.home_region_code,
        foreign_worker: row.foreign_worker,
        revision: row.revision,
    }
}

/// A person by name. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_person(ctx: &Ctx, id: PersonId) -> Result<PersonView, Error> {
    let scope = ctx.scope::<act::ReadPerson>()?;
    let row = store::get(ctx.app.db.reader(), &scope, id, ctx.today()).await?;
    ctx.record_reading(act::ReadPerson::ACTION, ("person", id.0), &[id]).await?;
    Ok(view(row))
}

/// People in reach, optionally by the beginning of the name. The reading is logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_people(
    ctx: &Ctx,
    name_begins: Option<&str>,
    request: PageRequest,
) -> Result<Page<PersonView>, Error> {
    let scope = ctx.scope::<act::ReadPerson>()?;
    let key = name_begins.map(text::search_key);
    let db = ctx.app.db.reader();
    let page = store::list(db, &scope, key.as_deref(), ctx.today(), request).await?.map(view);
    let subjects: Vec<PersonId> = page.items.iter().map(|p| p.id).collect();
    ctx.record_reading(act::ReadPerson::ACTION, ("person", Uuid::nil()), &subjects).await?;
    Ok(page)
}
