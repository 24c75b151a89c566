//! The people in reach, and one of them: for who keeps a record.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::Action;
use ballast_domain::person::number_reading::Purpose;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::Error;
use crate::service::identity::sign_in_link::{self as links, Issued};
use crate::service::organisation::region::{self, RegionView};
use crate::service::page::{PEOPLE_BY_NAME, PageRequest};
use crate::service::person::number::{self as numbers, NumberView};
use crate::service::person::person::{self as people, PersonView};
use crate::web::frame::{self, Place, crumb, failed};
use crate::web::ui::form::{self, Field, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow};
use crate::words::{Arg, Locale, Words};

/// People of the page; whoever looks for others says how the name begins.
const ROWS: u64 = 25;

#[derive(Deserialize)]
struct ListQuery {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Looking {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    purpose: String,
}

#[derive(Deserialize)]
struct Opening {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    login: String,
}

/// What one page of a person shows besides who it is.
#[derive(Default)]
struct Shown {
    /// The numbers in full, and for what.
    uncovered: Option<(Purpose, Vec<NumberView>)>,
    /// A code to sign in, shown this once.
    code: Option<Issued>,
}

/// The list, by name.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    ctx.require(Action::ReadNumber).map_err(|e| failed(&e))?;
    let name = query.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let wanted = PageRequest { limit: ROWS, order: Some(PEOPLE_BY_NAME), ..PageRequest::default() };
    let found = people::list_people(ctx, name, wanted).await.map_err(|e| failed(&e))?;
    let codes: BTreeSet<String> =
        found.items.iter().filter_map(|person| person.home_region.clone()).collect();
    let regions = region::find_regions(ctx, &codes).await.map_err(|e| failed(&e))?;
    let title = words.t("people-title");
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("people-lead")) } } }
        div.stack {
            (search(words, name.unwrap_or_default()))
            section.panel aria-label=(title) {
                @if found.items.is_empty() {
                    (parts::empty(&words.t("people-nobody"), &words.t("people-nobody-text")))
                } @else {
                    (table(words, &found.items, &regions))
                    @if found.next.is_some() {
                        (parts::note(BadgeKind::Plain, html! {
                            p { (words.ta("people-more", &[("count", Arg::Int(ROWS.cast_signed()))])) }
                        }))
                    }
                }
            }
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    Ok(frame::page(request, &user, Place::People, &title, crumbs, body).await)
}

fn search(words: Words, name: &str) -> Markup {
    let field = Field {
        value: name.to_owned(),
        kind: "search",
        required: false,
        length_max: Some(200),
        ..Field::text("name", words.t("people-find-name"))
    };
    let body = html! {
        form method="get" action="/people" {
            (form::field(&field))
            div.actions { button.btn.alt { (words.t("people-find")) } }
        }
    };
    parts::panel("h-find", &words.t("people-find"), None, body)
}

fn table(words: Words, rows: &[PersonView], regions: &BTreeMap<String, RegionView>) -> Markup {
    let columns = ["name", "born", "home"]
        .map(|name| Column::new(words.t(&format!("people-{name}")), ColumnKind::Text));
    let row = |person: &PersonView| FoldRow {
        head: html! {
            a href={ "/people/" (person.id) } { (person.name) }
            @if let Some(latin) = &person.name_latin { br; span.small.quiet { (latin) } }
        },
        cells: vec![born(words, person), home(words, person, regions)],
        marked: false,
    };
    let rows: Vec<FoldRow> = rows.iter().map(row).collect();
    parts::fold_table(&words.t("people-title"), &columns, &rows)
}

fn born(words: Words, person: &PersonView) -> Markup {
    html! { @match person.birth_date { Some(day) => (words.date(day)), None => (words.t("people-unknown")) } }
}

