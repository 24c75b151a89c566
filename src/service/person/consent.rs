//! A factory asks people on a vacancy's shortlist to let it know who they are; they answer.
//!
//! Until a person says yes, the factory knows a pseudonym. No answer and no consent look the same to it: the same
//! rows, the same order, the same statements.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{ConsentId, OrganisationId, PersonId, VacancyId};
use ballast_domain::exchange::notification::Kind;
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::person::consent::{Answer, State, after};

use super::number;
use super::person::tie;
use crate::entity::person::consent::Model;
use crate::service::audit::audit_entry::Changes;
use crate::service::exchange::notification::{Notice, logins_of, notify_in};
use crate::service::hiring::vacancy as vacancies;
use crate::service::matching::{pseudonym, shortlist};
use crate::service::organisation::organisation;
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, Seen, batch};
use crate::store::audit::audit_entry::Touch;
use crate::store::organisation::organisation::pseudonym_keys;
use crate::store::person::person::lock_living;
use crate::store::person::{consent as store, guardian, person_link, person_tie};
use crate::words::Arg;

/// The most people who are asked at once.
pub const ASKED_AT_ONCE_MAX: usize = 50;
/// The basis of the tie that a consent opens.
pub(super) const BASIS: &str = "application";

/// A request as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentView {
    /// Which.
    pub id: ConsentId,
    /// Whom it is about: oneself, or a ward.
    pub person: PersonId,
    /// Who asks.
    pub organisation: OrganisationId,
    /// For which vacancy.
    pub vacancy: VacancyId,
    /// Where it stands.
    pub state: State,
    /// When one was asked.
    pub asked_at: Instant,
    /// When it came to stand as it does.
    pub answered_at: Option<Instant>,
    /// The revision.
    pub revision: i64,
}

/// A person whom a factory asked, as the factory sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactView {
    /// The code by which this factory knows the person.
    pub pseudonym: String,
    /// When the factory asked.
    pub asked_at: Instant,
    /// Who it is, if the person consents now. Refused and not answered are both none.
    pub named: Option<Named>,
}

/// Who somebody is, and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The phone number, where one is known.
    pub phone: Option<String>,
}

fn view(row: &Model) -> Result<ConsentView, Error> {
    let state = State::parse(&row.state);
    Ok(ConsentView {
        id: ConsentId(row.id),
        person: PersonId(row.person_id),
        organisation: OrganisationId(row.organisation_id),
        vacancy: VacancyId(row.vacancy_id),
        state: state.ok_or_else(|| Error::Internal(format!("consent {}: state", row.id)))?,
        asked_at: row.asked_at,
        answered_at: row.answered_at,
        revision: row.revision,
    })
}

