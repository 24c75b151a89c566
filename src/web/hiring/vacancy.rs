//! The list of vacancies and one vacancy.

use ballast_domain::base::id::VacancyId;
use ballast_domain::identity::policy::Action;
use maud::{Markup, html};
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::hiring::vacancy::VacancyFilter;
use crate::service::hiring::vacancy::{self as vacancies, VacancyView};
use crate::service::matching::shortlist;
use crate::service::page::PageRequest;
use crate::service::{Ctx, Error, Seen};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Pager};
use crate::words::matching as say;
use crate::words::{Arg, Locale, Words};

/// Rows of one page of the list.
const ROWS: u64 = 25;

#[derive(Deserialize)]
struct ListQuery {
    status: Option<String>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// The title of a vacancy in the language of the words.
#[must_use]
pub fn title(words: Words, vacancy: &VacancyView) -> &str {
    match words.locale() {
        Locale::ZhCn => &vacancy.titles.0,
        Locale::En => &vacancy.titles.1,
    }
}

/// The site of a vacancy in the language of the words.
#[must_use]
pub fn site(words: Words, vacancy: &VacancyView) -> &str {
    match words.locale() {
        Locale::ZhCn => &vacancy.site_names.0,
        Locale::En => &vacancy.site_names.1,
    }
}

/// The list.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let words = Words(user.ctx.locale);
    let status = query.status.as_deref().filter(|s| matches!(*s, "open" | "closed")).unwrap_or("open");
    let after = query.cursor.as_deref().and_then(|c| Uuid::try_parse(c).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let of_status = VacancyFilter { status: Some(status), ..VacancyFilter::default() };
    let found = vacancies::list_vacancies(&user.ctx, &of_status, wanted).await.map_err(|e| failed(&e))?;
    let next = found.next.map(|id| format!("/vacancies?status={status}&cursor={}", id.simple()));
    let ranks = user.ctx.actor.may(Action::RankVacancy);
    let heading = words.ta("vacancies-heading", &[("count", count(found.items.len()))]);
    let body = html! {
        div.page-head { div { h1 { (heading) } p { (words.t("vacancies-lead")) } } }
        section.panel aria-label=(words.t("nav-vacancies")) {
            (filters(words, status))
            @if found.items.is_empty() {
                (parts::empty(&words.t("vacancies-empty"), &words.t("vacancies-empty-text")))
            } @else {
                (table(words, &found.items, ranks))
            }
            (parts::pager(words, &words.t("nav-vacancies"), &Pager {
                summary: words.ta("vacancies-shown", &[("count", count(found.items.len()))]),
                previous: after.map(|_| format!("/vacancies?status={status}")),
                next,
            }))
        }
    };
    let crumbs = Vec::new();
    Ok(frame::page(request, &user, Place::Vacancies, &words.t("nav-vacancies"), crumbs, body).await)
}

fn filters(words: Words, status: &str) -> Markup {
    let option = |value: &str| (value.to_owned(), words.t(&format!("vacancy-status-{value}")));
    let select = Select {
        id: "status".into(),
        name: "status".into(),
        label: words.t("vacancies-status"),
        options: vec![option("open"), option("closed")],
        selected: status.to_owned(),
    };
    form::filters(words, &words.t("vacancies-filter"), "/vacancies", &[select])
}

fn table(words: Words, rows: &[VacancyView], ranks: bool) -> Markup {
    let columns = [
        Column::new(words.t("vacancies-post"), ColumnKind::Text),
        Column::new(words.t("vacancies-site"), ColumnKind::Text),
        Column::new(words.t("vacancies-posts"), ColumnKind::Number),
        Column::new(words.t("vacancies-wage"), ColumnKind::Text),
        Column::new(words.t("vacancies-starts"), ColumnKind::Text),
        Column::new(words.t("nav-shortlist"), ColumnKind::Text),
    ];
    let row = |vacancy: &VacancyView| FoldRow {
        head: html! {
            a href={ "/vacancies/" (vacancy.id) } { (title(words, vacancy)) }
            br; span.small.quiet.code { (vacancy.reference) }
        },
        cells: vec![
            html! { (site(words, vacancy)) },
            html! { (words.count(vacancy.headcount.into())) },
            html! { span.nowrap { (words.money_range(vacancy.wage_minor.0, vacancy.wage_minor.1)) } },
            html! { (words.date(vacancy.starts_on)) },
            html! {
                @if ranks && vacancy.status == "open" {
                    a href={ "/vacancies/" (vacancy.id) "/shortlist" }
                        aria-label={ (words.t("nav-shortlist")) " " (vacancy.reference) } { (words.t("nav-shortlist")) }
                } @else { span.quiet { "–" } }
            },
        ],
        marked: false,
    };
    let rows: Vec<FoldRow> = rows.iter().map(row).collect();
    parts::fold_table(&words.t("nav-vacancies"), &columns, &rows)
}

/// One vacancy.
#[handler]
pub async fn show(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let vacancy = vacancies::get_vacancy(ctx, VacancyId(id)).await.map_err(|e| failed(&e))?;
    let names = shortlist::names_in(ctx, &vacancy, &[]).await.map_err(|e| failed(&e))?;
    let facts = vec![
        (words.t("vacancies-site"), html! { (site(words, &vacancy)) }),
        (words.t("vacancies-region"), html! { (say::region(&names, &vacancy.region)) }),
        (words.t("vacancies-posts"), html! { (words.count(vacancy.headcount.into())) }),
        (
            words.t("vacancies-wage"),
            html! { (words.money_range(vacancy.wage_minor.0, vacancy.wage_minor.1)) },
        ),
        (words.t("vacancies-starts"), html! { (words.date(vacancy.starts_on)) }),
        (words.t("vacancies-shifts"), html! { (shift_names(words, &vacancy)) }),
        (words.t("vacancies-dormitory"), html! { (words.t(if vacancy.dormitory { "yes" } else { "no" })) }),
        (
            words.t("vacancies-age"),
            html! {
                @match vacancy.age_min {
                    Some(age) => (words.count(age.into())),
                    None => (words.t("vacancies-age-law")),
                }
            },
        ),
        (words.t("vacancies-status"), status_badge(words, &vacancy)),
    ];
    let columns = [
        Column::new(words.t("shortlist-asks-skill"), ColumnKind::Text),
        Column::new(words.t("shortlist-asks-level"), ColumnKind::Number),
        Column::new(words.t("vacancies-floor"), ColumnKind::Number),
        Column::new(words.t("shortlist-asks-weight"), ColumnKind::Number),
    ];
    let rows: Vec<FoldRow> = vacancy
        .requirements
        .iter()
        .map(|r| FoldRow {
            head: html! {
                (say::skill(&names, r.skill)) " "
                @if r.essential { (parts::badge(BadgeKind::Plain, &words.t("vacancies-essential"))) }
            },
            cells: vec![
                html! { (words.count(r.level.into())) },
                html! { @if r.essential { (words.count(r.floor.into())) } @else { "–" } },
                html! { (words.count(r.weight.into())) },
            ],
            marked: false,
        })
        .collect();
    let body = html! {
        div.page-head {
            div { h1 { (title(words, &vacancy)) } p { span.code { (vacancy.reference) } } }
            (actions(ctx, words, &vacancy))
        }
        div.cols.work {
            (parts::panel("h-asks", &words.t("shortlist-asks"), Some(html! { (words.t("vacancies-weights")) }),
                parts::fold_table(&words.t("shortlist-asks"), &columns, &rows)))
            div.stack {
                (parts::panel("h-post", &words.t("vacancies-about"), None, parts::facts(&facts)))
                (closing(&user, words, &vacancy))
            }
        }
    };
    let crumbs = vec![
        crumb(words.t("nav-vacancies"), Some("/vacancies".into())),
        crumb(vacancy.reference.clone(), None),
    ];
    Ok(frame::page(request, &user, Place::Vacancies, title(words, &vacancy), crumbs, body).await)
}

fn shift_names(words: Words, vacancy: &VacancyView) -> String {
    let set = vacancy.shifts;
    let names: Vec<String> = [(set.day, "day"), (set.evening, "evening"), (set.night, "night")]
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, name)| words.t(&format!("shift-{name}")))
        .collect();
    names.join(match words.locale() {
        Locale::ZhCn => "、",
        Locale::En => ", ",
    })
}

