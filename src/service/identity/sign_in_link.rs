//! Ways in that work once: an invitation, a link for who forgot a password, a code that a desk reads out. Each is in
//! the answer to whoever issues it and nowhere else, or in a mail to whom it is for; only its hash is kept.

use std::sync::Arc;

use ballast_domain::base::civil_time::{Instant, shanghai_date};
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::exchange::mail_outbox::{ASKED_LASTS, Template};
use ballast_domain::exchange::notification::Kind as NoticeKind;
use ballast_domain::identity::policy::{
    Act as _, Action, Target, act, role_fits, role_is_of_a_person, role_needs_organisation, role_of_person,
};
use ballast_domain::identity::sign_in_link::{Kind, TRIES_MAX, code_of};
use serde_json::{Value, json};
use uuid::Uuid;

use super::second_factor::own;
use super::session::{fold_login, hash_token};
use super::sign_in_failure::{self, Counter};
use super::{mail_address, password, session};
use crate::entity::identity::{sign_in_link as entity, user};
use crate::outside::keys::hex;
use crate::service::audit::audit_entry::Changes;
use crate::service::exchange::mail_outbox::{Filling, NewMail, enqueue_mail};
use crate::service::exchange::notification::{Notice, notify_in};
use crate::service::{App, Ctx, Error, Field, text};
use crate::store::Tx;
use crate::store::audit::audit_entry::{self, Touch};
use crate::store::identity::{
    half_session, mail_address as addresses, session as sessions, sign_in_failure as failures,
    sign_in_link as store, user as users,
};
use crate::store::organisation::organisation;
use crate::store::person::{erasure, person as person_store, person_link};
use crate::words::Locale;

/// Somebody to be invited.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The name to sign in with.
    pub login: String,
    /// As shown.
    pub display_name: String,
    /// The role's code.
    pub role: String,
    /// Where the role is held.
    pub organisation: Option<OrganisationId>,
    /// Where the login is written to, if that is known.
    pub mail_address: Option<String>,
}

/// A way in, shown this once.
#[derive(Clone, Debug)]
pub struct Issued {
    /// For whom.
    pub user: UserId,
    /// The name to sign in with.
    pub login: String,
    /// The link's token, or the code; none where it goes by mail to whom it is for, and to nobody else.
    pub secret: Option<String>,
    /// Until when it works.
    pub expires_at: Instant,
}

