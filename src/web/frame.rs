//! The frame of a page for the person who looks: navigation by what the policy lets them do, name, banner.

use ballast_domain::identity::policy::Action;
use maud::Markup;
use poem::http::header::{LOCATION, SET_COOKIE};
use poem::http::{StatusCode, Uri};
use poem::{IntoResponse as _, Request, Response};

use crate::http::csrf;
use crate::http::problem;
use crate::http::request;
use crate::http::session::{self, PageUser};
use crate::service::{Ctx, Error};
use crate::web::ui::layout::{self, Crumb, NavItem, Page, Who};
use crate::words::{Locale, Words};

/// Where a second factor is set up.
pub const SECOND_FACTOR: &str = "/account/second-factor";

/// The person who looks at a page.
///
/// # Errors
/// A redirect to the sign-in page when nobody is signed in, and to that of the second factor for who has to set one up.
pub async fn require_user(request: &Request) -> poem::Result<PageUser> {
    let user = require_signed_in(request).await?;
    if user.must_enrol { Err(poem::Error::from_response(redirect(SECOND_FACTOR))) } else { Ok(user) }
}

/// The same also for who has to set up a second factor before anything else.
///
/// # Errors
/// A redirect to the sign-in page when nobody is signed in.
pub async fn require_signed_in(request: &Request) -> poem::Result<PageUser> {
    match session::page_user(request).await? {
        Some(user) => Ok(user),
        None => Err(poem::Error::from_response(redirect(&format!("/sign-in?next={}", here(request))))),
    }
}

/// The path and query of a request, fit for a parameter.
fn here(request: &Request) -> String {
    let uri: &Uri = request.uri();
    encoded(uri.path_and_query().map_or_else(|| uri.path(), |p| p.as_str()))
}

/// An address, fit for a parameter.
#[must_use]
pub fn encoded(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Sends the browser to another page.
#[must_use]
pub fn redirect(to: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, to).finish()
}

/// The same, with a cookie.
#[must_use]
pub fn redirect_with_cookie(to: &str, cookie: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, to).header(SET_COOKIE, cookie).finish()
}

/// An error of a use case as a page.
#[must_use]
pub fn failed(error: &Error) -> poem::Error {
    let info = request::current();
    let (status, code) = problem::classify(error);
    if let Error::Internal(what) = error {
        tracing::error!(request_id = info.id, what, "internal error");
    }
    let known = matches!(error, Error::Refused(_) | Error::Duplicate(_));
    let html = super::error_page(
        &info,
        status,
        if known { "refused" } else { code },
        &problem::detail(info.words(), error),
    );
    poem::Error::from_response(html_response(status, html))
}

/// Refuses a form that was not sent from one of our own pages.
///
/// # Errors
/// A page that says so.
pub fn check_form(request: &Request, user: &PageUser, token: &str) -> poem::Result<()> {
    if csrf::same_origin(request) && csrf::fits(&user.session, token) {
        return Ok(());
    }
    Err(forged())
}

/// The page for a form that was not sent from one of our own.
#[must_use]
pub fn forged() -> poem::Error {
    let info = request::current();
    let status = StatusCode::FORBIDDEN;
    let html = super::error_page(&info, status, "csrf", &info.words().t("error-csrf-detail"));
    poem::Error::from_response(html_response(status, html))
}

/// Where the navigation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The task list.
    Home,
    /// Vacancies and all below them.
    Vacancies,
    /// Members and invitations.
    Members,
    /// People and what is known of them.
    People,
    /// Who acts for whom.
    Guardians,
    /// What is held of oneself.
    MyData,
    /// What people ask for by right.
    Rights,
    /// Whom the database knows twice.
    Duplicates,
    /// Who must not be erased.
    Holds,
    /// Work that is done later.
    Work,
    /// The API's reference.
    Reference,
}

/// A whole page for a signed-in person.
pub async fn page(
    request: &Request,
    user: &PageUser,
    place: Place,
    title: &str,
    crumbs: Vec<Crumb>,
    body: Markup,
) -> Response {
    let ctx = &user.ctx;
    let words = Words(ctx.locale);
    let frame = Page {
        nav: navigation(ctx, words, place),
        who: Some(Who {
            display_name: user.display_name.clone(),
            organisation: organisation_name(ctx).await,
        }),
        demonstration: ctx.app.demonstration.then(|| ctx.today()),
        crumbs,
        footer: vec![words.ta("layout-as-of", &[("moment", words.date(ctx.today()).into())])],
        csrf: Some(csrf::token(&user.session)),
        ..Page::new(words, title, path_of(request))
    };
    html_response(StatusCode::OK, layout::page(&frame, body).into_string())
}

/// A page as a response.
#[must_use]
pub fn html_response(status: StatusCode, html: String) -> Response {
    poem::web::Html(html).with_status(status).into_response()
}

/// Path and query as asked for, for the language switch.
#[must_use]
pub fn path_of(request: &Request) -> String {
    request.uri().path_and_query().map_or_else(String::new, ToString::to_string)
}

fn navigation(ctx: &Ctx, words: Words, place: Place) -> Vec<NavItem> {
    let item = |key: &str, href: &str, here: Place| NavItem {
        label: words.t(key),
        href: href.to_owned(),
        current: place == here,
    };
    let mut nav = vec![item("nav-home", "/", Place::Home)];
    if ctx.actor.may(Action::ReadVacancy) {
        nav.push(item("nav-vacancies", "/vacancies", Place::Vacancies));
    }
    if ctx.actor.may(Action::ManageMember) {
        nav.push(item("nav-members", "/members", Place::Members));
    }
    if ctx.actor.may(Action::ReadNumber) {
        nav.push(item("nav-people", "/people", Place::People));
    }
    if ctx.actor.may(Action::ReadGuardian) {
        nav.push(item("nav-guardians", "/guardians", Place::Guardians));
    }
    if ctx.actor.may(Action::ReadOwnData) && ctx.actor.person_id().is_some() {
        nav.push(item("nav-my-data", "/my-data", Place::MyData));
    }
    if ctx.actor.may(Action::DecideCorrection) {
        nav.push(item("nav-rights", "/rights-requests", Place::Rights));
    }
    if ctx.actor.may(Action::SettleDuplicate) {
        nav.push(item("nav-duplicates", "/duplicates", Place::Duplicates));
    }
    if ctx.actor.may(Action::HoldPerson) {
        nav.push(item("nav-holds", "/legal-holds", Place::Holds));
    }
    if ctx.actor.may(Action::CancelJob) {
        nav.push(item("nav-work", "/jobs", Place::Work));
    }
    nav
}

async fn organisation_name(ctx: &Ctx) -> Option<String> {
    let id = ctx.actor.home_organisation()?;
    let found = crate::service::organisation::organisation::get_organisation(ctx, id).await.ok()?;
    Some(match ctx.locale {
        Locale::ZhCn => found.name_zh,
        Locale::En => found.name_en,
    })
}

/// A step on the way to a page.
#[must_use]
pub fn crumb(label: impl Into<String>, href: Option<String>) -> Crumb {
    Crumb { label: label.into(), href }
}
