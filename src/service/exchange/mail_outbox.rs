//! Mails: put in inside the caller's transaction, sent by a job. A mail is handed over at least once: whoever dies
//! between the mail server's answer and saying so has it sent again, under the same Message-ID.
//!
//! What a mail says is sealed, since a link is a secret, and forgotten as soon as it does not wait any more. To which
//! address it goes is looked up when it is sent.

use ballast_domain::base::civil_time::{Instant, shanghai_time};
use ballast_domain::base::id::UserId;
use ballast_domain::exchange::job::Kind as JobKind;
use ballast_domain::exchange::mail_outbox::{State, Template};
use ballast_domain::exchange::notification::Kind as NoticeKind;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::job::run::{Step, Work};
use super::job::{NewJob, enqueue};
use super::notification::{Notice, notify_in};
use crate::entity::exchange::mail_outbox::Model;
use crate::outside::keys::SealedKey;
use crate::outside::mail::{Mail, Unsent};
use crate::service::identity::{mail_address, sign_in_link};
use crate::service::{App, Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry;
use crate::store::exchange::mail_outbox as store;
use crate::words::{Arg, Locale, Words};

/// What the words of a mail are filled in with.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Filling {
    /// The name to sign in with.
    pub login: String,
    /// The link's token; none while nobody has looked whose login it is.
    pub token: Option<String>,
}

/// A mail to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// To whom; none where it is to be found out by the login.
    pub user: Option<UserId>,
    /// What it is for.
    pub template: Template,
    /// In which language.
    pub locale: Locale,
    /// What its words are filled in with.
    pub filling: Filling,
    /// From when on it says nothing that is of use.
    pub expires_at: Instant,
}

/// Where a mail is sealed for.
pub(crate) fn key_place(mail: Uuid) -> String {
    format!("mail_outbox|sealed|{mail}")
}

fn seal(app: &App, mail: Uuid, filling: &Filling) -> Result<SealedKey, Error> {
    let text = serde_json::to_vec(filling).map_err(|error| Error::Internal(error.to_string()))?;
    let sealed = app.keys.seal_own_key(&key_place(mail), &text, &app.random);
    sealed.map_err(|error| Error::Internal(error.to_string()))
}

fn unseal(app: &App, row: &Model) -> Result<Filling, Error> {
    let unsealable = || Error::Internal(format!("mail {} cannot be opened", row.id));
    let (key_id, sealed) = row.key_id.as_ref().zip(row.sealed.as_ref()).ok_or_else(unsealable)?;
    let text = app.keys.open_own_key(&key_place(row.id), key_id, sealed).map_err(|_else| unsealable())?;
    serde_json::from_slice(&text).map_err(|_syntax| unsealable())
}

/// Puts a mail in, inside the caller's transaction: it is sent when that is committed, and never was when it is not.
///
/// # Errors
/// What the database says.
pub async fn enqueue_mail(ctx: &Ctx, tx: &Tx, new: NewMail) -> Result<(), Error> {
    let (id, now) = (ctx.app.random.timed_id(ctx.now()), ctx.now());
    let SealedKey { key_id, sealed } = seal(&ctx.app, id, &new.filling)?;
    let row = Model {
        id,
        user_id: new.user.map(Uuid::from),
        template: new.template.code().to_owned(),
        locale: new.locale.tag().to_owned(),
        key_id: Some(key_id),
        sealed: Some(sealed),
        state: State::Waiting.code().to_owned(),
        tries: 0,
        created_by: ctx.actor.user_id().map(Uuid::from),
        created_at: now,
        expires_at: new.expires_at,
        ended_at: None,
        revision: 1,
    };
    store::insert(tx, row).await?;
    enqueue(ctx, tx, NewJob { payload: json!({ "mail": id }), ..NewJob::of(JobKind::SendMail) }).await?;
    Ok(())
}

/// What came of handing a mail over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// There was nothing to hand over, or not yet.
    Nothing,
    /// The mail server has it.
    Over,
    /// Nobody will take it.
    Refused,
}

fn mail_of(work: &Work) -> Result<Uuid, Error> {
    let id = work.payload.get("mail").and_then(|id| Uuid::try_parse(id.as_str()?).ok());
    id.ok_or_else(|| Error::field("/mail", "required"))
}

