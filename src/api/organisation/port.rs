//! Border ports.

use ballast_domain::base::id::OrganisationId;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Name, RegionDigits};
use crate::api::{Tag, page};
use crate::http::answer::{CreatedRow, Revised};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::once;
use crate::service::organisation::port::{self as ports, NewPort, PortView};

/// Border ports.
pub struct PortApi;

/// A border port to register.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct PortInput {
    /// Name in Chinese.
    name_zh: Name,
    /// Name in English.
    name_en: Name,
    /// Code of the region where it lies.
    region: RegionDigits,
    /// Id of the bureau that registers foreign workers here.
    bureau_id: Uuid,
}

/// A border port.
#[derive(Debug, Object)]
struct Port {
    /// Id.
    id: Uuid,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Code of the region where it lies.
    region: String,
    /// Id of the bureau that registers foreign workers here.
    bureau_id: Uuid,
    /// Revision.
    revision: i64,
}

/// A page of ports.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PortList {
    /// The ports.
    items: Vec<Port>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/ports", tag = "Tag::Organisation")]
impl PortApi {
    /// List border ports
    #[oai(path = "/", method = "get", operation_id = "list_ports")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<PortList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let page = ports::list_ports(caller.ctx(), request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(PortList { items: page.items.into_iter().map(Port::from).collect(), next_cursor, total }))
    }

    /// Register a border port
    #[oai(path = "/", method = "post", operation_id = "create_port")]
    async fn create(&self, caller: Caller, body: Json<PortInput>) -> Result<CreatedRow<Port>, Problem> {
        let ctx = caller.ctx();
        let new = vec![body.0.into()];
        let made = once(ctx, "port", ports::register_ports(ctx, new, Mode::Commit)).await.map_err(of_one)?;
        let row = ports::get_port(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }
}

impl Revised for Port {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<PortInput> for NewPort {
    fn from(body: PortInput) -> Self {
        Self {
            name_zh: body.name_zh.into(),
            name_en: body.name_en.into(),
            region: body.region.into(),
            bureau: OrganisationId(body.bureau_id),
        }
    }
}

impl From<PortView> for Port {
    fn from(view: PortView) -> Self {
        Self {
            id: view.id.0,
            name_zh: view.name_zh,
            name_en: view.name_en,
            region: view.region,
            bureau_id: view.bureau.0,
            revision: view.revision,
        }
    }
}
