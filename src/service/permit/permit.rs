//! Drafting, submitting, withdrawing and reading permits. A permit that is read comes with its bundle and the
//! bars on the day that it would begin.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PermitId, PersonId, PortId, VacancyId};
use ballast_domain::base::unknown::Verdict;
use ballast_domain::exchange::notification::Kind;
use ballast_domain::identity::policy::{self, Act as _, Grant, Target, act};
use ballast_domain::permit::bar::{self, Facts};
use ballast_domain::permit::bundle::{self, Document, Part};
use ballast_domain::permit::draft::{self, Parties, Status, Step, TermProblem};
use ballast_domain::person::duplicate_case;
use ballast_domain::person::nationality::{Country, Record};
use uuid::Uuid;

use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::exchange::notification::{Notice, notify_in, who_may};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, Seen, text};
use crate::store::Tx;
use crate::store::audit::audit_entry::Touch;
use crate::store::permit::permit::{self as store, EmployerFacts, NewDraft, Placed, PortFacts};
use crate::store::permit::permit_document;
use crate::store::person::{identity_document, person, person_link};
use crate::words::Arg;

/// A permit to draft.
#[derive(Clone, Debug)]
pub struct NewPermit {
    /// Who would work.
    pub person: PersonId,
    /// The port whose desk takes it.
    pub port: PortId,
    /// For which vacancy of the employer, if for one.
    pub vacancy: Option<VacancyId>,
    /// The employer's number for it.
    pub reference: String,
    /// First day.
    pub starts_on: CivilDate,
    /// Last day, included.
    pub ends_on: CivilDate,
}

/// What the documents of one part of the bundle say about the first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartView {
    /// The part's code.
    pub part: &'static str,
    /// `covers`, `unknown`, `ended` or `begins`.
    pub finding: &'static str,
    /// The day that it turns on: the last one covered, the last one of what ended, the first one of what
    /// begins.
    pub day: Option<CivilDate>,
}

/// One check that the permit does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarView {
    /// The check's id in the published list.
    pub check: &'static str,
    /// What was found, as a code.
    pub code: &'static str,
    /// Bar or unknown.
    pub verdict: Verdict,
    /// The part of the bundle that it is about.
    pub part: Option<&'static str>,
}

/// A permit with its bundle and its bars: status and expiry, no issuer and no content of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitView {
    /// Its id.
    pub id: PermitId,
    /// Whom it is about. None for an employer to whom the person has no tie: until somebody applies, the
    /// employer does not learn who it is.
    pub person: Option<PersonId>,
    /// Who would employ.
    pub employer: OrganisationId,
    /// The port whose desk takes it.
    pub port: PortId,
    /// For which vacancy.
    pub vacancy: Option<VacancyId>,
    /// The employer's number for it.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// First day.
    pub starts_on: CivilDate,
    /// Last day, included.
    pub ends_on: CivilDate,
    /// The revision.
    pub revision: i64,
    /// Each part of the bundle on the first day.
    pub bundle: Vec<PartView>,
    /// The last day that the whole bundle covers; none while a part is unknown or does not cover the first
    /// day.
    pub covered_until: Option<CivilDate>,
    /// The checks that it does not pass, on the first day.
    pub bars: Vec<BarView>,
}

