//! The log: sealing, signing, proving, verifying, and what is found when somebody changes it behind our back.

mod erasure;
mod feed;
mod log;
mod tampering;

use ballast::service::App;
use ballast::service::audit::verify::{Report, verify_log};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::harness::seal_and_sign;

pub async fn verified(app: &App) -> Report {
    verify_log(app, &[]).await.unwrap()
}

/// The codes of what a verification found, each once.
pub fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = report.findings.iter().map(|finding| finding.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// One number that a query answers.
async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index::<i64>(0).unwrap()
}
