//! Nationalities and papers of a person, for who keeps the record: what is on record, what is recorded further, and what
//! takes the place of a wrong record.

use ballast_domain::base::civil_time::{CivilDate, shanghai_date};
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::Action;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::session::PageUser;
use crate::http::{csrf, problem};
use crate::service::Error;
use crate::service::person::foreign_worker::NewTravelDocument;
use crate::service::person::identity_document::{
    self as identity, FurtherDocument, FurtherNationality, NationalityView,
};
use crate::service::person::number::{self as numbers, NumberView};
use crate::service::person::person as people;
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow};
use crate::words::Words;

/// Both forms: a nationality has no number, and a paper no evidence.
#[derive(Default, Deserialize)]
struct Sent {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    supersedes_id: String,
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    document_id: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    valid_from: String,
    #[serde(default)]
    valid_until: String,
    #[serde(default)]
    verification: String,
}

/// Which of the two forms was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Nationality,
    Paper,
}

/// What is on record.
#[handler]
pub async fn show(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    draw(request, &user, PersonId(id), StatusCode::OK, None, Vec::new()).await
}

/// Records a nationality.
#[handler]
pub async fn create_nationality(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Sent>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let new = FurtherNationality {
        country: sent.country.trim().to_uppercase(),
        evidence: sent.evidence.clone(),
        document: Uuid::try_parse(&sent.document_id).ok(),
        supersedes: Uuid::try_parse(&sent.supersedes_id).ok(),
    };
    let made = identity::record_nationality(&user.ctx, PersonId(id), &new).await;
    answer(request, &user, PersonId(id), made, (Of::Nationality, sent)).await
}

/// Records a paper.
#[handler]
pub async fn create_document(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Sent>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let day = |text: &str| CivilDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    let document = NewTravelDocument {
        kind: sent.kind.clone(),
        country: sent.country.trim().to_uppercase(),
        number: sent.number.clone(),
        valid_from: day(&sent.valid_from),
        valid_until: day(&sent.valid_until),
        verification: sent.verification.clone(),
    };
    let wrong = [("/valid_from", &sent.valid_from), ("/valid_until", &sent.valid_until)];
    let wrong = wrong.into_iter().find(|(_, text)| !text.trim().is_empty() && day(text).is_none());
    let made = match wrong {
        Some((pointer, _)) => Err(Error::field(pointer, "date_out_of_range")),
        None => {
            let supersedes = Uuid::try_parse(&sent.supersedes_id).ok();
            identity::record_document(&user.ctx, PersonId(id), &FurtherDocument { document, supersedes })
                .await
        }
    };
    answer(request, &user, PersonId(id), made, (Of::Paper, sent)).await
}

async fn answer(
    request: &Request,
    user: &PageUser,
    id: PersonId,
    made: Result<(), Error>,
    sent: (Of, Sent),
) -> poem::Result<Response> {
    match made {
        Ok(()) => Ok(redirect(&format!("/people/{id}/identity"))),
        Err(Error::Invalid(fields)) => {
            let words = Words(user.ctx.locale);
            let prefix = if sent.0 == Of::Nationality { "nationality" } else { "paper" };
            let fault = |field: &crate::service::Field| FieldError {
                field_id: format!("{prefix}-{}", field.pointer.trim_start_matches('/')),
                message: problem::field_detail(words, field),
            };
            let errors = fields.iter().map(fault).collect();
            draw(request, user, id, StatusCode::UNPROCESSABLE_ENTITY, Some(sent), errors).await
        }
        Err(error) => Err(failed(&error)),
    }
}

