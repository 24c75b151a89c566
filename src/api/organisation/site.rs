//! Sites.

use ballast_domain::base::id::OrganisationId;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Name, RegionDigits};
use crate::api::{Tag, page};
use crate::http::answer::{CreatedRow, Revised};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::once;
use crate::service::organisation::site::{self as sites, NewSite, SiteView};

/// Sites.
pub struct SiteApi;

/// What a site is used for.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum SiteKind {
    /// A factory at work.
    Plant,
    /// A factory that stands still.
    IdlePlant,
    /// Where a school teaches.
    Campus,
    /// Where people live.
    Dormitory,
    /// Desks.
    Office,
}

/// A site to register.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct SiteInput {
    /// Id of the organisation that has it.
    organisation_id: Uuid,
    /// What it is used for.
    kind: SiteKind,
    /// Name in Chinese.
    name_zh: Name,
    /// Name in English.
    name_en: Name,
    /// Code of the region where it lies.
    region: RegionDigits,
}

/// A plant, a campus, a dormitory or an office of an organisation.
#[derive(Debug, Object)]
struct Site {
    /// Id.
    id: Uuid,
    /// Id of the organisation that has it.
    organisation_id: Uuid,
    /// `plant`, `idle_plant`, `campus`, `dormitory` or `office`.
    kind: String,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Code of the region where it lies.
    region: String,
    /// Revision.
    revision: i64,
}

/// A page of sites.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct SiteList {
    /// The sites.
    items: Vec<Site>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/sites", tag = "Tag::Organisation")]
impl SiteApi {
    /// List sites
    #[oai(path = "/", method = "get", operation_id = "list_sites")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// Only those of an organisation.
        organisation_id: Query<Option<Uuid>>,
    ) -> Result<Json<SiteList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let organisation = organisation_id.0.map(OrganisationId);
        let page = sites::list_sites(caller.ctx(), organisation, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(SiteList { items: page.items.into_iter().map(Site::from).collect(), next_cursor, total }))
    }

    /// Register a site
    #[oai(path = "/", method = "post", operation_id = "create_site")]
    async fn create(&self, caller: Caller, body: Json<SiteInput>) -> Result<CreatedRow<Site>, Problem> {
        let ctx = caller.ctx();
        let new = vec![body.0.into()];
        let made = once(ctx, "site", sites::register_sites(ctx, new, Mode::Commit)).await.map_err(of_one)?;
        let row = sites::get_site(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }
}

impl Revised for Site {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<SiteInput> for NewSite {
    fn from(body: SiteInput) -> Self {
        let kind = match body.kind {
            SiteKind::Plant => "plant",
            SiteKind::IdlePlant => "idle_plant",
            SiteKind::Campus => "campus",
            SiteKind::Dormitory => "dormitory",
            SiteKind::Office => "office",
        };
        Self {
            organisation: OrganisationId(body.organisation_id),
            kind: kind.to_owned(),
            name_zh: body.name_zh.into(),
            name_en: body.name_en.into(),
            region: body.region.into(),
        }
    }
}

impl From<SiteView> for Site {
    fn from(view: SiteView) -> Self {
        Self {
            id: view.id.0,
            organisation_id: view.organisation.0,
            kind: view.kind,
            name_zh: view.name_zh,
            name_en: view.name_en,
            region: view.region,
            revision: view.revision,
        }
    }
}
