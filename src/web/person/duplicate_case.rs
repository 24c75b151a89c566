//! Whom the database knows twice, for the official who settles it.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::{DuplicateCaseId, PersonId};
use ballast_domain::person::duplicate_case::CaseState;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::session::PageUser;
use crate::http::{csrf, problem};
use crate::service::organisation::region::{self, RegionView};
use crate::service::page::PageRequest;
use crate::service::person::duplicate_case::{
    self as cases, CANDIDATES_MAX, CandidateView, CaseView, Verdict,
};
use crate::service::person::duplicate_comparison::{self, Agreement, Compared, Comparison};
use crate::service::{Error, Seen};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, FieldError};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Pager};
use crate::words::{Arg, Locale, Words};

/// Decided pairs of one page.
const ROWS: u64 = 25;

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
    /// Two who are compared.
    one: Option<Uuid>,
    two: Option<Uuid>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    csrf: String,
    one: Uuid,
    two: Uuid,
    #[serde(default)]
    survivor: Option<Uuid>,
    verdict: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Undoing {
    #[serde(default)]
    csrf: String,
    revision: i64,
}

fn count(rows: usize) -> Arg {
    Arg::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// What waits, and what was said; or two side by side.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    if let Some((one, two)) = query.one.zip(query.two) {
        return draw(request, &user, [one, two], StatusCode::OK, "", &[]).await;
    }
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let after = query.cursor.as_deref().and_then(|cursor| Uuid::try_parse(cursor).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let waiting = cases::list_candidates(ctx, None).await.map_err(|e| failed(&e))?;
    let said = cases::list_cases(ctx, wanted).await.map_err(|e| failed(&e))?;
    let title = words.t("duplicates-title");
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("duplicates-lead")) } } }
        div.stack {
            (waiting_panel(words, &waiting))
            (said_panel(&user, words, &said.items))
        }
        @if after.is_some() || !said.items.is_empty() {
            (parts::pager(words, &title, &Pager {
                summary: words.ta("duplicates-shown", &[("count", count(said.items.len()))]),
                previous: after.map(|_| "/duplicates".to_owned()),
                next: said.next.map(|id| format!("/duplicates?cursor={}", id.simple())),
            }))
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    Ok(frame::page(request, &user, Place::Duplicates, &title, crumbs, body).await)
}

fn columns(words: Words, names: &[&str]) -> Vec<Column> {
    let column = |name: &&str| Column::new(words.t(&format!("duplicates-column-{name}")), ColumnKind::Text);
    names.iter().map(column).collect()
}

fn waiting_panel(words: Words, pairs: &[CandidateView]) -> Markup {
    let title = words.t("duplicates-waiting");
    let row = |pair: &CandidateView| {
        let [(one, name), (two, other)] = &pair.people;
        FoldRow {
            head: html! {
                a href={ "/duplicates?one=" (one) "&two=" (two) } {
                    (words.ta("duplicates-pair", &[("one", name.clone().into()), ("two", other.clone().into())]))
                }
            },
            cells: vec![html! { (words.t(&format!("duplicates-cause-{}", pair.cause.code()))) }],
            marked: false,
        }
    };
    let rows: Vec<FoldRow> = pairs.iter().map(row).collect();
    let full = rows.len() >= CANDIDATES_MAX;
    let body = html! {
        @if rows.is_empty() {
            (parts::empty(&words.t("duplicates-none"), &words.t("duplicates-none-text")))
        } @else {
            (parts::fold_table(&title, &columns(words, &["pair", "cause"]), &rows))
            @if full { p.quiet { (words.t("duplicates-more")) } }
        }
    };
    parts::panel("h-waiting", &title, None, body)
}

