//! Regions.

use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::{Name, RegionDigits};
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_items};
use crate::service::once;
use crate::service::organisation::region::{self as regions, NewRegion, RegionView};

/// Regions.
pub struct RegionApi;

/// A region.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Region {
    /// GB/T 2260 code, or the statistical one of a township or village: 2, 4, 6, 9 or 12 digits.
    code: String,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Code of the region that it lies in; absent for a province.
    parent: Option<String>,
}

/// Regions by code.
#[derive(Debug, Object)]
struct RegionList {
    /// The regions.
    items: Vec<Region>,
}

/// A region to load.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct RegionInput {
    /// GB/T 2260 code, or the statistical one of a township or village; what it lies in follows from it.
    code: RegionDigits,
    /// Name in Chinese.
    name_zh: Name,
    /// Name in English.
    name_en: Name,
}

/// Regions to load, in any order, at most 10,000.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct RegionBatch {
    /// The regions.
    #[oai(validator(max_items = 10000))]
    items: Vec<RegionInput>,
}

#[OpenApi(prefix_path = "/regions", tag = "Tag::Organisation")]
impl RegionApi {
    /// List the regions one step below another, or the provinces
    #[oai(path = "/", method = "get", operation_id = "list_regions")]
    async fn list(
        &self,
        caller: Caller,
        /// Code of the region that they lie in; without it, the provinces.
        parent: Query<Option<RegionDigits>>,
    ) -> Result<Json<RegionList>, Problem> {
        let found = regions::list_regions(caller.ctx(), parent.0.as_ref().map(RegionDigits::as_str)).await?;
        Ok(Json(RegionList { items: found.into_iter().map(Region::from).collect() }))
    }

    /// Load regions
    ///
    /// Those that are there already get these names; none goes away. All or nothing.
    #[oai(path = "/", method = "post", operation_id = "create_regions")]
    async fn load(&self, caller: Caller, body: Json<RegionBatch>) -> Result<Done, Problem> {
        let new = body.0.items.into_iter().map(NewRegion::from).collect();
        let ctx = caller.ctx();
        let work =
            async { regions::load_regions(ctx, new, Mode::Commit).await.map(|_loaded| Vec::<Uuid>::new()) };
        let made = once(ctx, "region", work).await.map_err(of_items)?;
        Ok(Done { replayed: made.replayed })
    }
}

impl From<RegionInput> for NewRegion {
    fn from(body: RegionInput) -> Self {
        Self { code: body.code.into(), name_zh: body.name_zh.into(), name_en: body.name_en.into() }
    }
}

impl From<RegionView> for Region {
    fn from(view: RegionView) -> Self {
        Self { code: view.code, name_zh: view.name_zh, name_en: view.name_en, parent: view.parent }
    }
}
