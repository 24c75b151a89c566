//! Members and invitations: who has a role, whom one invites, whose role ends.

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::{OrganisationId, UserId};
use ballast_domain::identity::policy::Action;
use chrono::Duration;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::session::PageUser;
use crate::http::{csrf, problem};
use crate::service::Error;
use crate::service::identity::membership::{self, MembershipEnding};
use crate::service::identity::sign_in_link::{self as links, Invitation, Issued};
use crate::service::identity::user::{RoleView, UserView, list_users};
use crate::service::page::PageRequest;
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Pager};
use crate::words::Words;

/// Rows of one page of the list.
const ROWS: u64 = 50;
/// Roles that are held in an organisation; which of them fit its kind is the policy's to say.
const ROLES: [&str; 14] = [
    "organisation_administrator",
    "school_registrar",
    "teacher",
    "factory_hr",
    "mentor",
    "agent",
    "labour_official",
    "targeting_officer",
    "permit_checker",
    "permit_approver",
    "quota_officer",
    "auditor",
    "village_cadre",
    "port_desk",
];

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct InviteForm {
    #[serde(default)]
    csrf: String,
    login: String,
    display_name: String,
    role: String,
    organisation: Uuid,
}

#[derive(Deserialize)]
struct EndForm {
    #[serde(default)]
    csrf: String,
    role: String,
    organisation: Option<Uuid>,
}

#[derive(Deserialize)]
struct ResetForm {
    #[serde(default)]
    csrf: String,
}

/// The page.
#[handler]
pub async fn list(request: &Request, Query(query): Query<ListQuery>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let after = query.cursor.as_deref().and_then(|c| Uuid::try_parse(c).ok());
    draw(request, &user, StatusCode::OK, after, &[], None).await
}

