//! Signing in at an organisation's own provider, and linking one's login to one's account there. Going there is by links:
//! the content policy lets no form of ours end elsewhere.

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::identity::open_id::{CODE_CHARS_MAX, SECONDS};
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::http::header::SET_COOKIE;
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::confirmation::failed_or_asked;
use super::session::{Next, go_on, own_page, show};
use crate::http::session::{PageUser, app_of, devices, open_id, page_user, set_open_id_cookie};
use crate::http::{agent, csrf, request};
use crate::service::identity::open_id_link::{self as links, Came, Door, OpenIdLinkView, Returned, Sent};
use crate::service::{App, Ctx, Error};
use crate::web::frame::{self, Place, crumb, failed, redirect, redirect_with_cookie};
use crate::web::ui::form::{self, Field, FieldError};
use crate::web::ui::layout::{self, Page};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow};
use crate::words::Words;

/// Where one goes on: a form that asks for the password could not end at an issuer.
const ACCOUNT: &str = "/account";

#[derive(Deserialize)]
struct Asking {
    #[serde(default)]
    organisation: String,
    next: Option<String>,
}

/// What an issuer sends along with whoever comes back.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    code: String,
    state: String,
    iss: Option<String>,
}

#[derive(Deserialize)]
struct Confirmed {
    #[serde(default)]
    csrf: String,
    sealed: String,
}

#[derive(Deserialize)]
struct Removal {
    #[serde(default)]
    csrf: String,
}

/// Asks for the organisation: they are listed for nobody, so that a stranger does not learn who uses this.
#[handler]
pub async fn ask(request: &Request, Query(asked): Query<Asking>) -> poem::Result<Response> {
    let (app, words) = (app_of(request)?, request::current().words());
    let typed = asked.organisation.trim().to_lowercase();
    if typed.is_empty() {
        return Ok(draw(request, StatusCode::OK, &asking_form(words, "", asked.next.as_deref(), &[])));
    }
    match links::find_door(&app, &typed).await {
        Ok(door) => Ok(redirect(&address(&door, "", asked.next.as_deref()))),
        Err(Error::NotFound) => {
            let message = words.t("open-id-unknown");
            let fault = [FieldError { field_id: "organisation".into(), message }];
            let form = asking_form(words, &asked.organisation, asked.next.as_deref(), &fault);
            Ok(draw(request, StatusCode::NOT_FOUND, &form))
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Says where one is about to be sent.
#[handler]
pub async fn show_door(
    request: &Request,
    Path(code): Path<String>,
    Query(query): Query<Next>,
) -> poem::Result<Response> {
    let (app, words) = (app_of(request)?, request::current().words());
    let door = links::find_door(&app, &code).await.map_err(|e| failed(&e))?;
    let host = door.host.clone();
    let body = html! {
        div.page-head { div {
            h1 { (words.t("open-id-title")) }
            p { (words.ta("open-id-lead", &[("host", host.clone().into())])) }
        } }
        section.panel aria-label=(words.t("open-id-title")) {
            p { (words.t("open-id-linked-before")) }
            div.actions {
                a.btn href=(address(&door, "/departure", query.next.as_deref())) {
                    (words.ta("open-id-go", &[("host", host.into())]))
                }
                a.btn.alt href="/sign-in" { (words.t("open-id-back")) }
            }
        }
    };
    Ok(draw(request, StatusCode::OK, &body))
}

/// Sends somebody off to sign in.
#[handler]
pub async fn depart(
    request: &Request,
    Path(code): Path<String>,
    Query(query): Query<Next>,
) -> poem::Result<Response> {
    let app = app_of(request)?;
    let sent = links::begin_sign_in(&app, &code, query.next.as_deref()).await;
    Ok(off(&sent.map_err(|e| failed(&e))?))
}

/// Sends whoever is signed in off to show the account that they want to link.
#[handler]
pub async fn depart_to_link(request: &Request, Path(code): Path<String>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    Ok(off(&links::begin_link(&user.ctx, &code).await.map_err(|e| failed_or_asked(&e, ACCOUNT))?))
}

fn off(sent: &Sent) -> Response {
    redirect_with_cookie(&sent.url, &set_open_id_cookie(&sent.cookie, SECONDS))
}

/// Takes in who comes back.
#[handler]
pub async fn come_back(
    request: &Request,
    Path(code): Path<String>,
    Query(answer): Query<Answer>,
) -> poem::Result<Response> {
    let (app, info) = (app_of(request)?, request::current());
    let asker = page_user(request).await?;
    let returned = Returned {
        request_id: &info.id,
        door: &code,
        cookie: open_id(request),
        state: &answer.state,
        code: &answer.code,
        issuer: answer.iss.as_deref(),
        devices: devices(request),
        label: &agent::family(request),
    };
    let came = links::come_back(&app, asker.as_ref().map(|user| &user.ctx), returned).await;
    let mut response = match (came, asker) {
        (Ok(Came::In(entered, next)), _) => go_on(&entered, next.as_deref()),
        (Ok(Came::ToConfirm { host, sealed }), Some(user)) => confirm(request, &user, &host, &sealed).await,
        (Ok(Came::ToConfirm { .. }), None) | (Err(Error::WrongCredentials), _) => {
            let sentence = info.words().t("open-id-wrong");
            show(&app, request, StatusCode::UNAUTHORIZED, Some(&sentence), "", None).await
        }
        (Err(error), _) => return Err(failed(&error)),
    };
    // What was taken along is good once.
    if let Ok(over) = set_open_id_cookie("", 0).parse() {
        response.headers_mut().append(SET_COOKIE, over);
    }
    Ok(response)
}

/// Asks whether the login is to be linked: somebody else may have sent this browser here.
async fn confirm(request: &Request, user: &PageUser, host: &str, sealed: &str) -> Response {
    let words = Words(user.ctx.locale);
    let title = words.t("open-id-confirm");
    let figures = [("host", host.to_owned().into()), ("name", user.display_name.clone().into())];
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.ta("open-id-confirm-text", &figures)) } } }
        form.panel method="post" action="/account/open-id" {
            (form::csrf_field(&csrf::token(&user.session)))
            input type="hidden" name="sealed" value=(sealed);
            div.actions {
                button.btn { (words.t("open-id-confirm-yes")) }
                a.btn.alt href="/account" { (words.t("open-id-confirm-no")) }
            }
        }
    };
    let crumbs = vec![crumb(words.t("account-title"), Some("/account".into())), crumb(title.clone(), None)];
    frame::page(request, user, Place::Home, &title, crumbs, body).await
}