/// Asks people whom the factory's shortlist shows, by their pseudonyms. Who was asked before is not asked again, and
/// the answer does not tell.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] with every pseudonym that the shortlist does not show; a refusal for a
/// closed vacancy, or for one for which too many were asked.
pub async fn ask_consents(ctx: &Ctx, vacancy: VacancyId, codes: &[String]) -> Result<(), Error> {
    ctx.require(act::AskConsent::ACTION)?;
    if codes.is_empty() || codes.len() > ASKED_AT_ONCE_MAX {
        let max = Arg::Int(i64::try_from(ASKED_AT_ONCE_MAX).unwrap_or(i64::MAX));
        return Err(Error::Invalid(vec![Field::new("/pseudonyms", "limit_out_of_range").with("max", max)]));
    }
    let (head, shown) = shortlist::people_shown(ctx, vacancy).await?;
    let factory = head.organisation;
    let grant = ctx.authorise::<act::AskConsent>(&Target {
        id: factory.0,
        organisations: vec![factory],
        ..Target::default()
    })?;
    let (mut people, mut problems) = (Vec::new(), Vec::new());
    for (n, code) in codes.iter().enumerate() {
        match shown.get(code.as_str()) {
            Some(person) => people.push(*person),
            None => problems.push(Field::new(format!("/pseudonyms/{n}"), "unknown_pseudonym")),
        }
    }
    batch::settle(codes.len(), problems, &[])?;
    people.sort_unstable();
    people.dedup();
    let tx = ctx.write_tx().await?;
    let before = store::asked_before(tx.conn(), vacancy).await?;
    people.retain(|person| !before.contains(person));
    if before.len() + people.len() > usize::try_from(store::OF_VACANCY_MAX).unwrap_or(usize::MAX) {
        return Err(Error::refused("too_many_asked"));
    }
    let raw: Vec<_> = people.iter().map(|person| person.0).collect();
    // Nobody is found to be one with anybody while it is looked what they have said.
    lock_living(&tx, &raw).await?;
    let groups = person_link::groups_of(tx.conn(), &raw).await?;
    // Who said no to this under another registration has said no: the factory sees what it sees of who does not answer.
    let no = store::list_refusing(tx.conn(), vacancy, &groups.all(&raw)).await?;
    let refused = |person: PersonId| groups.members(person.0).iter().any(|one| no.contains(one));
    let row = |person: &PersonId| Model {
        id: ctx.app.random.secret_id(),
        person_id: person.0,
        organisation_id: factory.0,
        vacancy_id: vacancy.0,
        purpose: "contact".to_owned(),
        state: if refused(*person) { State::Refused } else { State::Asked }.code().to_owned(),
        asked_at: ctx.now(),
        answered_at: refused(*person).then(|| ctx.now()),
        revision: 1,
    };
    let rows: Vec<Model> = people.iter().map(row).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.person_id, row));
    store::insert_all(&tx, &grant, rows.clone()).await?;
    ctx.record_changes(&tx, act::AskConsent::ACTION, ("vacancy", vacancy.0), &changes).await?;
    let mut logins = logins_of(&tx, &people).await?;
    let wards: Vec<PersonId> = groups.all(&raw).into_iter().map(PersonId).collect();
    let guardians = guardian::list_guardians_of(tx.conn(), &wards, ctx.today()).await?;
    for person in &people {
        let own = groups.members(person.0);
        let its = guardians.iter().filter(|(ward, _)| own.contains(&ward.0)).map(|(_, login)| *login);
        logins.entry(*person).or_default().extend(its);
    }
    for row in rows.into_iter().filter(|row| row.state == State::Asked.code()) {
        let notice = Notice {
            kind: Kind::ConsentAsked,
            args: vec![("reference", Arg::from(head.reference.as_str()))],
            resource: ("consent", row.id),
            dedupe_key: format!("consent/{}", row.id),
        };
        let users = logins.get(&PersonId(row.person_id)).map_or(&[][..], Vec::as_slice);
        notify_in(ctx, &tx, users, &notice).await?;
    }
    Ok(tx.commit().await?)
}

/// Whom a factory asked for a vacancy, and who they are where they consent. Those names are a reading and are
/// logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list_contacts(ctx: &Ctx, vacancy: VacancyId) -> Result<Vec<ContactView>, Error> {
    let scope = ctx.scope::<act::ReadContact>()?;
    let head = vacancies::get_vacancy(ctx, vacancy).await?;
    let db = ctx.app.db.reader();
    let rows = store::list_of_vacancy(db, &scope, vacancy).await?;
    let keys = pseudonym_keys(db, &[head.organisation]).await?;
    let key = keys.get(&head.organisation).ok_or(Error::NotFound)?;
    // Only of those who said yes: of the others nothing is opened.
    let named = rows.iter().filter(|(_, name)| name.is_some());
    let subjects: Vec<PersonId> = named.map(|(row, _)| PersonId(row.person_id)).collect();
    let mut phones = number::phones_of(ctx, &scope, &subjects).await?;
    let contact = |(row, name): (Model, Option<String>)| {
        let person = PersonId(row.person_id);
        ContactView {
            pseudonym: pseudonym::pseudonym(key, person),
            asked_at: row.asked_at,
            named: name.map(|name| Named { person, name, phone: phones.remove(&person) }),
        }
    };
    let contacts: Vec<ContactView> = rows.into_iter().map(contact).collect();
    ctx.record_reading(act::ReadContact::ACTION, ("vacancy", vacancy.0), &subjects).await?;
    Ok(contacts)
}

