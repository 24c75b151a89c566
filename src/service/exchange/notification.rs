//! What people are told: written in the transaction of what happened, read by whom it is for.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{NotificationId, OrganisationId, PersonId, UserId};
use ballast_domain::exchange::notification::Kind;
use ballast_domain::identity::policy::{self, Act, Target, act};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::entity::exchange::notification::Model;
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry;
use crate::store::exchange::notification as store;
use crate::store::identity::user;
use crate::words::Arg;

/// The most people who are told one thing of one organisation.
const MEMBERS_MAX: u64 = 200;
/// The longest arguments, in bytes of JSON.
const ARGS_BYTES_MAX: usize = 4000;

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is.
    pub kind: Kind,
    /// For the words: codes, references, figures and days. Nothing that whoever is told could not see.
    pub args: Vec<(&'static str, Arg)>,
    /// Where it leads: noun and row.
    pub resource: (&'static str, Uuid),
    /// A user is told the same once.
    pub dedupe_key: String,
}

/// Tells users something inside the caller's transaction; says how many had not been told it before.
///
/// # Errors
/// [`Error::Internal`] for arguments that are too long; what the database says.
pub async fn notify_in(ctx: &Ctx, tx: &Tx, users: &[UserId], notice: &Notice) -> Result<u64, Error> {
    let value = |arg: &Arg| match arg {
        Arg::Text(text) => Value::from(text.as_str()),
        Arg::Int(figure) => Value::from(*figure),
    };
    let args: Map<String, Value> =
        notice.args.iter().map(|(name, arg)| ((*name).to_owned(), value(arg))).collect();
    let args = Value::Object(args).to_string();
    if args.len() > ARGS_BYTES_MAX {
        return Err(Error::Internal(format!("a notification {} is too long", notice.kind.code())));
    }
    let now = ctx.now();
    let row = |user: &UserId| Model {
        id: ctx.app.random.timed_id(now),
        user_id: user.0,
        kind: notice.kind.code().to_owned(),
        args: args.clone(),
        resource_kind: notice.resource.0.to_owned(),
        resource_id: notice.resource.1,
        dedupe_key: notice.dedupe_key.clone(),
        created_at: now,
        read_at: None,
    };
    Ok(store::insert_new(tx, users.iter().map(row).collect()).await?)
}

/// The members of some organisations who may do `A` to a row, without whoever asks: who has done something
/// need not be told of it.
///
/// # Errors
/// What the database says.
pub async fn who_may<A: Act>(
    ctx: &Ctx,
    tx: &Tx,
    organisations: &[OrganisationId],
    target: &Target,
) -> Result<Vec<UserId>, Error> {
    let mut may = Vec::new();
    for row in user::list_members_of(tx.conn(), organisations, ctx.today(), MEMBERS_MAX).await? {
        let actor = user::load_actor(tx.conn(), &row, ctx.today()).await?;
        let oneself = actor.user_id() == ctx.actor.user_id();
        if !oneself && policy::authorise::<A>(&actor, target).is_ok() {
            may.push(UserId(row.id));
        }
    }
    Ok(may)
}

/// The logins of people, for those who have one.
///
/// # Errors
/// What the database says.
pub async fn logins_of(tx: &Tx, people: &[PersonId]) -> Result<BTreeMap<PersonId, Vec<UserId>>, Error> {
    let mut logins: BTreeMap<PersonId, Vec<UserId>> = BTreeMap::new();
    for (person, user) in user::list_of_people(tx.conn(), people).await? {
        logins.entry(person).or_default().push(user);
    }
    Ok(logins)
}

/// Something that one was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationView {
    /// Which.
    pub id: NotificationId,
    /// What it is.
    pub kind: Kind,
    /// For the words.
    pub args: Vec<(String, Arg)>,
    /// The noun that it leads to.
    pub resource_kind: String,
    /// The row that it leads to.
    pub resource_id: Uuid,
    /// When.
    pub created_at: Instant,
    /// When it was read.
    pub read_at: Option<Instant>,
}

fn view(row: Model) -> Result<NotificationView, Error> {
    let corrupt = || Error::Internal("a notification cannot be read".to_owned());
    let args: Map<String, Value> = serde_json::from_str(&row.args).map_err(|_syntax| corrupt())?;
    let arg = |value: Value| match value {
        Value::Number(figure) => figure.as_i64().map(Arg::Int),
        Value::String(text) => Some(Arg::Text(text)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let args = args.into_iter().map(|(name, value)| Some((name, arg(value)?)));
    Ok(NotificationView {
        id: NotificationId(row.id),
        kind: Kind::parse(&row.kind).ok_or_else(corrupt)?,
        args: args.collect::<Option<_>>().ok_or_else(corrupt)?,
        resource_kind: row.resource_kind,
        resource_id: row.resource_id,
        created_at: row.created_at,
        read_at: row.read_at,
    })
}

/// What one was told, the newest first.
///
/// # Errors
/// [`Error::Denied`] for nobody in particular.
pub async fn list_notifications(ctx: &Ctx, request: PageRequest) -> Result<Page<NotificationView>, Error> {
    let scope = ctx.scope::<act::ReadNotification>()?;
    let page = store::list(ctx.app.db.reader(), &scope, request).await?;
    Ok(Page {
        items: page.items.into_iter().map(view).collect::<Result<_, _>>()?,
        next: page.next,
        total: page.total,
    })
}

/// How much of it one has not read.
///
/// # Errors
/// [`Error::Denied`].
pub async fn count_unread(ctx: &Ctx) -> Result<i64, Error> {
    let scope = ctx.scope::<act::ReadNotification>()?;
    let count = store::find_unread_count(ctx.app.db.reader(), &scope).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Says that one has read something. Saying it again changes nothing.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn read_notification(ctx: &Ctx, id: NotificationId) -> Result<NotificationView, Error> {
    let scope = ctx.scope::<act::ReadNotification>()?;
    let tx = ctx.write_tx().await?;
    let row = store::get(tx.conn(), &scope, id).await?;
    let grant = ctx.authorise::<act::ReadNotification>(&store::target(&row))?;
    store::mark_read(&tx, &grant, ctx.now()).await?;
    let row = store::get(tx.conn(), &scope, id).await?;
    audit_entry::exempt(&tx);
    tx.commit().await?;
    view(row)
}