/// Drafts permits of one employer. A factory drafts for people with an open tie to it, an official for people
/// in reach.
///
/// # Errors
/// [`Error::NotFound`] for an employer out of reach; [`Error::Invalid`] with every wrong field of every row;
/// [`Error::Duplicate`] for a reference that is taken.
pub async fn draft_permits(
    ctx: &Ctx,
    employer: OrganisationId,
    new: Vec<NewPermit>,
    mode: Mode,
) -> Result<Vec<PermitId>, Error> {
    ctx.require(act::DraftPermit::ACTION)?;
    let facts = store::get_employer(ctx.app.db.reader(), employer).await?;
    let grant = ctx.authorise::<act::DraftPermit>(&Target {
        id: employer.0,
        organisations: vec![employer],
        regions: vec![facts.region],
        ..Target::default()
    })?;
    batch::check_size(new.len())?;
    if parties(&facts).check_employer().is_err() {
        return Err(Error::field("/employer_id", "not_a_factory"));
    }
    let mut problems = check(ctx, employer, &facts, &new).await?;
    let people = people(ctx, employer, &new).await?;
    let (mut grants, mut drafts) = (Vec::new(), Vec::new());
    for (n, permit) in new.into_iter().enumerate() {
        let granted = people.get(&permit.person).map(|target| ctx.authorise::<act::DraftPermit>(target));
        match granted {
            Some(Ok(granted)) => grants.push(granted),
            Some(Err(_)) | None => problems.push(Field::new(format!("/{n}/person_id"), "unknown_person")),
        }
        drafts.push(NewDraft {
            id: ctx.app.random.secret_id(),
            person: permit.person,
            port: permit.port,
            vacancy: permit.vacancy,
            reference: permit.reference.trim().to_owned(),
            starts_on: permit.starts_on,
            ends_on: permit.ends_on,
        });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let ids: Vec<PermitId> = drafts.iter().map(|draft| PermitId(draft.id)).collect();
    let tx = ctx.write_tx().await?;
    let mut changes = Changes::new();
    for row in store::insert_drafts(&tx, &grant, &grants, drafts).await? {
        changes.created(row.person_id, &row);
    }
    ctx.record_changes(&tx, act::DraftPermit::ACTION, ("organisation", employer.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

fn parties(employer: &EmployerFacts) -> Parties<'_> {
    Parties {
        employer_kind: &employer.kind,
        employer_active: employer.active,
        employer_region: employer.region,
    }
}

/// Who may be drafted for: by a factory only those with an open tie to it.
async fn people(
    ctx: &Ctx,
    employer: OrganisationId,
    new: &[NewPermit],
) -> Result<BTreeMap<PersonId, Target>, Error> {
    let asked: BTreeSet<PersonId> = new.iter().map(|permit| permit.person).collect();
    let asked: Vec<PersonId> = asked.into_iter().collect();
    let targets = person::targets(ctx.app.db.reader(), &asked, ctx.today()).await?;
    let shared = |target: Target| Target {
        organisations: target.tied.iter().copied().filter(|id| *id == employer).collect(),
        ..target
    };
    Ok(targets.into_iter().map(|target| (PersonId(target.id), shared(target))).collect())
}

async fn check(
    ctx: &Ctx,
    employer: OrganisationId,
    facts: &EmployerFacts,
    new: &[NewPermit],
) -> Result<Vec<Field>, Error> {
    let db = ctx.app.db.reader();
    let ports: BTreeSet<PortId> = new.iter().map(|permit| permit.port).collect();
    let ports: BTreeMap<PortId, PortFacts> = store::find_ports(db, ports).await?;
    let vacancies: BTreeSet<VacancyId> = new.iter().filter_map(|permit| permit.vacancy).collect();
    let open = store::open_vacancies(db, employer, vacancies.into_iter().collect()).await?;
    let open: BTreeSet<VacancyId> = open.into_iter().collect();
    let (mut problems, mut references) = (Vec::new(), BTreeSet::new());
    for (n, permit) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        let reference =
            text::clean(&mut problems, &at("reference"), &permit.reference, text::REFERENCE_CHARS_MAX);
        if !references.insert(reference) {
            problems.push(Field::new(at("reference"), "doubled"));
        }
        match ports.get(&permit.port) {
            None => problems.push(Field::new(at("port_id"), "unknown_port")),
            Some(port) if parties(facts).check_port(port.bureau_region).is_err() => {
                problems.push(Field::new(at("port_id"), "port_out_of_reach"));
            }
            Some(_) => {}
        }
        if permit.vacancy.is_some_and(|id| !open.contains(&id)) {
            problems.push(Field::new(at("vacancy_id"), "unknown_vacancy"));
        }
        match draft::check_term(permit.starts_on, permit.ends_on) {
            Ok(()) => {}
            Err(TermProblem::EndsBeforeStart) => problems.push(Field::new(at("ends_on"), "before_start")),
            Err(TermProblem::TooLong { days_max }) => {
                problems.push(Field::new(at("ends_on"), "term_too_long").with("max", Arg::Int(days_max)));
            }
        }
    }
    Ok(problems)
}

/// Hands a draft in.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Refused`] past the draft, [`Error::Stale`] when it is not at the revision
/// that was seen.
pub async fn submit_permit(ctx: &Ctx, id: PermitId, seen: &Seen) -> Result<i64, Error> {
    advance(ctx, id, seen, Step::Submit).await
}

/// Takes a draft or a submitted permit back.
///
/// # Errors
/// As [`submit_permit`].
pub async fn withdraw_permit(ctx: &Ctx, id: PermitId, seen: &Seen) -> Result<i64, Error> {
    advance(ctx, id, seen, Step::Withdraw).await
}

async fn advance(ctx: &Ctx, id: PermitId, seen: &Seen, step: Step) -> Result<i64, Error> {
    ctx.require(act::SubmitPermit::ACTION)?;
    let tx = ctx.write_tx().await?;
    let (target, status) = store::get_target(tx.conn(), id).await?;
    let grant: Grant<act::SubmitPermit> = ctx.authorise(&target)?;
    seen.check(grant.revision())?;
    let next = draft::advance(status, step).map_err(|draft::Refusal::WrongStatus(status)| {
        Error::refused_with("permit_past_step", vec![("status", Arg::from(status.code()))])
    })?;
    store::update_status_if_unchanged(&tx, &grant, next).await?;
    let revision = grant.revision() + 1;
    let mut changes = Changes::new();
    let touch = Touch { kind: "permit", id: id.0, revision };
    let person = target.person.ok_or(Error::NotFound)?;
    let said = |status: draft::Status| serde_json::json!({ "status": status.code() });
    changes.described(person, touch, said(status), said(next));
    ctx.record_changes(&tx, act::SubmitPermit::ACTION, ("permit", id.0), &changes).await?;
    if step == Step::Submit {
        tell_officials(ctx, &tx, id).await?;
    }
    tx.commit().await?;
    Ok(revision)
}

/// Tells the officials of the port's bureau that a permit waits for them.
async fn tell_officials(ctx: &Ctx, tx: &Tx, id: PermitId) -> Result<(), Error> {
    let placed = store::get(tx.conn(), &ctx.scope::<act::SubmitPermit>()?, id).await?;
    let desk = Target { organisations: Vec::new(), person: None, ..placed.target() };
    let officials = who_may::<act::SubmitPermit>(ctx, tx, &[placed.bureau], &desk).await?;
    let notice = Notice {
        kind: Kind::PermitSubmitted,
        args: vec![
            ("reference", Arg::from(placed.permit.reference.as_str())),
            ("starts_on", Arg::from(placed.permit.starts_on.to_string())),
        ],
        resource: ("permit", id.0),
        dedupe_key: format!("submitted/{id}/{}", placed.permit.revision),
    };
    notify_in(ctx, tx, &officials, &notice).await?;
    Ok(())
}

/// A permit with its bundle and its bars. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_permit(ctx: &Ctx, id: PermitId) -> Result<PermitView, Error> {
    let scope = ctx.scope::<act::ReadPermit>()?;
    let placed = store::get(ctx.app.db.reader(), &scope, id).await?;
    let subject = PersonId(placed.permit.person_id);
    let view = views(ctx, vec![placed]).await?.pop().ok_or(Error::NotFound)?;
    ctx.record_reading(act::ReadPermit::ACTION, ("permit", id.0), &[subject]).await?;
    Ok(view)
}

/// Permits in reach, by id, optionally of one status. The reading is logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_permits(
    ctx: &Ctx,
    status: Option<Status>,
    request: PageRequest,
) -> Result<Page<PermitView>, Error> {
    let scope = ctx.scope::<act::ReadPermit>()?;
    let page = store::list(ctx.app.db.reader(), &scope, status, request).await?;
    let subjects: BTreeSet<PersonId> = page.items.iter().map(|p| PersonId(p.permit.person_id)).collect();
    let subjects: Vec<PersonId> = subjects.into_iter().collect();
    let page = Page { items: views(ctx, page.items).await?, next: page.next, total: page.total };
    ctx.record_reading(act::ReadPermit::ACTION, ("permit", Uuid::nil()), &subjects).await?;
    Ok(page)
}