fn home(words: Words, person: &PersonView, regions: &BTreeMap<String, RegionView>) -> Markup {
    let region = person.home_region.as_ref().and_then(|code| regions.get(code));
    let name = region.map(|region| match words.locale() {
        Locale::ZhCn => region.name_zh.clone(),
        Locale::En => region.name_en.clone(),
    });
    html! { (name.unwrap_or_else(|| words.t("people-unknown"))) }
}

/// One person.
#[handler]
pub async fn show(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    draw(request, &user, PersonId(id), StatusCode::OK, Shown::default()).await
}

/// Shows the numbers in full, this once, for a purpose.
#[handler]
pub async fn uncover(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Looking>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let purpose =
        Purpose::parse(&sent.purpose).ok_or_else(|| failed(&Error::field("/purpose", "unknown_choice")))?;
    let found = numbers::uncover_numbers(&user.ctx, PersonId(id), purpose).await.map_err(|e| failed(&e))?;
    let shown = Shown { uncovered: Some((purpose, found)), ..Shown::default() };
    draw(request, &user, PersonId(id), StatusCode::OK, shown).await
}

/// Gives a code to sign in to the person at the desk, shown this once.
#[handler]
pub async fn give_code(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Looking>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let code = links::issue_code(&user.ctx, PersonId(id)).await.map_err(|e| failed(&e))?;
    let shown = Shown { code: Some(code), ..Shown::default() };
    draw(request, &user, PersonId(id), StatusCode::CREATED, shown).await
}

/// Opens a login for the person at the desk; the code is shown this once.
#[handler]
pub async fn open_login(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Opening>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let code = links::open_login(&user.ctx, PersonId(id), &sent.login).await.map_err(|e| failed(&e))?;
    let shown = Shown { code: Some(code), ..Shown::default() };
    draw(request, &user, PersonId(id), StatusCode::CREATED, shown).await
}

