//! The shortlist of a vacancy, and why one person stands where they stand.

use ballast_domain::base::id::{PersonId, VacancyId};
use ballast_domain::matching::profile::SCORE_MAX;
use ballast_domain::matching::score::{Addend, Component};
use maud::html;
use poem::web::{Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::service::Ctx;
use crate::service::hiring::vacancy::VacancyView;
use crate::service::matching::shortlist::{self as shortlists, Entry, NotListed, ShortlistView, TOP_DEFAULT};
use crate::service::organisation::organisation;
use crate::web::frame::{self, Place, crumb, failed};
use crate::web::hiring::vacancy::{site, title};
use crate::web::ui::chart::{self, AddendClass, AddendRow};
use crate::web::ui::parts::{self, BadgeKind, Pager};
use crate::web::ui::shortlist as ui;
use crate::words::matching::{self as say, Names};
use crate::words::{Arg, Locale, Words};

/// The most people of one list on the page.
const TOP_MAX: usize = 100;

#[derive(Deserialize)]
struct TopQuery {
    top: Option<usize>,
}

/// The shortlist.
#[handler]
pub async fn show(
    request: &Request,
    Path(id): Path<Uuid>,
    Query(query): Query<TopQuery>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let top = query.top.unwrap_or(TOP_DEFAULT).clamp(1, TOP_MAX);
    let view = shortlists::get_shortlist(ctx, VacancyId(id), top).await.map_err(|e| failed(&e))?;
    let names =
        shortlists::names_in(ctx, &view.vacancy, &all_entries(&view)).await.map_err(|e| failed(&e))?;
    let page = ui_page(ctx, words, &names, &view, top).await;
    let crumbs = vec![
        crumb(words.t("nav-vacancies"), Some("/vacancies".into())),
        crumb(view.vacancy.reference.clone(), Some(format!("/vacancies/{id}"))),
        crumb(words.t("nav-shortlist"), None),
    ];
    let tab = words.ta("shortlist-page", &[("reference", view.vacancy.reference.clone().into())]);
    Ok(frame::page(request, &user, Place::Vacancies, &tab, crumbs, ui::shortlist(words, &page)).await)
}

fn all_entries(view: &ShortlistView) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = view.qualified.rows.iter().chain(&view.to_verify.rows).collect();
    if let NotListed::People { below_floor, removed, .. } = &view.not_listed {
        entries.extend(below_floor.rows.iter().chain(&removed.rows));
    }
    entries
}

async fn ui_page(
    ctx: &Ctx,
    words: Words,
    names: &Names,
    view: &ShortlistView,
    top: usize,
) -> ui::ShortlistPage {
    let vacancy = &view.vacancy;
    let viewer = if view.explained { ui::Viewer::Official } else { ui::Viewer::Factory };
    let shown = view.qualified.rows.len();
    let total = int(view.qualified.total);
    ui::ShortlistPage {
        viewer,
        vacancy: head(ctx, words, names, vacancy).await,
        qualified: (1..)
            .zip(&view.qualified.rows)
            .map(|(rank, entry)| row(words, names, vacancy, rank, entry))
            .collect(),
        qualified_total: total,
        to_verify: view.to_verify.rows.iter().map(|entry| verify_row(words, names, vacancy, entry)).collect(),
        to_verify_total: int(view.to_verify.total),
        removed: removed(words, names, vacancy, &view.not_listed),
        requirements: vacancy
            .requirements
            .iter()
            .zip(&view.skill_points)
            .map(|(requirement, points)| ui::Requirement {
                skill: say::skill(names, requirement.skill),
                floor: requirement.essential.then(|| requirement.floor.into()),
                level: requirement.level.into(),
                weight: (*points).into(),
            })
            .collect(),
        rests_on: rests_on(words, view),
        scale: SCORE_MAX.into(),
        pager: Some(pager(words, vacancy, shown, total, top)),
        export: None,
    }
}

fn pager(words: Words, vacancy: &VacancyView, shown: usize, total: i64, top: usize) -> Pager {
    let range = words.ta(
        "shortlist-range",
        &[
            ("from", Arg::Int(i64::from(shown > 0))),
            ("to", int(shown as u64).into()),
            ("total", total.into()),
        ],
    );
    let more = int(shown as u64) < total && top < TOP_MAX;
    Pager {
        summary: format!("{range} · {}", words.t("shortlist-ties")),
        previous: None,
        next: more.then(|| format!("/vacancies/{}/shortlist?top={TOP_MAX}", vacancy.id)),
    }
}

