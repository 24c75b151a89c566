//! The start of each role: what there is to do, the most urgent first, and what one has at hand.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::unknown::Verdict;
use ballast_domain::identity::policy::Action;
use ballast_domain::permit::draft::Status;
use ballast_domain::training::joint_class::ClassStatus;
use maud::{Markup, html};
use poem::{Request, Response, handler};

use crate::http::session::PageUser;
use crate::service::hiring::vacancy::VacancyFilter;
use crate::service::hiring::vacancy::{self as vacancies, VacancyView};
use crate::service::page::{LIMIT_MAX, PageRequest};
use crate::service::permit::permit::{self as permits, PermitView};
use crate::service::person::availability;
use crate::service::person::consent as consents;
use crate::service::record::skill_claim;
use crate::service::taxonomy::{framework, label};
use crate::service::training::joint_class::JointClassFilter;
use crate::service::training::joint_class::{self as classes, JointClassView};
use crate::service::{Ctx, Error};
use crate::web::exchange::notification;
use crate::web::frame::{self, Place, failed};
use crate::web::hiring::vacancy::title;
use crate::web::ui::parts::{self, BadgeKind, Clock, Column, ColumnKind, FoldRow, Task, Urgency};
use crate::words::{Arg, Locale, Words};

/// Tasks on the page.
const TASKS_MAX: usize = 12;
/// A deadline further away than this draws an empty bar.
const HORIZON_DAYS: i64 = 60;
/// Nearer than this is soon.
const SOON_DAYS: i64 = 14;

/// A task with the day by which it orders.
struct Due {
    on: Option<CivilDate>,
    task: Task,
}

/// The start page.
#[handler]
pub async fn home(request: &Request) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let words = Words(user.ctx.locale);
    let (tasks, mut panels) = gather(&user.ctx, words).await.map_err(|e| failed(&e))?;
    if let Some(told) = notification::panel(&user, words).await.map_err(|e| failed(&e))? {
        panels.insert(0, told);
    }
    let body = draw(&user, words, tasks, panels);
    Ok(frame::page(request, &user, Place::Home, &words.t("nav-home"), Vec::new(), body).await)
}

/// What there is to do and to see, by what the policy lets this person do.
async fn gather(ctx: &Ctx, words: Words) -> Result<(Vec<Due>, Vec<Markup>), Error> {
    let (mut tasks, mut panels) = (Vec::new(), Vec::new());
    let all = PageRequest { limit: LIMIT_MAX, ..PageRequest::default() };
    if ctx.actor.may(Action::RankVacancy) {
        let open = VacancyFilter { status: Some("open"), ..VacancyFilter::default() };
        let open = vacancies::list_vacancies(ctx, &open, all).await?;
        tasks.extend(open.items.iter().map(|vacancy| vacancy_task(ctx, words, vacancy)));
    }
    if ctx.actor.may(Action::ExplainRanking) {
        let submitted = permits::list_permits(ctx, Some(Status::Submitted), all).await?;
        tasks.extend(submitted.items.iter().map(|permit| permit_task(ctx, words, permit)));
    }
    if ctx.actor.may(Action::ManageJointClass) || ctx.actor.may(Action::ManageVacancy) {
        let found = classes::list_joint_classes(ctx, &JointClassFilter::default(), all).await?;
        if ctx.actor.may(Action::ManageJointClass) {
            tasks.extend(found.items.iter().filter_map(|class| class_task(ctx, words, class)));
        }
        panels.push(class_panel(words, &found.items));
    }
    if ctx.actor.may(Action::ReadConsent) && consents::count_waiting(ctx).await? > 0 {
        tasks.push(Due { on: None, task: plain(words, "home-consents", "/consents") });
    }
    if let Some(person) = ctx.actor.person_id() {
        let wishes = availability::get_availability(ctx, person).await?;
        if wishes.is_none() {
            tasks.push(Due { on: None, task: plain(words, "home-say-wishes", "/vacancies") });
        }
        panels.push(record_panel(ctx, words, all).await?);
    }
    if ctx.actor.may(Action::ManageUser) {
        let loaded = framework::list_frameworks(ctx).await?;
        let rows: Vec<(String, Markup)> = loaded
            .iter()
            .map(|f| {
                (
                    format!("{} {}", f.code, f.version),
                    html! { (f.title) br; span.small.quiet { (f.licence) } },
                )
            })
            .collect();
        panels.push(parts::panel("h-frameworks", &words.t("home-frameworks"), None, parts::facts(&rows)));
    }
    tasks.sort_by_key(|due| (due.on.is_none(), due.on));
    Ok((tasks, panels))
}

