//! What a person asks for by right, and who decides it: a correction by whoever registers people where the person is
//! known, an erasure and a review by an official of the region. Nothing of it reaches a factory.

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::{OrganisationId, PersonId, RightsRequestId, UserId, VacancyId};
use ballast_domain::base::name_key::name_key;
use ballast_domain::exchange::notification::Kind as NoticeKind;
use ballast_domain::identity::policy::{self, Act, Action, Grant, Target, act};
use ballast_domain::person::rights_request::{self as rule, Decision, Field as Wrong, Kind, State};

use super::erasure::erase_as_asked;
use super::person::check_birth;
use crate::entity::person::person as person_row;
use crate::entity::person::rights_request::Model;
use crate::service::audit::audit_entry::Changes;
use crate::service::exchange::notification::{Notice, logins_of, notify_in, who_may};
use crate::service::hiring::vacancy as vacancies;
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, Seen, text};
use crate::store::Tx;
use crate::store::organisation::{organisation, region};
pub use crate::store::person::rights_request::Filter;
use crate::store::person::rights_request::{self as store, Reach, Settles};
use crate::store::person::{erasure, identity_document, person};
use crate::words::Arg;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// That a field is corrected; an empty value is none.
    Correction {
        /// What is wrong.
        field: Wrong,
        /// What would be right.
        value: String,
    },
    /// To be erased.
    Erasure,
    /// That a human looks at what a ranking says about oneself and a vacancy.
    Review {
        /// For which vacancy.
        vacancy: VacancyId,
    },
}

/// A request as it is sent: what belongs to the kind is there, or is found missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRight {
    /// What is asked for.
    pub kind: Kind,
    /// What is wrong; of a correction.
    pub field: Option<Wrong>,
    /// What would be right; of a correction.
    pub value: Option<String>,
    /// For which vacancy; of a review.
    pub vacancy: Option<VacancyId>,
    /// Why.
    pub reason: String,
}

impl NewRight {
    /// What is asked for, or every field that is missing or belongs to another kind.
    fn asked(&self) -> Result<Asked, Vec<Field>> {
        let correction = self.kind == Kind::Correction;
        let mut problems = Vec::new();
        for (pointer, wanted, given) in [
            ("/field", correction, self.field.is_some()),
            ("/value", correction, self.value.is_some()),
            ("/vacancy_id", self.kind == Kind::Review, self.vacancy.is_some()),
        ] {
            match (wanted, given) {
                (true, false) => problems.push(Field::new(pointer, "required")),
                (false, true) => problems.push(Field::new(pointer, "not_of_this_kind")),
                _ => {}
            }
        }
        match (self.kind, self.field, self.value.as_deref(), self.vacancy) {
            _ if !problems.is_empty() => Err(problems),
            (Kind::Correction, Some(field), Some(value), _) => {
                Ok(Asked::Correction { field, value: value.trim().to_owned() })
            }
            (Kind::Review, _, _, Some(vacancy)) => Ok(Asked::Review { vacancy }),
            _ => Ok(Asked::Erasure),
        }
    }
}

/// A request, as the person and whoever decides see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightsRequestView {
    /// Which.
    pub id: RightsRequestId,
    /// About whom.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// What is asked for.
    pub asked: Asked,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: State,
    /// When it was asked.
    pub asked_at: Instant,
    /// When it was decided, or taken back.
    pub decided_at: Option<Instant>,
    /// Why it was decided so.
    pub answer: Option<String>,
    /// The revision.
    pub revision: i64,
}

fn view((row, name): (Model, String)) -> Result<RightsRequestView, Error> {
    let corrupt = || unreadable(&row);
    let asked = match Kind::parse(&row.kind).ok_or_else(corrupt)? {
        Kind::Correction => Asked::Correction {
            field: row.field.as_deref().and_then(Wrong::parse).ok_or_else(corrupt)?,
            value: row.value.clone().unwrap_or_default(),
        },
        Kind::Erasure => Asked::Erasure,
        Kind::Review => Asked::Review { vacancy: VacancyId(row.vacancy_id.ok_or_else(corrupt)?) },
    };
    Ok(RightsRequestView {
        id: RightsRequestId(row.id),
        person: PersonId(row.person_id),
        name,
        asked,
        state: State::parse(&row.state).ok_or_else(corrupt)?,
        reason: row.reason,
        asked_at: row.asked_at,
        decided_at: row.decided_at,
        answer: row.answer,
        revision: row.revision,
    })
}

