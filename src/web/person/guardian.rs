//! Who acts for whom: for those who keep the record, for the guardian, and for the ward.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{GuardianId, PersonId};
use ballast_domain::identity::policy::Action;
use ballast_domain::person::guardian::Basis;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::session::PageUser;
use crate::http::{csrf, problem};
use crate::service::Error;
use crate::service::page::PageRequest;
use crate::service::person::guardian::{self as guardians, GuardianView, NewGuardian};
use crate::service::person::person::{self as people, PersonView};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Pager};
use crate::words::{Arg, Words};

/// Rows of one page.
const ROWS: u64 = 50;
/// People whom a search shows.
const FOUND_MAX: u64 = 20;

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
    name: Option<String>,
}

#[derive(Default, Deserialize)]
struct Sent {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    valid_until: String,
}

#[derive(Deserialize)]
struct Ending {
    #[serde(default)]
    csrf: String,
    /// The page of the ward, if one came from there.
    #[serde(default)]
    person: Option<Uuid>,
}

/// Everybody in reach.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let after = query.cursor.as_deref().and_then(|cursor| Uuid::try_parse(cursor).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let found = guardians::list_guardians(ctx, None, wanted).await.map_err(|e| failed(&e))?;
    let keeps = ctx.actor.may(Action::ManageGuardian);
    let name = query.name.as_deref().map(str::trim).filter(|name| keeps && !name.is_empty());
    let searched = match name {
        Some(name) => {
            let some = PageRequest { limit: FOUND_MAX, ..PageRequest::default() };
            Some(people::list_people(ctx, Some(name), some).await.map_err(|e| failed(&e))?.items)
        }
        None => None,
    };
    let title = words.t("guardians-title");
    let lead = if keeps { "guardians-lead-keeper" } else { "guardians-lead" };
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t(lead)) } } }
        div.stack {
            @if keeps { (search_panel(words, name.unwrap_or_default(), searched.as_deref())) }
            (standing_panel(&user, words, &found.items, None))
        }
        (parts::pager(words, &title, &Pager {
            summary: words.ta("guardians-shown", &[("count", count(found.items.len()))]),
            previous: after.map(|_| "/guardians".to_owned()),
            next: found.next.map(|id| format!("/guardians?cursor={}", id.simple())),
        }))
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    Ok(frame::page(request, &user, Place::Guardians, &title, crumbs, body).await)
}

fn count(rows: usize) -> Arg {
    Arg::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}

fn search_panel(words: Words, name: &str, found: Option<&[PersonView]>) -> Markup {
    let title = words.t("guardians-find");
    let field = Field {
        value: name.to_owned(),
        kind: "search",
        length_max: Some(200),
        ..Field::text("name", words.t("guardians-find-name"))
    };
    let body = html! {
        form method="get" action="/guardians" {
            (form::field(&field))
            div.actions { button.btn.alt { (words.t("guardians-find-submit")) } }
        }
        @match found {
            None => {}
            Some([]) => { (parts::empty(&words.t("guardians-found-nobody"), &words.t("guardians-found-nobody-text"))) }
            Some(people) => { (found_table(words, people)) }
        }
    };
    parts::panel("h-find", &title, None, body)
}

fn found_table(words: Words, people: &[PersonView]) -> Markup {
    let columns = ["ward", "born"]
        .map(|name| Column::new(words.t(&format!("guardians-column-{name}")), ColumnKind::Text));
    let row = |person: &PersonView| FoldRow {
        head: html! { a href={ "/people/" (person.id) "/guardians" } { (person.name) } },
        cells: vec![html! { @match person.birth_date { Some(birth) => (words.date(birth)), None => "–" } }],
        marked: false,
    };
    let rows: Vec<FoldRow> = people.iter().map(row).collect();
    parts::fold_table(&words.t("guardians-found"), &columns, &rows)
}

/// `of` is the ward whose page this is; on a page of many each row says whose it is.
fn standing_panel(user: &PageUser, words: Words, rows: &[GuardianView], of: Option<PersonId>) -> Markup {
    let mut heads = vec!["guardian", "basis", "from", "until", "end"];
    if of.is_none() {
        heads.insert(0, "ward");
    }
    let columns: Vec<Column> = heads
        .iter()
        .map(|name| Column::new(words.t(&format!("guardians-column-{name}")), ColumnKind::Text))
        .collect();
    let rows: Vec<FoldRow> = rows.iter().map(|row| standing_row(user, words, row, of)).collect();
    let title = words.t("guardians-list");
    let body = html! {
        @if rows.is_empty() {
            (parts::empty(&words.t("guardians-none"), &words.t("guardians-none-text")))
        } @else {
            (parts::fold_table(&title, &columns, &rows))
        }
    };
    parts::panel("h-guardians", &title, None, body)
}

fn standing_row(user: &PageUser, words: Words, row: &GuardianView, of: Option<PersonId>) -> FoldRow {
    let keeps = user.ctx.actor.may(Action::ManageGuardian);
    let ward = row.person_name.clone().unwrap_or_else(|| words.t("guardians-ward-closed"));
    let ward = match keeps {
        true => html! { a href={ "/people/" (row.person) "/guardians" } { (ward) } },
        false if user.ctx.actor.wards().contains(&row.person) => {
            html! { a href={ "/people/" (row.person) "/my-data" } { (ward) } }
        }
        false => html! { (ward) },
    };
    let guardian = html! { (row.guardian_name) };
    let mut cells = vec![
        html! { (words.t(&format!("guardian-basis-{}", row.basis.code()))) },
        html! { (words.date(row.valid_from)) },
        html! { (until(words, row)) },
        html! {
            @if keeps && row.holds { (end_button(user, words, row, of)) }
            @else if !row.holds { (parts::badge(BadgeKind::Plain, &words.t("guardians-over"))) }
        },
    ];
    let head = if of.is_none() {
        cells.insert(0, guardian);
        ward
    } else {
        guardian
    };
    FoldRow { head, cells, marked: false }
}