async fn draw(
    request: &Request,
    user: &PageUser,
    id: PersonId,
    status: StatusCode,
    shown: Shown,
) -> poem::Result<Response> {
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    ctx.require(Action::ReadNumber).map_err(|e| failed(&e))?;
    let person = people::get_person(ctx, id).await.map_err(|e| failed(&e))?;
    let regions = region::find_regions(ctx, &person.home_region.iter().cloned().collect()).await;
    let regions = regions.map_err(|e| failed(&e))?;
    let (purpose, found) = match shown.uncovered {
        Some((purpose, found)) => (Some(purpose), found),
        None => (None, numbers::list_numbers(ctx, id).await.map_err(|e| failed(&e))?),
    };
    let facts = [
        (words.t("people-born"), born(words, &person)),
        (
            words.t("people-sex"),
            html! {
                (person.sex.as_ref().map_or_else(|| words.t("people-unknown"), |sex| words.t(&format!("held-value-{sex}"))))
            },
        ),
        (words.t("people-home"), home(words, &person, &regions)),
    ];
    let body = html! {
        div.page-head { div {
            h1 { (person.name) }
            @if let Some(latin) = &person.name_latin { p { (latin) } }
        } }
        div.stack {
            @if let Some(code) = &shown.code { (code_note(words, code)) }
            (parts::panel("h-who", &words.t("people-who"), None, parts::facts(&facts)))
            (numbers_panel(user, words, id, purpose, &found))
            (doors(user, words, id))
        }
    };
    let crumbs =
        vec![crumb(words.t("people-title"), Some("/people".into())), crumb(person.name.clone(), None)];
    let mut page = frame::page(request, user, Place::People, &person.name, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

fn numbers_panel(
    user: &PageUser,
    words: Words,
    id: PersonId,
    purpose: Option<Purpose>,
    found: &[NumberView],
) -> Markup {
    let columns = ["kind", "number", "valid"]
        .map(|name| Column::new(words.t(&format!("people-number-{name}")), ColumnKind::Text));
    let row = |number: &NumberView| FoldRow {
        head: html! {
            (words.t(&format!("held-value-{}", number.kind)))
            @if let Some(paper) = &number.paper {
                " " span.small.quiet { (paper.country) " · " (words.t(&format!("held-value-{}", paper.verification))) }
            }
        },
        cells: vec![
            html! { span.code.nowrap { (number.number) } },
            html! { @match number.paper.as_ref().and_then(|paper| paper.valid_until) {
                Some(day) => (words.date(day)),
                None => "–",
            } },
        ],
        marked: false,
    };
    let rows: Vec<FoldRow> = found.iter().map(row).collect();
    let title = words.t("people-numbers");
    let body = html! {
        @if rows.is_empty() {
            (parts::empty(&words.t("people-no-numbers"), &words.t("people-no-numbers-text")))
        } @else {
            @if let Some(purpose) = purpose {
                (parts::note(BadgeKind::Warn, html! { p {
                    (words.ta("people-uncovered", &[("purpose", words.t(&format!("number-purpose-{}", purpose.code())).into())]))
                } }))
            }
            (parts::fold_table(&title, &columns, &rows))
            @if purpose.is_some() {
                div.actions { a.btn.alt href={ "/people/" (id) } { (words.t("people-cover")) } }
            } @else if user.ctx.actor.may(Action::UncoverNumber) {
                (uncover_form(user, words, id))
            }
        }
    };
    parts::panel("h-numbers", &title, None, body)
}

fn uncover_form(user: &PageUser, words: Words, id: PersonId) -> Markup {
    let option = |purpose: Purpose| {
        (purpose.code().to_owned(), words.t(&format!("number-purpose-{}", purpose.code())))
    };
    html! {
        form method="post" action={ "/people/" (id) "/number-readings" } {
            (form::csrf_field(&csrf::token(&user.session)))
            div.field { (form::select(&Select {
                id: "purpose".into(),
                name: "purpose".into(),
                label: words.t("people-purpose"),
                options: Purpose::ALL.map(option).to_vec(),
                selected: Purpose::IdentityCheck.code().to_owned(),
            })) span.hint { (words.t("people-purpose-hint")) } }
            div.actions { button.btn.alt { (words.t("people-uncover")) } }
        }
    }
}

fn doors(user: &PageUser, words: Words, id: PersonId) -> Markup {
    let actor = &user.ctx.actor;
    let body = html! {
        div.actions {
            @if actor.may(Action::ReadGuardian) {
                a.btn.alt href={ "/people/" (id) "/guardians" } { (words.t("nav-guardians")) }
            }
            @if actor.may(Action::RecordIdentity) {
                a.btn.alt href={ "/people/" (id) "/identity" } { (words.t("identity-title")) }
            }
            @if actor.may(Action::IssueSignInCode) {
                form method="post" action={ "/people/" (id) "/sign-in-codes" } {
                    (form::csrf_field(&csrf::token(&user.session)))
                    button.btn.alt { (words.t("people-give-code")) }
                }
            }
        }
        @if actor.may(Action::IssueSignInCode) { p.small.quiet { (words.t("people-give-code-hint")) } }
        @if actor.may(Action::OpenLogin) {
            form method="post" action={ "/people/" (id) "/logins" } {
                (form::csrf_field(&csrf::token(&user.session)))
                (form::field(&Field {
                    hint: Some(words.t("people-open-login-hint")),
                    literal: true,
                    short: true,
                    length_max: Some(40),
                    autocomplete: Some("off"),
                    ..Field::text("login", words.t("people-open-login-name"))
                }))
                div.actions { button.btn.alt { (words.t("people-open-login")) } }
            }
        }
    };
    parts::panel("h-more", &words.t("people-more-title"), None, body)
}

fn code_note(words: Words, code: &Issued) -> Markup {
    parts::note(
        BadgeKind::Pass,
        html! {
            p { (words.ta("people-code", &[
                ("login", code.login.clone().into()),
                ("until", words.moment(shanghai_time(code.expires_at)).into()),
            ])) }
            p.code { strong { (code.secret.as_deref().unwrap_or_default()) } }
            p.small { (words.t("people-code-where")) }
        },
    )
}
