//! Codes for when the telephone is gone.

use sea_orm::entity::prelude::*;

/// A code that takes the place of a second factor once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// A keyed hash of login and code; the code itself is not kept.
    pub code_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// When it was used; null while it can be.
    pub used_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
