//! Registering foreign workers at a port: who they are, by what evidence, and the papers that go with them.
//!
//! What would bar somebody is stored like anything else, never refused: a fact that is not there can bar
//! nobody.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, PortId};
use ballast_domain::base::name_key::name_key;
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::permit::bundle::Verification;
use ballast_domain::person::nationality::{Country, Evidence};
use uuid::Uuid;

use super::availability::{self, NewAvailability};
use super::number_attempt;
use super::person::{Document, Rows, check_birth, tie};
use super::person_key::{DOCUMENT_NUMBER, PersonKey, document_digests};
use crate::entity::permit::permit_document as permit_document_row;
use crate::entity::person::{nationality, person};
use crate::outside::keys::IndexDigest;
use crate::service::batch::{self, Mode};
use crate::service::permit::permit_document::{self, DocumentContent};
use crate::service::{Ctx, Error, Field, text};
use crate::store::organisation::region;
use crate::store::permit::{permit as permit_store, permit_document as permit_document_store};
use crate::store::person::blind_index as index_store;
use crate::words::Arg;

/// The most person-bound documents of one registration.
pub const DOCUMENTS_MAX: usize = 10;

/// A passport or a border pass.
#[derive(Clone, Debug, Default)]
pub struct NewTravelDocument {
    /// `passport` or `border_pass`.
    pub kind: String,
    /// The country that issued it, ISO 3166-1 alpha-2.
    pub country: String,
    /// Its number. Kept sealed.
    pub number: String,
    /// First day of validity.
    pub valid_from: Option<CivilDate>,
    /// Last day of validity; none is unknown, not unlimited.
    pub valid_until: Option<CivilDate>,
    /// `unverified`, `sighted` or `confirmed`.
    pub verification: String,
}

/// A nationality with what it rests on.
#[derive(Clone, Debug, Default)]
pub struct NewNationality {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `self_declared`, `document` (the travel document, which somebody has seen) or `authority`.
    pub evidence: String,
}

/// A foreign worker, as the bureau at a port registers one.
#[derive(Clone, Debug, Default)]
pub struct NewForeignWorker {
    /// In the person's own script.
    pub name: String,
    /// In Latin letters, as in the passport.
    pub name_latin: Option<String>,
    /// Birth date.
    pub birth_date: Option<CivilDate>,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// Country of birth: evidence that must be answered, not a nationality.
    pub birth_country: Option<String>,
    /// The region of this country where the person lives.
    pub home_region: Option<String>,
    /// The travel document.
    pub travel_document: Option<NewTravelDocument>,
    /// The nationality that the person has or claims.
    pub nationality: Option<NewNationality>,
    /// Health and training certificates.
    pub documents: Vec<DocumentContent>,
    /// A phone number. Kept sealed.
    pub phone: Option<String>,
    /// What the person wants.
    pub availability: Option<NewAvailability>,
}

