//! Ending a role of a member. A role is given with an invitation.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, UserId};
use ballast_domain::identity::policy::{Act as _, Action, Target, act};
use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use crate::service::audit::audit_entry::Changes;
use crate::service::{Ctx, Error};
use crate::store::audit::audit_entry::Touch;
use crate::store::identity::user as store;

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
