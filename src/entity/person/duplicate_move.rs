//! What two registrations' becoming one narrowed.

use sea_orm::entity::prelude::*;

/// A row that opens less since two people are one, and what it was before.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duplicate_move")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    /// Whose row.
    pub person_id: Uuid,
    /// The table: `consent` or `person_tie`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: Uuid,
    /// A consent's state, a tie's last day.
    pub before: String,
    /// When a consent was answered.
    pub before_at: Option<DateTimeUtc>,
    /// The row's revision after it.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "case_id", to = "id")]
    pub case: BelongsTo<super::duplicate_case::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
