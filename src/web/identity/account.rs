//! How one signs in: another password, the sessions and the tokens that one has, and where one is written to.

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::identity::token_scope::AREAS;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::confirmation::failed_or_asked;
use super::open_id;
use crate::http::session::PageUser;
use crate::http::{csrf, problem};
use crate::service::Error;
use crate::service::identity::api_token::{self as tokens, NewToken, TokenView};
use crate::service::identity::session::{self as sessions, SessionView};
use crate::service::identity::{mail_address, user};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow};
use crate::words::Words;

/// Lives of tokens that are offered, in days.
const DAYS: [i64; 4] = [30, 90, 180, 365];

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    csrf: String,
    current_password: String,
    new_password: String,
}

#[derive(Deserialize)]
struct TokenForm {
    #[serde(default)]
    csrf: String,
    name: String,
    scope: String,
    days: i64,
}

#[derive(Deserialize)]
struct MailForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    mail_address: String,
}

#[derive(Deserialize)]
struct Ending {
    #[serde(default)]
    csrf: String,
}

/// What a form of the page came to.
#[derive(Default)]
struct Outcome {
    /// What is wrong with which field.
    errors: Vec<FieldError>,
    /// A new token, shown this once.
    token: Option<String>,
    /// What was done, in words.
    done: Option<String>,
}

/// The page.
#[handler]
pub async fn show(request: &Request) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    draw(request, &user, StatusCode::OK, Outcome::default()).await
}

/// Another password.
#[handler]
pub async fn change_password(request: &Request, Form(sent): Form<PasswordForm>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let changed = user::change_password(&user.ctx, &user.session, sent.current_password, sent.new_password);
    let done = Outcome { done: Some(words(&user).t("account-password-changed")), ..Outcome::default() };
    match changed.await {
        Ok(_) => draw(request, &user, StatusCode::OK, done).await,
        Err(error) => draw_faults(request, &user, error).await,
    }
}

/// Another mail address.
#[handler]
pub async fn change_mail_address(request: &Request, Form(sent): Form<MailForm>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let done = Outcome { done: Some(words(&user).t("mail-address-changed")), ..Outcome::default() };
    match mail_address::set_mail_address(&user.ctx, &sent.mail_address).await {
        Ok(_) => draw(request, &user, StatusCode::OK, done).await,
        Err(error) => draw_faults(request, &user, error).await,
    }
}

/// A token for a program.
#[handler]
pub async fn create_token(request: &Request, Form(sent): Form<TokenForm>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let new = NewToken { name: sent.name, scopes: vec![sent.scope], days: sent.days };
    match tokens::create_own_token(&user.ctx, new).await {
        Ok((_, secret)) => {
            let shown = Outcome { token: Some(secret.token), ..Outcome::default() };
            draw(request, &user, StatusCode::CREATED, shown).await
        }
        Err(error) => draw_faults(request, &user, error).await,
    }
}

/// Ends a token.
#[handler]
pub async fn revoke_token(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Ending>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    tokens::revoke_own_token(&user.ctx, id).await.map_err(|e| failed(&e))?;
    Ok(redirect("/account"))
}

/// Ends a session.
#[handler]
pub async fn end_session(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<Ending>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    sessions::end_session(&user.ctx, id).await.map_err(|e| failed(&e))?;
    Ok(redirect("/account"))
}

/// Ends all sessions but this one.
#[handler]
pub async fn end_other_sessions(request: &Request, Form(sent): Form<Ending>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    sessions::end_other_sessions(&user.ctx, &user.session).await.map_err(|e| failed(&e))?;
    Ok(redirect("/account"))
}

fn words(user: &PageUser) -> Words {
    Words(user.ctx.locale)
}

