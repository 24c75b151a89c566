//! What the tests serve. The one place that knows how the routes are put together, and two of its own for what no
//! real operation does.

use ballast::api::identity::token::TokenApi;
use ballast::api::person::person::PersonApi;
use ballast::http::health;
use poem::{Route, get, handler};
use poem_openapi::OpenApiService;

/// A route that panics, for the harness alone.
pub const PANIC: &str = "/api/test/panic";

type Api = (TokenApi, PersonApi);

fn service() -> OpenApiService<Api, ()> {
    OpenApiService::new((TokenApi, PersonApi), "Ballast", "1").url_prefix("/api/v1")
}

/// The document as it is printed.
pub fn document_text() -> String {
    service().spec()
}

pub fn routes() -> Route {
    Route::new()
        .nest("/api/v1", service())
        .at("/livez", get(health::livez))
        .at("/readyz", get(health::readyz))
        .at(PANIC, get(panics))
}

#[handler]
fn panics() -> String {
    panic!("the secret of the house is 42")
}
