//! The second factor: the step of a sign-in that asks for it, and the page on which one sets up one's own.

use ballast_domain::base::civil_time::shanghai_time;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::http::header::SET_COOKIE;
use poem::web::{Form, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::confirmation::failed_or_asked;
use super::passkey;
use super::session::{Next, enter, own_page};
use crate::http::session::{PageUser, app_of, devices, half, set_half_cookie};
use crate::http::{csrf, problem, request};
use crate::service::Error;
use crate::service::identity::half_session::{self, Try};
use crate::service::identity::passkey::list_passkeys;
use crate::service::identity::second_factor::{self, SecondFactorView};
use crate::service::identity::totp::Enrolment;
use crate::service::identity::{recovery_code, totp};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError};
use crate::web::ui::layout::{self, Page};
use crate::web::ui::parts::{self, BadgeKind};
use crate::web::ui::qr::qr;
use crate::words::{Arg, Words};

#[derive(Deserialize)]
struct AskedCode {
    #[serde(default)]
    code: String,
    next: Option<String>,
}

#[derive(Deserialize)]
struct CodeForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    code: String,
}

/// What a form of the page came to.
#[derive(Default)]
struct Outcome {
    /// A secret for the app, shown this once.
    enrolment: Option<Enrolment>,
    /// Recovery codes, shown this once.
    codes: Vec<String>,
    /// What is wrong with which field.
    errors: Vec<FieldError>,
    /// What was done, in words.
    done: Option<String>,
}

/// The second step of a sign-in; who is not at it begins with the first.
#[handler]
pub async fn ask(request: &Request, Query(query): Query<Next>) -> poem::Result<Response> {
    let app = app_of(request)?;
    let waiting = half_session::is_waiting(&app, half(request)).await.map_err(|e| failed(&e))?;
    if !waiting {
        return Ok(redirect("/sign-in"));
    }
    Ok(draw_asking(request, StatusCode::OK, None, query.next.as_deref()))
}

/// Tries a code.
#[handler]
pub async fn prove(request: &Request, Form(sent): Form<AskedCode>) -> poem::Result<Response> {
    if !csrf::same_origin(request) {
        return Err(frame::forged());
    }
    let (app, info) = (app_of(request)?, request::current());
    let tried =
        Try { request_id: &info.id, token: half(request), code: &sent.code, devices: devices(request) };
    let next = sent.next.as_deref();
    match half_session::finish(&app, tried).await {
        Ok(opened) => {
            let mut answer = enter(&opened, next);
            if let Ok(over) = set_half_cookie("", 0).parse() {
                answer.headers_mut().append(SET_COOKIE, over);
            }
            Ok(answer)
        }
        Err(Error::WrongSecondFactor) => {
            let sentence = info.words().t("second-factor-wrong");
            Ok(draw_asking(request, StatusCode::UNAUTHORIZED, Some(sentence), next))
        }
        Err(Error::Unauthenticated) => {
            let sentence = info.words().t("sign-in-expired");
            let status = StatusCode::UNAUTHORIZED;
            Ok(super::session::show(&app, request, status, Some(&sentence), "", next).await)
        }
        Err(error) => Err(failed(&error)),
    }
}

fn draw_asking(request: &Request, status: StatusCode, error: Option<String>, next: Option<&str>) -> Response {
    let words = request::current().words();
    let page = Page::new(words, words.t("second-factor-ask"), frame::path_of(request));
    let errors: Vec<FieldError> = error.iter().map(|message| wrong(message)).collect();
    let body = html! {
        div.sign {
            section.stack aria-labelledby="h-code" {
                div {
                    h1 #h-code { (words.t("second-factor-ask")) }
                    p.quiet { (words.t("second-factor-ask-text")) }
                }
                (form::error_summary(words, &errors))
                form.panel method="post" action="/sign-in/second-factor" {
                    input type="hidden" name="next" value=(own_page(next));
                    (code_field(words, "second-factor-code", error))
                    div.actions {
                        button.btn { (words.t("sign-in-submit")) }
                        a.btn.alt href="/sign-in" { (words.t("second-factor-back")) }
                    }
                }
            }
        }
    };
    frame::html_response(status, layout::page(&page, body).into_string())
}

fn wrong(message: &str) -> FieldError {
    FieldError { field_id: "code".into(), message: message.to_owned() }
}