/// The page with what is wrong, where it is for the fields; else the page of the error.
async fn draw_faults(request: &Request, user: &PageUser, error: Error) -> poem::Result<Response> {
    let Error::Invalid(fields) = error else { return Err(failed_or_asked(&error, "/account")) };
    let fault = |field: &crate::service::Field| FieldError {
        field_id: field.pointer.trim_start_matches('/').to_owned(),
        message: problem::field_detail(words(user), field),
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
    let (ctx, words) = (&user.ctx, words(user));
    let own = sessions::list_sessions(ctx, &user.session).await.map_err(|e| failed(&e))?;
    let made = tokens::list_own_tokens(ctx, None).await.map_err(|e| failed(&e))?;
    let address = mail_address::get_mail_address(ctx).await.map_err(|e| failed(&e))?;
    let token = csrf::token(&user.session);
    let open_id = open_id::panel(ctx, words, &token).await.map_err(|e| failed(&e))?;
    let title = words.t("account-title");
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("account-lead")) } } }
        @if let Some(done) = &outcome.done { (parts::flash(done)) }
        (form::error_summary(words, &outcome.errors))
        div.stack {
            (second_factor_panel(words))
            (open_id)
            (mail_panel(words, address, &token, &outcome.errors))
            (session_panel(words, &own, &token))
            (token_panel(words, &made, &token, &outcome))
            (password_panel(words, &token, &outcome.errors))
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    let mut page = frame::page(request, user, Place::Home, &title, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

fn button(action: String, token: &str, label: &str, of: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            (form::csrf_field(token))
            button.btn.alt.small aria-label={ (label) ": " (of) } { (label) }
        }
    }
}

/// Browser and system of a session in words.
fn device(words: Words, label: Option<&str>) -> String {
    let (browser, system) = label.and_then(|label| label.split_once('/')).unwrap_or(("other", "other"));
    let (browser, system) = (words.t(&format!("browser-{browser}")), words.t(&format!("system-{system}")));
    words.ta("account-device", &[("browser", browser.into()), ("system", system.into())])
}

fn second_factor_panel(words: Words) -> Markup {
    let body = html! {
        p { (words.t("second-factor-lead")) }
        div.actions { a.btn.alt href=(frame::SECOND_FACTOR) { (words.t("second-factor-open")) } }
    };
    parts::panel("h-second-factor", &words.t("second-factor-title"), None, body)
}

fn mail_panel(words: Words, address: Option<String>, token: &str, errors: &[FieldError]) -> Markup {
    let body = html! {
        form method="post" action="/account/mail-address" {
            (form::csrf_field(token))
            (form::field(&Field {
                kind: "email",
                value: address.unwrap_or_default(),
                hint: Some(words.t("mail-address-hint")),
                error: error_of(errors, "mail_address"),
                required: false,
                literal: true,
                autocomplete: Some("email"),
                length_max: Some(254),
                ..Field::text("mail_address", words.t("mail-address-label"))
            }))
            div.actions { button.btn.alt { (words.t("mail-address-change")) } }
        }
    };
    parts::panel("h-mail", &words.t("mail-address-title"), None, body)
}

fn session_panel(words: Words, own: &[SessionView], token: &str) -> Markup {
    let columns = ["device", "since", "last-used", "end"]
        .map(|name| Column::new(words.t(&format!("account-column-{name}")), ColumnKind::Text));
    let row = |session: &SessionView| {
        let name = device(words, session.label.as_deref());
        let cells = vec![
            html! { (words.moment(shanghai_time(session.created_at))) },
            html! { @if let Some(day) = session.last_used_on { (words.date(day)) } },
            html! {
                @if session.current { (parts::badge(BadgeKind::Pass, &words.t("account-this-one"))) }
                @else { (button(format!("/account/sessions/{}/ending", session.id), token, &words.t("account-end"), &name)) }
            },
        ];
        FoldRow { head: html! { (name) }, cells, marked: false }
    };
    let rows: Vec<FoldRow> = own.iter().map(row).collect();
    let title = words.t("account-sessions");
    let table = html! {
        (parts::fold_table(&title, &columns, &rows))
        @if own.len() > 1 {
            form.actions method="post" action="/account/other-sessions/ending" {
                (form::csrf_field(token))
                button.btn.alt { (words.t("account-end-others")) }
            }
        }
    };
    parts::panel("h-sessions", &title, Some(html! { (words.t("account-sessions-hint")) }), table)
}