fn draw(user: &PageUser, words: Words, tasks: Vec<Due>, panels: Vec<Markup>) -> Markup {
    let today = user.ctx.today();
    let count = Arg::Int(i64::try_from(tasks.len()).unwrap_or(i64::MAX));
    let soon =
        tasks.iter().filter(|due| due.on.is_some_and(|on| (on - today).num_days() <= SOON_DAYS)).count();
    let heading = words.ta(
        "home-heading",
        &[
            ("name", user.display_name.clone().into()),
            ("count", count),
            ("soon", Arg::Int(i64::try_from(soon).unwrap_or(i64::MAX))),
        ],
    );
    let more = tasks.len().saturating_sub(TASKS_MAX);
    let shown: Vec<Task> = tasks.into_iter().take(TASKS_MAX).map(|due| due.task).collect();
    html! {
        div.page-head {
            div {
                h1 { (heading) }
                p { (words.date(today)) " · " (words.t("home-dates")) }
            }
            @if user.ctx.actor.may(Action::ReadVacancy) {
                div.actions { a.btn.alt href="/vacancies" { (words.t("home-all-vacancies")) } }
            }
        }
        div.cols.work[!panels.is_empty()] {
            (parts::panel("h-tasks", &words.t("nav-home"), None, html! {
                @if shown.is_empty() {
                    (parts::empty(&words.t("home-nothing"), &words.t("home-nothing-text")))
                } @else {
                    (parts::task_list(&shown))
                }
                @if more > 0 {
                    p.small.quiet { (words.ta("home-more", &[("count", Arg::Int(i64::try_from(more).unwrap_or(0)))])) }
                }
            }))
            @if !panels.is_empty() { div.stack { @for panel in &panels { (panel) } } }
        }
    }
}

fn plain(words: Words, key: &str, href: &str) -> Task {
    Task {
        clock: None,
        title: words.t(key),
        href: href.to_owned(),
        detail: words.t(&format!("{key}-text")),
        badge: None,
    }
}

/// How near a day is, as a clock.
fn clock(words: Words, today: CivilDate, on: CivilDate) -> Clock {
    let days = (on - today).num_days();
    let left = match days {
        ..0 => words.ta("home-days-over", &[("days", Arg::Int(-days))]),
        0 => words.t("home-today"),
        days => words.ta("home-days-left", &[("days", Arg::Int(days))]),
    };
    let used = (HORIZON_DAYS - days).clamp(0, HORIZON_DAYS) * 100 / HORIZON_DAYS;
    Clock {
        left,
        due: words.date_short(on),
        used_percent: u8::try_from(used).ok(),
        urgency: match days {
            ..=2 => Urgency::Late,
            3..=SOON_DAYS => Urgency::Soon,
            _ => Urgency::Calm,
        },
    }
}

fn vacancy_task(ctx: &Ctx, words: Words, vacancy: &VacancyView) -> Due {
    let detail = words.ta(
        "home-vacancy",
        &[
            ("reference", vacancy.reference.clone().into()),
            ("count", Arg::Int(vacancy.headcount.into())),
            ("wage", words.money_range(vacancy.wage_minor.0, vacancy.wage_minor.1).into()),
        ],
    );
    let task = Task {
        clock: Some(clock(words, ctx.today(), vacancy.starts_on)),
        title: title(words, vacancy).to_owned(),
        href: format!("/vacancies/{}/shortlist", vacancy.id),
        detail,
        badge: Some((BadgeKind::Plain, words.t("home-fill"))),
    };
    Due { on: Some(vacancy.starts_on), task }
}

fn permit_task(ctx: &Ctx, words: Words, permit: &PermitView) -> Due {
    let worst = permit.bars.iter().map(|bar| bar.verdict).max().unwrap_or(Verdict::Pass);
    let badge = match worst {
        Verdict::Bar => (BadgeKind::Bar, words.t("home-permit-bar")),
        Verdict::Unknown => (BadgeKind::Unknown, words.t("home-permit-unknown")),
        Verdict::Pass => (BadgeKind::Pass, words.t("home-permit-pass")),
    };
    let mut checks: Vec<&str> = permit.bars.iter().map(|bar| bar.check).collect();
    checks.dedup();
    let term = [("starts", words.date(permit.starts_on).into()), ("ends", words.date(permit.ends_on).into())];
    let detail = if checks.is_empty() {
        words.ta("home-permit-clear", &term)
    } else {
        let [starts, ends] = term;
        words.ta("home-permit", &[starts, ends, ("checks", checks.join(", ").into())])
    };
    let task = Task {
        clock: Some(clock(words, ctx.today(), permit.starts_on)),
        title: words.ta("home-permit-title", &[("reference", permit.reference.clone().into())]),
        href: format!("/permits/{}", permit.id),
        detail,
        badge: Some(badge),
    };
    Due { on: Some(permit.starts_on), task }
}

