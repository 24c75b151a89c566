//! Ending a role of a member, and giving one again that ended. A first role is given with an invitation.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::identity::policy::{Act as _, Action, Target, act};
use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use crate::entity::identity::{membership, user};
use crate::service::audit::audit_entry::Changes;
use crate::service::{Ctx, Error};
use crate::store::audit::audit_entry::Touch;
use crate::store::identity::user as store;

/// The most roles that ended that are shown.
const ENDED_SHOWN_MAX: u64 = 50;

/// Which role of whom ends, and when.
#[derive(Clone, Debug)]
pub struct MembershipEnding {
    /// Whose.
    pub user: UserId,
    /// The role's code.
    pub role: String,
    /// Where it is held.
    pub organisation: Option<OrganisationId>,
    /// The last day on which it holds; yesterday to end it at once.
    pub last_day: CivilDate,
}

/// Which role is given again, and to whom.
#[derive(Clone, Debug)]
pub struct MembershipGiving {
    /// To whom.
    pub user: UserId,
    /// The role's code.
    pub role: String,
    /// Where it was held.
    pub organisation: Option<OrganisationId>,
}

/// A role that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedView {
    /// Whose.
    pub user: UserId,
    /// As shown.
    pub display_name: String,
    /// The name to sign in with.
    pub login: String,
    /// The role's code.
    pub role: String,
    /// Where it was held.
    pub organisation: Option<OrganisationId>,
    /// The last day on which it held.
    pub last_day: CivilDate,
}

/// Roles in reach that ended, the last first.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_ended(ctx: &Ctx) -> Result<Vec<EndedView>, Error> {
    let (scope, db) = (ctx.scope::<act::ManageMember>()?, ctx.app.db.reader());
    let rows = store::list_ended_memberships(db, &scope, ctx.today(), ENDED_SHOWN_MAX).await?;
    let mut subjects: Vec<PersonId> =
        rows.iter().filter_map(|(_, user)| user.person_id.map(PersonId)).collect();
    subjects.sort_unstable();
    subjects.dedup();
    ctx.record_reading(act::ReadUser::ACTION, ("user", Uuid::nil()), &subjects).await?;
    let view = |(row, user): (membership::Model, user::Model)| {
        Some(EndedView {
            user: UserId(user.id),
            display_name: user.display_name,
            login: user.login,
            role: row.role,
            organisation: row.organisation_id.map(OrganisationId),
            last_day: row.valid_until?,
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

/// Gives a role again that ended, from today on.
///
/// # Errors
/// [`Error::NotFound`] for a role out of reach, or that did not end.
pub async fn give_membership(ctx: &Ctx, giving: MembershipGiving) -> Result<Uuid, Error> {
    ctx.require(Action::ManageMember)?;
    let (db, today) = (ctx.app.db.reader(), ctx.today());
    let MembershipGiving { user, role, organisation } = giving;
    let found = store::find_ended_membership(db, user, &role, organisation, today).await?;
    let row = found.ok_or(Error::NotFound)?;
    let (id, revision) = (row.id, row.revision);
    let organisations = organisation.into_iter().collect();
    let target = Target { id, revision, organisations, ..Target::default() };
    let grant = ctx.authorise::<act::ManageMember>(&target)?;
    let tx = ctx.write_tx().await?;
    store::reopen_membership_if_unchanged(&tx, &grant, today).await?;
    let mut changes = Changes::new();
    let from = |from: CivilDate, until: Option<CivilDate>| json!({ "valid_from": from.to_string(), "valid_until": until.map(|day| day.to_string()) });
    let touch = Touch { kind: "membership", id, revision: revision + 1 };
    changes.described(user.0, touch, from(row.valid_from, row.valid_until), from(today, None));
    ctx.record_changes(&tx, act::ManageMember::ACTION, ("membership", id), &changes).await?;
    tx.commit().await?;
    Ok(id)
}

/// Ends a role that holds today. Nobody ends their own: somebody else has to be left who may undo it.
///
/// # Errors
/// [`Error::NotFound`] for a role out of reach, or that does not hold; [`Error::Invalid`]; a refusal for one's own.
pub async fn end_membership(ctx: &Ctx, ending: MembershipEnding) -> Result<Uuid, Error> {
    ctx.require(Action::ManageMember)?;
    let (db, today) = (ctx.app.db.reader(), ctx.today());
    let held = store::find_memberships_of(db, ending.user, today).await?;
    let organisation = ending.organisation.map(|id| id.0);
    let row = held.into_iter().find(|row| row.role == ending.role && row.organisation_id == organisation);
    let row = row.ok_or(Error::NotFound)?;
    let (id, revision) = (row.id, row.revision);
    let organisations = ending.organisation.into_iter().collect();
    let target = Target { id, revision, organisations, ..Target::default() };
    let grant = ctx.authorise::<act::ManageMember>(&target)?;
    if ctx.actor.user_id() == Some(ending.user) {
        return Err(Error::refused("own_membership"));
    }
    if ending.last_day < today - Duration::days(1)
        || row.valid_until.is_some_and(|until| until < ending.last_day)
    {
        return Err(Error::field("/last_day", "date_out_of_range"));
    }
    let tx = ctx.write_tx().await?;
    store::end_membership_if_unchanged(&tx, &grant, ending.last_day).await?;
    let mut changes = Changes::new();
    let until = |day: Option<CivilDate>| json!({ "valid_until": day.map(|day| day.to_string()) });
    let touch = Touch { kind: "membership", id, revision: revision + 1 };
    changes.described(ending.user.0, touch, until(row.valid_until), until(Some(ending.last_day)));
    ctx.record_changes(&tx, act::ManageMember::ACTION, ("membership", id), &changes).await?;
    tx.commit().await?;
    Ok(id)
}
