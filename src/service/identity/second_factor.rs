//! What a login shows beside its password: whether it has something, whether what was typed is right, and taking it away
//! from somebody who has lost it.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::id::{OrganisationId, UserId};
use ballast_domain::exchange::notification::Kind;
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::identity::recovery_code as rules;
use uuid::Uuid;

use super::session::SIGN_IN_TOKEN;
use super::sign_in_failure::{self, Counter};
use super::{recovery_code, totp};
use crate::service::exchange::notification::{Notice, notify_in};
use crate::service::{App, Ctx, Error};
use crate::store::Tx;
use crate::store::identity::{
    api_token, half_session, passkey, recovery_code as codes, session, sign_in_failure as failures,
    totp as store, user,
};

/// How it stands with one's own second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactorView {
    /// Whether one's roles need one here.
    pub required: bool,
    /// Since when codes by time are asked for; none while they are not.
    pub totp_since: Option<Instant>,
    /// How many passkeys there are.
    pub passkeys: u64,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

impl SecondFactorView {
    /// Whether there is one.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.totp_since.is_some() || self.passkeys > 0
    }

    /// Whether it is time for new recovery codes.
    #[must_use]
    pub fn few_recovery_codes(&self) -> bool {
        self.is_there() && self.recovery_codes <= rules::FEW
    }
}

/// One's own second factor.
///
/// # Errors
/// [`Error::Unauthenticated`] for the operator, who has none.
pub async fn get_second_factor(ctx: &Ctx) -> Result<SecondFactorView, Error> {
    let (id, db) = (ctx.actor.user_id().ok_or(Error::Unauthenticated)?, ctx.app.db.reader());
    Ok(SecondFactorView {
        required: ctx.app.require_second_factor && ctx.actor.needs_second_factor(),
        totp_since: store::find(db, id).await?.and_then(|row| row.confirmed_at),
        passkeys: passkey::find_count(db, id).await?,
        recovery_codes: codes::find_count(db, id).await?,
    })
}

/// What the policy has to know of one's own login.
pub(super) fn own(id: UserId) -> Target {
    Target { id: id.0, user: Some(id), ..Target::default() }
}

/// Whether a login has one, so that a password alone opens nothing.
///
/// # Errors
/// What the database says.
pub async fn is_there(app: &App, user: UserId) -> Result<bool, Error> {
    let db = app.db.reader();
    Ok(store::find_whether_confirmed(db, user.0).await? || passkey::find_count(db, user).await? > 0)
}

/// The same after what was done in a transaction.
pub(super) async fn is_there_in(tx: &Tx, user: UserId) -> Result<bool, Error> {
    let db = tx.conn();
    Ok(store::find_whether_confirmed(db, user.0).await? || passkey::find_count(db, user).await? > 0)
}

