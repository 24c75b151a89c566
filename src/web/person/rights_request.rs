//! What people ask for by right, for whoever decides about it.

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::{PersonId, RightsRequestId};
use ballast_domain::person::rights_request::{Decision, Kind, State};
use maud::{Markup, html};
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::personal_data::{path_of, state};
use crate::http::csrf;
use crate::service::Seen;
use crate::service::page::PageRequest;
use crate::service::person::rights_request::{self as rights, Asked, Filter, RightsRequestView};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Select};
use crate::web::ui::parts::{self, Pager};
use crate::words::{Arg, Words};

/// Requests of one page.
const ROWS: u64 = 20;

#[derive(Deserialize)]
struct ListQuery {
    state: Option<String>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    csrf: String,
    decision: String,
    revision: i64,
    #[serde(default)]
    answer: String,
}

#[derive(Deserialize)]
struct TakenBack {
    #[serde(default)]
    csrf: String,
    revision: i64,
    /// On whose page.
    person: Option<Uuid>,
}

/// What is asked for, in a line.
pub(super) fn what(words: Words, asked: &Asked) -> String {
    match asked {
        Asked::Correction { field, value } => {
            let field = words.t(&format!("right-field-{}", field.code()));
            words.ta("right-correction-of", &[("field", field.into()), ("value", value.clone().into())])
        }
        other => words.t(&format!("right-{}", other.kind().code())),
    }
}

/// The queue.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let words = Words(user.ctx.locale);
    let chosen = query.state.as_deref().and_then(State::parse).unwrap_or(State::Asked);
    let after = query.cursor.as_deref().and_then(|cursor| Uuid::try_parse(cursor).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let filter = Filter { state: Some(chosen), ..Filter::default() };
    let found = rights::list_rights_requests(&user.ctx, filter, wanted).await.map_err(|e| failed(&e))?;
    let token = csrf::token(&user.session);
    let title = words.t("rights-title");
    let shown = Arg::Int(i64::try_from(found.items.len()).unwrap_or(i64::MAX));
    let select = Select {
        id: "state".into(),
        name: "state".into(),
        label: words.t("rights-state"),
        options: State::ALL
            .map(|state| (state.code().to_owned(), words.t(&format!("right-state-{}", state.code()))))
            .to_vec(),
        selected: chosen.code().to_owned(),
    };
    let path = format!("/rights-requests?state={}", chosen.code());
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("rights-lead")) } } }
        (form::filters(words, &words.t("rights-filter"), "/rights-requests", &[select]))
        @if found.items.is_empty() {
            section.panel aria-label=(title) {
                (parts::empty(&words.t("rights-empty"), &words.t("rights-empty-text")))
            }
        }
        @for one in &found.items { (panel(words, &token, one)) }
        (parts::pager(words, &title, &Pager {
            summary: words.ta("rights-shown", &[("count", shown)]),
            previous: after.map(|_| path.clone()),
            next: found.next.map(|id| format!("{path}&cursor={}", id.simple())),
        }))
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    Ok(frame::page(request, &user, Place::Rights, &title, crumbs, body).await)
}

fn panel(words: Words, token: &str, one: &RightsRequestView) -> Markup {
    let mut rows = vec![
        (words.t("rights-what"), html! { (what(words, &one.asked)) }),
        (words.t("rights-reason"), html! { (one.reason) }),
        (words.t("rights-asked"), html! { (words.moment(shanghai_time(one.asked_at))) }),
        (words.t("rights-state"), state(words, one)),
    ];
    if let Asked::Review { vacancy } = one.asked {
        let why = format!("/vacancies/{vacancy}/shortlist/people/{}", one.person);
        rows.push((words.t("rights-why"), html! { a href=(why) { (words.t("rights-why-link")) } }));
    }
    if let Some(answer) = &one.answer {
        rows.push((words.t("rights-answer"), html! { (answer) }));
    }
    parts::panel(
        &format!("h-{}", one.id),
        &one.name,
        None,
        html! {
            (parts::facts(&rows))
            @if one.state == State::Asked { (decision(words, token, one)) }
        },
    )
}

fn decision(words: Words, token: &str, one: &RightsRequestView) -> Markup {
    let (id, kind) = (format!("answer-{}", one.id), one.asked.kind());
    let owed = match kind {
        Kind::Review => "rights-answer-owed",
        Kind::Correction | Kind::Erasure => "rights-answer-hint",
    };
    html! {
        form method="post" action={ "/rights-requests/" (one.id) "/decision" } {
            (form::csrf_field(token))
            input type="hidden" name="revision" value=(one.revision);
            div.field {
                label for=(id) { (words.t("rights-answer")) }
                span.hint id={ (id) "-hint" } { (words.t(owed)) }
                textarea id=(id) name="answer" rows="2" maxlength="1000" aria-describedby={ (id) "-hint" } {}
            }
            div.actions {
                @for word in ["accept", "refuse"] {
                    @let label = words.t(&format!("rights-{word}-{}", kind.code()));
                    button.btn.alt[word == "refuse"] name="decision" value=(word)
                        aria-label={ (label) ": " (one.name) } { (label) }
                }
            }
        }
    }
}

/// Takes a decision.
#[handler]
pub async fn decide(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(said): Form<Said>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &said.csrf)?;
    let decision = if said.decision == "accept" { Decision::Accept } else { Decision::Refuse };
    let seen = Seen::at(said.revision);
    rights::decide_right(&user.ctx, RightsRequestId(id), &seen, decision, &said.answer)
        .await
        .map_err(|e| failed(&e))?;
    Ok(redirect("/rights-requests"))
}

/// Takes back what was asked for.
#[handler]
pub async fn withdraw(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<TakenBack>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let seen = Seen::at(sent.revision);
    rights::withdraw_right(&user.ctx, RightsRequestId(id), &seen).await.map_err(|e| failed(&e))?;
    let back = sent.person.map_or_else(|| "/my-data".to_owned(), |person| path_of(&user, PersonId(person)));
    Ok(redirect(&back))
}
