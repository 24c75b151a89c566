//! "My data": what is held of oneself in plain words, who may see it and who has, and what one can ask for.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::{CivilDate, shanghai_time};
use ballast_domain::base::id::{OrganisationId, PersonId, VacancyId};
use ballast_domain::person::rights_request::{Field as Wrong, Kind, State};
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::rights_request::what;
use crate::http::csrf;
use crate::http::session::PageUser;
use crate::service::hiring::vacancy as vacancies;
use crate::service::organisation::organisation::{self, OrganisationView};
use crate::service::organisation::region::{self, RegionView};
use crate::service::page::PageRequest;
use crate::service::person::person::{self as people, PersonView};
use crate::service::person::personal_data::{self, HeldTable, PersonalData, ReadingView};
use crate::service::person::rights_request::{self as rights, Filter, NewRight, RightsRequestView};
use crate::service::taxonomy::label;
use crate::service::{Ctx, Error};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::hiring::vacancy::title;
use crate::web::ui::form::{self, Field, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Tab};
use crate::words::{Arg, Locale, Words};

/// More rows than these are folded away.
const ROWS_OPEN: usize = 2;
/// Readings on the page.
const READINGS: usize = 30;
/// Tables of the export that mean something to whom they are about.
const TOLD: [&str; 16] = [
    "person",
    "person_secret",
    "identity_document",
    "nationality",
    "availability",
    "availability_region",
    "skill_claim",
    "enrolment",
    "household_member",
    "household",
    "targeting",
    "permit",
    "permit_document",
    "user",
    "membership",
    "session",
];

#[derive(Deserialize)]
struct About {
    /// For which vacancy a review is asked.
    review: Option<Uuid>,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    csrf: String,
    kind: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: String,
    vacancy: Option<Uuid>,
    #[serde(default)]
    reason: String,
}

/// Names beside ids and codes.
struct Names {
    organisations: BTreeMap<OrganisationId, OrganisationView>,
    regions: BTreeMap<String, RegionView>,
    skills: std::collections::HashMap<Uuid, String>,
}

/// The person of one's own login.
fn oneself(user: &PageUser) -> poem::Result<PersonId> {
    user.ctx.actor.person_id().ok_or_else(|| {
        let may = user.ctx.require(ballast_domain::identity::policy::Action::ReadOwnData);
        failed(&may.err().unwrap_or(Error::NotFound))
    })
}

/// One's own page. Whoever has a login for others alone comes to one of theirs.
#[handler]
pub async fn show(request: &Request, Query(about): Query<About>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    if let (None, Some(ward)) = (user.ctx.actor.person_id(), user.ctx.actor.wards().first()) {
        return Ok(redirect(&path_of(&user, *ward)));
    }
    draw(request, &user, oneself(&user)?, &about).await
}

/// The page of a ward, or of another registration of one's own.
#[handler]
pub async fn show_of(
    request: &Request,
    Path(id): Path<Uuid>,
    Query(about): Query<About>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    draw(request, &user, PersonId(id), &about).await
}

/// Where somebody's page is.
pub(super) fn path_of(user: &PageUser, person: PersonId) -> String {
    if user.ctx.actor.person_id() == Some(person) {
        "/my-data".to_owned()
    } else {
        format!("/people/{person}/my-data")
    }
}