/// Which of these logins have one, for who may take it away; none for anybody else.
///
/// # Errors
/// What the database says.
pub async fn list_resettable(ctx: &Ctx, users: &[UserId]) -> Result<Vec<UserId>, Error> {
    match ctx.scope::<act::ResetSecondFactor>() {
        Ok(scope) => Ok(session::list_with_second_factor(ctx.app.db.reader(), &scope, users).await?),
        Err(Error::Denied) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The code of this step.
    Step(i64),
    /// This recovery code.
    Recovery(Uuid),
}

/// Something that was shown and is right. It is used up by [`spend`].
pub(super) struct Proved {
    proof: Proof,
    counter: Counter,
    /// Whether there were failures before it.
    failed: bool,
}

/// Looks at a code that somebody typed as a login, counting what is wrong. `device` is the browser that is counted
/// apart. Who has to wait is told the same as who is wrong.
///
/// # Errors
/// [`Error::WrongSecondFactor`].
pub(super) async fn prove(ctx: &Ctx, user: UserId, device: Vec<u8>, typed: &str) -> Result<Proved, Error> {
    let app = &ctx.app;
    let counter = Counter::of_second_factor(app, user, device);
    let standing = sign_in_failure::standing(app, &counter).await?;
    let mut proof = totp::judge(app, user, typed).await?;
    if let (None, Some(folded)) = (proof, rules::fold(typed)) {
        let hash = recovery_code::hash(app, user, &folded);
        proof = codes::find(app.db.reader(), user, &hash).await?.map(Proof::Recovery);
    }
    match proof {
        Some(proof) if !standing.locked => Ok(Proved { proof, counter, failed: standing.failed }),
        _ => {
            if !standing.locked {
                sign_in_failure::count(ctx, &counter, Some(user.0)).await?;
            }
            Err(Error::WrongSecondFactor)
        }
    }
}

/// Uses up what was shown, in the transaction of what it opens.
///
/// # Errors
/// [`Error::WrongSecondFactor`] when somebody was quicker with the same: the transaction has to go.
pub(super) async fn spend(ctx: &Ctx, tx: &Tx, user: UserId, proved: &Proved) -> Result<(), Error> {
    let spent = match proved.proof {
        Proof::Step(step) => store::take_step_if_newer(tx, user, step).await?,
        Proof::Recovery(id) => codes::use_if_unused(tx, id, ctx.now()).await?,
    };
    if !spent {
        return Err(Error::WrongSecondFactor);
    }
    if proved.failed {
        failures::delete(tx, proved.counter.key()).await?;
    }
    Ok(())
}

/// Takes away the second factor of a login whose owner has lost it. All of its sessions end, and it is told so. For its
/// administrators; of those who belong to several organisations, for the installation's alone.
///
/// # Errors
/// [`Error::NotFound`]; a refusal where there is none, and for oneself: somebody else has to see that it is lost.
pub async fn reset_second_factor(ctx: &Ctx, id: UserId) -> Result<UserId, Error> {
    ctx.require(act::ResetSecondFactor::ACTION)?;
    let db = ctx.app.db.reader();
    let row = user::get(db, id).await?;
    let held = user::memberships_on(db, id, ctx.today()).await?;
    let mut organisations: Vec<Option<OrganisationId>> =
        held.iter().map(|(membership, _)| membership.organisation_id.map(OrganisationId)).collect();
    organisations.sort_unstable();
    organisations.dedup();
    let organisations = match organisations.as_slice() {
        [Some(only)] => vec![*only],
        _ => Vec::new(),
    };
    let target = Target { id: id.0, revision: row.revision, organisations, ..Target::default() };
    let grant = ctx.authorise::<act::ResetSecondFactor>(&target)?;
    if ctx.actor.user_id() == Some(id) {
        return Err(Error::refused("own_second_factor"));
    }
    let tx = ctx.write_tx().await?;
    let passkeys = passkey::delete_lost(&tx, &grant).await?;
    if !store::delete_lost(&tx, &grant).await? && passkeys == 0 {
        return Err(Error::refused("no_second_factor"));
    }
    codes::delete_lost(&tx, &grant).await?;
    half_session::delete_of(&tx, &grant).await?;
    session::delete_all(&tx, &grant).await?;
    api_token::revoke_all_named(&tx, &grant, SIGN_IN_TOKEN, ctx.now()).await?;
    let notice = Notice {
        kind: Kind::SecondFactorReset,
        args: Vec::new(),
        resource: ("user", id.0),
        dedupe_key: format!("second_factor_reset {}", ctx.app.random.timed_id(ctx.now())),
    };
    notify_in(ctx, &tx, &[id], &notice).await?;
    ctx.record(&tx, act::ResetSecondFactor::ACTION, ("user", id.0), &[]).await?;
    tx.commit().await?;
    Ok(id)
}

/// The same for a login by its name, at the command line.
///
/// # Errors
/// As [`reset_second_factor`].
pub async fn reset_second_factor_of(ctx: &Ctx, login: &str) -> Result<UserId, Error> {
    ctx.require(act::ResetSecondFactor::ACTION)?;
    let found = user::find_by_login(ctx.app.db.reader(), &super::session::fold_login(login)).await?;
    reset_second_factor(ctx, UserId(found.ok_or(Error::NotFound)?.id)).await
}