fn token_panel(words: Words, made: &[TokenView], token: &str, outcome: &Outcome) -> Markup {
    let columns = ["name", "scopes", "until", "last-used", "end"]
        .map(|name| Column::new(words.t(&format!("account-column-{name}")), ColumnKind::Text));
    let row = |one: &TokenView| {
        let scopes = one.scopes.as_ref().map_or_else(|| words.t("account-scope-all"), |all| all.join(" "));
        let end = words.t("account-end");
        let cells = vec![
            html! { span.code { (scopes) } },
            html! { (words.moment(shanghai_time(one.expires_at))) },
            html! { @if let Some(day) = one.last_used_on { (words.date(day)) } },
            button(format!("/account/tokens/{}/revocation", one.id), token, &end, &one.name),
        ];
        FoldRow {
            head: html! { (one.name) br; span.small.quiet.code { (one.prefix) "…" } },
            cells,
            marked: false,
        }
    };
    let rows: Vec<FoldRow> = made.iter().map(row).collect();
    let title = words.t("account-tokens");
    let body = html! {
        @if let Some(secret) = &outcome.token {
            (parts::note(BadgeKind::Warn, html! {
                p { strong { (words.t("account-token-once")) } }
                p { span.code { (secret) } }
            }))
        }
        @if rows.is_empty() {
            (parts::empty(&words.t("account-tokens-none"), &words.t("account-tokens-none-text")))
        } @else {
            (parts::fold_table(&title, &columns, &rows))
        }
        (token_form(words, token, &outcome.errors))
    };
    parts::panel("h-tokens", &title, Some(html! { (words.t("account-tokens-hint")) }), body)
}

fn error_of(errors: &[FieldError], id: &str) -> Option<String> {
    errors.iter().find(|error| error.field_id == id).map(|error| error.message.clone())
}

fn token_form(words: Words, token: &str, errors: &[FieldError]) -> Markup {
    let everything =
        ["read", "write"].map(|verb| (verb.to_owned(), words.t(&format!("account-scope-{verb}"))));
    let areas = AREAS.iter().flat_map(|area| ["read", "write"].map(|verb| format!("{area}:{verb}")));
    let scopes = everything.into_iter().chain(areas.map(|code| (code.clone(), code)));
    let days = DAYS.map(|days| (days.to_string(), words.ta("account-days", &[("days", days.into())])));
    html! {
        form method="post" action="/account/tokens" {
            (form::csrf_field(token))
            (form::field(&Field {
                error: error_of(errors, "name"),
                length_max: Some(200),
                ..Field::text("name", words.t("account-token-name"))
            }))
            div.field { (form::select(&Select {
                id: "scope".into(), name: "scope".into(), label: words.t("account-token-scope"),
                options: scopes.collect(), selected: "read".into(),
            })) }
            div.field { (form::select(&Select {
                id: "days".into(), name: "days".into(), label: words.t("account-token-days"),
                options: days.to_vec(), selected: "90".into(),
            })) }
            div.actions { button.btn { (words.t("account-token-make")) } }
        }
    }
}

fn password_panel(words: Words, token: &str, errors: &[FieldError]) -> Markup {
    let field = |id: &str, purpose: &'static str, hint: Option<String>| {
        form::field(&Field {
            kind: "password",
            hint,
            error: error_of(errors, id),
            autocomplete: Some(purpose),
            length_max: Some(1000),
            ..Field::text(id, words.t(&format!("account-{}", id.replace('_', "-"))))
        })
    };
    let body = html! {
        form method="post" action="/account/password" {
            (form::csrf_field(token))
            (field("current_password", "current-password", None))
            (field("new_password", "new-password", Some(words.t("account-new-password-hint"))))
            div.actions { button.btn { (words.t("account-password-change")) } }
        }
    };
    parts::panel("h-password", &words.t("account-password"), None, body)
}
