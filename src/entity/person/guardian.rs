//! Guardians.

use sea_orm::entity::prelude::*;

/// A login that acts for a person. Append-only: the end of a guardianship is a row that takes its place.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guardian")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The ward.
    pub person_id: Uuid,
    /// The guardian's login.
    pub user_id: Uuid,
    /// `parent`, `relative`, `appointed` or `incapacity`.
    pub basis: String,
    pub valid_from: Date,
    /// The last day, included; null until somebody ends it. A minor's birthday ends it without a row.
    pub valid_until: Option<Date>,
    pub recorded_at: DateTimeUtc,
    /// The row that this one takes the place of.
    #[sea_orm(unique)]
    pub supersedes_id: Option<Uuid>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::entity::identity::user::Entity>,
    #[sea_orm(self_ref, relation_enum = "Supersedes", from = "supersedes_id", to = "id")]
    pub supersedes: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
