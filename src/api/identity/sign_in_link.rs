//! Issuing ways in that work once, asking for one, and ending and giving roles.

use std::sync::Arc;

use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::user::UserRoleKind;
use crate::api::Tag;
use crate::api::scalar::{MailAddress, Name, Reference};
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::request;
use crate::http::session::Caller;
use crate::service::identity::membership::{self, MembershipEnding, MembershipGiving};
use crate::service::identity::sign_in_link::{self as links, Invitation, Issued};
use crate::service::{App, once};

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
    /// Where the login is written to. Where the installation has a mail server, the link goes there and to nobody else.
    mail_address: Option<MailAddress>,
}

/// A login to be opened for a person.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PersonLoginInput {
    /// The name to sign in with. Nobody else has it.
    login: Reference,
}

/// A role that ended, to be given again.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MembershipInput {
    /// The role.
    role: UserRoleKind,
    /// Id of the organisation where it was held; absent for a role that is held in none.
    organisation_id: Option<Uuid>,
}

/// Who forgot the password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PasswordResetRequestInput {
    /// The name to sign in with.
    login: Reference,
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

/// A way in, shown this once, or sent by mail.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct SignInLink {
    /// Id of the login.
    user_id: Uuid,
    /// The name to sign in with.
    login: String,
    /// The path of the page on which the password is set, with the link's token; for a code, the page that asks for
    /// login and code. Absent where the link goes by mail to whom it is for.
    path: Option<String>,
    /// The link's token, or the ten digits of the code. Absent likewise.
    secret: Option<String>,
    /// Whether the link goes by mail to whom it is for.
    mailed: bool,
    /// Until when it works (UTC).
    expires_at: chrono::DateTime<chrono::Utc>,
}

#[derive(ApiResponse)]
enum Shown {
    /// The link or the code.
    #[oai(status = 201)]
    Created(Json<SignInLink>),
}

#[derive(ApiResponse)]
enum Asked {
    /// If there is such a login and an address of it, a link goes there; nobody is told whether.
    #[oai(status = 204)]
    NoContent,
}

#[OpenApi(tag = "Tag::Identity")]
impl SignInLinkApi {
    /// Invite a member
    ///
    /// Makes a login without a password, and the link by which its holder sets one within 72 hours.
    #[oai(path = "/invitations", method = "post", operation_id = "create_invitation")]
    async fn invite(&self, caller: Caller, body: Json<InvitationInput>) -> Result<Shown, Problem> {
        let InvitationInput { login, display_name, role, organisation_id, mail_address } = body.0;
        let new = Invitation {
            login: login.into(),
            display_name: display_name.into(),
            role: role.code().to_owned(),
            organisation: organisation_id.map(OrganisationId),
            mail_address: mail_address.map(String::from),
        };
        Ok(shown(links::invite(caller.ctx(), new).await?, "/sign-in/link"))
    }

    /// Let a member set another password
    ///
    /// By a link that works for an hour. Links before it work no more. It goes by mail where the login has an address and
    /// the installation a mail server.
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

    /// Open a login for a person at the desk who has none
    ///
    /// With a code as above, by which they set a password. Whoever has a login gets a code for that one.
    #[oai(path = "/people/:id/logins", method = "post", operation_id = "create_person_login")]
    async fn open(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<PersonLoginInput>,
    ) -> Result<Shown, Problem> {
        let opened = links::open_login(caller.ctx(), PersonId(id.0), body.0.login.as_str()).await?;
        Ok(shown(opened, "/sign-in/code"))
    }

    /// Ask for a link for another password
    ///
    /// It goes by mail to the login's address and works for an hour, once. The answer is the same for every login, also
    /// for one that is not there or has no address. Without a mail server nobody can ask.
    #[oai(path = "/password-reset-requests", method = "post", operation_id = "create_password_reset_request")]
    async fn ask(
        &self,
        app: Data<&Arc<App>>,
        body: Json<PasswordResetRequestInput>,
    ) -> Result<Asked, Problem> {
        let info = request::current();
        links::ask_for_link(app.0, &info.id, info.locale, body.0.login.as_str()).await?;
        Ok(Asked::NoContent)
    }

    /// Give a member a role again that ended
    #[oai(path = "/users/:id/memberships", method = "post", operation_id = "create_membership")]
    async fn give(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<MembershipInput>,
    ) -> Result<Done, Problem> {
        let MembershipInput { role, organisation_id } = body.0;
        let organisation = organisation_id.map(OrganisationId);
        let giving = MembershipGiving { user: UserId(id.0), role: role.code().to_owned(), organisation };
        let ctx = caller.ctx();
        let work = async { membership::give_membership(ctx, giving).await.map(|id| vec![id]) };
        Ok(Done { replayed: once(ctx, "membership", work).await?.replayed })
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
    let path = secret.as_ref().map(|secret| match page {
        "/sign-in/link" => format!("{page}?token={secret}"),
        _ => page.to_owned(),
    });
    let mailed = secret.is_none();
    Shown::Created(Json(SignInLink { user_id: user.0, login, path, secret, mailed, expires_at }))
}
