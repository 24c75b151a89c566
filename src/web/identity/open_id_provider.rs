//! The page of an administrator: where the organisation's people sign in by OpenID Connect.

use ballast_domain::base::id::OrganisationId;
use ballast_domain::identity::open_id::CODE_CHARS_MAX;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::csrf;
use crate::http::problem::field_detail;
use crate::http::session::PageUser;
use crate::service::identity::open_id_provider::{
    self as providers, NewOpenIdProvider, OpenIdProviderChange, OpenIdProviderView,
};
use crate::service::organisation::organisation::get_organisation;
use crate::service::{Error, Field as Wrong, Seen};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Check, Field, FieldError};
use crate::web::ui::parts::{self, BadgeKind};
use crate::words::{Locale, Words};

/// What was typed, as it was typed. The secret is not shown again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    csrf: String,
    revision: String,
    code: String,
    issuer: String,
    client_id: String,
    client_secret: String,
    enabled: Option<String>,
}

#[derive(Deserialize)]
struct Removal {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    revision: String,
}

impl Typed {
    fn of(provider: &OpenIdProviderView) -> Self {
        Self {
            revision: provider.revision.to_string(),
            code: provider.code.clone(),
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            enabled: provider.enabled.then(|| "on".to_owned()),
            ..Self::default()
        }
    }

    fn into_new(self) -> NewOpenIdProvider {
        NewOpenIdProvider {
            code: self.code,
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: self.client_secret,
            enabled: self.enabled.is_some(),
        }
    }

    fn into_change(self) -> OpenIdProviderChange {
        OpenIdProviderChange {
            code: Some(self.code),
            issuer: Some(self.issuer),
            client_id: Some(self.client_id),
            client_secret: Some(self.client_secret).filter(|secret| !secret.is_empty()),
            enabled: Some(self.enabled.is_some()),
        }
    }
}

/// What came of the form.
struct Attempt {
    status: StatusCode,
    typed: Typed,
    wrong: Vec<Wrong>,
    /// Whether somebody else was quicker.
    overtaken: bool,
}

#[derive(Deserialize)]
struct Chosen {
    organisation: Option<Uuid>,
}

/// Goes on to the page of an organisation that was chosen.
#[handler]
pub async fn choose(request: &Request, Query(chosen): Query<Chosen>) -> poem::Result<Response> {
    frame::require_user(request).await?;
    let chosen = chosen.organisation.map(|id| path(OrganisationId(id)));
    Ok(redirect(chosen.as_deref().unwrap_or("/members")))
}

fn path(id: OrganisationId) -> String {
    format!("/organisations/{id}/open-id")
}

/// The page.
#[handler]
pub async fn show(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let id = OrganisationId(id);
    let found = providers::find_open_id_provider(&user.ctx, id).await.map_err(|e| failed(&e))?;
    let typed = found.as_ref().map(Typed::of).unwrap_or_default();
    let attempt = Attempt { status: StatusCode::OK, typed, wrong: Vec::new(), overtaken: false };
    draw(request, &user, id, found, attempt).await
}

/// Sets it up, or changes it.
#[handler]
pub async fn save(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(typed): Form<Typed>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &typed.csrf)?;
    let (id, kept) = (OrganisationId(id), Typed { client_secret: String::new(), ..typed.clone() });
    let found = providers::find_open_id_provider(&user.ctx, id).await.map_err(|e| failed(&e))?;
    let saved = match &found {
        None => providers::create_open_id_provider(&user.ctx, id, typed.into_new()).await.map(|_| ()),
        Some(known) => {
            let seen = seen(&typed.revision);
            providers::update_open_id_provider(&user.ctx, known.id, &seen, typed.into_change())
                .await
                .map(|_| ())
        }
    };
    match saved {
        Ok(()) => Ok(redirect(&path(id))),
        Err(Error::Invalid(wrong)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            draw(request, &user, id, found, Attempt { status, typed: kept, wrong, overtaken: false }).await
        }
        Err(Error::Duplicate(code @ "open_id_code_taken")) => {
            let (status, wrong) = (StatusCode::CONFLICT, vec![Wrong::new("/code", code)]);
            draw(request, &user, id, found, Attempt { status, typed: kept, wrong, overtaken: false }).await
        }
        Err(Error::Stale) => {
            let found = providers::find_open_id_provider(&user.ctx, id).await.map_err(|e| failed(&e))?;
            let typed = found.as_ref().map(Typed::of).unwrap_or_default();
            let status = StatusCode::PRECONDITION_FAILED;
            draw(request, &user, id, found, Attempt { status, typed, wrong: Vec::new(), overtaken: true })
                .await
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Takes it away.
#[handler]
pub async fn remove(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Removal>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let id = OrganisationId(id);
    let found = providers::find_open_id_provider(&user.ctx, id).await.map_err(|e| failed(&e))?;
    let known = found.ok_or_else(|| failed(&Error::NotFound))?;
    let gone = providers::remove_open_id_provider(&user.ctx, known.id, &seen(&sent.revision)).await;
    gone.map_err(|e| failed(&e))?;
    Ok(redirect(&path(id)))
}

fn seen(revision: &str) -> Seen {
    revision.parse().map_or(Seen::OneOf(Vec::new()), Seen::at)
}

async fn draw(
    request: &Request,
    user: &PageUser,
    id: OrganisationId,
    found: Option<OpenIdProviderView>,
    attempt: Attempt,
) -> poem::Result<Response> {
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let organisation = get_organisation(ctx, id).await.map_err(|e| failed(&e))?;
    let name = match ctx.locale {
        Locale::ZhCn => organisation.name_zh,
        Locale::En => organisation.name_en,
    };
    let token = csrf::token(&user.session);
    let errors: Vec<FieldError> = attempt
        .wrong
        .iter()
        .map(|wrong| FieldError {
            field_id: wrong.pointer.trim_start_matches('/').to_owned(),
            message: field_detail(words, wrong),
        })
        .collect();
    let title = words.t("open-id-provider-title");
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.ta("open-id-provider-lead", &[("name", name.into())])) } } }
        (form::error_summary(words, &errors))
        @if attempt.overtaken {
            (parts::note(BadgeKind::Bar, html! {
                p role="alert" { strong { (words.t("error-stale")) } " " (words.t("error-stale-detail")) }
            }))
        }
        @if !ctx.app.open_id.is_possible() {
            (parts::note(BadgeKind::Warn, html! { p { (words.t("refusal-open_id_off")) } }))
        }
        div.stack {
            @if let Some(known) = &found { (addresses(user, words, known)) }
            (fields(words, id, &token, &attempt, &errors, found.is_some()))
            @if let Some(known) = &found { (removal(words, id, &token, known)) }
        }
    };
    let crumbs = vec![crumb(words.t("nav-members"), Some("/members".into())), crumb(title.clone(), None)];
    let mut page = frame::page(request, user, Place::Members, &title, crumbs, body).await;
    page.set_status(attempt.status);
    Ok(page)
}