fn class_title(words: Words, class: &JointClassView) -> &str {
    match words.locale() {
        Locale::ZhCn => &class.title_zh,
        Locale::En => &class.title_en,
    }
}

/// A class near its end with people in it waits to be certified.
fn class_task(ctx: &Ctx, words: Words, class: &JointClassView) -> Option<Due> {
    let near = (class.ends_on - ctx.today()).num_days() <= HORIZON_DAYS;
    if !near || class.enrolled == 0 {
        return None;
    }
    let detail = words.ta(
        "home-class",
        &[("reference", class.reference.clone().into()), ("count", Arg::Int(class.enrolled))],
    );
    let task = Task {
        clock: Some(clock(words, ctx.today(), class.ends_on)),
        title: words.ta("home-class-title", &[("title", class_title(words, class).into())]),
        href: format!("/joint-classes/{}", class.id),
        detail,
        badge: None,
    };
    Some(Due { on: Some(class.ends_on), task })
}

fn class_panel(words: Words, found: &[JointClassView]) -> Markup {
    let columns = [
        Column::new(words.t("home-class-name"), ColumnKind::Text),
        Column::new(words.t("home-class-enrolled"), ColumnKind::Number),
        Column::new(words.t("home-class-finished"), ColumnKind::Number),
    ];
    let status = |class: &JointClassView| match class.status {
        ClassStatus::Planned => "home-class-planned",
        ClassStatus::Running => "home-class-running",
        ClassStatus::Finished => "home-class-over",
    };
    let rows: Vec<FoldRow> = found
        .iter()
        .map(|class| FoldRow {
            head: html! {
                a href={ "/joint-classes/" (class.id) } { (class_title(words, class)) } br;
                span.small.quiet { (class.reference) " · " (words.t(status(class))) }
            },
            cells: vec![
                html! { (words.count(class.enrolled)) " / " (words.count(class.seats.into())) },
                html! { (words.count(class.finished)) },
            ],
            marked: false,
        })
        .collect();
    let name = words.t("home-classes");
    parts::panel(
        "h-classes",
        &name,
        None,
        html! {
            @if rows.is_empty() {
                (parts::empty(&words.t("home-no-classes"), &words.t("home-no-classes-text")))
            } @else {
                (parts::fold_table(&name, &columns, &rows))
            }
        },
    )
}

/// A person's own skill record, in plain words.
async fn record_panel(ctx: &Ctx, words: Words, all: PageRequest) -> Result<Markup, Error> {
    let Some(person) = ctx.actor.person_id() else { return Ok(html! {}) };
    let claims = skill_claim::list_skill_claims(ctx, person, false, all).await?.items;
    let ids: Vec<uuid::Uuid> = claims.iter().map(|claim| claim.skill.0).collect();
    let names = label::labels_of(ctx, &ids, ctx.locale).await?;
    let columns = [
        Column::new(words.t("shortlist-skill-name"), ColumnKind::Text),
        Column::new(words.t("shortlist-asks-level"), ColumnKind::Number),
        Column::new(words.t("home-evidence"), ColumnKind::Text),
        Column::new(words.t("home-achieved"), ColumnKind::Text),
    ];
    let rows: Vec<FoldRow> = claims
        .iter()
        .map(|claim| FoldRow {
            head: html! { (names.get(&claim.skill.0).cloned().unwrap_or_default()) },
            cells: vec![
                html! { (words.count(claim.level.into())) },
                html! { (words.t(&format!("evidence-{}", claim.evidence.code()))) },
                html! { (words.date(claim.achieved_on)) },
            ],
            marked: false,
        })
        .collect();
    let name = words.t("home-record");
    Ok(parts::panel(
        "h-record",
        &name,
        None,
        html! {
            @if rows.is_empty() {
                (parts::empty(&words.t("home-no-record"), &words.t("home-no-record-text")))
            } @else {
                (parts::fold_table(&name, &columns, &rows))
            }
        },
    ))
}
