//! What one was told: a list of its own, the panel on the start page, and the form that says that one has read it.

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::NotificationId;
use maud::{Markup, html};
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::Error;
use crate::service::exchange::notification::{self as notifications, NotificationView};
use crate::service::page::PageRequest;
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form;
use crate::web::ui::parts::{self, Pager};
use crate::words::exchange as say;
use crate::words::{Arg, Words};

/// Rows of the panel on the start page.
const ROWS_AT_HOME: u64 = 5;
/// Rows of one page of the list.
const ROWS: u64 = 25;

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Reading {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    from: String,
}

/// The newest that one was told, for the start page; nothing where one was never told anything.
///
/// # Errors
/// What the database says.
pub async fn panel(user: &PageUser, words: Words) -> Result<Option<Markup>, Error> {
    let newest = PageRequest { limit: ROWS_AT_HOME, ..PageRequest::default() };
    let found = notifications::list_notifications(&user.ctx, newest).await?;
    if found.items.is_empty() {
        return Ok(None);
    }
    let unread = notifications::count_unread(&user.ctx).await?;
    let aside = html! { a href="/notifications" { (words.t("notifications-all")) } };
    let heading = words.ta("notifications-heading", &[("count", Arg::Int(unread))]);
    Ok(Some(parts::panel("h-notices", &heading, Some(aside), rows(user, words, &found.items, "home"))))
}

/// The list.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let words = Words(user.ctx.locale);
    let after = query.cursor.as_deref().and_then(|c| Uuid::try_parse(c).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let found = notifications::list_notifications(&user.ctx, wanted).await.map_err(|e| failed(&e))?;
    let unread = notifications::count_unread(&user.ctx).await.map_err(|e| failed(&e))?;
    let shown = Arg::Int(i64::try_from(found.items.len()).unwrap_or(i64::MAX));
    let title = words.t("notifications-title");
    let body = html! {
        div.page-head {
            div {
                h1 { (words.ta("notifications-heading", &[("count", Arg::Int(unread))])) }
                p { (words.t("notifications-lead")) }
            }
        }
        section.panel aria-label=(title) {
            @if found.items.is_empty() {
                (parts::empty(&words.t("notifications-empty"), &words.t("notifications-empty-text")))
            } @else {
                (rows(&user, words, &found.items, "list"))
            }
            (parts::pager(words, &title, &Pager {
                summary: words.ta("notifications-shown", &[("count", shown)]),
                previous: after.map(|_| "/notifications".to_owned()),
                next: found.next.map(|id| format!("/notifications?cursor={}", id.simple())),
            }))
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    Ok(frame::page(request, &user, Place::Home, &title, crumbs, body).await)
}

fn rows(user: &PageUser, words: Words, found: &[NotificationView], from: &str) -> Markup {
    html! { ul.notices { @for notice in found { (row(user, words, notice, from)) } } }
}

fn row(user: &PageUser, words: Words, notice: &NotificationView, from: &str) -> Markup {
    let text = say::notification(words, notice.kind, &notice.args);
    let read = words.t("notifications-read");
    html! {
        li.unread[notice.read_at.is_none()] {
            p {
                @match href(notice) {
                    Some(href) => a href=(href) { (text) },
                    None => (text),
                }
            }
            div.line {
                span { (words.moment(shanghai_time(notice.created_at))) }
                @if notice.read_at.is_some() {
                    span { (words.t("notifications-was-read")) }
                } @else {
                    form method="post" action={ "/notifications/" (notice.id) "/reading" } {
                        (form::csrf_field(&csrf::token(&user.session)))
                        input type="hidden" name="from" value=(from);
                        button.btn.alt.small aria-label={ (read) ": " (text) } { (read) }
                    }
                }
            }
        }
    }
}

/// The page that a notification leads to.
fn href(notice: &NotificationView) -> Option<String> {
    let noun = match notice.resource_kind.as_str() {
        "permit" => "permits",
        "joint_class" => "joint-classes",
        "consent" => return Some("/consents".to_owned()),
        _ => return None,
    };
    Some(format!("/{noun}/{}", notice.resource_id))
}

/// Says that one has read something.
#[handler]
pub async fn mark_read(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(form): Form<Reading>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &form.csrf)?;
    notifications::read_notification(&user.ctx, NotificationId(id)).await.map_err(|e| failed(&e))?;
    Ok(redirect(if form.from == "home" { "/" } else { "/notifications" }))
}
