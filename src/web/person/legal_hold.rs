//! Who must not be erased, for the auditor.

use ballast_domain::base::id::PersonId;
use maud::html;
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::service::page::PageRequest;
use crate::service::person::legal_hold::{self as holds, LegalHoldView};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form;
use crate::web::ui::parts::{self, Column, ColumnKind, FoldRow, Pager};
use crate::words::{Arg, Words};

/// Holds of one page.
const ROWS: u64 = 25;

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Lifting {
    #[serde(default)]
    csrf: String,
}

/// The list, with those that were lifted.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let words = Words(user.ctx.locale);
    let after = query.cursor.as_deref().and_then(|cursor| Uuid::try_parse(cursor).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let found = holds::list_holds(&user.ctx, false, wanted).await.map_err(|e| failed(&e))?;
    let (title, token) = (words.t("holds-title"), csrf::token(&user.session));
    let columns = ["person", "reason", "from", "until"]
        .map(|name| Column::new(words.t(&format!("holds-{name}")), ColumnKind::Text));
    let row = |hold: &LegalHoldView| FoldRow {
        head: html! { (hold.name) br; span.small.quiet.code { (hold.person) } },
        cells: vec![
            html! { (words.t(&format!("hold-{}", hold.reason))) },
            html! { (words.date(hold.from)) },
            html! {
                @match hold.until {
                    Some(until) => (words.date(until)),
                    None => form method="post" action={ "/legal-holds/people/" (hold.person) "/lifting" } {
                        (form::csrf_field(&token))
                        button.btn.alt.small aria-label={ (words.t("holds-lift")) ": " (hold.name) } {
                            (words.t("holds-lift"))
                        }
                    },
                }
            },
        ],
        marked: false,
    };
    let rows: Vec<FoldRow> = found.items.iter().map(row).collect();
    let shown = Arg::Int(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("holds-lead")) } } }
        section.panel aria-label=(title) {
            @if rows.is_empty() {
                (parts::empty(&words.t("holds-empty"), &words.t("holds-empty-text")))
            } @else {
                (parts::fold_table(&title, &columns, &rows))
            }
            (parts::pager(words, &title, &Pager {
                summary: words.ta("holds-shown", &[("count", shown)]),
                previous: after.map(|_| "/legal-holds".to_owned()),
                next: found.next.map(|id| format!("/legal-holds?cursor={}", id.simple())),
            }))
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    Ok(frame::page(request, &user, Place::Holds, &title, crumbs, body).await)
}

/// Lifts the holds on a person.
#[handler]
pub async fn lift(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(lifting): Form<Lifting>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &lifting.csrf)?;
    holds::lift_holds(&user.ctx, PersonId(id)).await.map_err(|e| failed(&e))?;
    Ok(redirect("/legal-holds"))
}
