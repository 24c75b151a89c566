//! Passkeys on pages: signing in with one, and one's own. The forms are hidden until the script shows that the browser
//! has passkeys.

use ballast_domain::base::civil_time::shanghai_time;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Json, Path};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::confirmation::{failed_or_asked, first};
use super::second_factor::{draw_faults, shown_codes};
use super::session::{enter, show};
use crate::http::problem::Problem;
use crate::http::session::{app_of, devices};
use crate::http::{agent, csrf, request};
use crate::service::Error;
use crate::service::identity::passkey::{self as passkeys, Challenge, NewPasskey, PasskeyView, Shown};
use crate::web::assets;
use crate::web::frame::{self, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError};
use crate::web::ui::parts::{self, Column, ColumnKind, FoldRow};
use crate::words::Words;

#[derive(Deserialize)]
struct Asking {
    #[serde(default)]
    csrf: String,
}

#[derive(Deserialize)]
struct NewForm {
    #[serde(default)]
    csrf: String,
    name: String,
    challenge: Uuid,
    credential: String,
}

#[derive(Deserialize)]
struct SignInForm {
    challenge: Uuid,
    credential: String,
    next: Option<String>,
}

/// A question, for the script.
#[derive(Serialize)]
struct Asked {
    id: Uuid,
    options: String,
}

fn asked(challenge: Challenge) -> Response {
    Json(Asked { id: challenge.id, options: challenge.options }).into_response()
}

/// The question to whoever sits at the sign-in page.
#[handler]
pub async fn ask_sign_in(request: &Request) -> poem::Result<Response> {
    if !csrf::same_origin(request) {
        return Err(frame::forged());
    }
    let app = app_of(request)?;
    Ok(asked(passkeys::begin_sign_in(&app).await.map_err(Problem::from)?))
}

/// Signs in whose passkey answered.
#[handler]
pub async fn sign_in(request: &Request, Form(sent): Form<SignInForm>) -> poem::Result<Response> {
    if !csrf::same_origin(request) {
        return Err(frame::forged());
    }
    let (app, info) = (app_of(request)?, request::current());
    let shown = Shown {
        request_id: &info.id,
        challenge: sent.challenge,
        credential: &sent.credential,
        devices: devices(request),
        label: &agent::family(request),
    };
    let next = sent.next.as_deref();
    match passkeys::sign_in(&app, shown).await {
        Ok(opened) => Ok(enter(&opened, next)),
        Err(Error::WrongCredentials) => {
            let sentence = info.words().t("passkey-wrong");
            Ok(show(&app, request, StatusCode::UNAUTHORIZED, Some(&sentence), "", next).await)
        }
        Err(error) => Err(failed(&error)),
    }
}

/// The question for another passkey of one's own.
#[handler]
pub async fn ask_new(request: &Request, Form(sent): Form<Asking>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    Ok(asked(passkeys::begin_passkey(&user.ctx).await.map_err(Problem::from)?))
}

/// Keeps one.
#[handler]
pub async fn create(request: &Request, Form(sent): Form<NewForm>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let new = NewPasskey { challenge: sent.challenge, name: sent.name, credential: sent.credential };
    match passkeys::finish_passkey(&user.ctx, &user.session, new).await {
        Ok((_, codes)) if codes.is_empty() => Ok(redirect(frame::SECOND_FACTOR)),
        Ok((_, codes)) => shown_codes(request, &user, codes).await,
        Err(error) => draw_faults(request, &user, error).await,
    }
}

/// Takes one away.
#[handler]
pub async fn remove(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Asking>,
) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let removed = passkeys::remove_passkey(&user.ctx, id).await;
    removed.map_err(|e| failed_or_asked(&e, frame::SECOND_FACTOR))?;
    Ok(redirect(frame::SECOND_FACTOR))
}

/// One's own passkeys, and the form for another one: only while the password was shown lately, since its script cannot
/// ask for it.
pub(super) fn panel(
    words: Words,
    own: &[PasskeyView],
    token: &str,
    confirmed: bool,
    errors: &[FieldError],
) -> Markup {
    let columns = ["name", "since", "last-used", "end"]
        .map(|name| Column::new(words.t(&format!("account-column-{name}")), ColumnKind::Text));
    let row = |one: &PasskeyView| {
        let end = words.t("passkey-remove");
        let cells = vec![
            html! { (words.moment(shanghai_time(one.created_at))) },
            html! { @if let Some(day) = one.last_used_on { (words.date(day)) } },
            html! {
                form method="post" action={ "/account/second-factor/passkeys/" (one.id) "/removal" } {
                    (form::csrf_field(token))
                    button.btn.alt.small aria-label={ (end) ": " (one.name) } { (end) }
                }
            },
        ];
        FoldRow { head: html! { (one.name) }, cells, marked: false }
    };
    let rows: Vec<FoldRow> = own.iter().map(row).collect();
    let title = words.t("passkey-title");
    let body = html! {
        @if rows.is_empty() { p { (words.t("passkey-none")) } }
        @else { (parts::fold_table(&title, &columns, &rows)) }
        @if confirmed { (create_form(words, token, errors)) (script()) }
        @else { (first(words, frame::SECOND_FACTOR)) }
    };
    parts::panel("h-passkeys", &title, Some(html! { (words.t("passkey-hint")) }), body)
}

fn create_form(words: Words, token: &str, errors: &[FieldError]) -> Markup {
    let error = errors.iter().find(|error| error.field_id == "name").map(|error| error.message.clone());
    html! {
        form method="post" action="/account/second-factor/passkeys" data-passkey="create"
            data-challenge="/account/second-factor/passkeys/challenge" hidden {
            (form::csrf_field(token))
            input type="hidden" name="challenge";
            input type="hidden" name="credential";
            (form::field(&Field {
                error,
                length_max: Some(200),
                hint: Some(words.t("passkey-name-hint")),
                ..Field::text("name", words.t("passkey-name"))
            }))
            (failure(words))
            div.actions { button.btn { (words.t("passkey-make")) } }
        }
    }
}

/// The script that shows the forms.
fn script() -> Markup {
    html! { script src=(assets::passkey().url()) defer {} }
}

/// The sentence that the script shows when it comes to nothing.
fn failure(words: Words) -> Markup {
    html! { p.error role="alert" data-passkey-failed="" hidden { (words.t("passkey-failed")) } }
}

/// The form that signs in with a passkey.
pub(super) fn sign_in_form(words: Words, next: Option<&str>) -> Markup {
    html! {
        form.panel method="post" action="/sign-in/passkey" data-passkey="get"
            data-challenge="/sign-in/passkey/challenge" hidden {
            input type="hidden" name="challenge";
            input type="hidden" name="credential";
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            p { (words.t("passkey-sign-in-text")) }
            (failure(words))
            div.actions { button.btn.alt { (words.t("passkey-sign-in")) } }
        }
        (script())
    }
}