impl Asked {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Correction { .. } => Kind::Correction,
            Self::Erasure => Kind::Erasure,
            Self::Review { .. } => Kind::Review,
        }
    }
}

fn reach(ctx: &Ctx) -> Result<Reach, Error> {
    ctx.require(act::ReadRightsRequest::ACTION)?;
    Ok(Reach {
        own: policy::scope(&ctx.actor),
        corrections: policy::scope(&ctx.actor),
        erasures: policy::scope(&ctx.actor),
        reviews: policy::scope(&ctx.actor),
    })
}

/// Asks for something by right, for oneself or a ward, and tells those who decide.
///
/// # Errors
/// [`Error::NotFound`] for another person; [`Error::Invalid`]; a refusal when the same was
/// asked and waits, when too much waits, or for a field that a citizen number says.
pub async fn ask_right(ctx: &Ctx, id: PersonId, new: &NewRight) -> Result<RightsRequestId, Error> {
    ctx.require(act::AskRight::ACTION)?;
    let tx = ctx.write_tx().await?;
    let (target, _) = judged(ctx, &tx, id).await?;
    let grant = ctx.authorise::<act::AskRight>(&target)?;
    let asked = check(ctx, new).await?;
    refuse_needless(&tx, id, &asked).await?;
    let (field, value, vacancy) = match &asked {
        Asked::Correction { field, value } => (Some(field.code().to_owned()), Some(value.clone()), None),
        Asked::Erasure => (None, None, None),
        Asked::Review { vacancy } => (None, None, Some(vacancy.0)),
    };
    let row = Model {
        id: ctx.app.random.timed_id(ctx.now()),
        person_id: id.0,
        kind: asked.kind().code().to_owned(),
        field,
        value,
        vacancy_id: vacancy,
        reason: new.reason.trim().to_owned(),
        state: State::Asked.code().to_owned(),
        asked_by: ctx.actor.user_id().map(|user| user.0),
        asked_at: ctx.now(),
        decided_by: None,
        decided_at: None,
        answer: None,
        revision: 1,
    };
    store::insert(&tx, &grant, row.clone()).await?;
    let mut changes = Changes::new();
    changes.created(id.0, &row);
    ctx.record_changes(&tx, act::AskRight::ACTION, ("rights_request", row.id), &changes).await?;
    tell_deciders(ctx, &tx, &row, asked.kind(), &target).await?;
    tx.commit().await?;
    Ok(RightsRequestId(row.id))
}

/// What is asked for, or all that is wrong with it.
async fn check(ctx: &Ctx, new: &NewRight) -> Result<Asked, Error> {
    let mut problems = Vec::new();
    check_text(&mut problems, "/reason", &new.reason);
    let asked = match new.asked() {
        Ok(asked) => asked,
        Err(found) => return Err(Error::Invalid([found, problems].concat())),
    };
    match &asked {
        Asked::Correction { field, value } => check_value(ctx, &mut problems, *field, value).await?,
        Asked::Review { vacancy } => {
            if let Err(Error::NotFound) = vacancies::get_vacancy(ctx, *vacancy).await {
                problems.push(Field::new("/vacancy_id", "no_such_vacancy"));
            }
        }
        Asked::Erasure => {}
    }
    if problems.is_empty() { Ok(asked) } else { Err(Error::Invalid(problems)) }
}

/// A text in somebody's own words: lines may be broken.
pub(super) fn check_text(problems: &mut Vec<Field>, pointer: &str, text: &str) {
    if text.trim().is_empty() {
        problems.push(Field::new(pointer, "required"));
    } else if text.chars().count() > rule::TEXT_CHARS_MAX {
        let max = Arg::Int(i64::try_from(rule::TEXT_CHARS_MAX).unwrap_or(i64::MAX));
        problems.push(Field::new(pointer, "too_long").with("max", max));
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        problems.push(Field::new(pointer, "control_character"));
    }
}

