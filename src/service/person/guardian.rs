//! Who acts for whom: a guardian reads the ward's record and answers factories for the ward. It is made and ended by
//! those who keep the ward's record; the ward's 18th birthday ends it by itself.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{GuardianId, PersonId, UserId};
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::person::guardian::Basis;
use uuid::Uuid;

use crate::entity::person::guardian::Model;
use crate::entity::person::person as person_row;
use crate::service::audit::audit_entry::Changes;
use crate::service::identity::session::fold_login;
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field};
use crate::store::Tx;
use crate::store::identity::user;
use crate::store::person::{erasure, guardian as store, person};

/// Somebody who is to act for a person.
#[derive(Clone, Debug)]
pub struct NewGuardian {
    /// The name with which the guardian signs in.
    pub login: String,
    /// What it rests on: a code of [`Basis`].
    pub basis: String,
    /// The last day, where it is known from the start.
    pub valid_until: Option<CivilDate>,
}

/// Who acts for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardianView {
    /// Which.
    pub id: GuardianId,
    /// The ward.
    pub person: PersonId,
    /// The ward's name, for whom may read it today.
    pub person_name: Option<String>,
    /// The guardian's login.
    pub user: UserId,
    /// As the guardian is shown.
    pub guardian_name: String,
    /// What it rests on.
    pub basis: Basis,
    /// The first day.
    pub valid_from: CivilDate,
    /// The last day: as somebody set it, or the day before the ward comes of age; none while no end is known.
    pub valid_until: Option<CivilDate>,
    /// Whether it holds today.
    pub holds: bool,
}

/// Lets a login act for a person from today on.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`]; a refusal for an adult, where only incapacity makes one a ward, and
/// where this guardian acts for the person already.
pub async fn make_guardian(ctx: &Ctx, ward: PersonId, new: NewGuardian) -> Result<GuardianId, Error> {
    ctx.require(act::ManageGuardian::ACTION)?;
    let tx = ctx.write_tx().await?;
    let (grant, birth) = judge(ctx, &tx, ward).await?;
    let today = ctx.today();
    let (login, basis) = check(ctx, &tx, ward, &new).await?;
    if basis.outgrown_on(birth).is_some_and(|day| day <= today) {
        return Err(Error::refused("ward_of_age"));
    }
    let standing = store::list_guardians_of(tx.conn(), &[ward], today).await?;
    if standing.contains(&(ward, login)) {
        return Err(Error::refused("guardian_already"));
    }
    let row = Model {
        id: ctx.app.random.secret_id(),
        person_id: ward.0,
        user_id: login.0,
        basis: basis.code().to_owned(),
        valid_from: today,
        valid_until: new.valid_until,
        recorded_at: ctx.now(),
        supersedes_id: None,
    };
    let mut changes = Changes::new();
    changes.created(ward.0, &row);
    let id = GuardianId(row.id);
    store::insert(&tx, &grant, row).await?;
    ctx.record_changes(&tx, act::ManageGuardian::ACTION, ("person", ward.0), &changes).await?;
    tx.commit().await?;
    Ok(id)
}

/// The guardian's login and the basis. Who has no login, and whose login is no guardian's, are told apart by nobody.
async fn check(ctx: &Ctx, tx: &Tx, ward: PersonId, new: &NewGuardian) -> Result<(UserId, Basis), Error> {
    let mut problems = Vec::new();
    let basis = Basis::parse(&new.basis);
    if basis.is_none() {
        problems.push(Field::new("/basis", "unknown_choice"));
    }
    if new.valid_until.is_some_and(|day| day < ctx.today()) {
        problems.push(Field::new("/valid_until", "date_out_of_range"));
    }
    let found = user::find_by_login(tx.conn(), &fold_login(&new.login)).await?;
    let mut login = None;
    if let Some(row) = found.filter(|row| row.status == "active") {
        let actor = user::load_actor(tx.conn(), &row, ctx.today()).await?;
        if actor.is_person(ward) {
            problems.push(Field::new("/login", "guardian_of_oneself"));
        } else if actor.is_same_human(&ctx.actor) {
            problems.push(Field::new("/login", "guardian_by_oneself"));
        }
        login = actor.user_id().filter(|_| actor.may_have_wards());
    }
    if login.is_none() && !problems.iter().any(|problem| problem.pointer == "/login") {
        problems.push(Field::new("/login", "unknown_guardian"));
    }
    match (login, basis) {
        (Some(login), Some(basis)) if problems.is_empty() => Ok((login, basis)),
        _ => Err(Error::Invalid(problems)),
    }
}

