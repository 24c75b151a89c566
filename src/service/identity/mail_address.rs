//! Where a login is written to: said by its owner, or by whoever invites it. Only its owner and the mail that is sent see
//! it again.

use ballast_domain::base::id::UserId;
use ballast_domain::identity::mail_address as rule;
use ballast_domain::identity::policy::{Act as _, Grant, act};
use uuid::Uuid;

use super::second_factor::own;
use crate::entity::identity::mail_address::Model;
use crate::outside::keys::SealedKey;
use crate::service::{App, Ctx, Error, Field};
use crate::store::Tx;
use crate::store::identity::mail_address::{self as store, Addressing};

/// Where a login's address is sealed for.
pub(crate) fn key_place(user: Uuid) -> String {
    format!("mail_address|sealed|{user}")
}

/// The address of a login, if it has one.
pub(crate) async fn find(app: &App, user: UserId) -> Result<Option<String>, Error> {
    let Some(row) = store::find(app.db.reader(), user).await? else { return Ok(None) };
    let unreadable = || Error::Internal(format!("the mail address of {user} cannot be opened"));
    let opened = app.keys.open_own_key(&key_place(user.0), &row.key_id, &row.sealed);
    let text = String::from_utf8(opened.map_err(|_unsealable| unreadable())?);
    Ok(Some(text.map_err(|_bytes| unreadable())?))
}

/// Reads an address that somebody typed; nothing is none.
pub(super) fn read(problems: &mut Vec<Field>, pointer: &str, typed: Option<&str>) -> Option<String> {
    let typed = typed.filter(|typed| !typed.trim().is_empty())?;
    let read = rule::read(typed);
    if read.is_none() {
        problems.push(Field::new(pointer, "bad_mail_address"));
    }
    read
}

/// Keeps an address in the caller's transaction; the grant is for the login.
pub(super) async fn replace_in<A: Addressing>(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Grant<A>,
    address: &str,
) -> Result<(), Error> {
    let (app, user_id) = (&ctx.app, grant.id());
    let sealed = app.keys.seal_own_key(&key_place(user_id), address.as_bytes(), &app.random);
    let SealedKey { key_id, sealed } = sealed.map_err(|error| Error::Internal(error.to_string()))?;
    let row = Model { user_id, key_id, sealed, created_at: ctx.now(), revision: 1 };
    Ok(store::replace(tx, grant, row).await?)
}

/// One's own address.
///
/// # Errors
/// [`Error::Unauthenticated`] for the operator, who has none.
pub async fn get_mail_address(ctx: &Ctx) -> Result<Option<String>, Error> {
    find(&ctx.app, ctx.actor.user_id().ok_or(Error::Unauthenticated)?).await
}

/// Says where oneself is written to, or that one is not. Whoever gets the mails can set the password, so one's own is
/// asked for again first.
///
/// # Errors
/// [`Error::Invalid`] for what is no address; [`Error::ConfirmationNeeded`]; a refusal in a demonstration.
pub async fn set_mail_address(ctx: &Ctx, typed: &str) -> Result<UserId, Error> {
    let id = ctx.actor.user_id().ok_or(Error::Unauthenticated)?;
    let grant = ctx.authorise::<act::ManageSignIn>(&own(id))?;
    if ctx.app.demonstration {
        return Err(Error::refused("demonstration_shared"));
    }
    ctx.require_confirmed()?;
    let mut problems = Vec::new();
    let address = read(&mut problems, "/mail_address", Some(typed));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let tx = ctx.write_tx().await?;
    match address {
        Some(address) => replace_in(ctx, &tx, &grant, &address).await?,
        None => store::delete(&tx, &grant).await?,
    }
    ctx.record(&tx, act::ManageSignIn::ACTION, ("mail_address", id.0), &[]).await?;
    tx.commit().await?;
    Ok(id)
}
