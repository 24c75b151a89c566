//! What one was told.

use ballast_domain::base::id::NotificationId;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit};
use crate::api::{Tag, page};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::exchange::notification::{self as notifications, NotificationView};
use crate::words::exchange as say;
use crate::words::{Arg, Words};

/// Notifications.
pub struct NotificationApi;

/// A figure, reference, code or day of a notification.
#[derive(Debug, Object)]
struct NotificationFact {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}

/// Something that you were told.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Notification {
    /// Id.
    id: Uuid,
    /// `permit_submitted`, `enrolment_finished` or `document_expires`; others may come.
    kind: String,
    /// The same in a sentence, in the language of the request.
    text: String,
    /// What the sentence is made of.
    facts: Vec<NotificationFact>,
    /// The noun that it leads to.
    resource_kind: String,
    /// The row that it leads to.
    resource_id: Uuid,
    /// When (UTC).
    created_at: chrono::DateTime<chrono::Utc>,
    /// When you read it (UTC); absent while you have not.
    read_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// A page of notifications.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct NotificationList {
    /// The notifications, newest first.
    items: Vec<Notification>,
    /// How many of all you have not read.
    unread: i64,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/notifications", tag = "Tag::Exchange")]
impl NotificationApi {
    /// List what you were told
    #[oai(path = "/", method = "get", operation_id = "list_notifications")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<NotificationList>, Problem> {
        let ctx = caller.ctx();
        let request = page::request(ctx, limit.0, cursor.0, with_total.0)?;
        let page = notifications::list_notifications(ctx, request).await?;
        let unread = notifications::count_unread(ctx).await?;
        let (next_cursor, total) = (page::cursor(ctx, &page), page.total);
        let words = Words(ctx.locale);
        let items = page.items.into_iter().map(|view| notification(words, view)).collect();
        Ok(Json(NotificationList { items, unread, next_cursor, total }))
    }

    /// Say that you have read something
    ///
    /// Saying it again changes nothing.
    #[oai(path = "/:id/reading", method = "post", operation_id = "create_notification_reading")]
    async fn read(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<Notification>, Problem> {
        let view = notifications::read_notification(caller.ctx(), NotificationId(id.0)).await?;
        Ok(Json(notification(Words(caller.ctx().locale), view)))
    }
}

fn notification(words: Words, view: NotificationView) -> Notification {
    let fact = |(name, value): (String, Arg)| NotificationFact {
        name,
        value: match value {
            Arg::Text(text) => text,
            Arg::Int(figure) => figure.to_string(),
        },
    };
    Notification {
        id: view.id.0,
        kind: view.kind.code().to_owned(),
        text: say::notification(words, view.kind, &view.args),
        facts: view.args.into_iter().map(fact).collect(),
        resource_kind: view.resource_kind,
        resource_id: view.resource_id,
        created_at: view.created_at,
        read_at: view.read_at,
    }
}
