//! One's own password: another one, and showing it again.

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::api::scalar::Secret;
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::{Caller, bearer};
use crate::service::identity::{confirmation, user};
use crate::service::once;

/// One's own password.
pub struct PasswordApi;

/// The password of now and the next one.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PasswordChange {
    /// The password of now.
    current_password: Secret,
    /// From 12 to 128 characters; none that is tried first, and without your login in it.
    new_password: Secret,
}

/// The password of now.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PasswordConfirmation {
    /// The password of now.
    password: Secret,
}

#[OpenApi(prefix_path = "/me", tag = "Tag::Identity")]
impl PasswordApi {
    /// Change your password
    ///
    /// Every session and every other token that you signed in for ends.
    #[oai(path = "/password-changes", method = "post", operation_id = "create_password_change")]
    async fn change(
        &self,
        caller: Caller,
        request: &Request,
        body: Json<PasswordChange>,
    ) -> Result<Done, Problem> {
        let PasswordChange { current_password, new_password } = body.0;
        let (ctx, secret) = (caller.ctx(), bearer(request));
        let work = async {
            let changed = user::change_password(ctx, secret, current_password.into(), new_password.into());
            changed.await.map(|id| vec![id])
        };
        Ok(Done { replayed: once(ctx, "user", work).await?.replayed })
    }
    /// Show your password again
    ///
    /// For ten minutes the token may then change your second factor, your passkeys, your tokens and your mail address:
    /// what outlives it. Right after signing in that is not needed; a token for a program never may.
    #[oai(path = "/password-confirmations", method = "post", operation_id = "create_password_confirmation")]
    async fn confirm(
        &self,
        caller: Caller,
        request: &Request,
        body: Json<PasswordConfirmation>,
    ) -> Result<Done, Problem> {
        let (ctx, secret) = (caller.ctx(), bearer(request));
        let work = async {
            let shown = confirmation::confirm_password(ctx, secret, body.0.password.into());
            shown.await.map(|id| vec![id])
        };
        Ok(Done { replayed: once(ctx, "user", work).await?.replayed })
    }
}