async fn check_value(ctx: &Ctx, problems: &mut Vec<Field>, field: Wrong, value: &str) -> Result<(), Error> {
    match field {
        Wrong::Name => {
            text::clean(problems, "/value", value, text::NAME_CHARS_MAX);
        }
        Wrong::NameLatin if value.is_empty() => {}
        Wrong::NameLatin => {
            text::clean(problems, "/value", value, text::NAME_CHARS_MAX);
        }
        Wrong::BirthDate => match value.parse::<CivilDate>() {
            Ok(birth) => check_birth(problems, "/value", Some(birth), ctx.today()),
            Err(_no_date) => problems.push(Field::new("/value", "date_out_of_range")),
        },
        Wrong::Sex if !matches!(value, "female" | "male") => {
            problems.push(Field::new("/value", "unknown_choice"));
        }
        Wrong::Sex => {}
        Wrong::Nationality | Wrong::IdentityDocument | Wrong::SkillClaim => {
            text::clean(problems, "/value", value, text::NAME_CHARS_MAX);
        }
        Wrong::HomeRegion => {
            let known = region::known_regions(ctx.app.db.reader(), [value.to_owned()].into()).await?;
            if !known.contains(value) {
                problems.push(Field::new("/value", "unknown_region"));
            }
        }
    }
    Ok(())
}

/// What nobody has to decide: the same again, more than anybody can mean, what a number says.
async fn refuse_needless(tx: &Tx, id: PersonId, asked: &Asked) -> Result<(), Error> {
    let waiting = store::list_waiting(tx.conn(), id).await?;
    let same = |row: &Model| {
        row.kind == asked.kind().code()
            && match asked {
                Asked::Correction { field, .. } => row.field.as_deref() == Some(field.code()),
                Asked::Erasure => true,
                Asked::Review { vacancy } => row.vacancy_id == Some(vacancy.0),
            }
    };
    if waiting.iter().any(same) {
        return Err(Error::refused("asked_before"));
    }
    if u64::try_from(waiting.len()).unwrap_or(u64::MAX) >= rule::WAITING_MAX {
        return Err(Error::refused("too_many_requests_wait"));
    }
    match asked {
        Asked::Correction { field, .. } => refuse_proved(tx, id, *field).await,
        Asked::Erasure | Asked::Review { .. } => Ok(()),
    }
}

async fn refuse_proved(tx: &Tx, id: PersonId, field: Wrong) -> Result<(), Error> {
    let documents = identity_document::list_of(tx.conn(), id).await?;
    let card = documents.iter().any(|document| document.kind == "citizen_card");
    if card && field.follows_from_citizen_number() {
        return Err(Error::refused("said_by_citizen_number"));
    }
    Ok(())
}

/// The person, locked, and what the policy has to know of them.
async fn judged(ctx: &Ctx, tx: &Tx, id: PersonId) -> Result<(Target, person_row::Model), Error> {
    let row = erasure::lock_person(tx, id).await?;
    let target = person::targets(tx.conn(), &[id], ctx.today()).await?.pop().ok_or(Error::NotFound)?;
    Ok((target, row))
}

/// Those who are tied to the person and the bureaus of the region, as far as they decide about this kind.
async fn tell_deciders(ctx: &Ctx, tx: &Tx, row: &Model, kind: Kind, target: &Target) -> Result<(), Error> {
    let mut near: Vec<OrganisationId> = target.tied.clone();
    for region in &target.regions {
        near.extend(organisation::list_bureaus_over(tx.conn(), *region).await?);
    }
    near.sort_unstable();
    near.dedup();
    let users = match kind {
        Kind::Correction => who_may::<act::DecideCorrection>(ctx, tx, &near, target).await?,
        Kind::Erasure => who_may::<act::ErasePerson>(ctx, tx, &near, target).await?,
        Kind::Review => who_may::<act::DecideReview>(ctx, tx, &near, target).await?,
    };
    let notice = Notice {
        kind: NoticeKind::RightAsked,
        args: vec![("kind", Arg::from(kind.code()))],
        resource: ("rights_request", row.id),
        dedupe_key: format!("right_asked/{}", row.id),
    };
    notify_in(ctx, tx, &users, &notice).await?;
    Ok(())
}

