//! One's own sessions.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::{Caller, bearer};
use crate::service::identity::session::{self as sessions, SessionView};

/// One's own sessions.
pub struct SessionApi;

/// A session of the pages.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Session {
    /// Id.
    id: Uuid,
    /// The family of browser and system, `firefox/linux`.
    device: Option<String>,
    /// Since when (UTC).
    created_at: chrono::DateTime<chrono::Utc>,
    /// Until when, at the latest (UTC).
    expires_at: chrono::DateTime<chrono::Utc>,
    /// The last day on which it was used.
    last_used_on: Option<chrono::NaiveDate>,
}

/// Your sessions.
#[derive(Debug, Object)]
struct SessionList {
    /// Those that last, newest first.
    items: Vec<Session>,
}

#[OpenApi(prefix_path = "/me/sessions", tag = "Tag::Identity")]
impl SessionApi {
    /// List your sessions of the pages
    #[oai(path = "/", method = "get", operation_id = "list_sessions")]
    async fn list(&self, caller: Caller) -> Result<Json<SessionList>, Problem> {
        let items = sessions::list_sessions(caller.ctx(), "").await?;
        Ok(Json(SessionList { items: items.into_iter().map(Session::from).collect() }))
    }

    /// End one of your sessions
    #[oai(path = "/:id", method = "delete", operation_id = "delete_session")]
    async fn delete(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        sessions::end_session(caller.ctx(), id.0).await?;
        Ok(Done { replayed: false })
    }

    /// End all your sessions, and all other tokens that you signed in for
    #[oai(path = "/", method = "delete", operation_id = "delete_other_sessions")]
    async fn delete_others(&self, caller: Caller, request: &Request) -> Result<Done, Problem> {
        sessions::end_other_sessions(caller.ctx(), bearer(request)).await?;
        Ok(Done { replayed: false })
    }
}

impl From<SessionView> for Session {
    fn from(view: SessionView) -> Self {
        Self {
            id: view.id,
            device: view.label,
            created_at: view.created_at,
            expires_at: view.expires_at,
            last_used_on: view.last_used_on,
        }
    }
}
