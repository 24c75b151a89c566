//! The page that asks for the password again, before something is done that outlives the session.

use ballast_domain::identity::confirmation::MINUTES;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::session::{Next, own_page};
use crate::http::session::PageUser;
use crate::http::{csrf, problem};
use crate::service::Error;
use crate::service::identity::confirmation;
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError};
use crate::words::Words;

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    csrf: String,
    password: String,
    next: Option<String>,
}

/// Where the password is asked for before a page of ours can be used.
pub(super) fn address(next: &str) -> String {
    format!("/account/confirmation?next={}", frame::encoded(next))
}

/// The error as a page, or the way to the password where that is what is missing.
pub(super) fn failed_or_asked(error: &Error, next: &str) -> poem::Error {
    match error {
        Error::ConfirmationNeeded => poem::Error::from_response(redirect(&address(next))),
        other => failed(other),
    }
}

/// A link to it, in the place of forms that would lead there.
pub(super) fn first(words: Words, next: &str) -> Markup {
    html! {
        p { (words.t("confirm-first")) }
        div.actions { a.btn.alt href=(address(next)) { (words.t("confirm-open")) } }
    }
}

/// The page.
#[handler]
pub async fn show(request: &Request, Query(query): Query<Next>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    draw(request, &user, StatusCode::OK, None, query.next.as_deref()).await
}

/// Shows the password.
#[handler]
pub async fn confirm(request: &Request, Form(sent): Form<PasswordForm>) -> poem::Result<Response> {
    let user = frame::require_signed_in(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let next = sent.next.as_deref();
    match confirmation::confirm_password(&user.ctx, &user.session, sent.password).await {
        Ok(_) => Ok(redirect(own_page(next))),
        Err(Error::Invalid(fields)) => {
            let words = Words(user.ctx.locale);
            let message = fields.first().map(|field| problem::field_detail(words, field));
            draw(request, &user, StatusCode::UNPROCESSABLE_ENTITY, message, next).await
        }
        Err(error) => Err(failed(&error)),
    }
}

async fn draw(
    request: &Request,
    user: &PageUser,
    status: StatusCode,
    error: Option<String>,
    next: Option<&str>,
) -> poem::Result<Response> {
    let words = Words(user.ctx.locale);
    let (token, title) = (csrf::token(&user.session), words.t("confirm-title"));
    let fault = |message: &String| FieldError { field_id: "password".into(), message: message.clone() };
    let errors: Vec<FieldError> = error.iter().map(fault).collect();
    let body = html! {
        div.page-head { div {
            h1 { (title) }
            p { (words.ta("confirm-lead", &[("minutes", MINUTES.into())])) }
        } }
        (form::error_summary(words, &errors))
        form.panel method="post" action="/account/confirmation" {
            (form::csrf_field(&token))
            input type="hidden" name="next" value=(own_page(next));
            (form::field(&Field {
                kind: "password",
                error,
                autocomplete: Some("current-password"),
                length_max: Some(1000),
                ..Field::text("password", words.t("account-current-password"))
            }))
            div.actions { button.btn { (words.t("confirm-submit")) } }
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
