//! Organisations.

use ballast_domain::base::id::OrganisationId;
use ballast_domain::organisation::organisation::OrganisationKind as Kind;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Name, Reference, RegionDigits};
use crate::api::{Tag, page};
use crate::http::answer::{Changed, CreatedRow, Revised, Shown};
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::once;
use crate::service::organisation::organisation::{
    self as organisations, NewOrganisation, OrganisationChange, OrganisationView,
};
use crate::service::page::{ORGANISATIONS_BY_NAME_EN, ORGANISATIONS_BY_NAME_ZH, Order};

/// Organisations.
pub struct OrganisationApi;

/// What an organisation is here for.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum OrganisationKind {
    /// Trains people.
    School,
    /// Hires people.
    Factory,
    /// A labour bureau.
    Bureau,
    /// Finds people for factories.
    Agency,
    /// Speaks for the factories of a trade.
    Association,
}

/// An organisation to register.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct OrganisationInput {
    /// What it is here for.
    kind: OrganisationKind,
    /// Name in Chinese.
    name_zh: Name,
    /// Name in English.
    name_en: Name,
    /// Unified social credit code (GB 32100), 18 characters.
    credit_code: Option<Reference>,
    /// Code of the region where it lies; for a bureau, of the region that it answers for.
    region: RegionDigits,
}

/// Names that an organisation is to have.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct OrganisationPatch {
    /// Name in Chinese.
    name_zh: Option<Name>,
    /// Name in English.
    name_en: Option<Name>,
}

/// An organisation.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Organisation {
    /// Id.
    id: Uuid,
    /// What it is here for.
    kind: OrganisationKind,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Unified social credit code.
    credit_code: Option<String>,
    /// Code of the region where it lies, or that it answers for.
    region: String,
    /// `active` or `closed`.
    status: String,
    /// Revision.
    revision: i64,
}

/// In which order organisations come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum OrganisationSort {
    /// By the Chinese name.
    #[oai(rename = "name_zh")]
    Zh,
    /// By the Chinese name, from the end.
    #[oai(rename = "-name_zh")]
    ZhReversed,
    /// By the English name.
    #[oai(rename = "name_en")]
    En,
    /// By the English name, from the end.
    #[oai(rename = "-name_en")]
    EnReversed,
}

/// A page of organisations.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OrganisationList {
    /// The organisations.
    items: Vec<Organisation>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/organisations", tag = "Tag::Organisation")]
impl OrganisationApi {
    /// List organisations
    #[oai(path = "/", method = "get", operation_id = "list_organisations")]
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
        sort: Query<Option<OrganisationSort>>,
        /// Only those of a kind.
        kind: Query<Option<OrganisationKind>>,
    ) -> Result<Json<OrganisationList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?.by(sort.0);
        let kind = kind.0.map(Kind::from);
        let page = organisations::list_organisations(caller.ctx(), kind, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        let items = page.items.into_iter().map(Organisation::from).collect();
        Ok(Json(OrganisationList { items, next_cursor, total }))
    }

    /// Register an organisation
    #[oai(path = "/", method = "post", operation_id = "create_organisation")]
    async fn create(
        &self,
        caller: Caller,
        body: Json<OrganisationInput>,
    ) -> Result<CreatedRow<Organisation>, Problem> {
        let ctx = caller.ctx();
        let new = vec![body.0.into()];
        let work = organisations::register_organisations(ctx, new, Mode::Commit);
        let made = once(ctx, "organisation", work).await.map_err(of_one)?;
        let row = organisations::get_organisation(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// Read an organisation
    #[oai(path = "/:id", method = "get", operation_id = "get_organisation")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<Organisation>, Problem> {
        Ok(Shown(organisations::get_organisation(caller.ctx(), OrganisationId(id.0)).await?.into()))
    }

    /// Give an organisation other names
    ///
    /// What is left out stays as it is.
    #[oai(path = "/:id", method = "patch", operation_id = "update_organisation")]
    async fn update(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the organisation that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Json<OrganisationPatch>,
    ) -> Result<Changed<Organisation>, Problem> {
        let OrganisationPatch { name_zh, name_en } = body.0;
        let change =
            OrganisationChange { name_zh: name_zh.map(String::from), name_en: name_en.map(String::from) };
        let id = OrganisationId(id.0);
        let row = organisations::update_organisation(caller.ctx(), id, &if_match.0, change).await?.into();
        Ok(Changed(row))
    }
}

impl Revised for Organisation {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<OrganisationSort> for Order {
    fn from(sort: OrganisationSort) -> Self {
        match sort {
            OrganisationSort::Zh => ORGANISATIONS_BY_NAME_ZH,
            OrganisationSort::ZhReversed => ORGANISATIONS_BY_NAME_ZH.reversed(),
            OrganisationSort::En => ORGANISATIONS_BY_NAME_EN,
            OrganisationSort::EnReversed => ORGANISATIONS_BY_NAME_EN.reversed(),
        }
    }
}

impl From<OrganisationKind> for Kind {
    fn from(kind: OrganisationKind) -> Self {
        match kind {
            OrganisationKind::School => Self::School,
            OrganisationKind::Factory => Self::Factory,
            OrganisationKind::Bureau => Self::Bureau,
            OrganisationKind::Agency => Self::Agency,
            OrganisationKind::Association => Self::Association,
        }
    }
}

impl From<Kind> for OrganisationKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::School => Self::School,
            Kind::Factory => Self::Factory,
            Kind::Bureau => Self::Bureau,
            Kind::Agency => Self::Agency,
            Kind::Association => Self::Association,
        }
    }
}

impl From<OrganisationInput> for NewOrganisation {
    fn from(body: OrganisationInput) -> Self {
        Self {
            kind: Kind::from(body.kind).code().to_owned(),
            name_zh: body.name_zh.into(),
            name_en: body.name_en.into(),
            credit_code: body.credit_code.map(String::from),
            region: body.region.into(),
        }
    }
}

impl From<OrganisationView> for Organisation {
    fn from(view: OrganisationView) -> Self {
        Self {
            id: view.id.0,
            kind: view.kind.into(),
            name_zh: view.name_zh,
            name_en: view.name_en,
            credit_code: view.credit_code,
            region: view.region,
            status: view.status,
            revision: view.revision,
        }
    }
}