/// What the law has to know of the people of some permits, by every registration of theirs.
#[derive(Clone, Default)]
struct Bundle {
    birth_date: Option<CivilDate>,
    birthplace: Option<Country>,
    nationalities: Vec<Record>,
    documents: Vec<Document>,
}

async fn bundles(ctx: &Ctx, people: &[Uuid]) -> Result<BTreeMap<Uuid, Bundle>, Error> {
    let db = ctx.app.db.reader();
    let groups = person_link::groups_of(db, people).await?;
    let all = groups.all(people);
    let mut bundles: BTreeMap<Uuid, Bundle> = BTreeMap::new();
    for born in person::births_of(db, &all).await? {
        let bundle = bundles.entry(groups.root(born.person.0)).or_default();
        bundle.birth_date = duplicate_case::birth_date([bundle.birth_date, born.date]);
        bundle.birthplace = duplicate_case::birthplace([bundle.birthplace, born.country]);
    }
    for standing in identity_document::standing_nationalities_of(db, &all).await? {
        bundles.entry(groups.root(standing.person.0)).or_default().nationalities.push(standing.record);
    }
    let travel = identity_document::standing_travel_documents_of(db, &all).await?;
    let papers = permit_document::standing_of(db, &all).await?;
    for standing in travel.into_iter().chain(papers) {
        bundles.entry(groups.root(standing.person.0)).or_default().documents.push(standing.document);
    }
    let of = |person: &Uuid| Some((*person, bundles.get(&groups.root(*person))?.clone()));
    Ok(people.iter().filter_map(of).collect())
}

