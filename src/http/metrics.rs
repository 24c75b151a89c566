//! What is measured of requests, and the address on a listener of its own where it can be read.

use std::sync::Arc;
use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::http::{Method, StatusCode};
use poem::web::Data;
use poem::{EndpointExt as _, Response, Route, get, handler};

use crate::service::{App, Kind, Measurement, measure_log};

const REQUESTS: Measurement = Measurement {
    name: "ballast_http_requests_total",
    help: "Requests answered, by address, method and class of status.",
    kind: Kind::Counter,
};
const DURATIONS: Measurement = Measurement {
    name: "ballast_http_request_duration_seconds",
    help: "How long requests took, by address and method.",
    kind: Kind::Histogram,
};
const RATE_LIMITED: Measurement = Measurement {
    name: "ballast_http_rate_limited_total",
    help: "Requests that were refused since there were too many.",
    kind: Kind::Counter,
};
const CONNECTIONS: Measurement = Measurement {
    name: "ballast_db_connections",
    help: "Connections to the database, by pool and state.",
    kind: Kind::Gauge,
};

/// Counts an answer. `template` is the address with its parameters in braces, never the path itself.
pub fn count(app: &App, template: Option<&str>, method: &Method, status: StatusCode, took: Duration) {
    let route = template.unwrap_or("none");
    // A method that somebody made up is no label.
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let method = if known.contains(method) || method == Method::OPTIONS { method.as_str() } else { "other" };
    let class = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    app.metrics.add(REQUESTS, &[("route", route), ("method", method), ("status", class)], 1);
    app.metrics.observe(DURATIONS, &[("route", route), ("method", method)], took);
    if status == StatusCode::TOO_MANY_REQUESTS {
        app.metrics.add(RATE_LIMITED, &[("route", route)], 1);
    }
}

/// What the listener of the measurements serves.
#[must_use]
pub fn endpoint(app: Arc<App>) -> BoxEndpoint<'static> {
    Route::new().at("/metrics", get(show)).data(app).map_to_response().boxed()
}

#[handler]
async fn show(Data(app): Data<&Arc<App>>) -> Response {
    measure_log(app).await;
    for (pool, (open, idle)) in app.db.connections() {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        app.metrics.set(CONNECTIONS, &[("pool", pool), ("state", "idle")], count(idle));
        app.metrics.set(CONNECTIONS, &[("pool", pool), ("state", "used")], count(open.saturating_sub(idle)));
    }
    Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8").body(app.metrics.render())
}
