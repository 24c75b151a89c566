//! What users are told.

use sea_orm::entity::prelude::*;

/// Something that one user is told once. Machinery.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub kind: String,
    /// A flat JSON object: codes, references, figures and days for the words.
    pub args: String,
    pub resource_kind: String,
    pub resource_id: Uuid,
    /// What it is told for: a user is told the same once.
    pub dedupe_key: String,
    pub created_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::entity::identity::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
