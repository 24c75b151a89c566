//! Countries.

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::organisation::country::{self as countries, CountryView};

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

#[OpenApi(prefix_path = "/countries", tag = "Tag::Organisation")]
impl CountryApi {
    /// List all countries
    #[oai(path = "/", method = "get", operation_id = "list_countries")]
    async fn list(&self, caller: Caller) -> Result<Json<CountryList>, Problem> {
        let found = countries::list_countries(caller.ctx()).await?;
        Ok(Json(CountryList { items: found.into_iter().map(Country::from).collect() }))
    }
}

impl From<CountryView> for Country {
    fn from(view: CountryView) -> Self {
        Self { code: view.code, name_zh: view.name_zh, name_en: view.name_en }
    }
}