/// A code by time or a recovery code.
fn code_field(words: Words, label: &str, error: Option<String>) -> Markup {
    form::field(&Field {
        hint: Some(words.t("second-factor-code-hint")),
        error,
        short: true,
        literal: true,
        autocomplete: Some("one-time-code"),
        length_max: Some(40),
        ..Field::text("code", words.t(label))
    })
}

/// The page.
#[handler]
pub async fn show(request: &Request) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    draw(request, &user, StatusCode::OK, Outcome::default()).await
}

/// Makes a secret, and shows it.
#[handler]
pub async fn begin(request: &Request, Form(sent): Form<CodeForm>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let begun = totp::begin_totp(&user.ctx).await;
    let enrolment = Some(begun.map_err(|e| failed_or_asked(&e, frame::SECOND_FACTOR))?);
    draw(request, &user, StatusCode::CREATED, Outcome { enrolment, ..Outcome::default() }).await
}

/// Confirms it.
#[handler]
pub async fn confirm(request: &Request, Form(sent): Form<CodeForm>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let made = totp::confirm_totp(&user.ctx, &user.session, &sent.code).await;
    let words = Words(user.ctx.locale);
    coded(request, &user, made, words.t("second-factor-done")).await
}

/// Takes it away.
#[handler]
pub async fn remove(request: &Request, Form(sent): Form<CodeForm>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    match totp::remove_totp(&user.ctx, &sent.code).await {
        Ok(_) => Ok(redirect(frame::SECOND_FACTOR)),
        Err(error) => draw_faults(request, &user, error).await,
    }
}

/// Makes new recovery codes.
#[handler]
pub async fn renew(request: &Request, Form(sent): Form<CodeForm>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let made = recovery_code::renew_recovery_codes(&user.ctx).await;
    let words = Words(user.ctx.locale);
    coded(request, &user, made, words.t("second-factor-renewed")).await
}

/// The page with new recovery codes, or with what is wrong.
async fn coded(
    request: &Request,
    user: &PageUser,
    made: Result<Vec<String>, Error>,
    done: String,
) -> poem::Result<Response> {
    match made {
        Ok(codes) => {
            let outcome = Outcome { codes, done: Some(done), ..Outcome::default() };
            draw(request, user, StatusCode::CREATED, outcome).await
        }
        Err(error) => draw_faults(request, user, error).await,
    }
}

/// The page with the recovery codes that came with a first passkey.
pub(super) async fn shown_codes(
    request: &Request,
    user: &PageUser,
    codes: Vec<String>,
) -> poem::Result<Response> {
    let done = Words(user.ctx.locale).t("second-factor-done");
    coded(request, user, Ok(codes), done).await
}

/// The page with what is wrong, where it is for the field; else the page of the error.
pub(super) async fn draw_faults(request: &Request, user: &PageUser, error: Error) -> poem::Result<Response> {
    let Error::Invalid(fields) = error else {
        return Err(failed_or_asked(&error, frame::SECOND_FACTOR));
    };
    let words = Words(user.ctx.locale);
    let fault = |field: &crate::service::Field| FieldError {
        field_id: match field.pointer.as_str() {
            "/code" => "code".to_owned(),
            _ => "name".to_owned(),
        },
        message: problem::field_detail(words, field),
    };
    let errors = fields.iter().map(fault).collect();
    draw(request, user, StatusCode::UNPROCESSABLE_ENTITY, Outcome { errors, ..Outcome::default() }).await
}