/// What one asked for and what one decides about, the newest first. The reading is logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_rights_requests(
    ctx: &Ctx,
    filter: Filter,
    request: PageRequest,
) -> Result<Page<RightsRequestView>, Error> {
    let reach = reach(ctx)?;
    let page = store::list(ctx.app.db.reader(), &reach, filter, ctx.today(), request).await?;
    let items = page.items.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
    let mut subjects: Vec<PersonId> = items.iter().map(|item| item.person).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let none = ("rights_request", uuid::Uuid::nil());
    ctx.record_reading(act::ReadRightsRequest::ACTION, none, &subjects).await?;
    Ok(Page { items, next: page.next, total: page.total })
}

/// One of them. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_rights_request(ctx: &Ctx, id: RightsRequestId) -> Result<RightsRequestView, Error> {
    let found = store::get(ctx.app.db.reader(), &reach(ctx)?, id, ctx.today()).await?;
    let found = view(found)?;
    let what = ("rights_request", id.0);
    ctx.record_reading(act::ReadRightsRequest::ACTION, what, &[found.person]).await?;
    Ok(found)
}

/// How many requests wait for one's decision.
///
/// # Errors
/// [`Error::Denied`].
pub async fn count_waiting(ctx: &Ctx) -> Result<u64, Error> {
    Ok(store::find_waiting_count(ctx.app.db.reader(), &reach(ctx)?, ctx.today()).await?)
}

/// Decides about a request and tells whoever asked. An accepted correction is made, and what was before stays in the
/// log; one of what is recorded in rows was recorded before. An accepted erasure is the end of the request too.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Denied`] for the person's own; [`Error::Stale`]; [`Error::Invalid`] without the words
/// that are owed; a refusal for what was decided before, and those of
/// [`erase_person`](super::erasure::erase_person).
pub async fn decide_right(
    ctx: &Ctx,
    id: RightsRequestId,
    seen: &Seen,
    decision: Decision,
    answer: &str,
) -> Result<(), Error> {
    let (read, wanted) = (reach(ctx)?, [Action::DecideCorrection, Action::ErasePerson, Action::DecideReview]);
    if !wanted.iter().any(|action| ctx.actor.may(*action)) {
        return Err(Error::Denied);
    }
    let tx = ctx.write_tx().await?;
    let (row, name) = store::get(tx.conn(), &read, id, ctx.today()).await?;
    seen.check(row.revision)?;
    let found = view((row.clone(), name))?;
    let (target, before) = judged(ctx, &tx, found.person).await?;
    let mut problems = Vec::new();
    if !answer.trim().is_empty() {
        check_text(&mut problems, "/answer", answer);
    }
    let state = rule::decide(found.asked.kind(), found.state, decision, answer).map_err(refused)?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let said = Said { row: &row, state, answer: Some(answer.trim()).filter(|answer| !answer.is_empty()) };
    match (&found.asked, state) {
        (Asked::Correction { field, .. }, State::Accepted) if field.is_recorded_in_rows() => {
            let grant = ctx.authorise::<act::DecideCorrection>(&target)?;
            if !store::is_recorded_since(tx.conn(), &row, *field).await? {
                return Err(Error::refused("not_corrected_yet"));
            }
            said.settle(ctx, tx, &grant, Changes::new()).await
        }
        (Asked::Correction { field, value }, State::Accepted) => {
            let grant = ctx.authorise::<act::DecideCorrection>(&target)?;
            refuse_proved(&tx, found.person, *field).await?;
            let after = corrected(ctx, &before, *field, value).await?;
            person::correct_if_unchanged(&tx, &grant, &after).await?;
            let mut changes = Changes::new();
            changes.updated(before.id, &before, &after);
            said.settle(ctx, tx, &grant, changes).await
        }
        (Asked::Correction { .. }, _) => {
            let grant = ctx.authorise::<act::DecideCorrection>(&target)?;
            said.settle(ctx, tx, &grant, Changes::new()).await
        }
        (Asked::Review { .. }, _) => {
            let grant = ctx.authorise::<act::DecideReview>(&target)?;
            said.settle(ctx, tx, &grant, Changes::new()).await
        }
        (Asked::Erasure, State::Accepted) => {
            ctx.authorise::<act::ErasePerson>(&target)?;
            // An erasure is a transaction of its own, which looks again; the request goes with the person.
            drop(tx);
            erase_as_asked(ctx, found.person, &row).await
        }
        (Asked::Erasure, _) => {
            let grant = ctx.authorise::<act::ErasePerson>(&target)?;
            said.settle(ctx, tx, &grant, Changes::new()).await
        }
    }
}