async fn draw(
    request: &Request,
    user: &PageUser,
    id: PersonId,
    status: StatusCode,
    sent: Option<(Of, Sent)>,
    errors: Vec<FieldError>,
) -> poem::Result<Response> {
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    ctx.require(Action::RecordIdentity).map_err(|e| failed(&e))?;
    let person = people::get_person(ctx, id).await.map_err(|e| failed(&e))?;
    let found = identity::list_nationalities(ctx, id).await.map_err(|e| failed(&e))?;
    let papers = numbers::list_numbers(ctx, id).await.map_err(|e| failed(&e))?;
    let papers: Vec<NumberView> = papers.into_iter().filter(|number| number.paper.is_some()).collect();
    let title = words.ta("identity-of", &[("name", person.name.clone().into())]);
    let (nationality, paper) = match sent {
        Some((Of::Nationality, sent)) => (sent, Sent::default()),
        Some((Of::Paper, sent)) => (Sent::default(), sent),
        None => <(Sent, Sent)>::default(),
    };
    let form = Drawn { user, words, id, errors: &errors, papers: &papers, nationalities: &found };
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("identity-lead")) } } }
        (form::error_summary(words, &errors))
        div.stack {
            (nationalities(words, &found, &papers))
            (form.nationality(&nationality))
            (form.paper(&paper))
        }
    };
    let crumbs = vec![
        crumb(words.t("people-title"), Some("/people".into())),
        crumb(person.name.clone(), Some(format!("/people/{id}"))),
        crumb(words.t("identity-title"), None),
    ];
    let mut page = frame::page(request, user, Place::People, &title, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

/// What a code of a record means to whoever keeps it: "your word" is for the person's own page.
fn word(words: Words, code: &str) -> String {
    if code == "self_declared" {
        words.t("identity-their-word")
    } else {
        words.t(&format!("held-value-{code}"))
    }
}

fn nationalities(words: Words, found: &[NationalityView], papers: &[NumberView]) -> Markup {
    let columns = ["country", "evidence", "recorded", "stands"]
        .map(|name| Column::new(words.t(&format!("identity-{name}")), ColumnKind::Text));
    let row = |one: &NationalityView| FoldRow {
        head: html! { (one.country) },
        cells: vec![
            html! {
                (word(words, &one.evidence))
                @if let Some(paper) = papers.iter().find(|paper| Some(paper.id) == one.document) {
                    br; span.small.quiet { (name_of(words, paper)) }
                }
            },
            html! { (words.date(shanghai_date(one.recorded_at))) },
            html! {
                @if one.superseded { (parts::badge(BadgeKind::Plain, &words.t("identity-replaced"))) }
                @else { (parts::badge(BadgeKind::Pass, &words.t("identity-holds"))) }
            },
        ],
        marked: false,
    };
    let rows: Vec<FoldRow> = found.iter().map(row).collect();
    let title = words.t("identity-nationalities");
    let body = html! {
        @if rows.is_empty() {
            (parts::empty(&words.t("identity-none"), &words.t("identity-none-text")))
        } @else {
            (parts::fold_table(&title, &columns, &rows))
        }
    };
    parts::panel("h-nationalities", &title, None, body)
}

/// A paper in a line, its number covered.
fn name_of(words: Words, paper: &NumberView) -> String {
    let country = paper.paper.as_ref().map(|paper| paper.country.clone()).unwrap_or_default();
    format!("{} · {country} · {}", words.t(&format!("held-value-{}", paper.kind)), paper.number)
}

/// What both forms are drawn from.
struct Drawn<'d> {
    user: &'d PageUser,
    words: Words,
    id: PersonId,
    errors: &'d [FieldError],
    papers: &'d [NumberView],
    nationalities: &'d [NationalityView],
}

