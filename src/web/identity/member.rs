//! Members and invitations: who has a role, whom one invites, whose role ends.

use ballast_domain::base::civil_time::shanghai_time;
use ballast_domain::base::id::{OrganisationId, UserId};
use ballast_domain::identity::policy::{Action, role_codes, role_is_of_a_person, role_needs_organisation};
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
use crate::service::identity::membership::{self, EndedView, MembershipEnding, MembershipGiving};
use crate::service::identity::second_factor;
use crate::service::identity::sign_in_link::{self as links, Invitation, Issued};
use crate::service::identity::user::{RoleView, UserView, list_users};
use crate::service::organisation::organisation::list_organisations;
use crate::service::page::{ORGANISATIONS_BY_NAME_EN, ORGANISATIONS_BY_NAME_ZH, PageRequest};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Field, FieldError, Select};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Pager};
use crate::words::{Locale, Words};

/// Rows of one page of the list.
const ROWS: u64 = 50;
/// The most organisations that are offered to the installation's administrator.
const ORGANISATIONS_MAX: u64 = 200;

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
    /// Empty for a role that is held in none.
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    mail_address: String,
}

#[derive(Deserialize)]
struct EndForm {
    #[serde(default)]
    csrf: String,
    role: String,
    organisation: Option<Uuid>,
}