/// Registers foreign workers at a port for the bureau that keeps its desk.
///
/// A travel document's number that this bureau registered before is refused; whether another one knows it is
/// not told. A travel document of another country than the nationality is recorded as a claim to that
/// country's nationality too: it proves nothing, and can bar.
///
/// # Errors
/// [`Error::Spent`]; [`Error::Invalid`] with every wrong field of every row.
pub async fn register_foreign_workers(
    ctx: &Ctx,
    bureau: OrganisationId,
    port: PortId,
    new: Vec<NewForeignWorker>,
    mode: Mode,
) -> Result<Vec<PersonId>, Error> {
    let target = Target { id: bureau.0, organisations: vec![bureau], ..Target::default() };
    let grant = ctx.authorise::<act::RegisterForeignWorker>(&target)?;
    batch::check_size(new.len())?;
    let numbers = new.iter().filter(|worker| worker.travel_document.is_some()).count();
    number_attempt::spend(ctx, bureau, numbers).await?;
    let ports = permit_store::find_ports(ctx.app.db.reader(), [port]).await?;
    if ports.get(&port).is_none_or(|found| found.bureau != bureau) {
        return Err(Error::field("/port_id", "unknown_port"));
    }
    let problems = check(ctx, bureau, &new).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (mut rows, mut papers, mut ids) = (Rows::default(), Vec::new(), Vec::with_capacity(new.len()));
    for worker in &new {
        ids.push(add_rows(ctx, bureau, worker, &mut rows, &mut papers)?);
    }
    let changes = rows.changes(&papers);
    let tx = ctx.write_tx().await?;
    rows.insert(&tx, &grant).await?;
    permit_document_store::insert_first(&tx, &grant, papers).await?;
    ctx.record_changes(&tx, act::RegisterForeignWorker::ACTION, ("port", port.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

/// What the rows name that has to exist.
struct Known {
    regions: BTreeSet<String>,
    countries: BTreeSet<String>,
}

async fn check(ctx: &Ctx, bureau: OrganisationId, new: &[NewForeignWorker]) -> Result<Vec<Field>, Error> {
    let db = ctx.app.db.reader();
    let known = Known {
        regions: region::known_regions(db, new.iter().flat_map(regions_of).collect()).await?,
        countries: region::known_countries(db, new.iter().flat_map(countries_of).collect()).await?,
    };
    let mut problems = Vec::new();
    let mut numbers: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for (n, worker) in new.iter().enumerate() {
        check_person(ctx, &mut problems, n, worker, &known);
        check_evidence(&mut problems, n, worker, &known);
        if let Some(travel) = &worker.travel_document {
            let pointer = format!("/{n}/travel_document");
            check_travel_document(&mut problems, &pointer, travel, &known.countries);
            if digests(ctx, travel).into_iter().any(|known| numbers.insert(known.digest, n).is_some()) {
                problems.push(Field::new(format!("{pointer}/number"), "doubled"));
            }
        }
        if worker.documents.len() > DOCUMENTS_MAX {
            let max = Arg::Int(i64::try_from(DOCUMENTS_MAX).unwrap_or(i64::MAX));
            problems.push(Field::new(format!("/{n}/documents"), "too_many").with("max", max));
        }
        for (m, paper) in worker.documents.iter().enumerate() {
            let pointer = format!("/{n}/documents/{m}");
            permit_document::check_content(&mut problems, &pointer, paper);
            if !permit_document::is_of_person(&paper.kind) {
                problems.push(Field::new(format!("{pointer}/kind"), "unknown_choice"));
            }
        }
    }
    let indexes = numbers.keys().cloned().collect();
    let known = index_store::find_known(db, bureau, DOCUMENT_NUMBER, indexes).await?;
    let registered: BTreeSet<usize> =
        known.iter().filter_map(|digest| numbers.get(digest).copied()).collect();
    for n in registered {
        problems.push(Field::new(format!("/{n}/travel_document/number"), "registered_before"));
    }
    Ok(problems)
}

fn regions_of(worker: &NewForeignWorker) -> Vec<String> {
    let wished = worker.availability.iter().flat_map(|wishes| wishes.regions.iter().cloned());
    worker.home_region.iter().cloned().chain(wished).collect()
}

fn countries_of(worker: &NewForeignWorker) -> Vec<String> {
    let travel = worker.travel_document.iter().map(|travel| travel.country.clone());
    let nationality = worker.nationality.iter().map(|nationality| nationality.country.clone());
    worker.birth_country.iter().cloned().chain(travel).chain(nationality).collect()
}

fn check_person(ctx: &Ctx, problems: &mut Vec<Field>, n: usize, worker: &NewForeignWorker, known: &Known) {
    let at = |field: &str| format!("/{n}/{field}");
    text::clean(problems, &at("name"), &worker.name, text::NAME_CHARS_MAX);
    if let Some(latin) = &worker.name_latin {
        text::clean(problems, &at("name_latin"), latin, text::NAME_CHARS_MAX);
    }
    if let Some(phone) = &worker.phone {
        text::clean(problems, &at("phone"), phone, text::REFERENCE_CHARS_MAX);
    }
    check_birth(problems, &at("birth_date"), worker.birth_date, ctx.today());
    if worker.sex.as_deref().is_some_and(|sex| !matches!(sex, "female" | "male")) {
        problems.push(Field::new(at("sex"), "unknown_choice"));
    }
    if worker.birth_country.as_ref().is_some_and(|code| !known.countries.contains(code)) {
        problems.push(Field::new(at("birth_country"), "unknown_country"));
    }
    if worker.home_region.as_ref().is_some_and(|code| !known.regions.contains(code)) {
        problems.push(Field::new(at("home_region"), "unknown_region"));
    }
    if let Some(wishes) = &worker.availability {
        availability::check(problems, &at("availability"), wishes);
        if wishes.regions.iter().any(|code| !known.regions.contains(code)) {
            problems.push(Field::new(at("availability/regions"), "unknown_region"));
        }
    }
}

/// The nationality: its country, and an evidence that is worth what it says.
fn check_evidence(problems: &mut Vec<Field>, n: usize, worker: &NewForeignWorker, known: &Known) {
    let Some(nationality) = &worker.nationality else { return };
    let at = |field: &str| format!("/{n}/nationality/{field}");
    let country = Country::parse(&nationality.country).filter(|c| known.countries.contains(c.as_str()));
    let evidence = Evidence::parse(&nationality.evidence);
    if country.is_none() {
        problems.push(Field::new(at("country"), "unknown_country"));
    }
    let Some(evidence) = evidence else {
        problems.push(Field::new(at("evidence"), "unknown_choice"));
        return;
    };
    let shown = worker
        .travel_document
        .as_ref()
        .and_then(|travel| Country::parse(&travel.country).zip(Verification::parse(&travel.verification)));
    if country.is_some_and(|country| evidence.worth(country, shown) != evidence) {
        problems.push(Field::new(at("evidence"), "evidence_not_seen"));
    }
}

pub(super) fn check_travel_document(
    problems: &mut Vec<Field>,
    pointer: &str,
    travel: &NewTravelDocument,
    countries: &BTreeSet<String>,
) {
    let at = |field: &str| format!("{pointer}/{field}");
    if !matches!(travel.kind.as_str(), "passport" | "border_pass") {
        problems.push(Field::new(at("kind"), "unknown_choice"));
    }
    if !countries.contains(&travel.country) {
        problems.push(Field::new(at("country"), "unknown_country"));
    }
    let number = text::clean(problems, &at("number"), &travel.number, text::REFERENCE_CHARS_MAX);
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '/'));
    if !number.is_empty() && (!plain || folded(&number).is_empty()) {
        problems.push(Field::new(at("number"), "document_number_form"));
    }
    if Verification::parse(&travel.verification).is_none() {
        problems.push(Field::new(at("verification"), "unknown_choice"));
    }
    permit_document::check_validity(problems, pointer, travel.valid_from, travel.valid_until);
}

/// A number as it is looked up: letters and digits, in capitals.
pub(super) fn folded(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn digests(ctx: &Ctx, travel: &NewTravelDocument) -> Vec<IndexDigest> {
    document_digests(&ctx.app.keys, &travel.kind, &travel.country, &folded(&travel.number))
}

fn add_rows(
    ctx: &Ctx,
    bureau: OrganisationId,
    new: &NewForeignWorker,
    rows: &mut Rows,
    papers: &mut Vec<permit_document_row::Model>,
) -> Result<PersonId, Error> {
    let random = &ctx.app.random;
    let (id, now) = (random.secret_id(), ctx.now());
    rows.people.push(person::Model {
        id,
        name: new.name.trim().to_owned(),
        name_latin: new.name_latin.as_deref().map(|name| name.trim().to_owned()),
        search_key: text::search_key(&new.name),
        name_key: name_key(&new.name),
        birth_date: new.birth_date,
        sex: new.sex.clone(),
        birth_country_code: new.birth_country.clone(),
        home_region_code: new.home_region.clone(),
        foreign_worker: true,
        revision: 1,
        erased_at: None,
    });
    rows.ties.push(tie(random.secret_id(), bureau, id, "registration", ctx.today()));
    let travel_row = add_secrets(ctx, id, new, rows)?;
    for (country, evidence) in nationalities(new) {
        let shown = new.travel_document.as_ref().is_some_and(|travel| travel.country == country);
        rows.nationalities.push(nationality::Model {
            id: random.secret_id(),
            person_id: id,
            country_code: country,
            evidence,
            document_id: travel_row.filter(|_| shown),
            recorded_at: now,
            supersedes_id: None,
        });
    }
    papers.extend(new.documents.iter().map(|paper| permit_document::row(ctx, id, paper)));
    if let Some(wishes) = &new.availability {
        let (row, regions) = availability::rows(random.secret_id(), id, 1, wishes, now);
        rows.wishes.push(row);
        rows.wish_regions.extend(regions);
    }
    Ok(PersonId(id))
}

/// What of a worker is only kept sealed; gives the travel document's row.
fn add_secrets(ctx: &Ctx, id: Uuid, new: &NewForeignWorker, rows: &mut Rows) -> Result<Option<Uuid>, Error> {
    if new.phone.is_none() && new.travel_document.is_none() {
        return Ok(None);
    }
    let (key, row) = PersonKey::make(ctx, id)?;
    rows.keys.push(row);
    if let Some(phone) = &new.phone {
        rows.add_secret(ctx, &key, id, "phone", phone.trim())?;
    }
    let Some(travel) = &new.travel_document else { return Ok(None) };
    let document = Document {
        kind: &travel.kind,
        country: &travel.country,
        number: &folded(&travel.number),
        valid_from: travel.valid_from,
        valid_until: travel.valid_until,
        verification: &travel.verification,
    };
    rows.add_document(ctx, &key, id, &document).map(Some)
}

/// The nationality as stated, and the travel document's country as a mere claim where it is another one.
fn nationalities(new: &NewForeignWorker) -> Vec<(String, String)> {
    let stated = new.nationality.as_ref().map(|stated| (stated.country.clone(), stated.evidence.clone()));
    let carried = new
        .travel_document
        .as_ref()
        .map(|travel| (travel.country.clone(), Evidence::Declared.code().to_owned()))
        .filter(|(country, _)| stated.as_ref().is_none_or(|(of, _)| of != country));
    stated.into_iter().chain(carried).collect()
}
