//! Schedules.

use sea_orm::entity::prelude::*;

/// When a kind of work comes round next.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_schedule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub kind: String,
    /// `daily 03:10` (Asia/Shanghai) or `every 15` (minutes).
    pub rule: String,
    pub next_due_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