async fn head(ctx: &Ctx, words: Words, names: &Names, vacancy: &VacancyView) -> ui::VacancyHead {
    let factory = organisation::get_organisation(ctx, vacancy.organisation).await.ok();
    let organisation = factory.map(|o| match words.locale() {
        Locale::ZhCn => o.name_zh,
        Locale::En => o.name_en,
    });
    ui::VacancyHead {
        title: title(words, vacancy).to_owned(),
        reference: vacancy.reference.clone(),
        organisation: organisation.unwrap_or_default(),
        place: format!("{} · {}", site(words, vacancy), say::region(names, &vacancy.region)),
        headcount: vacancy.headcount.into(),
        wage: words.money_range(vacancy.wage_minor.0, vacancy.wage_minor.1),
        starts_on: vacancy.starts_on,
    }
}

fn person(vacancy: &VacancyView, entry: &Entry) -> ui::Person {
    ui::Person {
        code: entry.pseudonym.clone(),
        name: entry.named.as_ref().map(|named| named.name.clone()),
        why: entry.named.as_ref().map(|n| format!("/vacancies/{}/shortlist/people/{}", vacancy.id, n.id)),
    }
}

fn place(words: Words, names: &Names, entry: &Entry) -> String {
    let distance = say::distance(words, entry.distance);
    let nationality = entry.named.as_ref().and_then(|n| n.nationality.as_deref());
    let mut parts: Vec<String> = Vec::new();
    parts.extend(entry.county.as_deref().map(|code| say::region(names, code)));
    parts.push(distance);
    parts.extend(nationality.map(str::to_owned));
    parts.extend((entry.row.foreign == Some(true)).then(|| words.t("foreign-quota-unchecked")));
    parts.join(match words.locale() {
        Locale::ZhCn => "，",
        Locale::En => ", ",
    })
}

fn skills(words: Words, names: &Names, entry: &Entry) -> Vec<ui::Skill> {
    entry
        .held
        .iter()
        .map(|held| ui::Skill {
            name: say::skill(names, held.claim.skill),
            level: held.claim.level.into(),
            evidence: words.t(&format!("evidence-{}", held.claim.evidence.code())),
        })
        .collect()
}

fn class(addend: &Addend) -> AddendClass {
    match addend.component {
        Component::Skill { essential: true, .. } => AddendClass::Essential,
        Component::Skill { essential: false, .. } => AddendClass::Nice,
        Component::Certificate => AddendClass::Certificate,
        Component::Wage | Component::Place | Component::Shift => AddendClass::Terms,
        Component::JointClass => AddendClass::JointClass,
    }
}

fn addend_rows(words: Words, names: &Names, entry: &Entry) -> Vec<AddendRow> {
    entry
        .row
        .addends
        .iter()
        .map(|addend| AddendRow {
            name: say::component(words, names, addend.component),
            working: say::working(words, addend),
            points: addend.points.into(),
            class: class(addend),
        })
        .collect()
}

fn row(words: Words, names: &Names, vacancy: &VacancyView, rank: i64, entry: &Entry) -> ui::Row {
    let available = match entry.available_from {
        Some(from) => words.ta("shortlist-available", &[("date", words.date(from).into())]),
        None => words.t("question-availability"),
    };
    ui::Row {
        rank,
        person: person(vacancy, entry),
        place: place(words, names, entry),
        available,
        skills: skills(words, names, entry),
        addends: addend_rows(words, names, entry),
        score: entry.row.score.into(),
    }
}

fn verify_row(words: Words, names: &Names, vacancy: &VacancyView, entry: &Entry) -> ui::VerifyRow {
    ui::VerifyRow {
        person: person(vacancy, entry),
        place: place(words, names, entry),
        proved: skills(words, names, entry),
        unknown: entry.row.questions.iter().map(|q| say::question(words, names, *q)).collect(),
        points: entry.row.score.into(),
    }
}

fn reasons(words: Words, names: &Names, entry: &Entry) -> Vec<ui::Reason> {
    entry
        .row
        .reasons
        .iter()
        .map(|reason| ui::Reason {
            code: say::reason_rule(*reason).to_owned(),
            unknown: false,
            text: say::reason(words, names, *reason),
            cite: None,
        })
        .collect()
}

fn unlocks(words: Words, names: &Names, entry: &Entry) -> Option<Vec<String>> {
    let unlocks = entry.row.unlocks.as_ref()?;
    Some(unlocks.iter().map(|unlock| say::unlock(words, names, *unlock)).collect())
}