/// What is to be told at the issuer, and to one's people.
fn addresses(user: &PageUser, words: Words, known: &OpenIdProviderView) -> Markup {
    let whole = |path: &str| user.ctx.app.open_id.address(path).unwrap_or_else(|| path.to_owned());
    let rows = [
        (words.t("open-id-provider-answer"), html! { span.code { (whole(&known.answer_path)) } }),
        (
            words.t("open-id-provider-door"),
            html! { span.code { (whole(&format!("/sign-in/open-id/{}", known.code))) } },
        ),
    ];
    parts::panel("h-addresses", &words.t("open-id-provider-addresses"), None, parts::facts(&rows))
}

fn fields(
    words: Words,
    id: OrganisationId,
    token: &str,
    attempt: &Attempt,
    errors: &[FieldError],
    there: bool,
) -> Markup {
    let error =
        |id: &str| errors.iter().find(|error| error.field_id == id).map(|error| error.message.clone());
    let line = |id: &str, value: &str, hint: &str, most: u32| Field {
        value: value.to_owned(),
        literal: true,
        hint: Some(words.t(hint)),
        error: error(id),
        length_max: Some(most),
        autocomplete: Some("off"),
        ..Field::text(id, words.t(&format!("open-id-provider-{}", id.replace('_', "-"))))
    };
    let typed = &attempt.typed;
    let hint = match (errors.is_empty(), there) {
        (false, _) => "open-id-provider-secret-again",
        (true, true) => "open-id-provider-secret-keep",
        (true, false) => "open-id-provider-secret-hint",
    };
    let enabled = [Check {
        id: "enabled".into(),
        label: words.t("open-id-provider-enabled"),
        checked: typed.enabled.is_some(),
        hint: None,
    }];
    let code_most = u32::try_from(CODE_CHARS_MAX).unwrap_or(u32::MAX);
    html! {
        form.panel method="post" action=(path(id)) {
            (form::csrf_field(token))
            input type="hidden" name="revision" value=(typed.revision);
            (form::field(&line("code", &typed.code, "open-id-provider-code-hint", code_most)))
            (form::field(&line("issuer", &typed.issuer, "open-id-provider-issuer-hint", 500)))
            (form::field(&line("client_id", &typed.client_id, "open-id-provider-client-hint", 500)))
            (form::field(&Field {
                kind: "password",
                required: !there,
                autocomplete: Some("new-password"),
                ..line("client_secret", "", hint, 500)
            }))
            (form::checks(&words.t("open-id-provider-state"), None, &enabled))
            div.actions { button.btn { (words.t("open-id-provider-save")) } }
        }
    }
}

fn removal(words: Words, id: OrganisationId, token: &str, known: &OpenIdProviderView) -> Markup {
    let body = html! {
        p { (words.t("open-id-provider-remove-text")) }
        form method="post" action={ (path(id)) "/removal" } {
            (form::csrf_field(token))
            input type="hidden" name="revision" value=(known.revision);
            div.actions { button.btn.alt { (words.t("open-id-provider-remove")) } }
        }
    };
    parts::panel("h-remove", &words.t("open-id-provider-remove"), None, body)
}