/// Ends a guardianship: yesterday was its last day.
///
/// # Errors
/// [`Error::NotFound`]; a refusal where it has ended.
pub async fn end_guardian(ctx: &Ctx, id: GuardianId) -> Result<GuardianId, Error> {
    ctx.require(act::ManageGuardian::ACTION)?;
    let (scope, today) = (ctx.scope::<act::ReadGuardian>()?, ctx.today());
    let tx = ctx.write_tx().await?;
    let row = store::get(tx.conn(), &scope, id, today).await?;
    let ward = PersonId(row.person_id);
    let (grant, birth) = judge(ctx, &tx, ward).await?;
    let holding = store::list_guardians_of(tx.conn(), &[ward], today).await?;
    let holds = store::term(&row)?.holds_on(birth, today);
    if !holds || !holding.contains(&(ward, UserId(row.user_id))) {
        return Err(Error::refused("guardian_ended"));
    }
    let ended = ending(ctx, &row);
    let mut changes = Changes::new();
    changes.created(ward.0, &ended);
    let made = GuardianId(ended.id);
    store::insert(&tx, &grant, ended).await?;
    ctx.record_changes(&tx, act::ManageGuardian::ACTION, ("person", ward.0), &changes).await?;
    tx.commit().await?;
    Ok(made)
}

/// The row by which a guardianship does not hold any more today.
pub(super) fn ending(ctx: &Ctx, row: &Model) -> Model {
    let last = ctx.today().pred_opt().unwrap_or_else(|| ctx.today());
    Model {
        id: ctx.app.random.secret_id(),
        valid_until: Some(last),
        recorded_at: ctx.now(),
        supersedes_id: Some(row.id),
        ..row.clone()
    }
}

/// The ward's row is locked: two who write about the same ward wait for each other.
async fn judge(
    ctx: &Ctx,
    tx: &Tx,
    ward: PersonId,
) -> Result<(Grant<act::ManageGuardian>, Option<CivilDate>), Error> {
    let row = erasure::lock_person(tx, ward).await?;
    let targets: Vec<Target> = person::targets(tx.conn(), &[ward], ctx.today()).await?;
    Ok((ctx.authorise(targets.first().ok_or(Error::NotFound)?)?, row.birth_date))
}

/// Who acts for whom, as far as one may know it; for one person where one is named. The reading is logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_guardians(
    ctx: &Ctx,
    ward: Option<PersonId>,
    request: PageRequest,
) -> Result<Page<GuardianView>, Error> {
    let (scope, db) = (ctx.scope::<act::ReadGuardian>()?, ctx.app.db.reader());
    let page = store::list(db, &scope, ward, ctx.today(), request).await?;
    let items = views(ctx, &page.items).await?;
    Ok(Page { items, next: page.next, total: page.total })
}

/// One of them. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_guardian(ctx: &Ctx, id: GuardianId) -> Result<GuardianView, Error> {
    let scope = ctx.scope::<act::ReadGuardian>()?;
    let row = store::get(ctx.app.db.reader(), &scope, id, ctx.today()).await?;
    views(ctx, &[row]).await?.pop().ok_or(Error::NotFound)
}

async fn views(ctx: &Ctx, rows: &[Model]) -> Result<Vec<GuardianView>, Error> {
    let (db, today) = (ctx.app.db.reader(), ctx.today());
    let mut wards: Vec<PersonId> = rows.iter().map(|row| PersonId(row.person_id)).collect();
    wards.sort_unstable();
    wards.dedup();
    let births: BTreeMap<Uuid, Option<CivilDate>> = person::births_of(db, &raw(&wards))
        .await?
        .into_iter()
        .map(|birth| (birth.person.0, birth.date))
        .collect();
    // A guardian whose time is over knows that it is over, and nothing new of the ward.
    let scope = ctx.scope::<act::ReadPerson>()?;
    let named: BTreeMap<Uuid, person_row::Model> =
        person::list_of(db, &scope, &wards, today).await?.into_iter().map(|row| (row.id, row)).collect();
    let users: Vec<Uuid> = rows.iter().map(|row| row.user_id).collect();
    let names = store::list_names(db, &users).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let (term, birth) = (store::term(row)?, births.get(&row.person_id).copied().flatten());
        views.push(GuardianView {
            id: GuardianId(row.id),
            person: PersonId(row.person_id),
            person_name: named.get(&row.person_id).map(|row| row.name.clone()),
            user: UserId(row.user_id),
            guardian_name: names.get(&row.user_id).cloned().unwrap_or_default(),
            basis: term.basis,
            valid_from: term.from,
            valid_until: term.last_day(birth).filter(|_| named.contains_key(&row.person_id)).or(term.until),
            holds: term.holds_on(birth, today),
        });
    }
    ctx.record_reading(act::ReadGuardian::ACTION, ("guardian", Uuid::nil()), &wards).await?;
    Ok(views)
}

fn raw(people: &[PersonId]) -> Vec<Uuid> {
    people.iter().map(|id| id.0).collect()
}