#[derive(Deserialize)]
struct GiveForm {
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

/// Invites somebody, and shows the link this once, where it does not go by mail.
#[handler]
pub async fn invite(request: &Request, Form(sent): Form<InviteForm>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let organisation = match sent.organisation.as_str() {
        "" => None,
        id => Some(Uuid::try_parse(id).map_err(|_no_id| failed(&Error::NotFound))?),
    };
    let new = Invitation {
        login: sent.login,
        display_name: sent.display_name,
        role: sent.role,
        organisation: organisation.map(OrganisationId),
        mail_address: Some(sent.mail_address),
    };
    match links::invite(&user.ctx, new).await {
        Ok(issued) => draw(request, &user, StatusCode::CREATED, None, &[], Some(&issued)).await,
        Err(Error::Invalid(fields)) => {
            let words = Words(user.ctx.locale);
            let fault = |field: &crate::service::Field| FieldError {
                field_id: field.pointer.trim_start_matches('/').trim_end_matches("_id").to_owned(),
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

/// Takes the second factor of a member away who has lost it.
#[handler]
pub async fn reset_factor(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<ResetForm>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    second_factor::reset_second_factor(&user.ctx, UserId(id)).await.map_err(|e| failed(&e))?;
    Ok(redirect("/members"))
}

/// Gives a role again that ended.
#[handler]
pub async fn give(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(sent): Form<GiveForm>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &sent.csrf)?;
    let organisation = sent.organisation.map(OrganisationId);
    let giving = MembershipGiving { user: UserId(id), role: sent.role, organisation };
    membership::give_membership(&user.ctx, giving).await.map_err(|e| failed(&e))?;
    Ok(redirect("/members"))
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
    let ids: Vec<UserId> = found.items.iter().map(|member| member.id).collect();
    let resettable = second_factor::list_resettable(ctx, &ids).await.map_err(|e| failed(&e))?;
    let ended = membership::list_ended(ctx).await.map_err(|e| failed(&e))?;
    let places = Places::of(user).await?;
    let count = i64::try_from(found.items.len()).unwrap_or(i64::MAX);
    let body = html! {
        div.page-head { div { h1 { (title) } p { (words.t("members-lead")) } } }
        (form::error_summary(words, errors))
        @if let Some(issued) = issued { (link(words, issued)) }
        div.stack {
            (invite_panel(words, user, &token, &places, errors))
            section.panel aria-label=(title) {
                (member_table(words, user, &found.items, &resettable, &token))
                (parts::pager(words, &title, &Pager {
                    summary: words.ta("members-shown", &[("count", count.into())]),
                    previous: after.map(|_| "/members".to_owned()),
                    next: found.next.map(|id| format!("/members?cursor={}", id.simple())),
                }))
            }
            @if !ended.is_empty() { (ended_panel(words, &ended, &token)) }
            (open_id_link(words, &places))
        }
    };
    let crumbs = vec![crumb(words.t("nav-home"), Some("/".into())), crumb(title.clone(), None)];
    let mut page = frame::page(request, user, Place::Members, &title, crumbs, body).await;
    page.set_status(status);
    Ok(page)
}

/// Where an invitation can be for: one's own organisation, or, for whoever runs the installation, any or none.
enum Places {
    Own(OrganisationId),
    Any(Vec<(String, String)>),
}

impl Places {
    async fn of(user: &PageUser) -> poem::Result<Self> {
        if let Some(home) = user.ctx.actor.acting_organisation(Action::ManageMember) {
            return Ok(Self::Own(home));
        }
        let order = match user.ctx.locale {
            Locale::ZhCn => ORGANISATIONS_BY_NAME_ZH,
            Locale::En => ORGANISATIONS_BY_NAME_EN,
        };
        let all = PageRequest { limit: ORGANISATIONS_MAX, ..PageRequest::default() }.by(Some(order));
        let found = list_organisations(&user.ctx, None, all).await.map_err(|e| failed(&e))?;
        let named = found.items.into_iter().map(|one| {
            let name = match user.ctx.locale {
                Locale::ZhCn => one.name_zh,
                Locale::En => one.name_en,
            };
            (one.id.to_string(), name)
        });
        Ok(Self::Any(named.collect()))
    }

    /// The roles that can be held there.
    fn takes(&self, role: &str) -> bool {
        match self {
            Self::Own(_) => role_needs_organisation(role) == Some(true),
            Self::Any(_) => !role_is_of_a_person(role),
        }
    }
}

fn link(words: Words, issued: &Issued) -> Markup {
    let until = words.moment(shanghai_time(issued.expires_at));
    let args = [("login", issued.login.clone().into()), ("until", until.into())];
    let Some(secret) = &issued.secret else {
        return parts::flash(&words.ta("members-mailed", &args));
    };
    parts::note(
        BadgeKind::Warn,
        html! {
            p { strong { (words.ta("members-link", &args)) } }
            p { span.code { "/sign-in/link?token=" (secret) } }
        },
    )
}

fn invite_panel(
    words: Words,
    user: &PageUser,
    token: &str,
    places: &Places,
    errors: &[FieldError],
) -> Markup {
    let error = |id: &str| errors.iter().find(|e| e.field_id == id).map(|e| e.message.clone());
    let roles = role_codes().into_iter().filter(|role| places.takes(role));
    let roles = roles.map(|role| (role.to_owned(), words.t(&format!("role-{role}"))));
    let by_mail = user.ctx.app.mailer.is_some();
    let body = html! {
        form method="post" action="/members/invitations" {
            (form::csrf_field(token))
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
                    options: roles.collect(), selected: String::new(),
                }))
            }
            (place_field(words, places, error("organisation")))
            (form::field(&Field {
                kind: "email",
                hint: Some(words.t(if by_mail { "members-mail-hint" } else { "members-no-mail-hint" })),
                error: error("mail_address"),
                required: false,
                literal: true,
                length_max: Some(254),
                ..Field::text("mail_address", words.t("mail-address-label"))
            }))
            div.actions { button.btn { (words.t("members-invite")) } }
        }
    };
    parts::panel("h-invite", &words.t("members-invite-title"), None, body)
}