async fn draw(
    request: &Request,
    user: &PageUser,
    status: StatusCode,
    outcome: Outcome,
) -> poem::Result<Response> {
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    let view = second_factor::get_second_factor(ctx).await.map_err(|e| failed(&e))?;
    let passkeys = list_passkeys(ctx).await.map_err(|e| failed(&e))?;
    let token = csrf::token(&user.session);
    let title = words.t("second-factor-title");
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("second-factor-lead")) } } }
        @if let Some(done) = &outcome.done { (parts::flash(done)) }
        (form::error_summary(words, &outcome.errors))
        div.stack {
            @if view.required && !view.is_there() {
                (parts::note(BadgeKind::Warn, html! {
                    p { strong { (words.t("second-factor-must")) } " " (words.t("second-factor-must-text")) }
                }))
            }
            @if !outcome.codes.is_empty() { (codes_panel(words, &outcome.codes)) }
            @if let Some(enrolment) = &outcome.enrolment { (enrolment_panel(words, enrolment, &token)) }
            @else { (app_panel(words, ctx.app.demonstration, &view, &token, &outcome)) }
            @if ctx.app.relying_party.is_some() {
                (passkey::panel(words, &passkeys, &token, ctx.is_confirmed(), &outcome.errors))
            }
            @if view.is_there() && outcome.codes.is_empty() { (left_panel(words, &view, &token)) }
        }
    };
    let crumbs = vec![
        crumb(words.t("nav-home"), Some("/".into())),
        crumb(words.t("account-title"), Some("/account".into())),
        crumb(title.clone(), None),
    ];
    let mut page = frame::page(request, user, Place::Home, &title, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

/// Whether codes of an app are asked for; how to begin, and how to do without.
fn app_panel(
    words: Words,
    demonstration: bool,
    view: &SecondFactorView,
    token: &str,
    outcome: &Outcome,
) -> Markup {
    let error = outcome.errors.iter().find(|error| error.field_id == "code").map(|e| e.message.clone());
    // A first code that was wrong belongs to the secret that the app has by now.
    let confirming = error.is_some() && view.totp_since.is_none();
    let body = html! {
        @if demonstration {
            p { (words.t("second-factor-demonstration")) }
        } @else if let Some(since) = view.totp_since {
            p {
                (parts::badge(BadgeKind::Pass, &words.t("second-factor-on"))) " "
                (words.ta("second-factor-since", &[("moment", words.moment(shanghai_time(since)).into())]))
            }
            form method="post" action="/account/second-factor/totp/removal" {
                (form::csrf_field(token))
                (code_field(words, "second-factor-code", error))
                div.actions { button.btn.alt { (words.t("second-factor-remove")) } }
            }
        } @else {
            @if confirming { (confirmation_form(words, token, error)) }
            @else { p { (words.t("second-factor-none")) } }
            form method="post" action="/account/second-factor/totp" {
                (form::csrf_field(token))
                div.actions {
                    @if confirming { button.btn.alt { (words.t("second-factor-again")) } }
                    @else { button.btn { (words.t("second-factor-begin")) } }
                }
            }
        }
    };
    parts::panel("h-app", &words.t("second-factor-app"), None, body)
}

fn confirmation_form(words: Words, token: &str, error: Option<String>) -> Markup {
    html! {
        form method="post" action="/account/second-factor/totp/confirmation" {
            (form::csrf_field(token))
            (form::field(&Field {
                error,
                short: true,
                literal: true,
                autocomplete: Some("one-time-code"),
                inputmode: Some("numeric"),
                length_max: Some(8),
                ..Field::text("code", words.t("second-factor-first-code"))
            }))
            div.actions { button.btn { (words.t("second-factor-confirm")) } }
        }
    }
}

/// The secret to scan or to type, and the field for its first code.
fn enrolment_panel(words: Words, enrolment: &Enrolment, token: &str) -> Markup {
    let grouped: Vec<&str> =
        enrolment.secret.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    let body = html! {
        ol.steps {
            li { (words.t("second-factor-scan")) }
            li { (words.t("second-factor-type-first")) }
        }
        div.enrolment {
            (qr(&enrolment.uri, &words.t("second-factor-qr")))
            p { (words.t("second-factor-secret")) br; span.code { (grouped.join(" ")) } }
        }
        (confirmation_form(words, token, None))
    };
    parts::panel(
        "h-app",
        &words.t("second-factor-app"),
        Some(html! { (words.t("second-factor-once")) }),
        body,
    )
}

/// New recovery codes, shown this once.
fn codes_panel(words: Words, codes: &[String]) -> Markup {
    let body = html! {
        (parts::note(BadgeKind::Warn, html! { p { strong { (words.t("recovery-once")) } " " (words.t("recovery-once-text")) } }))
        ul.recovery-codes { @for code in codes { li.code { (code) } } }
    };
    parts::panel("h-codes", &words.t("recovery-title"), None, body)
}

/// How many are left, and how to get new ones.
fn left_panel(words: Words, view: &SecondFactorView, token: &str) -> Markup {
    let count = i64::try_from(view.recovery_codes).unwrap_or(i64::MAX);
    let left = words.ta("recovery-left", &[("count", Arg::Int(count))]);
    let body = html! {
        @if view.few_recovery_codes() {
            (parts::note(BadgeKind::Warn, html! { p { strong { (left) } " " (words.t("recovery-few")) } }))
        } @else {
            p { (left) " " (words.t("recovery-hint")) }
        }
        form method="post" action="/account/second-factor/recovery-codes" {
            (form::csrf_field(token))
            div.actions { button.btn.alt { (words.t("recovery-renew")) } }
        }
    };
    parts::panel("h-codes", &words.t("recovery-title"), None, body)
}