fn said_panel(user: &PageUser, words: Words, cases: &[CaseView]) -> Markup {
    let title = words.t("duplicates-said");
    let rows: Vec<FoldRow> = cases.iter().map(|case| said_row(user, words, case)).collect();
    let body = html! {
        @if rows.is_empty() {
            (parts::empty(&words.t("duplicates-said-none"), &words.t("duplicates-said-none-text")))
        } @else {
            (parts::fold_table(&title, &columns(words, &["pair", "state", "reason", "when", "back"]), &rows))
        }
    };
    parts::panel("h-said", &title, None, body)
}

fn said_row(user: &PageUser, words: Words, case: &CaseView) -> FoldRow {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| words.t("duplicates-closed"));
    let [(_, one), (_, two)] = &case.people;
    let pair = words.ta("duplicates-pair", &[("one", name(one).into()), ("two", name(two).into())]);
    let label = words.t("duplicates-undo");
    let kind = if case.state == CaseState::Same { BadgeKind::Pass } else { BadgeKind::Plain };
    FoldRow {
        head: html! { (pair) },
        cells: vec![
            html! { (parts::badge(kind, &words.t(&format!("duplicates-state-{}", case.state.code())))) },
            html! { @if case.reason.is_empty() { "–" } @else { (case.reason) } },
            html! { (words.moment(shanghai_time(case.undone_at.unwrap_or(case.decided_at)))) },
            html! {
                @if case.state != CaseState::Undone {
                    form method="post" action={ "/duplicates/" (case.id) "/withdrawal" } {
                        (form::csrf_field(&csrf::token(&user.session)))
                        input type="hidden" name="revision" value=(case.revision);
                        button.btn.alt.small aria-label={ (label) ": " (pair) } { (label) }
                    }
                }
            },
        ],
        marked: false,
    }
}

