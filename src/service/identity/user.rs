//! Logins and their roles.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::identity::policy::{Act as _, Target, act, role_fits, role_needs_organisation};
use serde_json::{Value, json};

use super::confirmation::show_own;
use super::password::{self, judge};
use super::session::{end_others, fold_login};
use crate::entity::identity::{membership, user};
use crate::service::audit::audit_entry::Changes;
use crate::service::organisation::organisation::{OrganisationView, get_organisation};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, text};
use crate::store::audit::audit_entry::Touch;
use crate::store::identity::{sign_in_failure as failures, user as store};
use crate::store::organisation::organisation;
use crate::store::person::person;

/// A new login with its first role.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name to sign in with.
    pub login: String,
    /// As shown.
    pub display_name: String,
    /// At least 12 characters.
    pub password: String,
    /// The role's code.
    pub role: String,
    /// Where; none for an administrator or a trainee.
    pub organisation: Option<OrganisationId>,
    /// The person that the user is.
    pub person: Option<PersonId>,
}

/// Makes a login with one role.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Duplicate`].
pub async fn create_user(ctx: &Ctx, new: NewUser) -> Result<UserId, Error> {
    let problems = judge("/password", &new.password, &fold_login(&new.login));
    create_with_any_password(ctx, new, problems.into_iter().collect()).await
}

/// The same for a login of a demonstration, whose password everybody knows.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Duplicate`].
pub async fn create_demonstration_user(ctx: &Ctx, new: NewUser) -> Result<UserId, Error> {
    create_with_any_password(ctx, new, Vec::new()).await
}

async fn create_with_any_password(
    ctx: &Ctx,
    new: NewUser,
    mut problems: Vec<Field>,
) -> Result<UserId, Error> {
    let id = ctx.app.random.timed_id(ctx.now());
    let grant = ctx.authorise::<act::ManageUser>(&Target { id, ..Target::default() })?;
    let db = ctx.app.db.reader();
    let login = text::clean(&mut problems, "/login", &fold_login(&new.login), text::REFERENCE_CHARS_MAX);
    let display_name = text::clean(&mut problems, "/display_name", &new.display_name, text::NAME_CHARS_MAX);
    match (role_needs_organisation(&new.role), new.organisation) {
        (None, _) => problems.push(Field::new("/role", "unknown_choice")),
        (Some(false), Some(_)) => problems.push(Field::new("/organisation_id", "not_for_role")),
        (Some(true), None) => problems.push(Field::new("/organisation_id", "required")),
        (Some(true), Some(id)) => match organisation::get(db, &ctx.scope()?, id).await {
            Ok(found) if role_fits(&new.role, found.kind) => {}
            Ok(_) => problems.push(Field::new("/organisation_id", "other_kind_for_role")),
            Err(crate::store::Error::Missing) => {
                problems.push(Field::new("/organisation_id", "unknown_organisation"));
            }
            Err(err) => return Err(err.into()),
        },
        (Some(false), None) => {}
    }
    if let Some(id) = new.person
        && person::targets(db, &[id], ctx.today()).await?.is_empty()
    {
        problems.push(Field::new("/person_id", "unknown_person"));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let password_hash = password::hash(&ctx.app, new.password).await?;
    let (membership, today) = (ctx.app.random.timed_id(ctx.now()), ctx.today());
    let told = json!({
        "display_name": display_name,
        "login": login,
        "organisation_id": new.organisation.map(|id| id.to_string()),
        "person_id": new.person.map(|id| id.to_string()),
        "role": new.role,
    });
    let row = store::NewUser { login, display_name, password_hash: Some(password_hash), person: new.person };
    let role = new.role;
    let tx = ctx.write_tx().await?;
    store::insert(&tx, &grant, row).await?;
    store::insert_membership(&tx, &grant, membership, &role, new.organisation, today).await?;
    let mut changes = Changes::new();
    changes.described(id, Touch { kind: "user", id, revision: 1 }, Value::Null, told);
    ctx.record_changes(&tx, act::ManageUser::ACTION, ("user", id), &changes).await?;
    tx.commit().await?;
    Ok(UserId(id))
}

/// A login with its roles, without anything that it signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// Which.
    pub id: UserId,
    /// The name to sign in with.
    pub login: String,
    /// As shown.
    pub display_name: String,
    /// `active` or `locked`.
    pub status: String,
    /// The language chosen, if any.
    pub locale: Option<String>,
    /// The roles that are valid today, as far as the reader may know them.
    pub roles: Vec<RoleView>,
    /// The revision.
    pub revision: i64,
}