fn place_field(words: Words, places: &Places, error: Option<String>) -> Markup {
    let all = match places {
        Places::Own(home) => {
            return html! { input type="hidden" name="organisation" value=(home); };
        }
        Places::Any(all) => all,
    };
    let none = (String::new(), words.t("members-no-organisation"));
    html! {
        div.field {
            @if let Some(error) = error { span.error #organisation-error { (error) } }
            (form::select(&Select {
                id: "organisation".into(), name: "organisation".into(), label: words.t("members-organisation"),
                options: std::iter::once(none).chain(all.iter().cloned()).collect(), selected: String::new(),
            }))
        }
    }
}

/// The way to where the organisation's people sign in besides; for whoever runs the installation, of which organisation.
fn open_id_link(words: Words, places: &Places) -> Markup {
    let title = words.t("open-id-open");
    match places {
        Places::Own(home) => html! { p { a href={ "/organisations/" (home) "/open-id" } { (title) } } },
        Places::Any(all) if all.is_empty() => Markup::default(),
        Places::Any(all) => {
            let body = html! {
                form method="get" action="/organisations/open-id" {
                    div.field {
                        (form::select(&Select {
                            id: "open-id-of".into(), name: "organisation".into(),
                            label: words.t("members-organisation"), options: all.clone(), selected: String::new(),
                        }))
                    }
                    div.actions { button.btn.alt { (words.t("open-id-ask")) } }
                }
            };
            parts::panel("h-open-id", &title, None, body)
        }
    }
}

/// Roles that ended, each to be given again.
fn ended_panel(words: Words, ended: &[EndedView], token: &str) -> Markup {
    let columns = ["name", "role", "ended", "actions"]
        .map(|name| Column::new(words.t(&format!("members-column-{name}")), ColumnKind::Text));
    let row = |one: &EndedView| {
        let (giving, role) = (words.t("members-give"), words.t(&format!("role-{}", one.role)));
        let cells = vec![
            html! { (role) },
            html! { (words.date(one.last_day)) },
            html! {
                form method="post" action={ "/members/" (one.user) "/memberships" } {
                    (of_role(token, &one.role, one.organisation))
                    button.btn.alt.small aria-label={ (giving) ": " (one.display_name) ", " (role) } { (giving) }
                }
            },
        ];
        FoldRow { head: named(&one.display_name, &one.login), cells, marked: false }
    };
    let rows: Vec<FoldRow> = ended.iter().map(row).collect();
    let title = words.t("members-ended-title");
    parts::panel("h-ended", &title, None, parts::fold_table(&title, &columns, &rows))
}

fn named(display_name: &str, login: &str) -> Markup {
    html! { (display_name) br; span.small.quiet.code { (login) } }
}

/// What a form says of the role that it is about.
fn of_role(token: &str, role: &str, organisation: Option<OrganisationId>) -> Markup {
    html! {
        (form::csrf_field(token))
        input type="hidden" name="role" value=(role);
        @if let Some(id) = organisation { input type="hidden" name="organisation" value=(id); }
    }
}

fn member_table(
    words: Words,
    user: &PageUser,
    members: &[UserView],
    resettable: &[UserId],
    token: &str,
) -> Markup {
    let columns = ["name", "role", "until", "actions"]
        .map(|name| Column::new(words.t(&format!("members-column-{name}")), ColumnKind::Text));
    let mut rows = Vec::new();
    for member in members {
        for role in &member.roles {
            rows.push(member_row(words, user, member, role, resettable.contains(&member.id), token));
        }
    }
    parts::fold_table(&words.t("members-title"), &columns, &rows)
}

fn member_row(
    words: Words,
    user: &PageUser,
    member: &UserView,
    role: &RoleView,
    resettable: bool,
    token: &str,
) -> FoldRow {
    let own = user.ctx.actor.user_id() == Some(member.id);
    let (ending, resetting) = (words.t("members-end"), words.t("members-reset"));
    let lost = words.t("members-reset-factor");
    let name = words.t(&format!("role-{}", role.role));
    let actions = html! {
        @if !own {
            div.actions {
                form method="post" action={ "/members/" (member.id) "/password-resets" } {
                    (form::csrf_field(token))
                    button.btn.alt.small aria-label={ (resetting) ": " (member.display_name) } { (resetting) }
                }
                @if resettable {
                    form method="post" action={ "/members/" (member.id) "/second-factor-resets" } {
                        (form::csrf_field(token))
                        button.btn.alt.small aria-label={ (lost) ": " (member.display_name) } { (lost) }
                    }
                }
                form method="post" action={ "/members/" (member.id) "/membership-endings" } {
                    (of_role(token, &role.role, role.organisation))
                    button.btn.alt.small aria-label={ (ending) ": " (member.display_name) ", " (name) } { (ending) }
                }
            }
        }
    };
    FoldRow {
        head: named(&member.display_name, &member.login),
        cells: vec![
            html! { (name) },
            html! { @if let Some(day) = role.valid_until { (words.date(day)) } },
            actions,
        ],
        marked: false,
    }
}