/// Makes a login without a password in an organisation, and the link by which its holder sets one.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Duplicate`]; [`Error::NotFound`] for an organisation out of reach.
pub async fn invite(ctx: &Ctx, new: Invitation) -> Result<Issued, Error> {
    let (id, db) = (ctx.app.random.timed_id(ctx.now()), ctx.app.db.reader());
    let organisations = new.organisation.into_iter().collect();
    let grant = ctx.authorise::<act::ManageMember>(&Target { id, organisations, ..Target::default() })?;
    let mut problems = Vec::new();
    let login = text::clean(&mut problems, "/login", &fold_login(&new.login), text::REFERENCE_CHARS_MAX);
    let display_name = text::clean(&mut problems, "/display_name", &new.display_name, text::NAME_CHARS_MAX);
    let address = mail_address::read(&mut problems, "/mail_address", new.mail_address.as_deref());
    match (role_needs_organisation(&new.role), new.organisation) {
        (None, _) => problems.push(Field::new("/role", "unknown_choice")),
        (Some(false), Some(_)) => problems.push(Field::new("/organisation_id", "not_for_role")),
        (Some(true), None) => problems.push(Field::new("/organisation_id", "required")),
        (Some(true), Some(organisation)) => {
            let found = organisation::get(db, &ctx.scope()?, organisation).await?;
            if !role_fits(&new.role, found.kind) {
                problems.push(Field::new("/role", "other_kind_for_role"));
            }
        }
        (Some(false), None) => {}
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (membership, today) = (ctx.app.random.timed_id(ctx.now()), ctx.today());
    let told = json!({
        "display_name": display_name,
        "login": login,
        "organisation_id": new.organisation.map(|id| id.to_string()),
        "role": new.role,
    });
    let (mut issued, row) = issue(ctx, UserId(id), &login, Kind::Invitation);
    let user = users::NewUser { login, display_name, password_hash: None, person: None };
    let tx = ctx.write_tx().await?;
    users::insert_invited(&tx, &grant, user).await?;
    users::insert_invited_membership(&tx, &grant, membership, &new.role, new.organisation, today).await?;
    store::insert_for_member(&tx, &grant, row).await?;
    if let Some(address) = address {
        mail_address::replace_in(ctx, &tx, &grant, &address).await?;
        mail_in(ctx, &tx, &mut issued, Template::Invitation, ctx.locale).await?;
    }
    let mut changes = Changes::new();
    changes.described(id, Touch { kind: "user", id, revision: 1 }, Value::Null, told);
    ctx.record_changes(&tx, act::ManageMember::ACTION, ("user", id), &changes).await?;
    tx.commit().await?;
    Ok(issued)
}

/// A link by which a member sets another password. Only who may manage every membership of theirs may issue it: it
/// opens all of them.
///
/// # Errors
/// [`Error::NotFound`] for a login out of reach.
pub async fn issue_reset(ctx: &Ctx, user: UserId) -> Result<Issued, Error> {
    ctx.require(Action::ManageMember)?;
    let db = ctx.app.db.reader();
    let row = users::get(db, user).await?;
    let held = users::find_memberships_of(db, user, ctx.today()).await?;
    let target = |organisations| Target { id: user.0, organisations, ..Target::default() };
    let mut grant = None;
    for membership in &held {
        let organisations = membership.organisation_id.map(OrganisationId).into_iter().collect();
        grant = Some(ctx.authorise::<act::ManageMember>(&target(organisations))?);
    }
    let grant = match grant {
        Some(grant) => grant,
        None => ctx.authorise::<act::ManageMember>(&target(Vec::new()))?,
    };
    if ctx.app.demonstration {
        return Err(Error::refused("demonstration_shared"));
    }
    let (mut issued, link) = issue(ctx, user, &row.login, Kind::Reset);
    let tx = ctx.write_tx().await?;
    store::insert_for_member(&tx, &grant, link).await?;
    if addresses::find(tx.conn(), user).await?.is_some() {
        let locale = row.locale.as_deref().and_then(Locale::parse).unwrap_or(ctx.locale);
        mail_in(ctx, &tx, &mut issued, Template::Reset, locale).await?;
    }
    ctx.record(&tx, act::ManageMember::ACTION, ("user", user.0), &[]).await?;
    tx.commit().await?;
    Ok(issued)
}

/// A code by which a person at the desk sets a password for the login that is theirs.
///
/// # Errors
/// [`Error::NotFound`] for a person out of reach; a refusal when they have no login.
pub async fn issue_code(ctx: &Ctx, person: PersonId) -> Result<Issued, Error> {
    ctx.require(Action::IssueSignInCode)?;
    let db = ctx.app.db.reader();
    let targets = person_store::targets(db, &[person], ctx.today()).await?;
    let target = targets.into_iter().next().ok_or(Error::NotFound)?;
    let grant = ctx.authorise::<act::IssueSignInCode>(&target)?;
    let login = users::list_of_people(db, &[person]).await?.into_iter().next();
    let (_, user) = login.ok_or_else(|| Error::refused("person_without_login"))?;
    // A login that is more than a person's own would be opened for more than the person.
    let held = users::find_memberships_of(db, user, ctx.today()).await?;
    if !held.iter().all(|membership| role_is_of_a_person(&membership.role)) {
        return Err(Error::refused("login_of_an_office"));
    }
    if ctx.app.demonstration {
        return Err(Error::refused("demonstration_shared"));
    }
    let row = users::get(db, user).await?;
    let (issued, code) = issue(ctx, user, &row.login, Kind::Code);
    let tx = ctx.write_tx().await?;
    store::insert_for_person(&tx, &grant, code).await?;
    ctx.record(&tx, act::IssueSignInCode::ACTION, ("person", person.0), &[]).await?;
    tx.commit().await?;
    Ok(issued)
}

/// Opens a login for a person who has none, with the code by which the person sets a password at the desk. A human being
/// has one login; whoever has one gets a code for it, and a further one is an administrator's to make.
///
/// # Errors
/// [`Error::NotFound`] for a person out of reach; [`Error::Invalid`], [`Error::Duplicate`] for the name; a refusal for
/// oneself and whom one acts for, and for whoever has a login, by whichever registration and in whatever state.
pub async fn open_login(ctx: &Ctx, person: PersonId, login: &str) -> Result<Issued, Error> {
    ctx.require(Action::OpenLogin)?;
    let mut problems = Vec::new();
    let login = text::clean(&mut problems, "/login", &fold_login(login), text::REFERENCE_CHARS_MAX);
    let tx = ctx.write_tx().await?;
    // Two desks that open one at once wait for each other here, whichever registration they know.
    let (groups, rows) = person_link::lock_groups(&tx, &[person]).await?;
    let row = rows.get(&person.0).ok_or(Error::NotFound)?;
    let target =
        person_store::targets(tx.conn(), &[person], ctx.today()).await?.pop().ok_or(Error::NotFound)?;
    let grant = ctx.authorise::<act::OpenLogin>(&target)?;
    let code_grant = ctx.authorise::<act::IssueSignInCode>(&target)?;
    for one in groups.members(person.0) {
        if !erasure::list_logins(tx.conn(), PersonId(one)).await?.is_empty() {
            return Err(Error::refused("person_has_login"));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (id, membership) = (ctx.app.random.timed_id(ctx.now()), ctx.app.random.timed_id(ctx.now()));
    let role = role_of_person(row.foreign_worker);
    let told = json!({
        "display_name": row.name,
        "login": login,
        "organisation_id": null,
        "person_id": person.to_string(),
        "role": role,
    });
    let (issued, code) = issue(ctx, UserId(id), &login, Kind::Code);
    let user =
        users::NewUser { login, display_name: row.name.clone(), password_hash: None, person: Some(person) };
    users::insert_of_person(&tx, &grant, (id, membership), user, role, ctx.today()).await?;
    store::insert_for_person(&tx, &code_grant, code).await?;
    let mut changes = Changes::new();
    changes.described(id, Touch { kind: "user", id, revision: 1 }, Value::Null, told);
    ctx.record_changes(&tx, act::OpenLogin::ACTION, ("person", person.0), &changes).await?;
    tx.commit().await?;
    Ok(issued)
}

/// Sends a link by mail where there is a mail server, and to nobody else.
async fn mail_in(
    ctx: &Ctx,
    tx: &Tx,
    issued: &mut Issued,
    template: Template,
    locale: Locale,
) -> Result<(), Error> {
    if ctx.app.mailer.is_none() {
        return Ok(());
    }
    let filling = Filling { login: issued.login.clone(), token: issued.secret.take() };
    let mail = NewMail { user: Some(issued.user), template, locale, filling, expires_at: issued.expires_at };
    enqueue_mail(ctx, tx, mail).await
}

/// Sends whoever forgot the password of a login a link, if there is that login and an address of it. Whether there is
/// one is looked up later, by the job that sends: what is done here is the same for every login.
///
/// # Errors
/// A refusal where there is no mail server.
pub async fn ask_for_link(
    app: &Arc<App>,
    request_id: &str,
    locale: Locale,
    login: &str,
) -> Result<(), Error> {
    if app.mailer.is_none() {
        return Err(Error::refused("mail_off"));
    }
    let login = fold_login(login);
    let counter = Counter::of_forgotten(app, &login);
    let standing = sign_in_failure::standing(app, &counter).await?;
    if standing.locked || login.chars().count() > text::REFERENCE_CHARS_MAX {
        return Ok(());
    }
    let nobody = Ctx { request_id: request_id.to_owned(), ..Ctx::of_machinery(app.clone()) };
    sign_in_failure::count(&nobody, &counter, None).await?;
    let filling = Filling { login, token: None };
    let expires_at = nobody.now() + ASKED_LASTS;
    let mail = NewMail { user: None, template: Template::Forgotten, locale, filling, expires_at };
    let tx = nobody.write_tx().await?;
    enqueue_mail(&nobody, &tx, mail).await?;
    audit_entry::exempt(&tx);
    Ok(tx.commit().await?)
}

/// The link for whoever asked for one by a login; none where there is no such login, it is locked, or it has no address.
///
/// # Errors
/// What the database says.
pub(in crate::service) async fn issue_forgotten_in(
    ctx: &Ctx,
    tx: &Tx,
    login: &str,
) -> Result<Option<Issued>, Error> {
    let found = users::find_by_login(tx.conn(), login).await?.filter(|user| user.status == "active");
    let Some(user) = found else { return Ok(None) };
    let id = UserId(user.id);
    if addresses::find(tx.conn(), id).await?.is_none() {
        return Ok(None);
    }
    let actor = users::load_actor(tx.conn(), &user, ctx.today()).await?;
    let ctx = Ctx { actor, ..ctx.clone() };
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    let (issued, row) = issue(&ctx, id, login, Kind::Reset);
    store::insert_for_oneself(tx, &grant, row).await?;
    ctx.record(tx, act::ManageSignIn::ACTION, ("user", id.0), &[]).await?;
    Ok(Some(issued))
}

fn issue(ctx: &Ctx, user: UserId, login: &str, kind: Kind) -> (Issued, entity::Model) {
    let (app, now) = (&ctx.app, ctx.now());
    let (secret, secret_hash) = if kind == Kind::Code {
        let code = code_of(app.random.bytes());
        let hash = code_hash(app, login, &code);
        (code, hash)
    } else {
        let token = hex(&app.random.bytes::<32>());
        let hash = hash_token(&token);
        (token, hash)
    };
    let expires_at = now + kind.lasts();
    let row = entity::Model {
        id: app.random.timed_id(now),
        user_id: user.0,
        kind: kind.code().to_owned(),
        secret_hash,
        created_by: ctx.actor.user_id().map(|id| id.0),
        created_at: now,
        expires_at,
        used_at: None,
        tries: 0,
    };
    (Issued { user, login: login.to_owned(), secret: Some(secret), expires_at }, row)
}

/// A code has so few digits that a plain hash would give it away.
fn code_hash(app: &App, login: &str, code: &str) -> Vec<u8> {
    app.keys.own_mac("sign_in_link.code", &format!("{login}|{code}")).to_vec()
}

/// Sets a password by a link, and ends every session there was. The link works no more.
///
/// # Errors
/// A refusal for a link that does not work; [`Error::Invalid`] for the password.
pub async fn redeem_link(app: &Arc<App>, request_id: &str, token: &str, new: String) -> Result<(), Error> {
    let link = store::find_link(app.db.reader(), &hash_token(token), app.clock.now()).await?;
    let link = link.ok_or_else(|| Error::refused("link_does_not_work"))?;
    let user = users::get(app.db.reader(), UserId(link.user_id)).await?;
    if let Some(problem) = password::judge("/new_password", &new, &user.login) {
        return Err(Error::Invalid(vec![problem]));
    }
    set_password(app, request_id, &user, &link, new).await
}

/// The same by a login and the code that a desk read out; a wrong code, a login without one, and one that does not
/// exist answer alike.
///
/// # Errors
/// [`Error::WrongCredentials`]; [`Error::Invalid`] for the password.
pub async fn redeem_code(
    app: &Arc<App>,
    request_id: &str,
    login: &str,
    code: &str,
    new: String,
) -> Result<(), Error> {
    let (login, now) = (fold_login(login), app.clock.now());
    if let Some(problem) = password::judge("/new_password", &new, &login) {
        return Err(Error::Invalid(vec![problem]));
    }
    let counter = Counter::of_code(app, &login);
    let standing = sign_in_failure::standing(app, &counter).await?;
    let found = users::find_by_login(app.db.reader(), &login).await?;
    let mut link = None;
    if let Some(user) = &found {
        link = store::find_code(app.db.reader(), UserId(user.id), now, TRIES_MAX).await?;
    }
    let hash = code_hash(app, &login, code.trim());
    let nobody = Ctx { request_id: request_id.to_owned(), ..Ctx::of_machinery(app.clone()) };
    // A try is taken before it is looked at, so that many at once are no more tries than five, and without a code
    // too, so that it takes as long.
    let tx = nobody.write_tx().await?;
    let id = link.as_ref().map_or(Uuid::nil(), |link| link.id);
    let taken = store::take_try_if_left(&tx, id, TRIES_MAX).await?;
    audit_entry::exempt(&tx);
    tx.commit().await?;
    let fits = taken && !standing.locked && link.as_ref().is_some_and(|link| link.secret_hash == hash);
    if let (true, Some(user), Some(link)) = (fits, &found, &link) {
        return match set_password(app, request_id, user, link, new).await {
            Err(Error::Refused(_)) => Err(Error::WrongCredentials),
            done => done,
        };
    }
    if !standing.locked {
        sign_in_failure::count(&nobody, &counter, found.map(|user| user.id)).await?;
    }
    Err(Error::WrongCredentials)
}

async fn set_password(
    app: &Arc<App>,
    request_id: &str,
    user: &user::Model,
    link: &entity::Model,
    new: String,
) -> Result<(), Error> {
    if user.status != "active" {
        return Err(Error::refused("link_does_not_work"));
    }
    let (hash, now, id) = (password::hash(app, new).await?, app.clock.now(), UserId(user.id));
    let actor = users::load_actor(app.db.reader(), user, shanghai_date(now)).await?;
    let nobody = Ctx::of_machinery(app.clone());
    let ctx = Ctx { actor, request_id: request_id.to_owned(), ..nobody };
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    let tx = ctx.write_tx().await?;
    if !store::use_if_unused(&tx, link.id, now).await? {
        return Err(Error::refused("link_does_not_work"));
    }
    users::set_password_by_link_if_unchanged(&tx, user, hash).await?;
    store::end_all_of(&tx, id, now).await?;
    sessions::delete_all_of(&tx, id, session::SIGN_IN_TOKEN, now).await?;
    half_session::delete_of(&tx, &grant).await?;
    for counter in [Counter::of_password(app, &user.login, Vec::new()), Counter::of_code(app, &user.login)] {
        failures::delete_all_of(&tx, counter.subject()).await?;
    }
    let notice = Notice {
        kind: NoticeKind::PasswordSet,
        args: Vec::new(),
        resource: ("user", user.id),
        dedupe_key: format!("password_set {}", link.id),
    };
    notify_in(&ctx, &tx, &[id], &notice).await?;
    let touch = Touch { kind: "user", id: user.id, revision: user.revision + 1 };
    ctx.record(&tx, act::ManageSignIn::ACTION, ("user", user.id), &[touch]).await?;
    Ok(tx.commit().await?)
}
