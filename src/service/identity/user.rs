//! Logins and their roles.

use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::identity::policy::{Act as _, Target, act, role_needs_organisation};

use super::password::{self, PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
use super::session::fold_login;
use crate::service::{Ctx, Error, Field, text};
use crate::store::audit::audit_entry::Touch;
use crate::store::identity::user as store;
use crate::words::Arg;

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
    let id = ctx.app.random.timed_id(ctx.now());
    let grant = ctx.authorise::<act::ManageUser>(&Target { id, ..Target::default() })?;
    let mut problems = Vec::new();
    let login = text::clean(&mut problems, "/login", &fold_login(&new.login), text::REFERENCE_CHARS_MAX);
    let display_name = text::clean(&mut problems, "/display_name", &new.display_name, text::NAME_CHARS_MAX);
    if new.password.chars().count() < PASSWORD_CHARS_MIN {
        let min = Arg::Int(i64::try_from(PASSWORD_CHARS_MIN).unwrap_or(i64::MAX));
        problems.push(Field::new("/password", "too_short").with("min", min));
    }
    if new.password.len() > PASSWORD_BYTES_MAX {
        problems.push(Field::new("/password", "too_long_bytes"));
    }
    match (role_needs_organisation(&new.role), new.organisation) {
        (None, _) => problems.push(Field::new("/role", "unknown_choice")),
        (Some(false), Some(_)) => problems.push(Field::new("/organisation_id", "not_for_role")),
        (Some(true), None) => problems.push(Field::new("/organisation_id", "required")),
        (Some(true), Some(_)) | (Some(false), None) => {}
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let password_hash = password::hash(&ctx.app, new.password).await?;
    let (membership, today) = (ctx.app.random.timed_id(ctx.now()), ctx.today());
    let row = store::NewUser { login, display_name, password_hash, person: new.person };
    let role = new.role;
    let tx = ctx.write_tx().await?;
    store::insert(&tx, &grant, row).await?;
    store::insert_membership(&tx, &grant, membership, &role, new.organisation, today).await?;
    let touch = Touch { kind: "user", id, revision: 1 };
    ctx.record(&tx, act::ManageUser::ACTION, ("user", id), &[touch]).await?;
    tx.commit().await?;
    Ok(UserId(id))
}
