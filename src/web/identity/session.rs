//! The sign-in page and the end of a session.

use ballast_domain::identity::half_session::SECONDS;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::http::header::SET_COOKIE;
use poem::web::{Form, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::{open_id, passkey};
use crate::http::session::{app_of, devices, page_user, set_cookie, set_device_cookie, set_half_cookie};
use crate::http::{agent, csrf, request};
use crate::service::identity::demonstration;
use crate::service::identity::session::{self, Attempt, Entered, Opened, Purpose, SESSION_HOURS};
use crate::service::{App, Error};
use crate::web::frame::{self, redirect, redirect_with_cookie};
use crate::web::ui::layout::{self, Page};
use crate::web::ui::sign_in::{self as ui, DemoLogin};
use crate::words::{Locale, Words};

#[derive(Deserialize)]
pub(super) struct Next {
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// The sign-in page; somebody who is signed in is sent on.
#[handler]
pub async fn sign_in_page(request: &Request, Query(query): Query<Next>) -> poem::Result<Response> {
    if page_user(request).await?.is_some() {
        return Ok(redirect(own_page(query.next.as_deref())));
    }
    let app = app_of(request)?;
    Ok(show(&app, request, StatusCode::OK, None, "", query.next.as_deref()).await)
}

/// Checks login and password.
#[handler]
pub async fn sign_in(request: &Request, Form(sent): Form<Credentials>) -> poem::Result<Response> {
    if !csrf::same_origin(request) {
        return Err(frame::forged());
    }
    let app = app_of(request)?;
    let info = request::current();
    let attempt = Attempt {
        request_id: &info.id,
        login: &sent.login,
        password: sent.password,
        code: None,
        purpose: Purpose::Pages,
        devices: devices(request),
        label: &agent::family(request),
    };
    match session::sign_in(&app, attempt).await {
        Ok(entered) => Ok(go_on(&entered, sent.next.as_deref())),
        Err(Error::WrongCredentials) => {
            let sentence = info.words().t("sign-in-failed");
            let next = sent.next.as_deref();
            Ok(show(&app, request, StatusCode::UNAUTHORIZED, Some(&sentence), &sent.login, next).await)
        }
        Err(error) => Err(frame::failed(&error)),
    }
}

/// Sends a browser on that got in, or to the second factor.
pub(super) fn go_on(entered: &Entered, next: Option<&str>) -> Response {
    match entered {
        Entered::Whole(opened) => enter(opened, next),
        Entered::Half(half) => {
            let next = frame::encoded(own_page(next));
            let cookie = set_half_cookie(&half.token, SECONDS);
            redirect_with_cookie(&format!("/sign-in/second-factor?next={next}"), &cookie)
        }
    }
}

/// Sends a browser on whose session is open, and keeps it known.
pub(super) fn enter(opened: &Opened, next: Option<&str>) -> Response {
    let cookie = set_cookie(&opened.secret.token, SESSION_HOURS * 3600);
    let mut answer = redirect_with_cookie(own_page(next), &cookie);
    if let Ok(known) = set_device_cookie(&opened.devices).parse() {
        answer.headers_mut().append(SET_COOKIE, known);
    }
    answer
}

/// Ends the session.
#[handler]
pub async fn sign_out(request: &Request, Form(sent): Form<Token>) -> poem::Result<Response> {
    let Some(user) = page_user(request).await? else { return Ok(redirect("/sign-in")) };
    frame::check_form(request, &user, &sent.csrf)?;
    session::sign_out(&user.ctx, &user.session, Purpose::Pages).await.map_err(|e| frame::failed(&e))?;
    Ok(redirect_with_cookie("/sign-in", &set_cookie("", 0)))
}

/// A page of ours to go on to; anything that could lead elsewhere becomes the start.
pub(super) fn own_page(next: Option<&str>) -> &str {
    let own =
        |path: &&str| path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    next.filter(own).unwrap_or("/")
}

pub(super) async fn show(
    app: &App,
    request: &Request,
    status: StatusCode,
    error: Option<&str>,
    login: &str,
    next: Option<&str>,
) -> Response {
    let words = request::current().words();
    let logins = if app.demonstration { demo_logins(words) } else { Vec::new() };
    let page = Page {
        demonstration: app
            .demonstration
            .then(|| ballast_domain::base::civil_time::shanghai_date(app.clock.now())),
        ..Page::new(words, words.t("sign-in-title"), frame::path_of(request))
    };
    let others = match &app.relying_party {
        Some(_) => passkey::sign_in_form(words, next),
        None => Markup::default(),
    };
    let others = html! { (others) (open_id::sign_in_link(app, words, next).await) };
    let body = ui::sign_in(words, error, login, next, &others, app.mailer.is_some(), &logins);
    frame::html_response(status, layout::page(&page, body).into_string())
}

fn demo_logins(words: Words) -> Vec<DemoLogin> {
    demonstration::LOGINS
        .iter()
        .map(|login| DemoLogin {
            role: words.t(&format!("role-{}", login.role)),
            holder: match words.locale() {
                Locale::ZhCn => login.holder_zh.to_owned(),
                Locale::En => login.holder_en.to_owned(),
            },
            login: login.login.to_owned(),
            password: demonstration::PASSWORD.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_gone_on_to() {
        assert_eq!(own_page(Some("/vacancies?x=1")), "/vacancies?x=1");
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", ""]
        {
            assert_eq!(own_page(Some(elsewhere)), "/", "{elsewhere:?}");
        }
    }
}