fn until(words: Words, row: &GuardianView) -> Markup {
    html! {
        @match row.valid_until {
            Some(day) => (words.date(day)),
            None => (words.t("guardians-open-end")),
        }
    }
}

fn end_button(user: &PageUser, words: Words, row: &GuardianView, of: Option<PersonId>) -> Markup {
    let label = words.t("guardians-end");
    html! {
        form method="post" action={ "/guardians/" (row.id) "/ending" } {
            (form::csrf_field(&csrf::token(&user.session)))
            @if let Some(person) = of { input type="hidden" name="person" value=(person); }
            button.btn.alt.small aria-label={ (label) ": " (row.guardian_name) } { (label) }
        }
    }
}

/// Of one ward, with the form that makes another.
#[handler]
pub async fn of_person(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    draw(request, &user, PersonId(id), StatusCode::OK, &Sent::default(), Vec::new()).await
}

/// Makes one.
#[handler]
pub async fn create(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Sent>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let until = sent.valid_until.trim();
    let day = CivilDate::parse_from_str(until, "%Y-%m-%d").ok();
    let made = if day.is_none() && !until.is_empty() {
        Err(Error::field("/valid_until", "date_out_of_range"))
    } else {
        let new = NewGuardian { login: sent.login.clone(), basis: sent.basis.clone(), valid_until: day };
        guardians::make_guardian(&user.ctx, PersonId(id), new).await
    };
    match made {
        Ok(_) => Ok(redirect(&format!("/people/{id}/guardians"))),
        Err(Error::Invalid(fields)) => {
            let words = Words(user.ctx.locale);
            let fault = |field: &crate::service::Field| FieldError {
                field_id: field.pointer.trim_start_matches('/').to_owned(),
                message: problem::field_detail(words, field),
            };
            let errors = fields.iter().map(fault).collect();
            draw(request, &user, PersonId(id), StatusCode::UNPROCESSABLE_ENTITY, &sent, errors).await
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Ends one.
#[handler]
pub async fn end(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Ending>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    guardians::end_guardian(&user.ctx, GuardianId(id)).await.map_err(|e| failed(&e))?;
    let back =
        sent.person.map_or_else(|| "/guardians".to_owned(), |person| format!("/people/{person}/guardians"));
    Ok(redirect(&back))
}

async fn draw(
    request: &Request,
    user: &PageUser,
    ward: PersonId,
    status: StatusCode,
    sent: &Sent,
    errors: Vec<FieldError>,
) -> poem::Result<Response> {
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let all = PageRequest { limit: ROWS, ..PageRequest::default() };
    ctx.require(Action::ReadGuardian).map_err(|e| failed(&e))?;
    let person = people::get_person(ctx, ward).await.map_err(|e| failed(&e))?;
    let found = guardians::list_guardians(ctx, Some(ward), all).await.map_err(|e| failed(&e))?;
    let title = words.ta("guardians-of", &[("name", person.name.clone().into())]);
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("guardians-of-lead")) } } }
        (form::error_summary(words, &errors))
        div.stack {
            (standing_panel(user, words, &found.items, Some(ward)))
            @if ctx.actor.may(Action::ManageGuardian) { (form_panel(user, words, ward, sent, &errors)) }
        }
    };
    let crumbs =
        vec![crumb(words.t("guardians-title"), Some("/guardians".into())), crumb(person.name.clone(), None)];
    let mut page = frame::page(request, user, Place::Guardians, &title, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

fn form_panel(user: &PageUser, words: Words, ward: PersonId, sent: &Sent, errors: &[FieldError]) -> Markup {
    let error_of =
        |id: &str| errors.iter().find(|error| error.field_id == id).map(|error| error.message.clone());
    let options = Basis::ALL
        .map(|basis| (basis.code().to_owned(), words.t(&format!("guardian-basis-{}", basis.code()))));
    let body = html! {
        form method="post" action={ "/people/" (ward) "/guardians" } {
            (form::csrf_field(&csrf::token(&user.session)))
            (form::field(&Field {
                hint: Some(words.t("guardians-login-hint")),
                error: error_of("login"),
                value: sent.login.clone(),
                literal: true,
                length_max: Some(200),
                ..Field::text("login", words.t("guardians-login"))
            }))
            div.field { (form::select(&Select {
                id: "basis".into(), name: "basis".into(), label: words.t("guardians-column-basis"),
                options: options.to_vec(), selected: sent.basis.clone(),
            })) }
            (form::field(&Field {
                hint: Some(words.t("guardians-until-hint")),
                error: error_of("valid_until"),
                value: sent.valid_until.clone(),
                kind: "date",
                required: false,
                short: true,
                ..Field::text("valid_until", words.t("guardians-column-until"))
            }))
            div.actions { button.btn { (words.t("guardians-make")) } }
        }
    };
    parts::panel("h-make", &words.t("guardians-make-heading"), None, body)
}
