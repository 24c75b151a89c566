//! Links and codes by which somebody without a password gets one.

use sea_orm::entity::prelude::*;

/// A way in that works once: for whoever was invited, forgot a password, or stands at a desk.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// `invitation`, `reset` or `code`.
    pub kind: String,
    /// A hash of the link's token, a keyed one of a code with its login; neither is kept.
    #[sea_orm(unique)]
    pub secret_hash: Vec<u8>,
    /// Who issued it; null for the operator.
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// When it was used, or another took its place.
    pub used_at: Option<DateTimeUtc>,
    /// How often a code was guessed wrong.
    pub tries: i32,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