fn status_badge(words: Words, vacancy: &VacancyView) -> Markup {
    let kind = if vacancy.status == "open" { BadgeKind::Pass } else { BadgeKind::Plain };
    html! {
        (parts::badge(kind, &words.t(&format!("vacancy-status-{}", vacancy.status))))
        @if let Some(on) = vacancy.closed_on { " " (words.date(on)) }
    }
}

fn actions(ctx: &Ctx, words: Words, vacancy: &VacancyView) -> Markup {
    html! {
        @if vacancy.status == "open" {
            div.actions {
                @if ctx.actor.may(Action::RankVacancy) {
                    a.btn href={ "/vacancies/" (vacancy.id) "/shortlist" } { (words.t("nav-shortlist")) }
                }
                @if ctx.actor.may(Action::AskConsent) {
                    a.btn.alt href={ "/vacancies/" (vacancy.id) "/contacts" } { (words.t("contacts-title")) }
                }
                @if ctx.actor.may(Action::ManageVacancy) {
                    a.btn.alt href={ "/vacancies/" (vacancy.id) "/edit" } { (words.t("vacancy-edit")) }
                }
            }
        }
    }
}

fn closing(user: &PageUser, words: Words, vacancy: &VacancyView) -> Markup {
    html! {
        @if user.ctx.actor.may(Action::ManageVacancy) && vacancy.status == "open" {
            (parts::panel("h-close", &words.t("vacancies-close"), None, html! {
                p.small.quiet { (words.t("vacancies-close-text")) }
                form method="post" action={ "/vacancies/" (vacancy.id) "/closure" } {
                    (form::csrf_field(&csrf::token(&user.session)))
                    div.actions { button.btn.bad { (words.t("vacancies-close")) } }
                }
            }))
        }
    }
}

/// Closes a vacancy.
#[handler]
pub async fn close(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(form): Form<Token>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &form.csrf)?;
    let closed = vacancies::close_vacancy(&user.ctx, VacancyId(id), &Seen::Whatever).await;
    closed.map_err(|e: Error| failed(&e))?;
    Ok(redirect(&format!("/vacancies/{id}")))
}

fn count(n: usize) -> Arg {
    Arg::Int(i64::try_from(n).unwrap_or(i64::MAX))
}
