//! Tokens of one's own.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::Name;
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::identity::api_token::{self as tokens, NewToken, TokenView};

/// Tokens of one's own.
pub struct OwnTokenApi;

/// A token to make.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct OwnTokenInput {
    /// What you call it.
    name: Name,
    /// What it may be used for: `read`, `write`, or `read` and `write` of one chapter of this document in small
    /// letters, `hiring:read`. Who may write may read. Never more than you may.
    #[oai(validator(min_items = 1, max_items = 24))]
    scopes: Vec<String>,
    /// How long it lasts, in days.
    #[oai(validator(minimum(value = "1"), maximum(value = "365")))]
    days: i64,
}

/// A token, shown this once.
#[derive(Debug, Object)]
struct OwnTokenSecret {
    /// Id.
    id: Uuid,
    /// For `Authorization: Bearer …`.
    token: String,
    /// When it ends (UTC).
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// A token without its secret.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OwnToken {
    /// Id.
    id: Uuid,
    /// What you call it; `sign-in` for one that was got with login and password.
    name: String,
    /// How it begins.
    prefix: String,
    /// What it may be used for; absent for whatever you may.
    scopes: Option<Vec<String>>,
    /// Since when (UTC).
    created_at: chrono::DateTime<chrono::Utc>,
    /// Until when (UTC).
    expires_at: chrono::DateTime<chrono::Utc>,
    /// The last day on which it was used.
    last_used_on: Option<chrono::NaiveDate>,
}

/// Your tokens.
#[derive(Debug, Object)]
struct OwnTokenList {
    /// Those that can be used, newest first.
    items: Vec<OwnToken>,
}

#[derive(ApiResponse)]
enum Made {
    /// The token.
    #[oai(status = 201)]
    Created(Json<OwnTokenSecret>),
}

#[OpenApi(prefix_path = "/me/tokens", tag = "Tag::Identity")]
impl OwnTokenApi {
    /// List your tokens
    #[oai(path = "/", method = "get", operation_id = "list_own_tokens")]
    async fn list(&self, caller: Caller) -> Result<Json<OwnTokenList>, Problem> {
        let items = tokens::list_own_tokens(caller.ctx(), None).await?;
        Ok(Json(OwnTokenList { items: items.into_iter().map(OwnToken::from).collect() }))
    }

    /// Make a token for a program
    ///
    /// For less than you may do, for a year at most. Asked with a token that you signed in for.
    #[oai(path = "/", method = "post", operation_id = "create_own_token")]
    async fn create(&self, caller: Caller, body: Json<OwnTokenInput>) -> Result<Made, Problem> {
        let OwnTokenInput { name, scopes, days } = body.0;
        let new = NewToken { name: name.into(), scopes, days };
        let (id, secret) = tokens::create_own_token(caller.ctx(), new).await?;
        let (token, expires_at) = (secret.token, secret.expires_at);
        Ok(Made::Created(Json(OwnTokenSecret { id, token, expires_at })))
    }

    /// End one of your tokens
    #[oai(path = "/:id", method = "delete", operation_id = "delete_own_token")]
    async fn delete(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        tokens::revoke_own_token(caller.ctx(), id.0).await?;
        Ok(Done { replayed: false })
    }
}

impl From<TokenView> for OwnToken {
    fn from(view: TokenView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            prefix: view.prefix,
            scopes: view.scopes,
            created_at: view.created_at,
            expires_at: view.expires_at,
            last_used_on: view.last_used_on,
        }
    }
}