/// By whom one was asked, or one's ward.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_consents(ctx: &Ctx, request: PageRequest) -> Result<Page<ConsentView>, Error> {
    let scope = ctx.scope::<act::ReadConsent>()?;
    let page = store::list(ctx.app.db.reader(), &scope, request).await?;
    let items = page.items.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next, total: page.total })
}

/// How many requests wait for one's answer.
///
/// # Errors
/// [`Error::Denied`].
pub async fn count_waiting(ctx: &Ctx) -> Result<u64, Error> {
    let scope = ctx.scope::<act::ReadConsent>()?;
    Ok(store::find_waiting_count(ctx.app.db.reader(), &scope).await?)
}

/// One request.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_consent(ctx: &Ctx, id: ConsentId) -> Result<ConsentView, Error> {
    let scope = ctx.scope::<act::ReadConsent>()?;
    view(&store::get(ctx.app.db.reader(), &scope, id).await?)
}

/// Says yes or no to a request, at any time. Yes opens the factory's tie to the person, no closes it unless another
/// consent to the same factory stands. To say the same again changes nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`].
pub async fn answer_consent(
    ctx: &Ctx,
    id: ConsentId,
    seen: &Seen,
    answer: Answer,
) -> Result<ConsentView, Error> {
    let scope = ctx.scope::<act::ReadConsent>()?;
    let tx = ctx.write_tx().await?;
    let found = store::get(tx.conn(), &scope, id).await?;
    let grant = ctx.authorise::<act::AnswerConsent>(&store::target(&found))?;
    seen.check(grant.revision())?;
    let before = view(&found)?;
    let Some(state) = after(before.state, answer) else { return Ok(before) };
    lock_living(&tx, &[before.person.0]).await?;
    store::answer_if_unchanged(&tx, &grant, state, ctx.now()).await?;
    let row = Model {
        state: state.code().to_owned(),
        answered_at: Some(ctx.now()),
        revision: found.revision + 1,
        ..found.clone()
    };
    let mut changes = Changes::new();
    changes.updated(row.person_id, &found, &row);
    let (factory, person, today) = (before.organisation, before.person, ctx.today());
    let ties = if state == State::Given {
        let new = tie(ctx.app.random.secret_id(), factory, person.0, BASIS, today);
        person_tie::open(&tx, new).await?.into_iter().collect()
    } else if before.state == State::Given && !store::is_given_to(tx.conn(), factory, person, id).await? {
        person_tie::close(&tx, factory, person, BASIS, today).await?
    } else {
        Vec::new()
    };
    for tie in &ties {
        changes.touched(Touch { kind: "person_tie", id: tie.id, revision: tie.revision });
    }
    ctx.record_changes(&tx, act::AnswerConsent::ACTION, ("consent", id.0), &changes).await?;
    tx.commit().await?;
    view(&row)
}

/// The names of factories and vacancies that some requests speak of: factory by id, then vacancy's reference and
/// titles. A vacancy that is out of one's reach is left out.
///
/// # Errors
/// What the database says.
pub async fn names_of(
    ctx: &Ctx,
    consents: &[ConsentView],
) -> Result<BTreeMap<ConsentId, (organisation::OrganisationView, Option<vacancies::VacancyView>)>, Error> {
    let mut names = BTreeMap::new();
    for consent in consents {
        let factory = organisation::get_organisation(ctx, consent.organisation).await?;
        let vacancy = vacancies::get_vacancy(ctx, consent.vacancy).await.ok();
        names.insert(consent.id, (factory, vacancy));
    }
    Ok(names)
}