fn removed(words: Words, names: &Names, vacancy: &VacancyView, not_listed: &NotListed) -> ui::RemovedPanel {
    match not_listed {
        NotListed::Bands(bands) => ui::RemovedPanel::Bands(
            bands
                .iter()
                .map(|(code, band)| {
                    let (reason, change) = say::code(words, *code);
                    let band = words.t(&format!("band-{}", band.code()));
                    ui::BandRow { code: code.code().to_owned(), reason, band, change }
                })
                .collect(),
        ),
        NotListed::People { below_floor, removed, .. } => ui::RemovedPanel::People {
            people: below_floor
                .rows
                .iter()
                .take(TOP_DEFAULT / 2)
                .chain(removed.rows.iter().take(TOP_DEFAULT))
                .map(|entry| ui::RemovedPerson {
                    person: person(vacancy, entry),
                    reasons: reasons(words, names, entry),
                    unlocks: unlocks(words, names, entry),
                })
                .collect(),
            total: int(below_floor.total + removed.total),
        },
    }
}

fn rests_on(words: Words, view: &ShortlistView) -> Vec<ui::Fact> {
    let fact = |key: &str, value: String, literal| ui::Fact { name: words.t(key), value, literal };
    let (name, version, digest) = &view.profile;
    let digest = digest.get(..8).unwrap_or_default();
    let mut facts = vec![
        fact("shortlist-profile", format!("{name} {version} · {digest}"), true),
        fact("shortlist-as-of", words.date(view.day), false),
        fact("shortlist-quota", words.t("shortlist-quota-unchecked"), false),
    ];
    facts.extend(view.considered.map(|n| fact("shortlist-population", words.count(int(n)), false)));
    facts
}

/// Why one person stands where they stand: for officials.
#[handler]
pub async fn why(request: &Request, Path((id, person_id)): Path<(Uuid, Uuid)>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let (head, entry) =
        shortlists::explain_person(ctx, VacancyId(id), PersonId(person_id)).await.map_err(|e| failed(&e))?;
    let names = shortlists::names_in(ctx, &head.vacancy, &[&entry]).await.map_err(|e| failed(&e))?;
    let vacancy = &head.vacancy;
    let who = entry.named.as_ref().map_or_else(|| entry.pseudonym.clone(), |n| n.name.clone());
    let rows = addend_rows(words, &names, &entry);
    let score = i64::from(entry.row.score);
    let standing = say::standing(words, entry.row.standing);
    let unlocks = unlocks(words, &names, &entry);
    let heading = words.ta(
        "why-heading",
        &[("person", who.clone().into()), ("standing", standing.into()), ("score", score.into())],
    );
    let body = html! {
        div.page-head {
            div {
                h1 { (heading) }
                p { span.code { (entry.pseudonym) } " · " (place(words, &names, &entry)) }
            }
        }
        div.cols.half {
            (parts::panel("h-score", &words.t("why-score"), Some(html! { (score) " / " (SCORE_MAX) }), html! {
                (chart::addend_bar(words, "why", &who, &chart::by_class(words, &rows), SCORE_MAX.into()))
                (chart::addend_table(words, &who, &rows, score, true))
            }))
            (parts::panel("h-reasons", &words.t("why-reasons"), None, html! {
                @if entry.row.reasons.is_empty() && entry.row.questions.is_empty() {
                    (parts::empty(&words.t("why-nothing"), &words.t("why-nothing-text")))
                }
                ul.reasons {
                    @for reason in &reasons(words, &names, &entry) { (ui::reason_item(words, reason)) }
                    @for question in &entry.row.questions {
                        li {
                            (parts::badge(BadgeKind::Unknown, &words.t("shortlist-unlisted")))
                            div { p { (say::question(words, &names, *question)) } }
                        }
                    }
                }
                @if !entry.row.reasons.is_empty() { (ui::unlocks(words, unlocks.as_deref())) }
            }))
        }
    };
    let crumbs = vec![
        crumb(words.t("nav-vacancies"), Some("/vacancies".into())),
        crumb(vacancy.reference.clone(), Some(format!("/vacancies/{id}"))),
        crumb(words.t("nav-shortlist"), Some(format!("/vacancies/{id}/shortlist"))),
        crumb(who.clone(), None),
    ];
    Ok(frame::page(request, &user, Place::Vacancies, &who, crumbs, body).await)
}

fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
