//! How far the log, and those who follow it, are behind: measured when somebody asks, so that a loop that stands
//! still is seen as well.

use ballast_domain::base::civil_time::Instant;

use crate::outside::metrics::{Kind, Measurement};
use crate::service::matching::catalogue;
use crate::service::{App, Error};
use crate::store::audit::{audit_leaf, audit_origin, checkpoint};

const SEALED: Measurement = gauge("ballast_audit_sealed_entries", "Entries of the log that are sealed.");
const WAITING: Measurement =
    gauge("ballast_audit_waiting_entries", "Entries of the log that wait to be sealed.");
const OLDEST: Measurement = gauge(
    "ballast_audit_oldest_waiting_seconds",
    "How long the first entry that waits has waited; 0 if none.",
);
const SIGNED: Measurement = gauge(
    "ballast_audit_signed_entries",
    "Entries under the newest checkpoint, which is signed every 15 seconds if the log has grown.",
);
const SIGNED_AGE: Measurement =
    gauge("ballast_audit_checkpoint_age_seconds", "How long ago the newest checkpoint was signed.");
const FEED_LAG: Measurement = gauge(
    "ballast_feed_lag_entries",
    "Entries, sealed or not, that are not yet in what this process keeps in memory, by who follows.",
);
/// All of them: what cannot be measured is shown nowhere, rather than as it last was.
const ALL: [Measurement; 6] = [SEALED, WAITING, OLDEST, SIGNED, SIGNED_AGE, FEED_LAG];

const fn gauge(name: &'static str, help: &'static str) -> Measurement {
    Measurement { name, help, kind: Kind::Gauge }
}

/// Measures the log as it stands now.
pub async fn measure_log(app: &App) {
    if let Err(error) = measure(app).await {
        tracing::error!(?error, "how far the log is behind could not be measured");
        ALL.iter().for_each(|measurement| app.metrics.forget(*measurement));
    }
}

async fn measure(app: &App) -> Result<(), Error> {
    let (db, now) = (app.db.snapshot().await?, app.clock.now());
    let size = audit_leaf::find_head(&db).await?.map_or(0, |head| head.size);
    let waiting = audit_leaf::count_waiting(&db).await?;
    let oldest = audit_leaf::find_first_waiting(&db).await?;
    let origin = audit_origin::list(&db).await?.pop();
    let signed = match origin {
        Some(origin) => checkpoint::find_latest(&db, &origin.name).await?,
        None => None,
    };
    drop(db);
    let behind = (size + waiting).saturating_sub(catalogue::position(app));
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let seconds = |since: Instant| (now - since).num_seconds().max(0);
    let metrics = &app.metrics;
    metrics.set(SEALED, &[], number(size));
    metrics.set(WAITING, &[], number(waiting));
    metrics.set(OLDEST, &[], oldest.map_or(0, seconds));
    metrics.set(SIGNED, &[], signed.as_ref().map_or(0, |row| row.size));
    match signed {
        Some(row) => metrics.set(SIGNED_AGE, &[], seconds(row.signed_at)),
        None => metrics.forget(SIGNED_AGE),
    }
    metrics.set(FEED_LAG, &[("follower", "catalogue")], number(behind));
    Ok(())
}
