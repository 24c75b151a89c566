//! Whether the process lives, and whether it can serve.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::Data;
use poem::{Response, handler};

use crate::service::App;

/// The process answers.
#[handler]
pub async fn livez() -> &'static str {
    "ok\n"
}

/// The database answers too.
#[handler]
pub async fn readyz(Data(app): Data<&Arc<App>>) -> Response {
    match app.db.reader().ping().await {
        Ok(()) => Response::builder().body("ok\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body("the database does not answer\n")
        }
    }
}
