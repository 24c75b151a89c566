//! Tries of jobs.

use sea_orm::entity::prelude::*;

/// One claim of a job by one worker.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lease_token: i64,
    /// A random name of the worker's process and its place in it.
    pub worker: String,
    pub started_at: DateTimeUtc,
    /// When it last wrote under its lease.
    pub seen_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    /// `done`, `failed`, `put_back`, `lost` or `cancelled`; null while it goes on.
    pub outcome: Option<String>,
    #[sea_orm(belongs_to, from = "job_id", to = "id")]
    pub job: BelongsTo<super::job::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