/// Invites somebody, and shows the link this once.
#[handler]
pub async fn invite(request: &Request, Form(sent): Form<InviteForm>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let new = Invitation {
        login: sent.login,
        display_name: sent.display_name,
        role: sent.role,
        organisation: Some(OrganisationId(sent.organisation)),
    };
    match links::invite(&user.ctx, new).await {
        Ok(issued) => draw(request, &user, StatusCode::CREATED, None, &[], Some(&issued)).await,
        Err(Error::Invalid(fields)) => {
            let words = Words(user.ctx.locale);
            let fault = |field: &crate::service::Field| FieldError {
                field_id: field.pointer.trim_start_matches('/').to_owned(),
                message: problem::field_detail(words, field),
            };
            let faults: Vec<FieldError> = fields.iter().map(fault).collect();
            draw(request, &user, StatusCode::UNPROCESSABLE_ENTITY, None, &faults, None).await
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Lets a member set another password, by a link that is shown this once.
#[handler]
pub async fn reset(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<ResetForm>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let issued = links::issue_reset(&user.ctx, UserId(id)).await.map_err(|e| failed(&e))?;
    draw(request, &user, StatusCode::CREATED, None, &[], Some(&issued)).await
}

/// Ends a role at once.
#[handler]
pub async fn end(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<EndForm>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let ending = MembershipEnding {
        user: UserId(id),
        role: sent.role,
        organisation: sent.organisation.map(OrganisationId),
        last_day: user.ctx.today() - Duration::days(1),
    };
    membership::end_membership(&user.ctx, ending).await.map_err(|e| failed(&e))?;
    Ok(redirect("/members"))
}

async fn draw(
    request: &Request,
    user: &PageUser,
    status: StatusCode,
    after: Option<Uuid>,
    errors: &[FieldError],
    issued: Option<&Issued>,
) -> poem::Result<Response> {
    let (ctx, words) = (&user.ctx, Words(user.ctx.locale));
    ctx.require(Action::ManageMember).map_err(|e| failed(&e))?;
    let wanted = PageRequest { limit: ROWS, after, ..PageRequest::default() };
    let found = list_users(ctx, None, wanted).await.map_err(|e| failed(&e))?;
    let (token, title) = (csrf::token(&user.session), words.t("members-title"));
    let home = ctx.actor.acting_organisation(Action::ManageMember);
    let count = i64::try_from(found.items.len()).unwrap_or(i64::MAX);
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("members-lead")) } } }
        (form::error_summary(words, errors))
        @if let Some(issued) = issued { (link(words, issued)) }
        div.stack {
            @if let Some(home) = home { (invite_panel(words, &token, home, errors)) }
            section.panel aria-label=(title) {
                (member_table(words, user, &found.items, &token))
                (parts::pager(words, &title, &Pager {
                    summary: words.ta("members-shown", &[("count", count.into())]),
                    previous: after.map(|_| "/members".to_owned()),
                    next: found.next.map(|id| format!("/members?cursor={}", id.simple())),
                }))
            }
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    let mut page = frame::page(request, user, Place::Members, &title, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

fn link(words: Words, issued: &Issued) -> Markup {
    let until = words.moment(shanghai_time(issued.expires_at));
    parts::note(
        BadgeKind::Warn,
        html! {
            p { strong { (words.ta("members-link", &[("login", issued.login.clone().into()), ("until", until.into())])) } }
            p { span.code { "/sign-in/link?token=" (issued.secret) } }
        },
    )
}

fn invite_panel(words: Words, token: &str, home: OrganisationId, errors: &[FieldError]) -> Markup {
    let error = |id: &str| errors.iter().find(|e| e.field_id == id).map(|e| e.message.clone());
    let roles = ROLES.map(|role| (role.to_owned(), words.t(&format!("role-{role}"))));
    let body = html! {
        form method="post" action="/members/invitations" {
            (form::csrf_field(token))
            input type="hidden" name="organisation" value=(home);
            (form::field(&Field {
                error: error("login"), literal: true, length_max: Some(200),
                ..Field::text("login", words.t("sign-in-login"))
            }))
            (form::field(&Field {
                error: error("display_name"), length_max: Some(200),
                ..Field::text("display_name", words.t("members-name"))
            }))
            div.field {
                @if let Some(error) = error("role") { span.error #role-error { (error) } }
                (form::select(&Select {
                    id: "role".into(), name: "role".into(), label: words.t("members-role"),
                    options: roles.to_vec(), selected: String::new(),
                }))
            }
            div.actions { button.btn { (words.t("members-invite")) } }
        }
    };
    parts::panel("h-invite", &words.t("members-invite-title"), None, body)
}

fn member_table(words: Words, user: &PageUser, members: &[UserView], token: &str) -> Markup {
    let columns = ["name", "role", "until", "actions"]
        .map(|name| Column::new(words.t(&format!("members-column-{name}")), ColumnKind::Text));
    let mut rows = Vec::new();
    for member in members {
        for role in &member.roles {
            rows.push(member_row(words, user, member, role, token));
        }
    }
    parts::fold_table(&words.t("members-title"), &columns, &rows)
}

fn member_row(words: Words, user: &PageUser, member: &UserView, role: &RoleView, token: &str) -> FoldRow {
    let own = user.ctx.actor.user_id() == Some(member.id);
    let (ending, resetting) = (words.t("members-end"), words.t("members-reset"));
    let name = words.t(&format!("role-{}", role.role));
    let actions = html! {
        @if !own {
            div.actions {
                form method="post" action={ "/members/" (member.id) "/password-resets" } {
                    (form::csrf_field(token))
                    button.btn.alt.small aria-label={ (resetting) ": " (member.display_name) } { (resetting) }
                }
                form method="post" action={ "/members/" (member.id) "/membership-endings" } {
                    (form::csrf_field(token))
                    input type="hidden" name="role" value=(role.role);
                    @if let Some(id) = role.organisation { input type="hidden" name="organisation" value=(id); }
                    button.btn.alt.small aria-label={ (ending) ": " (member.display_name) ", " (name) } { (ending) }
                }
            }
        }
    };
    FoldRow {
        head: html! { (member.display_name) br; span.small.quiet.code { (member.login) } },
        cells: vec![
            html! { (name) },
            html! { @if let Some(day) = role.valid_until { (words.date(day)) } },
            actions,
        ],
        marked: false,
    }
}