async fn views(ctx: &Ctx, permits: Vec<Placed>) -> Result<Vec<PermitView>, Error> {
    let people: BTreeSet<Uuid> = permits.iter().map(|placed| placed.permit.person_id).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let bundles = bundles(ctx, &people).await?;
    let ids: Vec<PersonId> = people.into_iter().map(PersonId).collect();
    let targets = person::targets(ctx.app.db.reader(), &ids, ctx.today()).await?;
    let ties: BTreeMap<Uuid, Vec<OrganisationId>> =
        targets.into_iter().map(|target| (target.id, target.tied)).collect();
    let none = Bundle::default();
    permits
        .into_iter()
        .map(|placed| {
            let person = placed.permit.person_id;
            let tied = ties
                .get(&person)
                .is_some_and(|ties| ties.contains(&OrganisationId(placed.permit.employer_id)));
            view(placed.clone(), bundles.get(&person).unwrap_or(&none), tied || knows_person(ctx, &placed))
        })
        .collect()
}

/// Whether the actor reaches the permit by more than being its employer: as a desk, a region, the person.
fn knows_person(ctx: &Ctx, placed: &Placed) -> bool {
    let target = Target { organisations: Vec::new(), ..placed.target() };
    policy::authorise::<act::ReadPermit>(&ctx.actor, &target).is_ok()
}

fn view(placed: Placed, bundle: &Bundle, shows_person: bool) -> Result<PermitView, Error> {
    let permit = placed.permit;
    let status = Status::parse(&permit.status);
    let start = permit.starts_on;
    let part = |part: Part| {
        let finding = bundle::find(&bundle.documents, part, start);
        PartView { part: part.code(), finding: finding.code(), day: finding.day() }
    };
    let facts = Facts {
        nationalities: &bundle.nationalities,
        birthplace: bundle.birthplace,
        birth_date: bundle.birth_date,
        documents: &bundle.documents,
    };
    let mut bars = Vec::new();
    bar::screen(&facts, start, |finding| {
        bars.push(BarView {
            check: finding.check(),
            code: finding.code(),
            verdict: finding.verdict(),
            part: finding.part().map(Part::code),
        });
    });
    Ok(PermitView {
        id: PermitId(permit.id),
        person: shows_person.then_some(PersonId(permit.person_id)),
        employer: OrganisationId(permit.employer_id),
        port: PortId(permit.port_id),
        vacancy: permit.vacancy_id.map(VacancyId),
        reference: permit.reference,
        status: status.ok_or_else(|| Error::Internal("a permit has no status that we know".to_owned()))?,
        starts_on: start,
        ends_on: permit.ends_on,
        revision: permit.revision,
        bundle: Part::ALL.into_iter().map(part).collect(),
        covered_until: bundle::weakest_expiry(&bundle.documents, start),
        bars,
    })
}