/// A role of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleView {
    /// The role's code.
    pub role: String,
    /// Where; none for an administrator or a trainee.
    pub organisation: Option<OrganisationId>,
    /// Since when.
    pub valid_from: CivilDate,
    /// The last day, if there is one.
    pub valid_until: Option<CivilDate>,
}

/// Whoever asks, with the organisation whose pages they see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeView {
    /// The login.
    pub user: UserView,
    /// The person that the user is.
    pub person: Option<PersonId>,
    /// The organisation of the first role that has one.
    pub organisation: Option<OrganisationView>,
}

fn view(row: user::Model, roles: Vec<membership::Model>) -> UserView {
    let role = |row: membership::Model| RoleView {
        role: row.role,
        organisation: row.organisation_id.map(OrganisationId),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    };
    UserView {
        id: UserId(row.id),
        login: row.login,
        display_name: row.display_name,
        status: row.status,
        locale: row.locale,
        roles: roles.into_iter().map(role).collect(),
        revision: row.revision,
    }
}

/// Logins in reach: all for an administrator, colleagues for others. A reading that shows people who are
/// known as persons is logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_users(
    ctx: &Ctx,
    role: Option<&str>,
    request: PageRequest,
) -> Result<Page<UserView>, Error> {
    let (scope, db, today) = (ctx.scope::<act::ReadUser>()?, ctx.app.db.reader(), ctx.today());
    let page = store::list(db, &scope, today, role, request).await?;
    let ids: Vec<UserId> = page.items.iter().map(|row| UserId(row.id)).collect();
    let mut roles: BTreeMap<UserId, Vec<membership::Model>> = BTreeMap::new();
    for row in store::list_memberships(db, &scope, &ids, today).await? {
        roles.entry(UserId(row.user_id)).or_default().push(row);
    }
    let mut subjects: Vec<PersonId> =
        page.items.iter().filter_map(|row| row.person_id.map(PersonId)).collect();
    subjects.sort_unstable();
    subjects.dedup();
    ctx.record_reading(act::ReadUser::ACTION, ("user", uuid::Uuid::nil()), &subjects).await?;
    Ok(page.map(|row| {
        let roles = roles.remove(&UserId(row.id)).unwrap_or_default();
        view(row, roles)
    }))
}

/// Whoever asks.
///
/// # Errors
/// [`Error::Unauthenticated`] for the operator, who is no user.
pub async fn get_me(ctx: &Ctx) -> Result<MeView, Error> {
    let (id, db) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, ctx.app.db.reader());
    let row = store::get(db, id).await?;
    let roles = store::memberships_on(db, id, ctx.today()).await?.into_iter().map(|(role, _)| role).collect();
    let organisation = match ctx.actor.home_organisation() {
        Some(id) => Some(get_organisation(ctx, id).await?),
        None => None,
    };
    Ok(MeView { user: view(row, roles), person: ctx.actor.person_id(), organisation })
}

/// Gives oneself another password. Every other session ends, and every token that was got by signing in.
/// `secret` is what the asking request is signed with.
///
/// # Errors
/// [`Error::Invalid`]; a refusal in a demonstration, whose logins are everybody's.
pub async fn change_password(ctx: &Ctx, secret: &str, current: String, new: String) -> Result<UserId, Error> {
    let (id, app) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, &ctx.app);
    let row = store::get(app.db.reader(), id).await?;
    let target = Target { id: id.0, revision: row.revision, user: Some(id), ..Target::default() };
    let grant = ctx.authorise::<act::ManageSignIn>(&target)?;
    if app.demonstration {
        return Err(Error::refused("demonstration_shared"));
    }
    let shown = show_own(ctx, &row, "/current_password", current).await?;
    if let Some(problem) = judge("/new_password", &new, &row.login) {
        return Err(Error::Invalid(vec![problem]));
    }
    let hash = password::hash(app, new).await?;
    let tx = ctx.write_tx().await?;
    store::replace_password_if_unchanged(&tx, &grant, hash).await?;
    end_others(ctx, &tx, &grant, secret).await?;
    if shown.failed {
        failures::delete(&tx, shown.counter.key()).await?;
    }
    let touch = Touch { kind: "user", id: id.0, revision: row.revision + 1 };
    ctx.record(&tx, act::ManageSignIn::ACTION, ("user", id.0), &[touch]).await?;
    tx.commit().await?;
    Ok(id)
}
