//! Jobs.

use sea_orm::entity::prelude::*;

/// Work that is done later. Machinery, and deleted when it has been over for a while.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    /// No two jobs that are not over have the same.
    pub unique_key: Option<String>,
    /// JSON; codes and pseudonymous ids only.
    pub payload: String,
    /// In whose name; null for the machinery's own.
    pub user_id: Option<Uuid>,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Not before.
    pub run_at: DateTimeUtc,
    /// Tries since it last came forward.
    pub attempts: i32,
    pub attempts_max: i32,
    /// Raised by every claim: a write under an older one is refused.
    pub lease_token: i64,
    /// Set while it runs.
    pub lease_until: Option<DateTimeUtc>,
    pub progress_done: i64,
    /// Null while it is not known.
    pub progress_total: Option<i64>,
    /// Where the next step begins.
    pub checkpoint: Option<String>,
    /// Why the last try failed, as a code.
    pub failure: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<crate::entity::identity::user::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
