//! Countries.

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::{CountryCode, Name};
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_items};
use crate::service::once;
use crate::service::organisation::country::{self as countries, CountryView, NewCountry};

/// Countries.
pub struct CountryApi;

/// A country.
#[derive(Debug, Object)]
struct Country {
    /// ISO 3166-1 alpha-2.
    code: String,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
}

/// Countries by code.
#[derive(Debug, Object)]
struct CountryList {
    /// The countries.
    items: Vec<Country>,
}

/// A country to load.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct CountryInput {
    /// ISO 3166-1 alpha-2.
    code: CountryCode,
    /// Name in Chinese.
    name_zh: Name,
    /// Name in English.
    name_en: Name,
}

/// Countries to load, in any order, at most 10,000.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct CountryBatch {
    /// The countries.
    #[oai(validator(max_items = 10000))]
    items: Vec<CountryInput>,
}

#[OpenApi(prefix_path = "/countries", tag = "Tag::Organisation")]
impl CountryApi {
    /// List all countries
    #[oai(path = "/", method = "get", operation_id = "list_countries")]
    async fn list(&self, caller: Caller) -> Result<Json<CountryList>, Problem> {
        let found = countries::list_countries(caller.ctx()).await?;
        Ok(Json(CountryList { items: found.into_iter().map(Country::from).collect() }))
    }

    /// Load countries
    ///
    /// Those that are there already get these names; none goes away. All or nothing.
    #[oai(path = "/", method = "post", operation_id = "create_countries")]
    async fn load(&self, caller: Caller, body: Json<CountryBatch>) -> Result<Done, Problem> {
        let new = body.0.items.into_iter().map(NewCountry::from).collect();
        let ctx = caller.ctx();
        let work = async {
            countries::load_countries(ctx, new, Mode::Commit).await.map(|_loaded| Vec::<Uuid>::new())
        };
        let made = once(ctx, "country", work).await.map_err(of_items)?;
        Ok(Done { replayed: made.replayed })
    }
}

impl From<CountryInput> for NewCountry {
    fn from(body: CountryInput) -> Self {
        Self { code: body.code.into(), name_zh: body.name_zh.into(), name_en: body.name_en.into() }
    }
}

impl From<CountryView> for Country {
    fn from(view: CountryView) -> Self {
        Self { code: view.code, name_zh: view.name_zh, name_en: view.name_en }
    }
}