/// Hands the mail of a job over to the mail server, outside of any transaction: it takes its time.
///
/// # Errors
/// [`Error::Unavailable`] when it is to be tried again.
pub async fn hand_over(ctx: &Ctx, work: &Work) -> Result<Handed, Error> {
    let (app, db) = (&ctx.app, ctx.app.db.reader());
    let row = store::find_waiting(db, mail_of(work)?).await?.filter(|row| row.expires_at > ctx.now());
    let Some(row) = row else { return Ok(Handed::Nothing) };
    let filling = unseal(app, &row)?;
    let (Some(token), Some(user)) = (&filling.token, row.user_id) else { return Ok(Handed::Nothing) };
    let Some(mailer) = &app.mailer else { return Err(Error::Unavailable) };
    let Some(to) = mail_address::find(app, UserId(user)).await? else { return Ok(Handed::Refused) };
    let link = mailer.link(&format!("/sign-in/link?token={token}"));
    let (subject, text) = write(&row, &filling.login, &link);
    match mailer.send(&Mail { id: row.id, to, subject, text, at: row.created_at }).await {
        Ok(()) => Ok(Handed::Over),
        Err(Unsent::Refused(code)) => {
            tracing::warn!(mail = %row.id, code, "the mail server refuses a mail");
            Ok(Handed::Refused)
        }
        Err(Unsent::Later(code)) => {
            tracing::warn!(mail = %row.id, code, "the mail server takes no mail now");
            Err(Error::Unavailable)
        }
    }
}

/// Subject and text.
fn write(row: &Model, login: &str, link: &str) -> (String, String) {
    let words = Words(Locale::parse(&row.locale).unwrap_or(Locale::ZhCn));
    let until = words.moment(shanghai_time(row.expires_at));
    let args: [(&str, Arg); 2] = [("login", login.into()), ("until", until.into())];
    let parts = [
        words.t("mail-greeting"),
        words.ta(&format!("mail-text-{}", row.template), &args),
        link.to_owned(),
        words.ta("mail-until", &args),
        words.t(&format!("mail-else-{}", row.template)),
        words.t("mail-machine"),
    ];
    (words.t(&format!("mail-subject-{}", row.template)), parts.join("\n\n") + "\n")
}

/// Says what became of the mail of a job. One that somebody asked for without having signed in gets its link here, where
/// nobody sees how long that takes.
///
/// # Errors
/// What the database says.
pub async fn settle(ctx: &Ctx, tx: &Tx, work: &mut Work, handed: Handed) -> Result<Step, Error> {
    audit_entry::exempt(tx);
    let row = store::find_waiting(tx.conn(), mail_of(work)?).await?;
    let Some(row) = row else { return Ok(Step::Done) };
    let over = row.expires_at <= ctx.now();
    match handed {
        Handed::Nothing if !over => return prepare(ctx, tx, row).await,
        Handed::Over => store::end_if_waiting(tx, row.id, State::Sent, ctx.now()).await?,
        Handed::Nothing | Handed::Refused => give_up(ctx, tx, row).await?,
    }
    work.advance(1);
    Ok(Step::Done)
}

/// Finds out whose login somebody typed, and makes the link; a mail for nobody goes.
async fn prepare(ctx: &Ctx, tx: &Tx, row: Model) -> Result<Step, Error> {
    let mut filling = unseal(&ctx.app, &row)?;
    if filling.token.is_some() {
        return Ok(Step::More);
    }
    let Some(issued) = sign_in_link::issue_forgotten_in(ctx, tx, &filling.login).await? else {
        store::delete(tx, row.id).await?;
        return Ok(Step::Done);
    };
    filling.token = issued.secret;
    let SealedKey { key_id, sealed } = seal(&ctx.app, row.id, &filling)?;
    let (key_id, sealed) = (Some(key_id), Some(sealed));
    let row = Model { key_id, sealed, expires_at: issued.expires_at, ..row };
    store::address_if_waiting(tx, row, issued.user).await?;
    Ok(Step::More)
}

/// Counts a try that came to nothing; after the last one the mail is given up.
///
/// # Errors
/// What the database says.
pub async fn note_failure(ctx: &Ctx, tx: &Tx, work: &Work, again: bool) -> Result<(), Error> {
    let id = mail_of(work)?;
    store::count_try_if_waiting(tx, id).await?;
    match store::find_waiting(tx.conn(), id).await? {
        Some(row) if !again => give_up(ctx, tx, row).await,
        _ => Ok(()),
    }
}

/// Ends a mail that did not get out, and tells whoever caused it: they were not shown the link.
async fn give_up(ctx: &Ctx, tx: &Tx, row: Model) -> Result<(), Error> {
    let login = unseal(&ctx.app, &row).map(|filling| filling.login).unwrap_or_default();
    store::end_if_waiting(tx, row.id, State::Failed, ctx.now()).await?;
    let (Some(told), Some(user)) = (row.created_by, row.user_id) else { return Ok(()) };
    let notice = Notice {
        kind: NoticeKind::MailFailed,
        args: vec![("login", login.into())],
        resource: ("user", user),
        dedupe_key: format!("mail_failed {}", row.id),
    };
    notify_in(ctx, tx, &[UserId(told)], &notice).await?;
    Ok(())
}
