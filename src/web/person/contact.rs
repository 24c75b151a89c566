//! Whom a factory asked for a vacancy, who they are where they consent, and whom else it can ask.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::VacancyId;
use maud::{Markup, html};
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::matching::shortlist::{self, Entry, TOP_DEFAULT};
use crate::service::person::consent::{self as consents, ContactView};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::hiring::vacancy::title;
use crate::web::ui::form;
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow};
use crate::words::Words;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    csrf: String,
    pseudonym: String,
}

/// The page.
#[handler]
pub async fn list(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let asked = consents::list_contacts(ctx, VacancyId(id)).await.map_err(|e| failed(&e))?;
    let list = shortlist::get_shortlist(ctx, VacancyId(id), TOP_DEFAULT).await.map_err(|e| failed(&e))?;
    let known: BTreeSet<&str> = asked.iter().map(|contact| contact.pseudonym.as_str()).collect();
    let rows = list.qualified.rows.iter().chain(&list.to_verify.rows);
    let others: Vec<&Entry> = rows.filter(|entry| !known.contains(entry.pseudonym.as_str())).collect();
    let heading = words.t("contacts-title");
    let body = html! {
        div.page-head { div { h1 { (heading) } p { (words.t("contacts-lead")) } } }
        (asked_panel(words, &asked))
        (others_panel(&user, words, id, &others))
    };
    let crumbs = vec![
        crumb(words.t("nav-vacancies"), Some("/vacancies".into())),
        crumb(title(words, &list.vacancy), Some(format!("/vacancies/{id}"))),
        crumb(heading.clone(), None),
    ];
    Ok(frame::page(request, &user, Place::Vacancies, &heading, crumbs, body).await)
}

fn asked_panel(words: Words, asked: &[ContactView]) -> Markup {
    let columns = [
        Column::new(words.t("contacts-code"), ColumnKind::Text),
        Column::new(words.t("contacts-who"), ColumnKind::Text),
        Column::new(words.t("contacts-asked"), ColumnKind::Text),
    ];
    let row = |contact: &ContactView| FoldRow {
        head: html! { span.code { (contact.pseudonym) } },
        cells: vec![
            html! {
                @match &contact.named {
                    Some(named) => {
                        (named.name)
                        @if let Some(phone) = &named.phone { br; span.small.code { (phone) } }
                    },
                    None => (parts::badge(BadgeKind::Plain, &words.t("contacts-waiting"))),
                }
            },
            html! { (words.moment(shanghai_time(contact.asked_at))) },
        ],
        marked: false,
    };
    let rows: Vec<FoldRow> = asked.iter().map(row).collect();
    let name = words.t("contacts-asked-heading");
    parts::panel(
        "h-asked",
        &name,
        None,
        html! {
            @if rows.is_empty() {
                (parts::empty(&words.t("contacts-nobody"), &words.t("contacts-nobody-text")))
            } @else {
                (parts::fold_table(&name, &columns, &rows))
            }
        },
    )
}

fn others_panel(user: &PageUser, words: Words, vacancy: Uuid, others: &[&Entry]) -> Markup {
    let columns = [
        Column::new(words.t("contacts-code"), ColumnKind::Text),
        Column::new(words.t("contacts-score"), ColumnKind::Number),
        Column::new(words.t("contacts-ask"), ColumnKind::Text),
    ];
    let label = words.t("contacts-ask");
    let row = |entry: &&Entry| FoldRow {
        head: html! { span.code { (entry.pseudonym) } },
        cells: vec![
            html! { (words.count(entry.row.score.into())) },
            html! {
                form method="post" action={ "/vacancies/" (vacancy) "/contacts" } {
                    (form::csrf_field(&csrf::token(&user.session)))
                    input type="hidden" name="pseudonym" value=(entry.pseudonym);
                    button.btn.alt.small aria-label={ (label) ": " (entry.pseudonym) } { (label) }
                }
            },
        ],
        marked: false,
    };
    let rows: Vec<FoldRow> = others.iter().map(row).collect();
    let name = words.t("contacts-others");
    html! {
        @if !rows.is_empty() {
            (parts::panel("h-others", &name, None, parts::fold_table(&name, &columns, &rows)))
        }
    }
}

/// Asks one person.
#[handler]
pub async fn ask(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(asked): Form<Asked>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &asked.csrf)?;
    consents::ask_consents(&user.ctx, VacancyId(id), &[asked.pseudonym]).await.map_err(|e| failed(&e))?;
    Ok(redirect(&format!("/vacancies/{id}/contacts")))
}
