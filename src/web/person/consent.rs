//! By whom one was asked to let them know who one is, and one's answers.

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::ConsentId;
use ballast_domain::person::consent::{Answer, State};
use maud::{Markup, html};
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::Seen;
use crate::service::hiring::vacancy::VacancyView;
use crate::service::organisation::organisation::OrganisationView;
use crate::service::page::PageRequest;
use crate::service::person::consent::{self as consents, ConsentView};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::hiring::vacancy::title;
use crate::web::ui::form;
use crate::web::ui::parts::{self, BadgeKind, Pager};
use crate::words::{Arg, Locale, Words};

/// Requests of one page.
const ROWS: u64 = 20;

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    csrf: String,
    answer: String,
    revision: i64,
}

/// The list.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let after = query.cursor.as_deref().and_then(|cursor| Uuid::try_parse(cursor).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let found = consents::list_consents(ctx, wanted).await.map_err(|e| failed(&e))?;
    let names = consents::names_of(ctx, &found.items).await.map_err(|e| failed(&e))?;
    let title = words.t("consents-title");
    let shown = Arg::Int(i64::try_from(found.items.len()).unwrap_or(i64::MAX));
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("consents-lead")) } } }
        @if found.items.is_empty() {
            section.panel aria-label=(title) {
                (parts::empty(&words.t("consents-empty"), &words.t("consents-empty-text")))
            }
        }
        @for consent in &found.items {
            @if let Some((factory, vacancy)) = names.get(&consent.id) {
                (panel(&user, words, consent, factory, vacancy.as_ref()))
            }
        }
        (parts::pager(words, &title, &Pager {
            summary: words.ta("consents-shown", &[("count", shown)]),
            previous: after.map(|_| "/consents".to_owned()),
            next: found.next.map(|id| format!("/consents?cursor={}", id.simple())),
        }))
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    Ok(frame::page(request, &user, Place::Home, &title, crumbs, body).await)
}

fn panel(
    user: &PageUser,
    words: Words,
    consent: &ConsentView,
    factory: &OrganisationView,
    vacancy: Option<&VacancyView>,
) -> Markup {
    let name = match words.locale() {
        Locale::ZhCn => &factory.name_zh,
        Locale::En => &factory.name_en,
    };
    let kind = match consent.state {
        State::Asked => BadgeKind::Warn,
        State::Given => BadgeKind::Pass,
        State::Refused | State::Withdrawn => BadgeKind::Plain,
    };
    let rows = [
        (
            words.t("consents-for"),
            html! { @match vacancy { Some(vacancy) => (title(words, vacancy)), None => "–" } },
        ),
        (words.t("consents-asked"), html! { (words.moment(shanghai_time(consent.asked_at))) }),
        (
            words.t("consents-state"),
            html! {
                (parts::badge(kind, &words.t(&format!("consent-state-{}", consent.state.code()))))
                @if let Some(at) = consent.answered_at { " " span.small.quiet { (words.moment(shanghai_time(at))) } }
            },
        ),
        (words.t("consents-opens"), html! { (words.t("consents-opens-text")) }),
    ];
    let give = consent.state != State::Given;
    let refuse = matches!(consent.state, State::Asked | State::Given);
    let no = words.t(if consent.state == State::Given { "consents-withdraw" } else { "consents-refuse" });
    parts::panel(
        &format!("h-{}", consent.id),
        name,
        None,
        html! {
            (parts::facts(&rows))
            div.actions {
                @if give { (button(user, consent, "give", &words.t("consents-give"), name)) }
                @if refuse { (button(user, consent, "refuse", &no, name)) }
            }
        },
    )
}

fn button(user: &PageUser, consent: &ConsentView, word: &str, label: &str, factory: &str) -> Markup {
    html! {
        form method="post" action={ "/consents/" (consent.id) "/answer" } {
            (form::csrf_field(&csrf::token(&user.session)))
            input type="hidden" name="answer" value=(word);
            input type="hidden" name="revision" value=(consent.revision);
            button.btn.alt[word == "refuse"] aria-label={ (label) ": " (factory) } { (label) }
        }
    }
}

/// Takes the answer.
#[handler]
pub async fn answer(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(said): Form<Said>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &said.csrf)?;
    let answer = if said.answer == "give" { Answer::Give } else { Answer::Refuse };
    consents::answer_consent(&user.ctx, ConsentId(id), &Seen::at(said.revision), answer)
        .await
        .map_err(|e| failed(&e))?;
    Ok(redirect("/consents"))
}
