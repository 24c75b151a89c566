//! Setting a password by a link or by a code that a desk read out, and asking for a link by mail.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::http::session::app_of;
use crate::http::{csrf, problem, request};
use crate::service::Error;
use crate::service::identity::sign_in_link as links;
use crate::web::frame::{self, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError};
use crate::web::ui::layout::{self, Page};
use crate::words::Words;

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

#[derive(Deserialize)]
struct LinkForm {
    token: String,
    new_password: String,
}

#[derive(Deserialize)]
struct ForgottenForm {
    login: String,
}

#[derive(Deserialize)]
struct CodeForm {
    login: String,
    code: String,
    new_password: String,
}

/// The page that a link leads to. Whether the link works is looked at when a password is sent.
#[handler]
pub async fn link_page(request: &Request, Query(query): Query<Token>) -> poem::Result<Response> {
    Ok(show(request, StatusCode::OK, &link_form(words(), &query.token, &[])))
}

/// Sets a password by a link.
#[handler]
pub async fn use_link(request: &Request, Form(sent): Form<LinkForm>) -> poem::Result<Response> {
    if !csrf::same_origin(request) {
        return Err(frame::forged());
    }
    let app = app_of(request)?;
    let done = links::redeem_link(&app, &request::current().id, &sent.token, sent.new_password).await;
    match done {
        Ok(()) => Ok(redirect("/sign-in")),
        Err(Error::Invalid(fields)) => {
            let body = link_form(words(), &sent.token, &faults(&fields));
            Ok(show(request, StatusCode::UNPROCESSABLE_ENTITY, &body))
        }
        Err(error) => Err(failed(&error)),
    }
}

/// The page that asks for login and code.
#[handler]
pub async fn code_page(request: &Request) -> poem::Result<Response> {
    Ok(show(request, StatusCode::OK, &code_form(words(), "", &[])))
}

/// Sets a password by a code.
#[handler]
pub async fn use_code(request: &Request, Form(sent): Form<CodeForm>) -> poem::Result<Response> {
    if !csrf::same_origin(request) {
        return Err(frame::forged());
    }
    let app = app_of(request)?;
    let id = request::current().id;
    match links::redeem_code(&app, &id, &sent.login, &sent.code, sent.new_password).await {
        Ok(()) => Ok(redirect("/sign-in")),
        Err(Error::Invalid(fields)) => {
            let body = code_form(words(), &sent.login, &faults(&fields));
            Ok(show(request, StatusCode::UNPROCESSABLE_ENTITY, &body))
        }
        Err(Error::WrongCredentials) => {
            let fault = FieldError { field_id: "code".into(), message: words().t("link-code-wrong") };
            Ok(show(request, StatusCode::UNAUTHORIZED, &code_form(words(), &sent.login, &[fault])))
        }
        Err(error) => Err(failed(&error)),
    }
}

/// The page on which one asks for a link by mail.
#[handler]
pub async fn forgotten_page(request: &Request) -> poem::Result<Response> {
    Ok(show(request, StatusCode::OK, &forgotten_form(words())))
}

/// Asks for a link by mail. What is shown then is the same for every login.
#[handler]
pub async fn ask_for_link(request: &Request, Form(sent): Form<ForgottenForm>) -> poem::Result<Response> {
    if !csrf::same_origin(request) {
        return Err(frame::forged());
    }
    let (app, info) = (app_of(request)?, request::current());
    links::ask_for_link(&app, &info.id, info.locale, &sent.login).await.map_err(|e| failed(&e))?;
    let body = html! {
        div.page-head { div { h1 { (words().t("forgotten-asked")) } p { (words().t("forgotten-asked-text")) } } }
        div.actions { a.btn.alt href="/sign-in" { (words().t("forgotten-back")) } }
    };
    Ok(show(request, StatusCode::OK, &body))
}

fn words() -> Words {
    request::current().words()
}

fn faults(fields: &[crate::service::Field]) -> Vec<FieldError> {
    let fault = |field: &crate::service::Field| FieldError {
        field_id: field.pointer.trim_start_matches('/').to_owned(),
        message: problem::field_detail(words(), field),
    };
    fields.iter().map(fault).collect()
}

fn show(request: &Request, status: StatusCode, body: &Markup) -> Response {
    let page = Page::new(words(), words().t("link-title"), frame::path_of(request));
    frame::html_response(status, layout::page(&page, html! { (body) }).into_string())
}

fn password_field(words: Words, errors: &[FieldError]) -> Markup {
    let error = errors.iter().find(|error| error.field_id == "new_password");
    form::field(&Field {
        kind: "password",
        hint: Some(words.t("link-password-hint")),
        error: error.map(|error| error.message.clone()),
        autocomplete: Some("new-password"),
        length_max: Some(1000),
        ..Field::text("new_password", words.t("account-new-password"))
    })
}

fn link_form(words: Words, token: &str, errors: &[FieldError]) -> Markup {
    html! {
        div.page-head { div { h1 { (words.t("link-title")) } p { (words.t("link-lead")) } } }
        (form::error_summary(words, errors))
        form.panel method="post" action="/sign-in/link" {
            input type="hidden" name="token" value=(token);
            (password_field(words, errors))
            div.actions { button.btn { (words.t("link-submit")) } }
        }
    }
}

fn forgotten_form(words: Words) -> Markup {
    html! {
        div.page-head { div { h1 { (words.t("forgotten-title")) } p { (words.t("forgotten-lead")) } } }
        form.panel method="post" action="/sign-in/forgotten" {
            (form::field(&Field {
                literal: true,
                autocomplete: Some("username"),
                length_max: Some(200),
                ..Field::text("login", words.t("sign-in-login"))
            }))
            div.actions { button.btn { (words.t("forgotten-submit")) } }
        }
        p.quiet { (words.t("forgotten-otherwise")) }
    }
}

fn code_form(words: Words, login: &str, errors: &[FieldError]) -> Markup {
    let error = errors.iter().find(|error| error.field_id == "code");
    html! {
        div.page-head { div { h1 { (words.t("link-title")) } p { (words.t("link-code-lead")) } } }
        (form::error_summary(words, errors))
        form.panel method="post" action="/sign-in/code" {
            (form::field(&Field {
                value: login.to_owned(),
                literal: true,
                autocomplete: Some("username"),
                length_max: Some(200),
                ..Field::text("login", words.t("sign-in-login"))
            }))
            (form::field(&Field {
                error: error.map(|error| error.message.clone()),
                literal: true,
                inputmode: Some("numeric"),
                autocomplete: Some("one-time-code"),
                length_max: Some(20),
                ..Field::text("code", words.t("link-code"))
            }))
            (password_field(words, errors))
            div.actions { button.btn { (words.t("link-submit")) } }
        }
    }
}
