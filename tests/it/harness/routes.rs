//! What the tests serve: the program's own routes and stack, and one route more for what no real operation does.

use std::sync::Arc;

use ballast::cli::serve;
use ballast::http::server::{self, DocumentText};
use ballast::service::App;
use ballast::{api, web};
use poem::endpoint::BoxEndpoint;
use poem::{get, handler};

/// A route that panics, for the harness alone.
pub const PANIC: &str = "/api/test/panic";

pub fn endpoint(app: Arc<App>) -> BoxEndpoint<'static> {
    let routes = serve::routes().at(PANIC, get(panics));
    server::stack(routes, app, DocumentText(api::document()), web::error_page)
}

#[handler]
fn panics() -> String {
    panic!("the secret of the house is 42")
}
