//! What the tests serve: the program's own routes and stack, and one route more for what no real operation does.

use std::sync::Arc;

use ballast::cli::serve;
use ballast::http::server;
use ballast::http::settings::HttpSettings;
use ballast::http::table::get;
use ballast::service::App;
use poem::endpoint::BoxEndpoint;
use poem::handler;

/// A route that panics, for the harness alone.
pub const PANIC: &str = "/api/test/panic";

/// The routes of the program and the one that panics; without rates, unless the settings have some.
pub fn endpoint(app: Arc<App>, settings: HttpSettings) -> BoxEndpoint<'static> {
    let routes = serve::routes().at(PANIC, get(panics));
    server::stack(serve::parts(routes, settings).expect("the document can be kept"), app)
}

#[handler]
fn panics() -> String {
    panic!("the secret of the house is 42")
}
