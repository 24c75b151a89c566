//! Work that is done later: what there is, how far it is, and taking it back.

use ballast_domain::base::civil_time::{Instant, shanghai_time};
use ballast_domain::base::id::JobId;
use ballast_domain::exchange::job::{Kind, State};
use ballast_domain::identity::policy::Action;
use maud::{Markup, html};
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::exchange::job::{self as jobs, JobView};
use crate::service::page::PageRequest;
use crate::web::frame::{self, Place, failed, redirect};
use crate::web::ui::form::{self, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Pager};
use crate::words::{Arg, Words};

/// Rows of one page of the list.
const ROWS: u64 = 25;

#[derive(Deserialize)]
struct ListQuery {
    state: Option<String>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// The list: all for an administrator, one's own for others.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let words = Words(user.ctx.locale);
    let state = query.state.as_deref().and_then(State::parse);
    let after = query.cursor.as_deref().and_then(|c| Uuid::try_parse(c).ok());
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let found = jobs::list_jobs(&user.ctx, state, wanted).await.map_err(|e| failed(&e))?;
    let of_state = state.map_or_else(String::new, |state| format!("state={}", state.code()));
    let title = words.t("nav-work");
    let shown = Arg::Int(i64::try_from(found.items.len()).unwrap_or(i64::MAX));
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("work-lead")) } } }
        section.panel aria-label=(title) {
            (filters(words, state))
            @if found.items.is_empty() {
                (parts::empty(&words.t("work-empty"), &words.t("work-empty-text")))
            } @else {
                (table(&user, words, &found.items))
            }
            (parts::pager(words, &title, &Pager {
                summary: words.ta("work-shown", &[("count", shown)]),
                previous: after.map(|_| format!("/jobs?{of_state}")),
                next: found.next.map(|id| format!("/jobs?{of_state}&cursor={}", id.simple())),
            }))
        }
    };
    Ok(frame::page(request, &user, Place::Work, &title, Vec::new(), body).await)
}

fn filters(words: Words, state: Option<State>) -> Markup {
    let option = |state: State| (state.code().to_owned(), words.t(&format!("work-state-{}", state.code())));
    let any = [(String::new(), words.t("work-state-any"))];
    let select = Select {
        id: "state".into(),
        name: "state".into(),
        label: words.t("work-state"),
        options: any.into_iter().chain(State::ALL.map(option)).collect(),
        selected: state.map_or_else(String::new, |state| state.code().to_owned()),
    };
    form::filters(words, &words.t("work-filter"), "/jobs", &[select])
}

fn table(user: &PageUser, words: Words, found: &[JobView]) -> Markup {
    let columns = [
        Column::new(words.t("work-what"), ColumnKind::Text),
        Column::new(words.t("work-state"), ColumnKind::Text),
        Column::new(words.t("work-progress"), ColumnKind::Number),
        Column::new(words.t("work-tries"), ColumnKind::Number),
        Column::new(words.t("work-when"), ColumnKind::Text),
        Column::new(words.t("work-cancel"), ColumnKind::Text),
    ];
    let rows: Vec<FoldRow> = found.iter().map(|job| row(user, words, job)).collect();
    parts::fold_table(&words.t("nav-work"), &columns, &rows)
}

fn row(user: &PageUser, words: Words, job: &JobView) -> FoldRow {
    // A newer program may have put in what this one has no words for.
    let name = Kind::parse(&job.kind)
        .map_or_else(|| job.kind.clone(), |kind| words.t(&format!("work-kind-{}", kind.code())));
    let moment = |at: Instant| words.moment(shanghai_time(at));
    FoldRow {
        head: html! { (name) br; span.small.quiet { (moment(job.created_at)) } },
        cells: vec![
            html! {
                (parts::badge(badge(job.state), &words.t(&format!("work-state-{}", job.state.code()))))
                @if let Some(failure) = &job.failure { br; span.small.code { (failure) } }
            },
            html! {
                (words.count(job.progress_done))
                @if let Some(total) = job.progress_total { " / " (words.count(total)) }
            },
            html! { (words.count(job.attempts.into())) " / " (words.count(job.attempts_max.into())) },
            html! { (moment(job.finished_at.unwrap_or(job.run_at))) },
            cancelling(user, words, job, &name),
        ],
        marked: job.state == State::Failed,
    }
}

fn badge(state: State) -> BadgeKind {
    match state {
        State::Queued | State::Cancelled => BadgeKind::Plain,
        State::Running => BadgeKind::Warn,
        State::Done => BadgeKind::Pass,
        State::Failed => BadgeKind::Bar,
    }
}

fn cancelling(user: &PageUser, words: Words, job: &JobView, name: &str) -> Markup {
    let label = words.t("work-cancel");
    html! {
        @if user.ctx.actor.may(Action::CancelJob) && !job.state.is_over() {
            form method="post" action={ "/jobs/" (job.id) "/cancellation" } {
                (form::csrf_field(&csrf::token(&user.session)))
                button.btn.bad.small aria-label={ (label) ": " (name) } { (label) }
            }
        } @else { span.quiet { "–" } }
    }
}

/// Takes a job back.
#[handler]
pub async fn cancel(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(form): Form<Token>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &form.csrf)?;
    jobs::cancel_job(&user.ctx, JobId(id)).await.map_err(|e| failed(&e))?;
    Ok(redirect("/jobs"))
}