/// Takes back what was asked for, by the person or whoever acts for them, while nobody has decided.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Denied`] for whoever only decides; [`Error::Stale`]; a refusal for what was decided or
/// taken back before.
pub async fn withdraw_right(ctx: &Ctx, id: RightsRequestId, seen: &Seen) -> Result<(), Error> {
    ctx.require(act::WithdrawRight::ACTION)?;
    let tx = ctx.write_tx().await?;
    let (row, _name) = store::get(tx.conn(), &reach(ctx)?, id, ctx.today()).await?;
    let (target, _) = judged(ctx, &tx, PersonId(row.person_id)).await?;
    let grant = ctx.authorise::<act::WithdrawRight>(&target)?;
    seen.check(row.revision)?;
    let state = State::parse(&row.state).ok_or_else(|| unreadable(&row))?;
    let state = rule::withdraw(state).map_err(refused)?;
    let by = (ctx.actor.user_id(), ctx.now());
    let after = store::settle_if_unchanged(&tx, &grant, &row, state, None, by).await?;
    let mut changes = Changes::new();
    changes.updated(row.person_id, &row, &after);
    ctx.record_changes(&tx, act::WithdrawRight::ACTION, ("rights_request", row.id), &changes).await?;
    Ok(tx.commit().await?)
}

fn refused(refusal: rule::Refusal) -> Error {
    match refusal {
        rule::Refusal::DecidedBefore => Error::refused("decided_before"),
        rule::Refusal::Withdrawn => Error::refused("request_withdrawn"),
        rule::Refusal::NoAnswer => Error::field("/answer", "required"),
    }
}

fn unreadable(row: &Model) -> Error {
    Error::Internal(format!("rights_request {} cannot be read", row.id))
}

/// The person with one field as it should be.
async fn corrected(
    ctx: &Ctx,
    before: &person_row::Model,
    field: Wrong,
    value: &str,
) -> Result<person_row::Model, Error> {
    let mut problems = Vec::new();
    check_value(ctx, &mut problems, field, value).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut after = person_row::Model { revision: before.revision + 1, ..before.clone() };
    let given = Some(value.to_owned()).filter(|value| !value.is_empty());
    match field {
        Wrong::Name => {
            after.search_key = text::search_key(value);
            after.name_key = name_key(value);
            after.name = value.to_owned();
        }
        Wrong::NameLatin => after.name_latin = given,
        Wrong::BirthDate => after.birth_date = value.parse().ok(),
        Wrong::Sex => after.sex = given,
        Wrong::HomeRegion => after.home_region_code = given,
        // They are rows of their own.
        Wrong::Nationality | Wrong::IdentityDocument | Wrong::SkillClaim => {}
    }
    Ok(after)
}

/// A decision that is about to be kept.
struct Said<'r> {
    row: &'r Model,
    state: State,
    answer: Option<&'r str>,
}

impl Said<'_> {
    /// Keeps the decision with what else it changed, and tells the person.
    async fn settle<A: Settles + Act>(
        self,
        ctx: &Ctx,
        tx: Tx,
        grant: &Grant<A>,
        mut changes: Changes,
    ) -> Result<(), Error> {
        let by = (ctx.actor.user_id(), ctx.now());
        let after = store::settle_if_unchanged(&tx, grant, self.row, self.state, self.answer, by).await?;
        changes.updated(self.row.person_id, self.row, &after);
        ctx.record_changes(&tx, A::ACTION, ("rights_request", self.row.id), &changes).await?;
        let person = PersonId(self.row.person_id);
        let logins = logins_of(&tx, &[person]).await?;
        let users: Vec<UserId> = logins.into_values().flatten().collect();
        let notice = Notice {
            kind: NoticeKind::RightDecided,
            args: vec![("kind", Arg::from(self.row.kind.as_str())), ("state", Arg::from(self.state.code()))],
            resource: ("rights_request", self.row.id),
            dedupe_key: format!("right_decided/{}", self.row.id),
        };
        notify_in(ctx, &tx, &users, &notice).await?;
        Ok(tx.commit().await?)
    }
}
