//! One permit: its bundle on the first day and the checks that it does not pass. Nothing can be approved here.

use ballast_domain::base::id::PermitId;
use ballast_domain::base::unknown::Verdict;
use maud::html;
use poem::web::Path;
use poem::{Request, Response, handler};
use uuid::Uuid;

use crate::service::permit::permit as permits;
use crate::web::frame::{self, Place, crumb, failed};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow};
use crate::words::{Arg, Words};

/// The page.
#[handler]
pub async fn show(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let words = Words(user.ctx.locale);
    let permit = permits::get_permit(&user.ctx, PermitId(id)).await.map_err(|e| failed(&e))?;
    let columns = [
        Column::new(words.t("permit-part"), ColumnKind::Text),
        Column::new(words.t("permit-finding"), ColumnKind::Text),
        Column::new(words.t("permit-day"), ColumnKind::Text),
    ];
    let rows: Vec<FoldRow> = permit
        .bundle
        .iter()
        .map(|part| FoldRow {
            head: html! { (words.t(&format!("document-{}", part.part))) },
            cells: vec![
                parts::badge(
                    finding_kind(part.finding),
                    &words.t(&format!("permit-finding-{}", part.finding)),
                ),
                html! { @match part.day { Some(day) => (words.date(day)), None => "–" } },
            ],
            marked: part.finding != "covers",
        })
        .collect();
    let heading = words.ta(
        "permit-heading",
        &[
            ("reference", permit.reference.clone().into()),
            ("count", Arg::Int(i64::try_from(permit.bars.len()).unwrap_or(i64::MAX))),
        ],
    );
    let facts = vec![
        (
            words.t("vacancies-status"),
            html! { (words.t(&format!("permit-status-{}", permit.status.code()))) },
        ),
        (words.t("permit-term"), html! { (words.date(permit.starts_on)) " – " (words.date(permit.ends_on)) }),
        (
            words.t("permit-covered"),
            html! {
                @match permit.covered_until { Some(day) => (words.date(day)), None => (words.t("shortlist-unlisted")) }
            },
        ),
        (words.t("shortlist-quota"), html! { (words.t("shortlist-quota-unchecked")) }),
    ];
    let bundle = words.t("permit-bundle");
    let body = html! {
        div.page-head { div { h1 { (heading) } p { (words.t("permit-lead")) } } }
        div.cols.work {
            div {
                (parts::panel("h-checks", &words.t("permit-checks"), None, html! {
                    @if permit.bars.is_empty() {
                        (parts::empty(&words.t("permit-no-bars"), &words.t("permit-no-bars-text")))
                    } @else {
                        ul.reasons {
                            @for bar in &permit.bars {
                                li {
                                    (parts::badge(verdict_kind(bar.verdict), bar.check))
                                    div { p { (words.t(&format!("permit-bar-{}", bar.code)))
                                        @if let Some(part) = bar.part { ": " (words.t(&format!("document-{part}"))) } } }
                                }
                            }
                        }
                    }
                }))
                (parts::panel("h-bundle", &bundle, None, parts::fold_table(&bundle, &columns, &rows)))
            }
            (parts::panel("h-facts", &words.t("permit-facts"), None, parts::facts(&facts)))
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(permit.reference.clone(), None)];
    Ok(frame::page(request, &user, Place::Home, &permit.reference, crumbs, body).await)
}

fn finding_kind(finding: &str) -> BadgeKind {
    match finding {
        "covers" => BadgeKind::Pass,
        "unknown" => BadgeKind::Unknown,
        _ => BadgeKind::Bar,
    }
}

fn verdict_kind(verdict: Verdict) -> BadgeKind {
    match verdict {
        Verdict::Pass => BadgeKind::Pass,
        Verdict::Unknown => BadgeKind::Unknown,
        Verdict::Bar => BadgeKind::Bar,
    }
}