/// Links it.
#[handler]
pub async fn link(request: &Request, Form(sent): Form<Confirmed>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    links::link(&user.ctx, &sent.sealed).await.map_err(|e| failed_or_asked(&e, ACCOUNT))?;
    Ok(redirect(ACCOUNT))
}

/// Takes a link away.
#[handler]
pub async fn unlink(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Removal>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    links::remove_open_id_link(&user.ctx, id).await.map_err(|e| failed_or_asked(&e, ACCOUNT))?;
    Ok(redirect(ACCOUNT))
}

/// The path of a way to sign in, or of a page below it, that keeps the page that one wants.
fn address(door: &Door, below: &str, next: Option<&str>) -> String {
    let next = next.map(|next| format!("?next={}", frame::encoded(own_page(Some(next)))));
    format!("/sign-in/open-id/{}{below}{}", door.code, next.unwrap_or_default())
}

fn draw(request: &Request, status: StatusCode, body: &Markup) -> Response {
    let words = request::current().words();
    let page = Page::new(words, words.t("open-id-title"), frame::path_of(request));
    frame::html_response(status, layout::page(&page, html! { (body) }).into_string())
}

fn asking_form(words: Words, typed: &str, next: Option<&str>, errors: &[FieldError]) -> Markup {
    html! {
        div.page-head { div { h1 { (words.t("open-id-title")) } p { (words.t("open-id-ask-lead")) } } }
        (form::error_summary(words, errors))
        form.panel method="get" action="/sign-in/open-id" {
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            (form::field(&Field {
                value: typed.to_owned(),
                literal: true,
                hint: Some(words.t("open-id-code-hint")),
                error: errors.first().map(|error| error.message.clone()),
                autocomplete: Some("organization"),
                length_max: u32::try_from(CODE_CHARS_MAX).ok(),
                ..Field::text("organisation", words.t("open-id-code"))
            }))
            div.actions {
                button.btn { (words.t("open-id-ask")) }
                a.btn.alt href="/sign-in" { (words.t("open-id-back")) }
            }
        }
    }
}

/// The link on the sign-in page, where there is anywhere to go.
pub(super) async fn sign_in_link(app: &App, words: Words, next: Option<&str>) -> Markup {
    let offered = links::is_offered(app).await.unwrap_or_else(|error| {
        tracing::warn!(?error, "whether one can sign in elsewhere is not known");
        false
    });
    let next = next.map(|next| format!("?next={}", frame::encoded(own_page(Some(next))))).unwrap_or_default();
    html! {
        @if offered { p { a href={ "/sign-in/open-id" (next) } { (words.t("open-id-sign-in")) } } }
    }
}

/// The accounts elsewhere that open one's login, and those that could be linked. Nothing where there are neither.
pub(super) async fn panel(ctx: &Ctx, words: Words, token: &str) -> Result<Markup, Error> {
    let (linked, doors) = (links::list_open_id_links(ctx).await?, links::list_own_doors(ctx).await?);
    if linked.is_empty() && doors.is_empty() {
        return Ok(Markup::default());
    }
    let title = words.t("open-id-panel");
    let body = html! {
        @if linked.is_empty() { p { (words.t("open-id-none")) } } @else { (table(words, &title, &linked, token)) }
        @if !doors.is_empty() {
            div.actions {
                @for door in &doors {
                    a.btn.alt href={ "/account/open-id/doors/" (door.code) } {
                        (words.ta("open-id-link", &[("host", door.host.clone().into())]))
                    }
                }
            }
        }
        (parts::note(BadgeKind::Unknown, html! { p { (words.t("open-id-trust")) } }))
    };
    Ok(parts::panel("h-open-id", &title, Some(html! { (words.t("open-id-hint")) }), body))
}

fn table(words: Words, title: &str, linked: &[OpenIdLinkView], token: &str) -> Markup {
    let columns = ["issuer", "since", "last-used", "end"].map(|name| {
        let key =
            if name == "issuer" { "open-id-column-issuer".into() } else { format!("account-column-{name}") };
        Column::new(words.t(&key), ColumnKind::Text)
    });
    let row = |one: &OpenIdLinkView| {
        let end = words.t("open-id-unlink");
        let cells = vec![
            html! { (words.moment(shanghai_time(one.created_at))) },
            html! { @if let Some(day) = one.last_used_on { (words.date(day)) } },
            html! {
                form method="post" action={ "/account/open-id/links/" (one.id) "/removal" } {
                    (form::csrf_field(token))
                    button.btn.alt.small aria-label={ (end) ": " (one.host) } { (end) }
                }
            },
        ];
        FoldRow { head: html! { (one.host) }, cells, marked: false }
    };
    let rows: Vec<FoldRow> = linked.iter().map(row).collect();
    parts::fold_table(title, &columns, &rows)
}
