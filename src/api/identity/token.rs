//! Getting and ending a token of the API.

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::api::Tag;
use crate::api::scalar::{OneTimeCode, Reference, Secret};
use crate::http::problem::Problem;
use crate::http::request;
use crate::http::session::{Caller, bearer};
use crate::service::identity::session::{self, Attempt, Entered, Purpose};
use crate::service::{App, Error};

/// Tokens of the API.
pub struct TokenApi;

/// Who signs in.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Credentials {
    /// The login.
    login: Reference,
    /// The password.
    password: Secret,
    /// The code that the login's app shows, or one of its recovery codes; needed where the login has a second factor.
    code: Option<OneTimeCode>,
}

/// A token, shown this once.
#[derive(Object)]
struct Token {
    /// For `Authorization: Bearer …`.
    token: String,
    /// When it ends (UTC).
    expires_at: chrono::DateTime<chrono::Utc>,
}

#[derive(ApiResponse)]
enum Created {
    /// The token.
    #[oai(status = 201)]
    Created(Json<Token>),
}

#[derive(ApiResponse)]
enum Ended {
    /// It is ended.
    #[oai(status = 204)]
    NoContent,
}

#[OpenApi(prefix_path = "/tokens", tag = "Tag::Identity")]
impl TokenApi {
    /// Get a token with login and password
    ///
    /// Where the login has a second factor, its code comes along: without one the answer is 401
    /// `second_factor_required`. Where its roles need one and it has none, the token is good for setting one up.
    #[oai(path = "/", method = "post", operation_id = "create_token")]
    async fn create(&self, app: Data<&Arc<App>>, body: Json<Credentials>) -> Result<Created, Problem> {
        let Credentials { login, password, code } = body.0;
        let attempt = Attempt {
            request_id: &request::current().id,
            login: login.as_str(),
            password: password.into(),
            code: code.as_ref().map(OneTimeCode::as_str),
            purpose: Purpose::Api,
            devices: "",
            label: "",
        };
        let secret = match session::sign_in(app.0, attempt).await? {
            Entered::Whole(opened) => opened.secret,
            Entered::Half(_) => return Err(Error::SecondFactorRequired.into()),
        };
        Ok(Created::Created(Json(Token { token: secret.token, expires_at: secret.expires_at })))
    }

    /// End the token that this request is sent with
    #[oai(path = "/current", method = "delete", operation_id = "delete_current_token")]
    async fn delete_current(&self, caller: Caller, request: &Request) -> Result<Ended, Problem> {
        let token = bearer(request);
        session::sign_out(caller.ctx(), token, Purpose::Api).await?;
        Ok(Ended::NoContent)
    }
}
