//! Issuing ways in that work once, and ending roles.

use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::user::UserRoleKind;
use crate::api::Tag;
use crate::api::scalar::{Name, Reference};
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::identity::membership::{self, MembershipEnding};
use crate::service::identity::sign_in_link::{self as links, Invitation, Issued};
use crate::service::once;

/// Invitations, resets, codes.
pub struct SignInLinkApi;

/// Somebody to be invited.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct InvitationInput {
    /// The name to sign in with.
    login: Reference,
    /// As shown.
    display_name: Name,
    /// The role.
    role: UserRoleKind,
    /// Id of the organisation where the role is held; absent for a role that is held in none.
    organisation_id: Option<Uuid>,
}

/// The role that ends.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MembershipEndingInput {
    /// The role.
    role: UserRoleKind,
    /// Id of the organisation where it is held; absent for a role that is held in none.
    organisation_id: Option<Uuid>,
    /// The last day on which it holds; yesterday to end it at once.
    last_day: chrono::NaiveDate,
}

/// A way in, shown this once.
#[derive(Debug, Object)]
struct SignInLink {
    /// Id of the login.
    user_id: Uuid,
    /// The name to sign in with.
    login: String,
    /// The path of the page on which the password is set, with the link's token; for a code, the page that asks for
    /// login and code.
    path: String,
    /// The link's token, or the ten digits of the code.
    secret: String,
    /// Until when it works (UTC).
    expires_at: chrono::DateTime<chrono::Utc>,
}

#[derive(ApiResponse)]
enum Shown {
    /// The link or the code.
    #[oai(status = 201)]
    Created(Json<SignInLink>),
}

#[OpenApi(tag = "Tag::Identity")]
impl SignInLinkApi {
    /// Invite a member
    ///
    /// Makes a login without a password, and the link by which its holder sets one within 72 hours.
    #[oai(path = "/invitations", method = "post", operation_id = "create_invitation")]
    async fn invite(&self, caller: Caller, body: Json<InvitationInput>) -> Result<Shown, Problem> {
        let InvitationInput { login, display_name, role, organisation_id } = body.0;
        let new = Invitation {
            login: login.into(),
            display_name: display_name.into(),
            role: role.code().to_owned(),
            organisation: organisation_id.map(OrganisationId),
        };
        Ok(shown(links::invite(caller.ctx(), new).await?, "/sign-in/link"))
    }

    /// Let a member set another password
    ///
    /// By a link that works for an hour. Links before it work no more.
    #[oai(path = "/users/:id/password-resets", method = "post", operation_id = "create_password_reset")]
    async fn reset(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown, Problem> {
        Ok(shown(links::issue_reset(caller.ctx(), UserId(id.0)).await?, "/sign-in/link"))
    }

    /// Give a person at the desk a code by which they set a password
    ///
    /// Ten digits that work for 15 minutes and five tries. Codes before it work no more.
    #[oai(path = "/people/:id/sign-in-codes", method = "post", operation_id = "create_sign_in_code")]
    async fn code(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown, Problem> {
        Ok(shown(links::issue_code(caller.ctx(), PersonId(id.0)).await?, "/sign-in/code"))
    }

    /// End a role of a member
    #[oai(path = "/users/:id/membership-endings", method = "post", operation_id = "create_membership_ending")]
    async fn end(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<MembershipEndingInput>,
    ) -> Result<Done, Problem> {
        let MembershipEndingInput { role, organisation_id, last_day } = body.0;
        let organisation = organisation_id.map(OrganisationId);
        let ending =
            MembershipEnding { user: UserId(id.0), role: role.code().to_owned(), organisation, last_day };
        let ctx = caller.ctx();
        let work = async { membership::end_membership(ctx, ending).await.map(|id| vec![id]) };
        Ok(Done { replayed: once(ctx, "membership", work).await?.replayed })
    }
}

fn shown(issued: Issued, page: &str) -> Shown {
    let Issued { user, login, secret, expires_at } = issued;
    let path = if page.ends_with("/link") { format!("{page}?token={secret}") } else { page.to_owned() };
    Shown::Created(Json(SignInLink { user_id: user.0, login, path, secret, expires_at }))
}
