//! Logins, and whoever asks.

use std::borrow::Cow;

use ballast_domain::base::id::{OrganisationId, PersonId};
use ballast_domain::identity::policy::role_codes;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};
use poem_openapi::{Enum, Object, OpenApi};
use serde_json::Value;
use uuid::Uuid;

use crate::api::organisation::organisation::Organisation;
use crate::api::scalar::{Cursor, Limit, Name, Reference, Secret};
use crate::api::{Tag, page};
use crate::http::answer::Created;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::identity::user::{self as users, MeView, NewUser, RoleView, UserView};
use crate::service::once;
use crate::service::page::{Order, USERS_BY_LOGIN};

/// Logins.
pub struct UserApi;

/// What a login is, as a code of the policy's own list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UserRoleKind(&'static str);

/// A login to make, with its first role.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct UserInput {
    /// The name to sign in with.
    login: Reference,
    /// As shown.
    display_name: Name,
    /// At least 12 characters. Kept as a hash.
    password: Secret,
    /// The role.
    role: UserRoleKind,
    /// Id of the organisation where the role is held, of the kind that fits it; absent for a role that is held in
    /// none.
    organisation_id: Option<Uuid>,
    /// Id of the person that the user is.
    person_id: Option<Uuid>,
}

/// A role of a login.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct UserMembership {
    /// A role's code, as in the list of roles that a login can be made with.
    role: String,
    /// Id of the organisation where it is held.
    organisation_id: Option<Uuid>,
    /// Since when.
    valid_from: chrono::NaiveDate,
    /// The last day, if there is one.
    valid_until: Option<chrono::NaiveDate>,
}

/// A login.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct User {
    /// Id.
    id: Uuid,
    /// The name to sign in with.
    login: String,
    /// As shown.
    display_name: String,
    /// `active` or `locked`.
    status: String,
    /// The language chosen, if any: `zh-CN` or `en`.
    locale: Option<String>,
    /// The roles of today, as far as you may know them.
    roles: Vec<UserMembership>,
    /// Revision.
    revision: i64,
}

/// In which order logins come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum UserSort {
    /// By login.
    #[oai(rename = "login")]
    Login,
    /// By login, from the end.
    #[oai(rename = "-login")]
    LoginReversed,
}

/// A page of logins.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct UserList {
    /// The logins.
    items: Vec<User>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// Yourself.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Me {
    /// Id of the login.
    id: Uuid,
    /// The name to sign in with.
    login: String,
    /// As shown.
    display_name: String,
    /// The language chosen, if any: `zh-CN` or `en`.
    locale: Option<String>,
    /// The roles of today.
    roles: Vec<UserMembership>,
    /// Id of the person that you are.
    person_id: Option<Uuid>,
    /// The organisation of the first role that has one.
    organisation: Option<Organisation>,
}

/// The id of a new login.
#[derive(Debug, Object)]
struct UserReference {
    /// Id.
    id: Uuid,
}

#[OpenApi(tag = "Tag::Identity")]
impl UserApi {
    /// List logins
    ///
    /// An administrator sees all, others their colleagues.
    #[oai(path = "/users", method = "get", operation_id = "list_users")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// The order.
        sort: Query<Option<UserSort>>,
        /// Only those who have this role.
        role: Query<Option<UserRoleKind>>,
    ) -> Result<Json<UserList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?.by(sort.0);
        let page = users::list_users(caller.ctx(), role.0.map(UserRoleKind::code), request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(UserList { items: page.items.into_iter().map(User::from).collect(), next_cursor, total }))
    }

    /// Make a login
    #[oai(path = "/users", method = "post", operation_id = "create_user")]
    async fn create(&self, caller: Caller, body: Json<UserInput>) -> Result<Created<UserReference>, Problem> {
        let ctx = caller.ctx();
        let work = async { users::create_user(ctx, body.0.into()).await.map(|id| vec![id]) };
        let made = once(ctx, "user", work).await?;
        Ok(Created { body: UserReference { id: made.one()? }, replayed: made.replayed })
    }

    /// Read who you are
    #[oai(path = "/me", method = "get", operation_id = "get_me")]
    async fn me(&self, caller: Caller) -> Result<Json<Me>, Problem> {
        Ok(Json(users::get_me(caller.ctx()).await?.into()))
    }
}

impl From<UserSort> for Order {
    fn from(sort: UserSort) -> Self {
        match sort {
            UserSort::Login => USERS_BY_LOGIN,
            UserSort::LoginReversed => USERS_BY_LOGIN.reversed(),
        }
    }
}

impl UserRoleKind {
    /// As the policy names it.
    pub(super) fn code(self) -> &'static str {
        self.0
    }

    fn parse(text: &str) -> ParseResult<Self> {
        let known = role_codes().into_iter().find(|code| *code == text);
        known.map(Self).ok_or_else(|| ParseError::custom("no role"))
    }
}

impl Type for UserRoleKind {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "UserRoleKind".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |_registry| MetaSchema {
            description: Some("What a login is."),
            enum_items: role_codes().into_iter().map(Value::from).collect(),
            ..MetaSchema::new("string")
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for UserRoleKind {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value.unwrap_or_default() {
            Value::String(text) => Self::parse(&text),
            other => Err(ParseError::expected_type(other)),
        }
    }
}

impl ParseFromParameter for UserRoleKind {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        Self::parse(text)
    }
}

impl ToJSON for UserRoleKind {
    fn to_json(&self) -> Option<Value> {
        Some(Value::from(self.0))
    }
}

impl From<UserInput> for NewUser {
    fn from(body: UserInput) -> Self {
        Self {
            login: body.login.into(),
            display_name: body.display_name.into(),
            password: body.password.into(),
            role: body.role.code().to_owned(),
            organisation: body.organisation_id.map(OrganisationId),
            person: body.person_id.map(PersonId),
        }
    }
}

impl From<RoleView> for UserMembership {
    fn from(view: RoleView) -> Self {
        Self {
            role: view.role,
            organisation_id: view.organisation.map(|id| id.0),
            valid_from: view.valid_from,
            valid_until: view.valid_until,
        }
    }
}

impl From<UserView> for User {
    fn from(view: UserView) -> Self {
        Self {
            id: view.id.0,
            login: view.login,
            display_name: view.display_name,
            status: view.status,
            locale: view.locale,
            roles: view.roles.into_iter().map(UserMembership::from).collect(),
            revision: view.revision,
        }
    }
}

impl From<MeView> for Me {
    fn from(view: MeView) -> Self {
        Self {
            id: view.user.id.0,
            login: view.user.login,
            display_name: view.user.display_name,
            locale: view.user.locale,
            roles: view.user.roles.into_iter().map(UserMembership::from).collect(),
            person_id: view.person.map(|id| id.0),
            organisation: view.organisation.map(Organisation::from),
        }
    }
}
