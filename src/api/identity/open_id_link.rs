//! The accounts elsewhere that open one's login. They are linked on the page.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::identity::open_id_link::{self as links, OpenIdLinkView};

/// One's own links.
pub struct OpenIdLinkApi;

/// An account elsewhere that opens your login.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OpenIdLink {
    /// Id.
    id: Uuid,
    /// The issuer's address. What it calls your account is not kept.
    issuer: String,
    /// Since when (UTC).
    created_at: chrono::DateTime<chrono::Utc>,
    /// The last day on which it was used.
    last_used_on: Option<chrono::NaiveDate>,
}

/// Your links.
#[derive(Debug, Object)]
struct OpenIdLinkList {
    /// The oldest first.
    items: Vec<OpenIdLink>,
}

#[OpenApi(prefix_path = "/me/open-id-links", tag = "Tag::Identity")]
impl OpenIdLinkApi {
    /// List the accounts elsewhere that open your login
    ///
    /// They are linked on the page.
    #[oai(path = "/", method = "get", operation_id = "list_own_open_id_links")]
    async fn list(&self, caller: Caller) -> Result<Json<OpenIdLinkList>, Problem> {
        let view = |one: OpenIdLinkView| {
            let OpenIdLinkView { id, issuer, created_at, last_used_on, host: _ } = one;
            OpenIdLink { id, issuer, created_at, last_used_on }
        };
        let items = links::list_open_id_links(caller.ctx()).await?;
        Ok(Json(OpenIdLinkList { items: items.into_iter().map(view).collect() }))
    }

    /// Unlink an account elsewhere from your login
    #[oai(path = "/:id", method = "delete", operation_id = "delete_own_open_id_link")]
    async fn delete(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        links::remove_open_id_link(caller.ctx(), id.0).await?;
        Ok(Done { replayed: false })
    }
}