async fn draw(request: &Request, user: &PageUser, person: PersonId, about: &About) -> poem::Result<Response> {
    let (ctx, words, path) = (&user.ctx, Words(user.ctx.locale), path_of(user, person));
    let data = personal_data::get_personal_data(ctx, person).await.map_err(|e| failed(&e))?;
    let names = names(ctx, &data).await.map_err(|e| failed(&e))?;
    let of_mine = Filter { person: Some(person), ..Filter::default() };
    let asked = rights::list_rights_requests(ctx, of_mine, PageRequest::default());
    let asked = asked.await.map_err(|e| failed(&e))?.items;
    let review = match about.review {
        Some(id) => Some(vacancies::get_vacancy(ctx, VacancyId(id)).await.map_err(|e| failed(&e))?),
        None => None,
    };
    let others = others(user, person).await.map_err(|e| failed(&e))?;
    let own = ctx.actor.is_person(person);
    let heading = match own {
        true => words.t("my-data-title"),
        false => words.ta("my-data-title-of", &[("name", name_in(&data).into())]),
    };
    let lead = if own { "my-data-lead" } else { "my-data-lead-of" };
    let token = csrf::token(&user.session);
    let ask = |kind: &str, fields: Markup| ask(words, &token, &path, kind, fields);
    let body = html! {
        div.page-head {
            div { h1 { (heading) } p { (words.t(lead)) } }
            div.actions { a.btn.alt href={ (path) "/export" } download { (words.t("my-data-export")) } }
        }
        (parts::tabs(&heading, &sections(words)))
        div.cols.work {
            div {
                (held(words, &data, &names))
            }
            div {
                (whose(user, words, &others))
                (requests(words, &token, person, &asked))
                @if let Some(vacancy) = &review {
                    (parts::panel("review", &words.t("right-review"), None, html! {
                        p { (words.ta("my-data-review", &[("title", title(words, vacancy).into())])) }
                        (ask("review", html! { input type="hidden" name="vacancy" value=(vacancy.id); }))
                    }))
                }
                (parts::panel("correction", &words.t("right-correction"), None, html! {
                    p { (words.t("my-data-correction")) }
                    (ask("correction", correction(words)))
                }))
                (parts::panel("erasure", &words.t("right-erasure"), None, html! {
                    p { (words.t("my-data-erasure")) }
                    (ask("erasure", html! {}))
                }))
                (may_see(words, &data, &names))
                (have_seen(words, &data, &names))
            }
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(heading.clone(), None)];
    Ok(frame::page(request, user, Place::MyData, &heading, crumbs, body).await)
}

/// The name in the data.
fn name_in(data: &PersonalData) -> String {
    let person = data.tables.iter().filter(|table| table.name == "person").flat_map(|table| &table.rows);
    let mut names = person.flatten().filter(|(column, _)| *column == "name");
    names.find_map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Whose pages there are besides this one: oneself by every registration, and those for whom one acts.
async fn others(user: &PageUser, shown: PersonId) -> Result<Vec<PersonView>, Error> {
    let actor = &user.ctx.actor;
    let mut all: Vec<PersonId> = actor.oneself().chain(actor.wards().iter().copied()).collect();
    all.retain(|id| *id != shown);
    let mut found = Vec::with_capacity(all.len());
    for id in all {
        match people::get_person(&user.ctx, id).await {
            Ok(person) => found.push(person),
            // Erased, or no ward any more since the request began.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn whose(user: &PageUser, words: Words, others: &[PersonView]) -> Markup {
    let line = |other: &PersonView| {
        let own = user.ctx.actor.is_person(other.id);
        let what = if own { "my-data-registration" } else { "my-data-ward" };
        html! { li {
            a href=(path_of(user, other.id)) { (other.name) }
            " " span.small.quiet {
                @if let Some(day) = other.birth_date { (words.date(day)) " · " }
                (words.t(what))
            }
        } }
    };
    html! {
        @if !others.is_empty() {
            (parts::panel("whose", &words.t("my-data-whose"), None, html! {
                p { (words.t("my-data-whose-text")) }
                ul { @for other in others { (line(other)) } }
            }))
        }
    }
}

/// What is where on the page, for a phone.
fn sections(words: Words) -> Vec<Tab> {
    let tab = |key: &str, href: &str| Tab { label: words.t(key), href: href.to_owned(), current: false };
    vec![
        tab("my-data-requests", "#requests"),
        tab("right-correction", "#correction"),
        tab("right-erasure", "#erasure"),
        tab("my-data-may-see", "#may-see"),
        tab("my-data-have-seen", "#have-seen"),
    ]
}

async fn names(ctx: &Ctx, data: &PersonalData) -> Result<Names, Error> {
    let values = |columns: &'static [&'static str]| {
        let all = data.tables.iter().flat_map(|table| table.rows.iter().flatten());
        all.filter(move |(column, _)| columns.contains(column)).filter_map(|(_, value)| value.clone())
    };
    let regions: BTreeSet<String> = values(&["home_region_code", "region_code"]).collect();
    let skills: Vec<Uuid> = values(&["skill_id"]).filter_map(|id| id.parse().ok()).collect();
    Ok(Names {
        organisations: organisation::find_organisations(ctx, &personal_data::organisations(data)).await?,
        regions: region::find_regions(ctx, &regions).await?,
        skills: label::labels_of(ctx, &skills, ctx.locale).await?,
    })
}

impl Names {
    fn organisation(&self, words: Words, id: OrganisationId) -> Option<String> {
        let found = self.organisations.get(&id)?;
        Some(match words.locale() {
            Locale::ZhCn => found.name_zh.clone(),
            Locale::En => found.name_en.clone(),
        })
    }

    /// A value in words; none for what only means something to a machine.
    fn say(&self, words: Words, column: &str, value: &str) -> Option<String> {
        match column {
            "organisation_id" | "school_id" | "employer_id" | "bureau_id" => {
                self.organisation(words, OrganisationId(value.parse().ok()?))
            }
            "skill_id" => self.skills.get(&value.parse::<Uuid>().ok()?).cloned(),
            "home_region_code" | "region_code" => Some(match (self.regions.get(value), words.locale()) {
                (Some(region), Locale::ZhCn) => region.name_zh.clone(),
                (Some(region), Locale::En) => region.name_en.clone(),
                (None, _) => value.to_owned(),
            }),
            "wage_min_minor" => Some(words.money(value.parse().ok()?)),
            "version" => None,
            column if column.ends_with("_id") => None,
            _ => Some(plain(words, value)),
        }
    }
}

/// A value that needs no name of anybody: a day, a moment, a code, or as it is.
fn plain(words: Words, value: &str) -> String {
    if let Ok(day) = value.parse::<CivilDate>() {
        return words.date(day);
    }
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(value) {
        return words.moment(shanghai_time(at.to_utc()));
    }
    let key = format!("held-value-{value}");
    let said = words.t(&key);
    if said == key { value.to_owned() } else { said }
}

fn held(words: Words, data: &PersonalData, names: &Names) -> Markup {
    let tables = TOLD.iter().filter_map(|name| data.tables.iter().find(|table| table.name == *name));
    html! {
        @for table in tables { (of_table(words, table, names)) }
        p.small.quiet { (words.t("my-data-rest")) }
    }
}

fn of_table(words: Words, table: &HeldTable, names: &Names) -> Markup {
    let rows = table.rows.iter().map(|row| {
        let values = row.iter().filter_map(|(column, value)| {
            let said = names.say(words, column, value.as_deref()?)?;
            Some((words.t(&format!("held-{column}")), html! { (said) }))
        });
        values.collect::<Vec<_>>()
    });
    let rows: Vec<Vec<(String, Markup)>> = rows.filter(|row| !row.is_empty()).collect();
    let basis = html! { (words.t(&format!("held-basis-{}", table.basis))) };
    parts::panel(
        &format!("of-{}", table.name),
        &words.t(&format!("held-table-{}", table.name)),
        Some(basis),
        html! {
            @if rows.len() > ROWS_OPEN {
                details {
                    summary { (words.ta("my-data-rows", &[("count", Arg::Int(rows.len().try_into().unwrap_or(0)))])) }
                    @for row in &rows { (parts::facts(row)) }
                }
            } @else {
                @for row in &rows { (parts::facts(row)) }
            }
        },
    )
}

fn requests(words: Words, token: &str, of: PersonId, asked: &[RightsRequestView]) -> Markup {
    parts::panel(
        "requests",
        &words.t("my-data-requests"),
        None,
        html! {
            @if asked.is_empty() {
                (parts::empty(&words.t("my-data-no-requests"), &words.t("my-data-no-requests-text")))
            }
            @for one in asked {
                (parts::facts(&[
                    (words.t("rights-what"), html! { (what(words, &one.asked)) }),
                    (words.t("rights-state"), html! { (state(words, one)) }),
                    (words.t("rights-answer"), html! { (one.answer.as_deref().unwrap_or("–")) }),
                ]))
                @if one.state == State::Asked {
                    @let label = words.t("my-data-withdraw");
                    form method="post" action={ "/rights-requests/" (one.id) "/withdrawal" } {
                        (form::csrf_field(token))
                        input type="hidden" name="revision" value=(one.revision);
                        input type="hidden" name="person" value=(of);
                        button.btn.alt.small aria-label={ (label) ": " (what(words, &one.asked)) } { (label) }
                    }
                }
            }
        },
    )
}

/// Where a request stands, with the day.
pub(super) fn state(words: Words, one: &RightsRequestView) -> Markup {
    let kind = match one.state {
        State::Asked => BadgeKind::Warn,
        State::Accepted => BadgeKind::Pass,
        State::Refused | State::Withdrawn => BadgeKind::Plain,
    };
    let at = one.decided_at.unwrap_or(one.asked_at);
    html! {
        (parts::badge(kind, &words.t(&format!("right-state-{}", one.state.code()))))
        " " span.small.quiet { (words.moment(shanghai_time(at))) }
    }
}

fn correction(words: Words) -> Markup {
    let select = Select {
        id: "field".into(),
        name: "field".into(),
        label: words.t("my-data-field"),
        options: Wrong::ALL
            .map(|field| (field.code().to_owned(), words.t(&format!("right-field-{}", field.code()))))
            .to_vec(),
        selected: Wrong::Name.code().to_owned(),
    };
    let value = Field {
        hint: Some(words.t("my-data-value-hint")),
        required: false,
        length_max: Some(120),
        ..Field::text("value", words.t("my-data-value"))
    };
    html! { div.field { (form::select(&select)) } (form::field(&value)) }
}

/// A form that asks for something, with the reason.
fn ask(words: Words, token: &str, path: &str, kind: &str, fields: Markup) -> Markup {
    let id = format!("reason-{kind}");
    html! {
        form method="post" action={ (path) "/requests" } {
            (form::csrf_field(token))
            input type="hidden" name="kind" value=(kind);
            (fields)
            div.field {
                label for=(id) { (words.t("my-data-reason")) }
                textarea id=(id) name="reason" rows="3" maxlength="1000" required {}
            }
            button.btn.alt { (words.t(&format!("my-data-ask-{kind}"))) }
        }
    }
}

fn may_see(words: Words, data: &PersonalData, names: &Names) -> Markup {
    let ties = data.tables.iter().filter(|table| table.name == "person_tie").flat_map(|table| &table.rows);
    let row = |row: &Vec<(&'static str, Option<String>)>| {
        let of = |wanted: &str| {
            row.iter()
                .find(|(column, _)| *column == wanted)
                .and_then(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        let until = of("valid_until");
        FoldRow {
            head: html! { (names.say(words, "organisation_id", &of("organisation_id")).unwrap_or_default()) },
            cells: vec![
                html! { (plain(words, &of("basis"))) },
                html! {
                    (plain(words, &of("valid_from"))) " – "
                    @if until.starts_with("9999") { (words.t("my-data-open")) } @else { (plain(words, &until)) }
                },
            ],
            marked: false,
        }
    };
    let rows: Vec<FoldRow> = ties.map(row).collect();
    let columns = ["who", "basis", "when"]
        .map(|name| Column::new(words.t(&format!("my-data-{name}")), ColumnKind::Text));
    let name = words.t("my-data-may-see");
    let aside = html! { a href="/consents" { (words.t("consents-title")) } };
    parts::panel(
        "may-see",
        &name,
        Some(aside),
        html! {
            p { (words.t("my-data-may-see-text")) }
            @if !rows.is_empty() { (parts::fold_table(&name, &columns, &rows)) }
        },
    )
}

fn have_seen(words: Words, data: &PersonalData, names: &Names) -> Markup {
    let columns =
        ["who", "for", "when"].map(|name| Column::new(words.t(&format!("my-data-{name}")), ColumnKind::Text));
    let who = |reading: &ReadingView| {
        if reading.by_oneself {
            return words.t("my-data-yourself");
        }
        let organisation = reading.organisation.and_then(|id| names.organisation(words, id));
        let role = reading.roles.first().map(|role| words.t(&format!("role-{role}")));
        organisation.into_iter().chain(role).collect::<Vec<_>>().join(" · ")
    };
    let row = |reading: &ReadingView| FoldRow {
        head: html! { (who(reading)) },
        cells: vec![
            html! {
                (words.t(&format!("held-purpose-{}", reading.purpose)))
                @if let Some(purpose) = reading.uncovered_for {
                    br; span.small.quiet { (words.t(&format!("number-purpose-{purpose}"))) }
                }
            },
            html! { (words.moment(shanghai_time(reading.at))) },
        ],
        marked: false,
    };
    let rows: Vec<FoldRow> = data.readings.iter().take(READINGS).map(row).collect();
    let name = words.t("my-data-have-seen");
    let more = data.readings.len().saturating_sub(READINGS);
    parts::panel(
        "have-seen",
        &name,
        None,
        html! {
            (parts::fold_table(&name, &columns, &rows))
            @if more > 0 || data.more_readings {
                p.small.quiet { (words.t("my-data-more-readings")) }
            }
        },
    )
}

/// All of it as a file.
#[handler]
pub async fn export(request: &Request) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    file(&user, oneself(&user)?).await
}

/// All of a ward's, or of another registration's, as a file.
#[handler]
pub async fn export_of(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    file(&user, PersonId(id)).await
}

async fn file(user: &PageUser, person: PersonId) -> poem::Result<Response> {
    let data = personal_data::get_personal_data(&user.ctx, person).await.map_err(|e| failed(&e))?;
    Ok(Response::builder()
        .status(StatusCode::OK)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header(CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"")
        .body(personal_data::json(&data).to_string()))
}

/// Takes what is asked for oneself.
#[handler]
pub async fn ask_right(request: &Request, Form(wanted): Form<Wanted>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let person = oneself(&user)?;
    take(request, &user, person, wanted).await
}

/// Takes what is asked for a ward, or for another registration of one's own.
#[handler]
pub async fn ask_right_of(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(wanted): Form<Wanted>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    take(request, &user, PersonId(id), wanted).await
}

async fn take(
    request: &Request,
    user: &PageUser,
    person: PersonId,
    wanted: Wanted,
) -> poem::Result<Response> {
    frame::check_form(request, user, &wanted.csrf)?;
    let kind = Kind::parse(&wanted.kind);
    let correction = kind == Some(Kind::Correction);
    let new = NewRight {
        kind: kind.ok_or_else(|| failed(&Error::field("/kind", "unknown_choice")))?,
        field: Wrong::parse(&wanted.field).filter(|_| correction),
        value: Some(wanted.value).filter(|_| correction),
        vacancy: wanted.vacancy.map(VacancyId),
        reason: wanted.reason,
    };
    rights::ask_right(&user.ctx, person, &new).await.map_err(|e| failed(&e))?;
    Ok(redirect(&path_of(user, person)))
}