impl Drawn<'_> {
    fn error(&self, id: &str) -> Option<String> {
        self.errors.iter().find(|error| error.field_id == id).map(|error| error.message.clone())
    }

    fn line(&self, prefix: &str, name: &str, value: &str) -> Field {
        let id = format!("{prefix}-{name}");
        Field {
            error: self.error(&id),
            name: Some(name.to_owned()),
            value: value.to_owned(),
            ..Field::text(id, self.words.t(&format!("identity-{name}")))
        }
    }

    fn country(&self, prefix: &str, value: &str) -> Markup {
        form::field(&Field {
            hint: Some(self.words.t("identity-country-hint")),
            literal: true,
            short: true,
            length_max: Some(2),
            ..self.line(prefix, "country", value)
        })
    }

    /// A choice, with what is wrong about it.
    fn choice(&self, prefix: &str, name: &str, options: Vec<(String, String)>, selected: &str) -> Markup {
        let id = format!("{prefix}-{name}");
        html! {
            div.field {
                @if let Some(error) = self.error(&id) { span.error { (error) } }
                (form::select(&Select {
                    id: id.clone(),
                    name: name.to_owned(),
                    label: self.words.t(&format!("identity-{name}")),
                    options,
                    selected: selected.to_owned(),
                }))
            }
        }
    }

    fn codes(&self, codes: &[&str]) -> Vec<(String, String)> {
        codes.iter().map(|code| ((*code).to_owned(), word(self.words, code))).collect()
    }

    /// Nothing, or one of these.
    fn or_none(&self, none: &str, some: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
        std::iter::once((String::new(), self.words.t(none))).chain(some).collect()
    }

    fn papers(&self) -> impl Iterator<Item = (String, String)> {
        self.papers.iter().map(|paper| (paper.id.to_string(), name_of(self.words, paper)))
    }

    fn nationality(&self, sent: &Sent) -> Markup {
        let words = self.words;
        let standing = self.nationalities.iter().filter(|one| !one.superseded).map(|one| {
            let evidence = word(words, &one.evidence);
            (one.id.to_string(), format!("{} · {evidence}", one.country))
        });
        let prefix = "nationality";
        let body = html! {
            form method="post" action={ "/people/" (self.id) "/nationalities" } {
                (form::csrf_field(&csrf::token(&self.user.session)))
                (self.country(prefix, &sent.country))
                (self.choice(prefix, "evidence", self.codes(&["self_declared", "document", "authority"]), &sent.evidence))
                (self.choice(prefix, "document_id", self.or_none("identity-no-paper", self.papers()), &sent.document_id))
                (self.choice(prefix, "supersedes_id", self.or_none("identity-further", standing), &sent.supersedes_id))
                p.small.quiet { (words.t("identity-nationality-hint")) }
                div.actions { button.btn { (words.t("identity-record-nationality")) } }
            }
        };
        parts::panel("h-nationality", &words.t("identity-record-nationality"), None, body)
    }

    fn paper(&self, sent: &Sent) -> Markup {
        let words = self.words;
        let prefix = "paper";
        let travel = self.papers.iter().filter(|paper| paper.kind != "citizen_card");
        let travel = travel.map(|paper| (paper.id.to_string(), name_of(words, paper)));
        let day = |name: &str, value: &str| {
            form::field(&Field {
                kind: "date",
                required: false,
                short: true,
                ..self.line(prefix, name, value)
            })
        };
        let body = html! {
            form method="post" action={ "/people/" (self.id) "/identity-documents" } {
                (form::csrf_field(&csrf::token(&self.user.session)))
                (self.choice(prefix, "kind", self.codes(&["passport", "border_pass"]), &sent.kind))
                (self.country(prefix, &sent.country))
                (form::field(&Field { literal: true, length_max: Some(60), ..self.line(prefix, "number", "") }))
                (day("valid_from", &sent.valid_from))
                (day("valid_until", &sent.valid_until))
                (self.choice(prefix, "verification", self.codes(&["unverified", "sighted", "confirmed"]), &sent.verification))
                (self.choice(prefix, "supersedes_id", self.or_none("identity-further", travel), &sent.supersedes_id))
                p.small.quiet { (words.t("identity-paper-hint")) }
                div.actions { button.btn { (words.t("identity-record-paper")) } }
            }
        };
        parts::panel("h-paper", &words.t("identity-record-paper"), None, body)
    }
}
