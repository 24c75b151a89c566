//! One joint class: what it teaches, who is in it, and finishing it for everybody who is.

use ballast_domain::base::id::JointClassId;
use ballast_domain::identity::policy::Action;
use ballast_domain::training::joint_class::EnrolmentStatus;
use maud::{Markup, html};
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::Seen;
use crate::service::batch::Mode;
use crate::service::page::{LIMIT_MAX, PageRequest};
use crate::service::taxonomy::label;
use crate::service::training::enrolment::{self as enrolments, EnrolmentView};
use crate::service::training::joint_class::{self as classes, JointClassView};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form;
use crate::web::ui::parts::{self, Column, ColumnKind, FoldRow};
use crate::words::{Arg, Locale, Words};

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// The page. A factory sees the class and its counts, no roster.
#[handler]
pub async fn show(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let class = classes::get_joint_class(ctx, JointClassId(id)).await.map_err(|e| failed(&e))?;
    let skills: Vec<Uuid> = class.modules.iter().map(|module| module.skill.0).collect();
    let names = label::labels_of(ctx, &skills, ctx.locale).await.map_err(|e| failed(&e))?;
    let roster = if ctx.actor.may(Action::ReadEnrolment) {
        let all = PageRequest { limit: LIMIT_MAX, ..PageRequest::default() };
        Some(enrolments::list_enrolments(ctx, JointClassId(id), all).await.map_err(|e| failed(&e))?.items)
    } else {
        None
    };
    let title = match words.locale() {
        Locale::ZhCn => &class.title_zh,
        Locale::En => &class.title_en,
    };
    let columns = [
        Column::new(words.t("shortlist-skill-name"), ColumnKind::Text),
        Column::new(words.t("shortlist-asks-level"), ColumnKind::Number),
        Column::new(words.t("class-hours"), ColumnKind::Number),
    ];
    let modules: Vec<FoldRow> = class
        .modules
        .iter()
        .map(|module| FoldRow {
            head: html! { (names.get(&module.skill.0).cloned().unwrap_or_default()) },
            cells: vec![
                html! { (words.count(module.level.into())) },
                html! { (words.count(module.hours.into())) },
            ],
            marked: false,
        })
        .collect();
    let teaches = words.t("class-teaches");
    let body = html! {
        div.page-head {
            div {
                h1 { (title) }
                p { span.code { (class.reference) } " · " (words.date(class.starts_on)) " – " (words.date(class.ends_on)) }
            }
        }
        div.cols.work {
            @match &roster {
                Some(people) => (roster_panel(words, people)),
                None => (counts_panel(words, &class)),
            }
            div.stack {
                (parts::panel("h-teaches", &teaches, None, parts::fold_table(&teaches, &columns, &modules)))
                (completion(&user, words, &class))
            }
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(class.reference.clone(), None)];
    Ok(frame::page(request, &user, Place::Home, title, crumbs, body).await)
}

fn roster_panel(words: Words, people: &[EnrolmentView]) -> Markup {
    let columns = [
        Column::new(words.t("shortlist-person"), ColumnKind::Text),
        Column::new(words.t("vacancies-status"), ColumnKind::Text),
        Column::new(words.t("class-since"), ColumnKind::Text),
    ];
    let rows: Vec<FoldRow> = people
        .iter()
        .map(|line| FoldRow {
            head: html! { (line.name) },
            cells: vec![
                html! { (words.t(&format!("class-status-{}", line.status.code()))) },
                html! { (words.date(line.ended_on.unwrap_or(line.enrolled_on))) },
            ],
            marked: false,
        })
        .collect();
    let name =
        words.ta("class-roster", &[("count", Arg::Int(i64::try_from(people.len()).unwrap_or(i64::MAX)))]);
    parts::panel(
        "h-roster",
        &name,
        None,
        html! {
            @if rows.is_empty() {
                (parts::empty(&words.t("class-nobody"), &words.t("class-nobody-text")))
            } @else {
                (parts::fold_table(&name, &columns, &rows))
            }
        },
    )
}

fn counts_panel(words: Words, class: &JointClassView) -> Markup {
    let rows = [
        (
            words.t("home-class-enrolled"),
            html! { (words.count(class.enrolled)) " / " (words.count(class.seats.into())) },
        ),
        (words.t("home-class-finished"), html! { (words.count(class.finished)) }),
    ];
    parts::panel("h-counts", &words.t("class-counts"), None, parts::figures(&rows))
}

fn completion(user: &PageUser, words: Words, class: &JointClassView) -> Markup {
    html! {
        @if user.ctx.actor.may(Action::EnrolTrainee) && class.enrolled > 0 {
            (parts::panel("h-finish", &words.t("class-finish"), None, html! {
                p.small.quiet { (words.ta("class-finish-text", &[("count", Arg::Int(class.enrolled))])) }
                form method="post" action={ "/joint-classes/" (class.id) "/completion" } {
                    (form::csrf_field(&csrf::token(&user.session)))
                    div.actions { button.btn { (words.t("class-finish")) } }
                }
            }))
        }
    }
}

/// Finishes the class today for everybody who is still in it.
#[handler]
pub async fn finish(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Token>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let (ctx, class) = (&user.ctx, JointClassId(id));
    let mut open = Vec::new();
    let mut after = None;
    loop {
        let asked = PageRequest { limit: LIMIT_MAX, after, ..PageRequest::default() };
        let page = enrolments::list_enrolments(ctx, class, asked).await.map_err(|e| failed(&e))?;
        open.extend(
            page.items.iter().filter(|line| line.status == EnrolmentStatus::Enrolled).map(|line| line.id),
        );
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let done = enrolments::finish_enrolments(ctx, open, &Seen::Whatever, ctx.today(), Mode::Commit).await;
    done.map_err(|e| failed(&e))?;
    Ok(redirect(&format!("/joint-classes/{id}")))
}