/// Two side by side.
async fn draw(
    request: &Request,
    user: &PageUser,
    people: [Uuid; 2],
    status: StatusCode,
    reason: &str,
    errors: &[FieldError],
) -> poem::Result<Response> {
    let words = Words(user.ctx.locale);
    let [one, two] = people.map(PersonId);
    let found = duplicate_comparison::compare(&user.ctx, one, two).await.map_err(|e| failed(&e))?;
    let codes = found.fields.iter().filter(|compared| compared.field == "home_region");
    let codes: BTreeSet<String> =
        codes.flat_map(|compared| compared.values.iter().flatten().cloned()).collect();
    let regions = region::find_regions(&user.ctx, &codes).await.map_err(|e| failed(&e))?;
    let title = words.t("duplicates-compare");
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t(&format!("duplicates-why-{}", found.cause.code()))) } } }
        (form::error_summary(words, errors))
        div.stack {
            (fields_panel(words, &found, &regions))
            (verdict_panel(user, words, &found, reason, errors))
        }
    };
    let crumbs =
        vec![crumb(words.t("duplicates-title"), Some("/duplicates".into())), crumb(title.clone(), None)];
    let mut page = frame::page(request, user, Place::Duplicates, &title, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

fn fields_panel(words: Words, found: &Comparison, regions: &BTreeMap<String, RegionView>) -> Markup {
    let row = |compared: &Compared| {
        let kind = match compared.agreement {
            Agreement::Equal => BadgeKind::Pass,
            Agreement::Differs => BadgeKind::Bar,
            Agreement::Missing => BadgeKind::Plain,
        };
        let agrees = words.t(&format!("duplicates-{}", compared.agreement.code()));
        let [one, two] = &compared.values;
        FoldRow {
            head: html! { (words.t(&format!("duplicates-field-{}", compared.field))) },
            cells: vec![
                value(words, regions, compared.field, one.as_deref()),
                value(words, regions, compared.field, two.as_deref()),
                html! { @if one.is_none() && two.is_none() { "–" } @else { (parts::badge(kind, &agrees)) } },
            ],
            marked: false,
        }
    };
    let rows: Vec<FoldRow> = found.fields.iter().map(row).collect();
    let title = words.t("duplicates-fields");
    let body = html! {
        (parts::fold_table(&title, &columns(words, &["field", "one", "two", "agrees"]), &rows))
    };
    parts::panel("h-fields", &title, Some(html! { (words.t("duplicates-masked")) }), body)
}

fn value(words: Words, regions: &BTreeMap<String, RegionView>, field: &str, value: Option<&str>) -> Markup {
    let Some(value) = value else { return html! { "–" } };
    match (field, regions.get(value)) {
        ("sex" | "foreign_worker", _) => html! { (words.t(&format!("duplicates-value-{value}"))) },
        ("home_region", Some(region)) => match words.locale() {
            Locale::ZhCn => html! { (region.name_zh) },
            Locale::En => html! { (region.name_en) },
        },
        _ => html! { (value) },
    }
}

fn verdict_panel(
    user: &PageUser,
    words: Words,
    found: &Comparison,
    reason: &str,
    errors: &[FieldError],
) -> Markup {
    let [one, two] = found.people;
    let error = errors.iter().find(|error| error.field_id == "reason");
    let described = if error.is_some() { "reason-hint reason-error" } else { "reason-hint" };
    let body = html! {
        form method="post" action="/duplicates" {
            (form::csrf_field(&csrf::token(&user.session)))
            input type="hidden" name="one" value=(one);
            input type="hidden" name="two" value=(two);
            fieldset.field.ticks {
                legend { (words.t("duplicates-survivor")) }
                span.hint { (words.t("duplicates-survivor-hint")) }
                @for (n, (person, key)) in [(one, "duplicates-column-one"), (two, "duplicates-column-two")]
                    .into_iter().enumerate()
                {
                    label {
                        input type="radio" name="survivor" value=(person) checked[n == 0];
                        (words.t(key))
                    }
                }
            }
            div.field {
                label for="reason" { (words.t("duplicates-column-reason")) }
                span.hint #reason-hint { (words.t("duplicates-reason-hint")) }
                @if let Some(error) = error { span.error #reason-error { (error.message) } }
                textarea #reason name="reason" rows="2" maxlength="1000" aria-describedby=(described)
                    aria-invalid=[error.map(|_| "true")] { (reason) }
            }
            div.actions {
                button.btn name="verdict" value="same" { (words.t("duplicates-same")) }
                button.btn.alt name="verdict" value="different" { (words.t("duplicates-different")) }
            }
        }
    };
    parts::panel("h-verdict", &words.t("duplicates-verdict"), None, body)
}

/// Says what two people are.
#[handler]
pub async fn decide(request: &Request, Form(said): Form<Said>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &said.csrf)?;
    let people = [said.one, said.two];
    let survivor = said.survivor.filter(|id| people.contains(id)).unwrap_or(said.one);
    let other = if survivor == said.one { said.two } else { said.one };
    let verdict = Verdict {
        survivor: PersonId(survivor),
        other: PersonId(other),
        same: said.verdict == "same",
        reason: said.reason.clone(),
    };
    match cases::decide(&user.ctx, &verdict).await {
        Ok(_) => Ok(redirect("/duplicates")),
        Err(Error::Invalid(fields)) if fields.iter().all(|field| field.pointer == "/reason") => {
            let words = Words(user.ctx.locale);
            let fault = |field: &crate::service::Field| FieldError {
                field_id: "reason".to_owned(),
                message: problem::field_detail(words, field),
            };
            let errors: Vec<FieldError> = fields.iter().map(fault).collect();
            draw(request, &user, people, StatusCode::UNPROCESSABLE_ENTITY, &said.reason, &errors).await
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Takes it back.
#[handler]
pub async fn undo(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(said): Form<Undoing>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &said.csrf)?;
    let seen = Seen::at(said.revision);
    cases::undo(&user.ctx, DuplicateCaseId(id), &seen).await.map_err(|e| failed(&e))?;
    Ok(redirect("/duplicates"))
}
