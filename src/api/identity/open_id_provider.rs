//! Where an organisation's people sign in by OpenID Connect.

use ballast_domain::base::id::OrganisationId;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::{AddressCode, ClientText, Issuer};
use crate::http::answer::{Changed, CreatedRow, Done, Revised, Shown};
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::identity::open_id_provider::{
    self as providers, NewOpenIdProvider, OpenIdProviderChange, OpenIdProviderView,
};
use crate::service::once;

/// Organisations' own sign-ins.
pub struct OpenIdProviderApi;

/// A provider to set up.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct OpenIdProviderInput {
    /// What stands in its address here, `/sign-in/open-id/CODE`: of small letters, digits and hyphens.
    code: AddressCode,
    /// The issuer's address, exactly as its tokens name it.
    issuer: Issuer,
    /// What we are called there.
    client_id: ClientText,
    /// The secret by which we are known there. Kept sealed, and shown never.
    client_secret: ClientText,
    /// Whether people can sign in by it.
    enabled: bool,
}

/// What of a provider is to be another.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct OpenIdProviderPatch {
    /// What stands in its address here.
    code: Option<AddressCode>,
    /// The issuer's address. Logins that are linked to accounts at the one before are not opened by this one.
    issuer: Option<Issuer>,
    /// What we are called there.
    client_id: Option<ClientText>,
    /// The secret by which we are known there.
    client_secret: Option<ClientText>,
    /// Whether people can sign in by it.
    enabled: Option<bool>,
}

/// Where an organisation's people sign in, without the secret.
#[derive(Debug, Object)]
struct OpenIdProvider {
    /// Id.
    id: Uuid,
    /// Id of the organisation.
    organisation_id: Uuid,
    /// What stands in its address here.
    code: String,
    /// The issuer's address.
    issuer: String,
    /// What we are called there.
    client_id: String,
    /// Whether people can sign in by it.
    enabled: bool,
    /// The path to which the issuer has to send people back, behind the address of this installation: it is registered
    /// there as redirect URI.
    answer_path: String,
    /// Revision.
    revision: i64,
}

/// The provider of an organisation.
#[derive(Debug, Object)]
struct OpenIdProviderList {
    /// One, or none.
    items: Vec<OpenIdProvider>,
}

#[OpenApi(tag = "Tag::Identity")]
impl OpenIdProviderApi {
    /// List where an organisation's people sign in by OpenID Connect
    #[oai(
        path = "/organisations/:id/open-id-providers",
        method = "get",
        operation_id = "list_open_id_providers"
    )]
    async fn list(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<OpenIdProviderList>, Problem> {
        let found = providers::find_open_id_provider(caller.ctx(), OrganisationId(id.0)).await?;
        Ok(Json(OpenIdProviderList { items: found.into_iter().map(OpenIdProvider::from).collect() }))
    }

    /// Set up where an organisation's people sign in by OpenID Connect
    ///
    /// An organisation has one at most.
    #[oai(
        path = "/organisations/:id/open-id-providers",
        method = "post",
        operation_id = "create_open_id_provider"
    )]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<OpenIdProviderInput>,
    ) -> Result<CreatedRow<OpenIdProvider>, Problem> {
        let (ctx, body) = (caller.ctx(), body.0);
        let new = NewOpenIdProvider {
            code: body.code.into(),
            issuer: body.issuer.into(),
            client_id: body.client_id.into(),
            client_secret: body.client_secret.into(),
            enabled: body.enabled,
        };
        let organisation = OrganisationId(id.0);
        let work =
            async { providers::create_open_id_provider(ctx, organisation, new).await.map(|id| vec![id]) };
        let made = once(ctx, "open_id_provider", work).await?;
        let row = providers::get_open_id_provider(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// Read where an organisation's people sign in by OpenID Connect
    #[oai(path = "/open-id-providers/:id", method = "get", operation_id = "get_open_id_provider")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<OpenIdProvider>, Problem> {
        Ok(Shown(providers::get_open_id_provider(caller.ctx(), id.0).await?.into()))
    }

    /// Change where an organisation's people sign in by OpenID Connect
    ///
    /// What is left out stays as it is.
    #[oai(path = "/open-id-providers/:id", method = "patch", operation_id = "update_open_id_provider")]
    async fn update(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the provider that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Json<OpenIdProviderPatch>,
    ) -> Result<Changed<OpenIdProvider>, Problem> {
        let body = body.0;
        let change = OpenIdProviderChange {
            code: body.code.map(String::from),
            issuer: body.issuer.map(String::from),
            client_id: body.client_id.map(String::from),
            client_secret: body.client_secret.map(String::from),
            enabled: body.enabled,
        };
        let row = providers::update_open_id_provider(caller.ctx(), id.0, &if_match.0, change).await?;
        Ok(Changed(row.into()))
    }

    /// Remove where an organisation's people sign in by OpenID Connect
    ///
    /// With its secret. They sign in with their passwords then.
    #[oai(path = "/open-id-providers/:id", method = "delete", operation_id = "delete_open_id_provider")]
    async fn delete(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the provider that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Done, Problem> {
        providers::remove_open_id_provider(caller.ctx(), id.0, &if_match.0).await?;
        Ok(Done { replayed: false })
    }
}

impl Revised for OpenIdProvider {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<OpenIdProviderView> for OpenIdProvider {
    fn from(view: OpenIdProviderView) -> Self {
        Self {
            id: view.id,
            organisation_id: view.organisation.0,
            code: view.code,
            issuer: view.issuer,
            client_id: view.client_id,
            enabled: view.enabled,
            answer_path: view.answer_path,
            revision: view.revision,
        }
    }
}
